/* Rule sets: built in, from folders, files and memory, and those that are broken. */

#include "expect.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

#define WORLD "crates/kirjuri-cli/tests/world/"

static char place[4096];

/* A path below the root. Good until the next. */
static kirjuri_string below_root(const char *path) {
    snprintf(place, sizeof place, "%s/%s", parameters.root, path);
    return string_of(place);
}

static kirjuri_source source_of(kirjuri_source_kind kind, kirjuri_string name) {
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    source.kind = kind;
    source.name = name;
    return source;
}

/* Opens rules that have to open. */
static kirjuri_rule_set *opened(const kirjuri_source *sources, size_t count) {
    kirjuri_error *error = NULL;
    kirjuri_rule_set *rules = kirjuri_rule_set_open(sources, count, &error);
    EXPECT(rules != NULL);
    EXPECT_CODE(error, 0);
    return rules;
}

static void refused(const kirjuri_source *sources, size_t count, kirjuri_code code) {
    kirjuri_error *error = NULL;
    EXPECT(kirjuri_rule_set_open(sources, count, NULL) == NULL);
    EXPECT(kirjuri_rule_set_open(sources, count, &error) == NULL);
    EXPECT_CODE(error, code);
}

static void finds(const kirjuri_rule_set *rules, const char *path, const char *rule) {
    struct document document = read_document(path);
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    kirjuri_report *report;
    options.as_of = 20260601; /* Without a day, a rule that is no longer in force runs too. */
    report = checked(rules, &document, &options);
    EXPECT(kirjuri_report_finding(report, 0, &finding, NULL));
    EXPECT(equals(finding.rule, rule));
    kirjuri_report_free(report);
    free_document(&document);
}

static const char *const names[] = {"kanta-header", "kanta-body", "kanta-prescription", "kanta-series", "plain-language",
                                    "sosmeta", "social", "sosmeta-form", "fhir-questionnaire", "fiphr-questionnaire"};

static void the_built_in_packs(void) {
    size_t count = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        kirjuri_source source = source_of(KIRJURI_SOURCE_BUILT_IN, string_of(names[i]));
        kirjuri_rule_set *rules = opened(&source, 1);
        count += kirjuri_rule_set_rule_count(rules);
        kirjuri_rule_set_free(rules);
    }
    EXPECT(count == kirjuri_rule_set_rule_count(built_in));
    {
        kirjuri_source all = source_of(KIRJURI_SOURCE_BUILT_IN, string_of(""));
        kirjuri_source twice[2];
        kirjuri_rule_set *rules = opened(&all, 1);
        EXPECT(kirjuri_rule_set_rule_count(rules) == count);
        kirjuri_rule_set_free(rules);
        twice[0] = twice[1] = source_of(KIRJURI_SOURCE_BUILT_IN, string_of("social"));
        refused(twice, 2, KIRJURI_INVALID_ARGUMENT);
        all.name = string_of("kantaheader");
        refused(&all, 1, KIRJURI_NOT_FOUND);
        all.kind = 0;
        refused(&all, 1, KIRJURI_INVALID_ARGUMENT);
        all.kind = 6;
        refused(&all, 1, KIRJURI_INVALID_ARGUMENT);
    }
}

static void a_pack_in_a_folder(void) {
    kirjuri_source source = source_of(KIRJURI_SOURCE_FOLDER, below_root(WORLD "packs/notes"));
    kirjuri_rule_set *rules = opened(&source, 1);
    finds(rules, WORLD "notes/empty.xml", "notes/empty-note");
    kirjuri_rule_set_free(rules);
    source.name = below_root("no/such/folder");
    refused(&source, 1, KIRJURI_UNREADABLE_FILE);
    source.name = string_of("");
    refused(&source, 1, KIRJURI_INVALID_ARGUMENT);
}

