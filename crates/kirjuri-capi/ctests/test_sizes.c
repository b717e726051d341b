/* Structures of older and newer programs: `size` smaller, larger, and none. */

#include "expect.h"

#include <stdlib.h>
#include <string.h>

#define BEYOND 24

static kirjuri_report *faulty(const kirjuri_check_options *options, kirjuri_error **error) {
    struct document document = read_document("fixtures/documents/archive-header-faults.xml");
    kirjuri_report *report = kirjuri_check(built_in, document.bytes, document.length, options, error);
    free_document(&document);
    return report;
}

/* A copy of a structure with bytes behind it, in memory of its own so that a byte too far is noticed. */
static void *lengthened(const void *structure, size_t size, size_t length, int filling) {
    unsigned char *copy = malloc(length > size ? length : size);
    memset(copy, filling, length > size ? length : size);
    memcpy(copy, structure, size < length ? size : length);
    memcpy(copy, &length, sizeof length);
    return copy;
}

static void options_of_other_versions(void) {
    kirjuri_error *error = NULL;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_report *report;
    void *other;
    static const size_t none[] = {0, 1, sizeof(size_t) - 1, sizeof(size_t) + 1, 100000, (size_t)-1};
    options.language = KIRJURI_ENGLISH;
    options.max_findings = 1;
    options.draft = 7; /* no value */

    /* An older program does not have `draft` nor what stands behind it. */
    options.size = offsetof(kirjuri_check_options, draft);
    report = faulty(&options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_finding_count(report) == 11);
    EXPECT(contains(json_of(report), "the document"));
    kirjuri_report_free(report);
    options.size = sizeof(size_t);
    report = faulty(&options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_finding_count(report) == 11);
    kirjuri_report_free(report);

    /* A newer one has more, which may be 0. */
    options.draft = 0;
    other = lengthened(&options, sizeof options, sizeof options + BEYOND, 0);
    report = faulty(other, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_finding_count(report) == 1);
    kirjuri_report_free(report);
    free(other);
    other = lengthened(&options, sizeof options, sizeof options + BEYOND, 1);
    EXPECT(faulty(other, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    free(other);

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        options.size = none[i];
        EXPECT(faulty(&options, &error) == NULL);
        EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    }
}

/* Both structures at once: what a function fills ends where the structure does. */
#define FILLED(type, initial, call)                                                                                     \
    do {                                                                                                                \
        type whole = initial;                                                                                           \
        type *other;                                                                                                    \
        static const size_t none[] = {0, 1, sizeof(size_t) - 1, sizeof(size_t) + 1, 100000, (size_t)-1};                \
        EXPECT(call(&whole));                                                                                           \
        EXPECT(whole.size == sizeof whole);                                                                             \
        other = lengthened(&whole, sizeof whole, sizeof whole + BEYOND, 0);                                             \
        memset((char *)other + sizeof(size_t), 0, sizeof whole - sizeof(size_t));                                       \
        EXPECT(call(other));                                                                                            \
        EXPECT(other->size == sizeof whole + BEYOND);                                                                   \
        EXPECT(memcmp((char *)other + sizeof(size_t), (char *)&whole + sizeof(size_t), sizeof whole - sizeof(size_t)) == 0); \
        for (size_t i = 0; i < BEYOND; i++)                                                                             \
            EXPECT(((char *)other)[sizeof whole + i] == 0);                                                             \
        free(other);                                                                                                    \
        /* The size and one string: nothing is written behind them. */                                                  \
        other = malloc(sizeof(size_t) + sizeof(kirjuri_string));                                                        \
        other->size = sizeof(size_t) + sizeof(kirjuri_string);                                                          \
        EXPECT(call(other));                                                                                            \
        EXPECT(memcmp((char *)other + sizeof(size_t), (char *)&whole + sizeof(size_t), sizeof(kirjuri_string)) == 0);   \
        free(other);                                                                                                    \
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) {                                                       \
            type wrong = initial;                                                                                       \
            wrong.size = none[i];                                                                                       \
            EXPECT(!call(&wrong));                                                                                      \
        }                                                                                                               \
    } while (0)

static kirjuri_report *report;
static kirjuri_report *draft;
static kirjuri_error *broken;

static bool give_finding(kirjuri_finding *finding) {
    return kirjuri_report_finding(report, 0, finding, NULL);
}

static bool give_missing(kirjuri_missing *missing) {
    return kirjuri_report_missing(draft, 0, missing, NULL);
}

static bool give_problem(kirjuri_problem *problem) {
    return kirjuri_report_problem(draft, problem, NULL);
}

static bool give_position(kirjuri_position *position) {
    return kirjuri_error_position(broken, position);
}

static void what_is_filled(void) {
    kirjuri_error *error = NULL;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    struct document document = read_document("fixtures/documents/prescription-missing-parts.xml");
    kirjuri_file file = {{"pack.toml", 9}, {"id = 1", 6}};
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    report = faulty(NULL, &error);
    EXPECT_CODE(error, 0);
    FILLED(kirjuri_finding, KIRJURI_FINDING_INIT, give_finding);
    EXPECT(!kirjuri_report_finding(report, kirjuri_report_finding_count(report), &finding, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(!kirjuri_report_finding(report, (size_t)-1, &finding, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    kirjuri_report_free(report);

    /* A draft that ends in the middle has a problem and lacks something. */
    options.draft = 1;
    document.length -= 100;
    draft = kirjuri_check(built_in, document.bytes, document.length, &options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_missing_count(draft) > 0);
    FILLED(kirjuri_missing, KIRJURI_MISSING_INIT, give_missing);
    FILLED(kirjuri_problem, KIRJURI_PROBLEM_INIT, give_problem);
    kirjuri_report_free(draft);
    free_document(&document);

    source.kind = KIRJURI_SOURCE_PACK_FILES;
    source.name = string_of("pieces");
    source.files = &file;
    source.file_count = 1;
    EXPECT(kirjuri_rule_set_open(&source, 1, &broken) == NULL);
    FILLED(kirjuri_position, KIRJURI_POSITION_INIT, give_position);
    EXPECT_CODE(broken, KIRJURI_BROKEN_PACK);
}

static void sources_of_other_versions(void) {
    struct {
        kirjuri_source known;
        uint64_t beyond[3];
    } newer[2];
    kirjuri_error *error = NULL;
    kirjuri_rule_set *rules;
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    memset(newer, 0, sizeof newer);
    newer[0].known.size = newer[1].known.size = sizeof *newer;
    newer[0].known.kind = newer[1].known.kind = KIRJURI_SOURCE_BUILT_IN;
    newer[0].known.name = string_of("social");
    newer[1].known.name = string_of("kanta-header");
    rules = kirjuri_rule_set_open(&newer[0].known, 2, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_rule_set_rule_count(rules) > 150);
    kirjuri_rule_set_free(rules);
    newer[1].beyond[2] = 1;
    EXPECT(kirjuri_rule_set_open(&newer[0].known, 2, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    newer[1].beyond[2] = 0;
    newer[1].known.size = sizeof(kirjuri_source);
    EXPECT(kirjuri_rule_set_open(&newer[0].known, 2, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);

    source.kind = KIRJURI_SOURCE_BUILT_IN;
    source.name = string_of("social");
    source.size = 0;
    EXPECT(kirjuri_rule_set_open(&source, 1, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    source.size = 1;
    EXPECT(kirjuri_rule_set_open(&source, 1, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
}

void test_sizes(void) {
    options_of_other_versions();
    what_is_filled();
    sources_of_other_versions();
}
