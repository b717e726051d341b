// Checks a document that is still being written, and lists in Finnish what is wrong and what is still missing.
//
//     dotnet run -- DOCUMENT          (not run with .NET by our tests, see Kirjuri.cs)
//
// The exit status is 0 where no error was found, 1 where one was, 2 where the document was not checked.

using System;
using System.IO;
using System.Text;
using Kirjuri;

internal static class Check
{
    private static string Name(Severity severity)
    {
        switch (severity)
        {
            case Severity.Error: return "virhe";
            case Severity.Warning: return "varoitus";
            default: return "huomautus";
        }
    }

    private static string Name(Status status)
    {
        switch (status)
        {
            case Status.Checked: return "tarkistettu";
            case Status.Unreadable: return "ei luettavissa";
            default: return "ohitettu";
        }
    }

    private static string Shown(Place place)
    {
        return $"{place.Line}:{place.Column} {place.Path}";
    }

    private static void Print(Report report, TextWriter output)
    {
        output.WriteLine($"Tila: {Name(report.Status)}");
        if (report.IsFragment)
        {
            output.WriteLine("Vain osa asiakirjasta");
        }
        Problem problem = report.Problem;
        if (problem != null && report.Status != Status.Skipped)
        {
            // Of a document that was checked, the problem is where a draft ends before it is complete.
            string label = report.Status == Status.Checked ? "Kesken" : "Syy";
            string place = problem.Line > 0 ? $" ({problem.Line}:{problem.Column})" : "";
            output.WriteLine($"{label}: {problem.Message}{place}");
        }
        if (report.Status != Status.Checked)
        {
            return;
        }
        output.WriteLine($"Löydöksiä: {report.Findings.Count}");
        foreach (Finding finding in report.Findings)
        {
            string inner = finding.Inner == null ? "" : $" > {Shown(finding.Inner)}";
            output.WriteLine($"  {Name(finding.Severity)}: {finding.Title}");
            output.WriteLine($"    {Shown(finding.Place)}{inner}");
        }
        output.WriteLine($"Puuttuu vielä: {report.Missing.Count}");
        foreach (Missing missing in report.Missing)
        {
            string outer = missing.Inner == null ? "" : $"{missing.Place.Path} > ";
            output.WriteLine($"  {Name(missing.Severity)}: {missing.Title}");
            output.WriteLine($"    {outer}{missing.Path}");
        }
    }

    private static int Main(string[] arguments)
    {
        if (arguments.Length != 1)
        {
            Console.Error.WriteLine("usage: Check DOCUMENT");
            return 2;
        }
        try
        {
            byte[] document = File.ReadAllBytes(arguments[0]);
            // A program keeps the rule set for as long as it runs.
            using (var rules = new RuleSet())
            using (var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)))
            {
                output.NewLine = "\n";
                Report report = rules.Check(document, new Options { Language = Language.Finnish, IsDraft = true });
                Print(report, output);
                return report.Status != Status.Checked ? 2 : report.Errors > 0 ? 1 : 0;
            }
        }
        catch (Exception problem) when (problem is IOException || problem is KirjuriException)
        {
            Console.Error.WriteLine($"{arguments[0]}: {problem.Message}");
            return 2;
        }
    }
}