static void a_pack_in_memory(void) {
    static const char *const names[] = {"pack.toml", "empty-note.toml"};
    struct document texts[2];
    kirjuri_file files[2];
    kirjuri_source source = source_of(KIRJURI_SOURCE_PACK_FILES, string_of("muistissa"));
    kirjuri_rule_set *rules;
    kirjuri_error *error = NULL;
    kirjuri_position position = KIRJURI_POSITION_INIT;
    for (size_t i = 0; i < 2; i++) {
        char path[256];
        snprintf(path, sizeof path, WORLD "packs/notes/%s", names[i]);
        texts[i] = read_document(path);
        files[i].path = string_of(names[i]);
        files[i].text.data = (const char *)texts[i].bytes;
        files[i].text.length = texts[i].length;
    }
    refused(&source, 1, KIRJURI_INVALID_ARGUMENT);
    source.files = files;
    source.file_count = 2;
    rules = opened(&source, 1);
    EXPECT(kirjuri_rule_set_rule_count(rules) == 1);
    finds(rules, WORLD "notes/empty.xml", "notes/empty-note");
    kirjuri_rule_set_free(rules);

    /* Cut in the middle, the rule has an error with its place. */
    files[1].text.length = 150;
    EXPECT(kirjuri_rule_set_open(&source, 1, &error) == NULL);
    EXPECT(kirjuri_error_position(error, &position));
    EXPECT(contains(position.path, "empty-note.toml") && position.line > 0 && position.column > 0);
    EXPECT(contains(kirjuri_error_message(error), "empty-note.toml:"));
    EXPECT_CODE(error, KIRJURI_BROKEN_PACK);
    files[1].path.data = "\xff";
    files[1].path.length = 1;
    refused(&source, 1, KIRJURI_INVALID_ARGUMENT);
    for (size_t i = 0; i < 2; i++)
        free_document(&texts[i]);
}

static void a_broken_pack(void) {
    kirjuri_source source = source_of(KIRJURI_SOURCE_FOLDER, below_root(WORLD "packs/broken"));
    kirjuri_error *error = NULL;
    kirjuri_position position = KIRJURI_POSITION_INIT;
    EXPECT(kirjuri_rule_set_open(&source, 1, &error) == NULL);
    EXPECT(kirjuri_error_position(error, &position));
    EXPECT(contains(position.path, "empty-note.toml"));
    EXPECT(position.line == 3 && position.column == 14);
    EXPECT(contains(kirjuri_error_message(error), "did you mean `house`?"));
    EXPECT(contains(kirjuri_error_message(error), "malformed-day.toml:2:1"));
    EXPECT_CODE(error, KIRJURI_BROKEN_PACK);
    /* Its examples do not show what they say. */
    source.name = below_root(WORLD "packs/unproved");
    refused(&source, 1, KIRJURI_BROKEN_PACK);
}

