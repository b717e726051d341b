import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Checks a document that is still being written, and lists in Finnish what is wrong and what is still missing.
 *
 * <pre>
 * javac -cp jna.jar -d classes Kirjuri.java Check.java
 * java -Djna.library.path=FOLDER_OF_LIBKIRJURI -cp jna.jar:classes Check DOCUMENT
 * </pre>
 *
 * The exit status is 0 where no error was found, 1 where one was, 2 where the document was not checked.
 */
public final class Check {
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private static String name(Kirjuri.Severity severity) {
        return switch (severity) {
            case ERROR -> "virhe";
            case WARNING -> "varoitus";
            case INFO -> "huomautus";
        };
    }

    private static String name(Kirjuri.Status status) {
        return switch (status) {
            case CHECKED -> "tarkistettu";
            case UNREADABLE -> "ei luettavissa";
            case SKIPPED -> "ohitettu";
        };
    }

    private static String shown(Kirjuri.Place place) {
        return place.line() + ":" + place.column() + " " + place.path();
    }

    private static void print(Kirjuri.Report report) {
        boolean isChecked = report.status() == Kirjuri.Status.CHECKED;
        OUT.println("Tila: " + name(report.status()));
        if (report.isFragment()) {
            OUT.println("Vain osa asiakirjasta");
        }
        Kirjuri.Problem problem = report.problem();
        if (problem != null && report.status() != Kirjuri.Status.SKIPPED) {
            // Of a document that was checked, the problem is where a draft ends before it is complete.
            String place = problem.line() > 0 ? " (" + problem.line() + ":" + problem.column() + ")" : "";
            OUT.println((isChecked ? "Kesken: " : "Syy: ") + problem.message() + place);
        }
        if (!isChecked) {
            return;
        }
        OUT.println("Löydöksiä: " + report.findings().size());
        for (Kirjuri.Finding finding : report.findings()) {
            OUT.println("  " + name(finding.severity()) + ": " + finding.title());
            OUT.println("    " + shown(finding.place())
                    + (finding.inner() == null ? "" : " > " + shown(finding.inner())));
        }
        OUT.println("Puuttuu vielä: " + report.missing().size());
        for (Kirjuri.Missing missing : report.missing()) {
            OUT.println("  " + name(missing.severity()) + ": " + missing.title());
            OUT.println("    " + (missing.inner() == null ? "" : missing.place().path() + " > ") + missing.path());
        }
    }

    private static int run(String path) throws IOException {
        byte[] document = Files.readAllBytes(Path.of(path));
        // A program keeps the rule set for as long as it runs.
        try (Kirjuri.RuleSet rules = new Kirjuri.RuleSet()) {
            Kirjuri.Report report = rules.check(document, Kirjuri.Options.draft(Kirjuri.Language.FINNISH));
            print(report);
            if (report.status() != Kirjuri.Status.CHECKED) {
                return 2;
            }
            return report.errors() > 0 ? 1 : 0;
        }
    }

    public static void main(String[] arguments) {
        int status = 2;
        if (arguments.length != 1) {
            System.err.println("usage: Check DOCUMENT");
        } else {
            try {
                status = run(arguments[0]);
            } catch (IOException | Kirjuri.KirjuriException problem) {
                System.err.println(arguments[0] + ": " + problem.getMessage());
            }
        }
        OUT.flush();
        System.exit(status);
    }
}
