/*
 * The tests of kirjuri.hpp.
 *
 *     test_cpp ROOT
 *
 * ROOT is the folder that has `fixtures`. What the functions below it do is tested in C; here it is what C++ adds: who
 * owns what, what is thrown, and that every function arrives where it should.
 */

#include <kirjuri.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace {

unsigned long expectations = 0;
unsigned long disappointments = 0;
std::string root;

void expect(bool holds, const char *condition, int line) {
    expectations++;
    if (!holds) {
        disappointments++;
        std::cerr << "test_cpp.cpp:" << line << ": not so: " << condition << '\n';
    }
}

#define EXPECT(condition) expect((condition), #condition, __LINE__)

/* The code that something throws, or none. */
template <class Throwing>
std::optional<kirjuri::Code> thrown(Throwing throwing) {
    try {
        throwing();
    } catch (const kirjuri::error &error) {
        EXPECT(std::string(error.what()).size() > 5);
        return error.code();
    }
    return std::nullopt;
}

std::string read(const std::string &path) {
    std::ifstream file(root + "/" + path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) {
        std::cerr << path << ": cannot be read\n";
        std::exit(2);
    }
    return text;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <class T>
constexpr bool is_moved_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                               !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(is_moved_only<kirjuri::RuleSet>);
static_assert(is_moved_only<kirjuri::Report>);
static_assert(is_moved_only<kirjuri::Cancel>);
static_assert(std::is_copy_constructible_v<kirjuri::Options>);
static_assert(std::is_base_of_v<std::runtime_error, kirjuri::error>);

void rule_sets() {
    using kirjuri::Code;
    using kirjuri::RuleSet;
    using kirjuri::Source;
    const std::string notes = "crates/kirjuri-cli/tests/world/packs/notes/";
    const std::string schemas = "crates/kirjuri-cli/tests/world/schemas/";
    const RuleSet all;
    EXPECT(all.rule_count() == RuleSet({Source::built_in()}).rule_count());
    EXPECT(has(all.describe(kirjuri::Language::english), "kanta-header"));
    EXPECT(has(all.list(), "\"kanta-header/malformed-hetu\""));
    EXPECT(has(all.describe_rule("kanta-header/malformed-hetu"), "henkilötunnus on virheellinen"));
    EXPECT(has(all.describe_rule("kanta-header/malformed-hetu", kirjuri::Language::swedish), "personbeteckningen"));
    EXPECT(thrown([&] { all.describe_rule("no/such-rule"); }) == Code::not_found);
    EXPECT(has(all.identify(read("fixtures/documents/prescription-clean.xml")), "kanta-header"));
    EXPECT(thrown([&] { all.identify("<a"); }) == Code::unreadable_document);

    EXPECT(RuleSet({Source::folder(root + "/" + notes)}).rule_count() == 4);
    EXPECT(RuleSet({Source::pack("muistissa", {{"pack.toml", read(notes + "pack.toml")},
                                               {"empty-note.toml", read(notes + "empty-note.toml")}})})
               .rule_count() == 1);
    EXPECT(RuleSet({Source::schematron(root + "/" + schemas + "house.sch")}).rule_count() == 5);
    EXPECT(RuleSet({Source::schematron("house.sch", {{"house.sch", read(schemas + "house.sch")}}, "quick"),
                    Source::built_in("social")})
               .rule_count() > 5);
    EXPECT(thrown([] { RuleSet({Source::built_in("nothing")}); }) == Code::not_found);
    EXPECT(thrown([] { RuleSet({Source::folder("/no/such/folder")}); }) == Code::unreadable_file);
    try {
        RuleSet({Source::folder(root + "/crates/kirjuri-cli/tests/world/packs/broken")});
        EXPECT(false);
    } catch (const kirjuri::error &error) {
        EXPECT(error.code() == Code::broken_pack);
        EXPECT(error.position() && has(error.position()->path, "empty-note.toml"));
        EXPECT(error.position() && error.position()->line == 3 && error.position()->column == 14);
    }
    EXPECT(kirjuri::version().size() >= 5);
}

void findings(const kirjuri::RuleSet &rules) {
    using kirjuri::Severity;
    const std::string document = read("fixtures/documents/archive-header-faults.xml");
    kirjuri::Report report = rules.check(document, kirjuri::Options().name("asiakirja").as_of(2026, 6, 1));
    EXPECT(report.status() == kirjuri::Status::checked);
    EXPECT(report.findings().size() == 11 && !report.findings().empty());
    EXPECT(report.count(Severity::error) == 3 && report.count(Severity::warning) == 8);
    EXPECT(report.missing().empty() && !report.is_fragment() && !report.problem());
    std::size_t seen = 0;
    for (const kirjuri::Finding &finding : report.findings()) {
        EXPECT(has(report.json(), finding.rule) && has(report.json(), finding.title));
        EXPECT(!finding.inner && !finding.is_assertion && finding.place.start < finding.place.end);
        seen++;
    }
    EXPECT(seen == 11);
    const auto found = report.findings();
    EXPECT(std::count_if(found.begin(), found.end(), [](const kirjuri::Finding &finding) {
               return finding.severity == Severity::error;
           }) == 3);
    EXPECT(found[0].rule == "kanta-header/missing-language");
    EXPECT(thrown([&] { found[11]; }) == kirjuri::Code::invalid_argument);
    EXPECT(has(report.json(), "asiakirja"));

    /* Views stay good where the report goes. */
    const std::string_view rule = found[0].rule;
    const kirjuri::Report moved = std::move(report);
    EXPECT(rule == "kanta-header/missing-language" && moved.findings().size() == 11);
    EXPECT(report.status() != kirjuri::Status::checked && report.findings().empty());

    EXPECT(rules.check(document, kirjuri::Options().max_findings(2)).count(Severity::error) == 3);
    const kirjuri::Report inner = rules.check(read("fixtures/social/missing-required.xml"));
    EXPECT(inner.findings().size() == 1 && inner.findings()[0].inner);
    const kirjuri::Report broken = rules.check(read("fixtures/unreadable/archive-dtd.xml"));
    EXPECT(broken.status() == kirjuri::Status::unreadable && broken.problem());
    EXPECT(broken.problem()->kind == "dtd-refused" && broken.problem()->line == 2);
    const kirjuri::Report english = rules.check("<a/>", kirjuri::Options().language(kirjuri::Language::english));
    EXPECT(english.status() == kirjuri::Status::skipped && english.problem()->line == 0);
}

void drafts(const kirjuri::RuleSet &rules) {
    std::string document = read("fixtures/documents/prescription-missing-parts.xml");
    const std::size_t wrong = [&] {
        const kirjuri::Report whole = rules.check(document);
        return whole.findings().size();
    }();
    const kirjuri::Report draft = rules.check(document, kirjuri::Options().draft());
    EXPECT(!draft.missing().empty());
    EXPECT(draft.findings().size() + draft.missing().size() == wrong);
    for (const kirjuri::Missing &missing : draft.missing())
        EXPECT(!missing.path.empty() && !missing.title.empty() && has(draft.json(), missing.rule));
    document.resize(document.size() - 40);
    const kirjuri::Report again = rules.check(document, kirjuri::Options().draft(draft));
    EXPECT(again.status() == kirjuri::Status::checked && again.problem());
    const kirjuri::Report fragment =
        rules.check("<encompassingEncounter xmlns='urn:hl7-org:v3'><effectiveTime><low value='20260211'/>"
                    "<high value='20260105'/></effectiveTime></encompassingEncounter>",
                    kirjuri::Options().draft());
    EXPECT(fragment.is_fragment());
}

void limits(const kirjuri::RuleSet &rules) {
    std::string large = "<ClinicalDocument xmlns='urn:hl7-org:v3'><component>";
    /* So many that none of the checks below comes to its end before it is stopped. */
    for (int i = 0; i < 400000; i++)
        large += "<section><code code='1'/><title>otsikko</title></section>\n";
    large += "</component></ClinicalDocument>";
    const auto check = [&](const kirjuri::Options &options) { return thrown([&] { rules.check(large, options); }); };
    EXPECT(check(kirjuri::Options().time_limit_ms(1)) == kirjuri::Code::time_limit);
    EXPECT(check(kirjuri::Options().memory_limit(1000)) == kirjuri::Code::memory_limit);
    const kirjuri::Cancel cancel;
    EXPECT(!cancel.is_raised());
    std::thread raising([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        cancel.raise();
    });
    EXPECT(check(kirjuri::Options().cancel(cancel)) == kirjuri::Code::cancelled);
    raising.join();
    EXPECT(cancel.is_raised());
}

void threads(const kirjuri::RuleSet &rules) {
    const std::string document = read("fixtures/social/missing-required.xml");
    const kirjuri::Report expected = rules.check(document);
    std::atomic<unsigned> wrong{0};
    std::vector<std::thread> running;
    for (int t = 0; t < 4; t++)
        running.emplace_back([&] {
            for (int i = 0; i < 10; i++) {
                const kirjuri::Report report = rules.check(document);
                if (report.json() != expected.json())
                    wrong++;
            }
        });
    for (std::thread &thread : running)
        thread.join();
    EXPECT(wrong == 0);
}

} // namespace

int main(int count, char **arguments) {
    if (count != 2) {
        std::cerr << "usage: test_cpp ROOT\n";
        return 2;
    }
    root = arguments[1];
    rule_sets();
    const kirjuri::RuleSet rules;
    findings(rules);
    drafts(rules);
    limits(rules);
    threads(rules);
    std::cout << expectations << " expectations, " << disappointments << " not met\n";
    return disappointments > 0;
}