static void a_schema(void) {
    struct document schema = read_document(WORLD "schemas/house.sch");
    struct document document = read_document(WORLD "notes/malformed-day.xml");
    kirjuri_file file = {{"house.sch", 9}, {NULL, 0}};
    kirjuri_source source = source_of(KIRJURI_SOURCE_SCHEMATRON, below_root(WORLD "schemas/house.sch"));
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    kirjuri_report *report;
    kirjuri_text *text;
    kirjuri_error *error = NULL;
    kirjuri_rule_set *rules = opened(&source, 1);
    EXPECT(kirjuri_rule_set_rule_count(rules) == 5);
    report = checked(rules, &document, NULL);
    EXPECT(kirjuri_report_finding(report, 0, &finding, NULL));
    EXPECT(equals(finding.rule, "house/day-form") && finding.flags == KIRJURI_IS_ASSERTION);
    EXPECT(finding.severity == KIRJURI_WARNING && finding.place.line == 1);
    /* What an assertion quotes of a document is not in its title. */
    EXPECT(!contains(finding.title, "maaliskuu") && !contains(json_of(report), "maaliskuu"));
    kirjuri_report_free(report);
    text = kirjuri_rule_describe(rules, string_of("house/day-form"), KIRJURI_SWEDISH, &error);
    EXPECT_CODE(error, 0);
    EXPECT(contains(kirjuri_text_string(text), "\"schema\""));
    kirjuri_text_free(text);
    kirjuri_rule_set_free(rules);

    source.kind = KIRJURI_SOURCE_SCHEMATRON_FILES;
    source.name = string_of("house.sch");
    source.phase = string_of("quick");
    file.text.data = (const char *)schema.bytes;
    file.text.length = schema.length;
    source.files = &file;
    source.file_count = 1;
    rules = opened(&source, 1);
    EXPECT(kirjuri_rule_set_rule_count(rules) > 0);
    kirjuri_rule_set_free(rules);
    source.phase = string_of("slow");
    refused(&source, 1, KIRJURI_BROKEN_PACK);
    source.phase = string_of("");
    file.text.length /= 2;
    EXPECT(kirjuri_rule_set_open(&source, 1, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_BROKEN_PACK);
    source = source_of(KIRJURI_SOURCE_SCHEMATRON, below_root("no-such.sch"));
    refused(&source, 1, KIRJURI_UNREADABLE_FILE);
    free_document(&schema);
    free_document(&document);
}

static void descriptions(void) {
    static const char *const titles[] = {"henkilötunnus on virheellinen", "personbeteckningen är felaktig",
                                         "the personal identity code is not valid"};
    kirjuri_string id = string_of("kanta-header/malformed-hetu");
    kirjuri_error *error = NULL;
    kirjuri_text *text;
    kirjuri_string list;
    for (kirjuri_language language = 0; language <= 2; language++) {
        kirjuri_string described;
        text = kirjuri_rule_describe(built_in, id, language, &error);
        EXPECT_CODE(error, 0);
        described = kirjuri_text_string(text);
        EXPECT(json_is_string(json_member(described, "rule"), id));
        EXPECT(json_is_string(json_member(described, "pack"), string_of("kanta-header")));
        EXPECT(json_is_string(json_member(described, "severity"), string_of("error")));
        EXPECT(contains(json_member(described, "title"), titles[language]));
        EXPECT(json_member(described, "why").length > 2 && json_member(described, "fix").length > 2);
        kirjuri_text_free(text);
        text = kirjuri_rule_set_describe(built_in, language, &error);
        EXPECT_CODE(error, 0);
        described = kirjuri_text_string(text);
        EXPECT(json_number(json_member(described, "rules")) == kirjuri_rule_set_rule_count(built_in));
        EXPECT(json_size(json_member(described, "packs")) == sizeof names / sizeof *names);
        kirjuri_text_free(text);
    }
    text = kirjuri_rule_set_list(built_in, &error);
    EXPECT_CODE(error, 0);
    list = kirjuri_text_string(text);
    EXPECT(json_size(list) == kirjuri_rule_set_rule_count(built_in));
    EXPECT(contains(list, "\"kanta-header/malformed-hetu\""));
    kirjuri_text_free(text);
    EXPECT(kirjuri_rule_describe(built_in, string_of("kanta-header/malformed-heto"), 0, &error) == NULL);
    EXPECT(contains(kirjuri_error_message(error), "did you mean `kanta-header/malformed-hetu`?"));
    EXPECT_CODE(error, KIRJURI_NOT_FOUND);
    EXPECT(kirjuri_rule_describe(built_in, string_of(""), 0, &error) == NULL);
    EXPECT(equals(kirjuri_error_message(error), "there is no rule of that id"));
    EXPECT_CODE(error, KIRJURI_NOT_FOUND);
}

static void identified(void) {
    struct document document = read_document("fixtures/documents/prescription-clean.xml");
    kirjuri_error *error = NULL;
    kirjuri_text *text = kirjuri_identify(built_in, document.bytes, document.length, NULL, &error);
    EXPECT_CODE(error, 0);
    EXPECT(json_is_string(json_member(kirjuri_text_string(text), "format"), string_of("xml")));
    EXPECT(contains(json_member(kirjuri_text_string(text), "packs"), "kanta-header"));
    kirjuri_text_free(text);
    EXPECT(kirjuri_identify(built_in, document.bytes, document.length / 2, NULL, &error) == NULL);
    /* English, though Finnish is the language that is asked for where none is. */
    EXPECT(contains(kirjuri_error_message(error), " is not closed [unclosed-"));
    EXPECT_CODE(error, KIRJURI_UNREADABLE_DOCUMENT);
    free_document(&document);
}

void test_rules(void) {
    the_built_in_packs();
    a_pack_in_a_folder();
    a_pack_in_memory();
    a_broken_pack();
    a_schema();
    descriptions();
    identified();
}
