/*
 * Checks a document that is still being written, and lists in Finnish what is wrong and what is still missing.
 *
 *     c++ -std=c++17 check.cpp $(pkg-config --cflags --libs kirjuri) -o check
 *     LD_LIBRARY_PATH=PREFIX/lib ./check DOCUMENT
 *
 * The exit status is 0 where no error was found, 1 where one was, 2 where the document was not checked.
 */

#include <kirjuri.hpp>

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

const char *name_of(kirjuri::Severity severity) {
    switch (severity) {
    case kirjuri::Severity::error:
        return "virhe";
    case kirjuri::Severity::warning:
        return "varoitus";
    case kirjuri::Severity::info:
        break;
    }
    return "huomautus";
}

const char *name_of(kirjuri::Status status) {
    switch (status) {
    case kirjuri::Status::checked:
        return "tarkistettu";
    case kirjuri::Status::unreadable:
        return "ei luettavissa";
    case kirjuri::Status::skipped:
        break;
    }
    return "ohitettu";
}

std::ostream &operator<<(std::ostream &out, const kirjuri::Place &place) {
    return out << place.line << ':' << place.column << ' ' << place.path;
}

void print(const kirjuri::Report &report) {
    std::cout << "Tila: " << name_of(report.status()) << '\n';
    const bool is_checked = report.status() == kirjuri::Status::checked;
    if (report.is_fragment())
        std::cout << "Vain osa asiakirjasta\n";
    const auto problem = report.problem();
    if (problem && report.status() != kirjuri::Status::skipped) {
        // Of a document that was checked, the problem is where a draft ends before it is complete.
        std::cout << (is_checked ? "Kesken: " : "Syy: ") << problem->message;
        if (problem->line > 0)
            std::cout << " (" << problem->line << ':' << problem->column << ')';
        std::cout << '\n';
    }
    if (!is_checked)
        return;

    std::cout << "Löydöksiä: " << report.findings().size() << '\n';
    for (const kirjuri::Finding &finding : report.findings()) {
        std::cout << "  " << name_of(finding.severity) << ": " << finding.title << "\n    " << finding.place;
        if (finding.inner)
            std::cout << " > " << *finding.inner;
        std::cout << '\n';
    }
    std::cout << "Puuttuu vielä: " << report.missing().size() << '\n';
    for (const kirjuri::Missing &missing : report.missing()) {
        std::cout << "  " << name_of(missing.severity) << ": " << missing.title << "\n    ";
        if (missing.inner)
            std::cout << missing.place.path << " > ";
        std::cout << missing.path << '\n';
    }
}

} // namespace

int main(int count, char **arguments) {
    if (count != 2) {
        std::cerr << "usage: check DOCUMENT\n";
        return 2;
    }
    std::ifstream file(arguments[1], std::ios::binary);
    const std::string document{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) {
        std::cerr << arguments[1] << ": cannot be read\n";
        return 2;
    }
    try {
        // A program keeps the rule set for as long as it runs.
        const kirjuri::RuleSet rules;
        const kirjuri::Report report =
            rules.check(document, kirjuri::Options().language(kirjuri::Language::finnish).draft());
        print(report);
        if (report.status() != kirjuri::Status::checked)
            return 2;
        return report.count(kirjuri::Severity::error) > 0 ? 1 : 0;
    } catch (const kirjuri::error &error) {
        std::cerr << arguments[1] << ": " << error.what() << " (" << static_cast<int>(error.code()) << ")\n";
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
    }
    return 2;
}
