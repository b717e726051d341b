/* Handles of another kind, memory that is no handle, and what keeps alive what. */

#include "expect.h"

#include <string.h>

/* Functions of a report. */
static void is_no_report(const void *memory) {
    const kirjuri_report *report = memory;
    kirjuri_error *error = NULL;
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    kirjuri_missing missing = KIRJURI_MISSING_INIT;
    kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_string json = {NULL, 0};
    EXPECT(kirjuri_report_status(report) == 0);
    EXPECT(kirjuri_report_count(report, KIRJURI_ERROR) == 0);
    EXPECT(kirjuri_report_finding_count(report) == 0);
    EXPECT(kirjuri_report_missing_count(report) == 0);
    EXPECT(!kirjuri_report_is_fragment(report));
    EXPECT(!kirjuri_report_finding(report, 0, &finding, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_missing(report, 0, &missing, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_problem(report, &problem, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_json(report, &json, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    kirjuri_report_free((kirjuri_report *)report);
    options.draft = 1;
    options.previous = report;
    EXPECT(kirjuri_check(built_in, (const uint8_t *)"<a/>", 4, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
}

static void is_no_rule_set(const void *memory) {
    const kirjuri_rule_set *rules = memory;
    kirjuri_error *error = NULL;
    EXPECT(kirjuri_rule_set_rule_count(rules) == 0);
    EXPECT(kirjuri_rule_set_describe(rules, KIRJURI_FINNISH, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_rule_set_list(rules, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_rule_describe(rules, string_of("x"), KIRJURI_FINNISH, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_identify(rules, (const uint8_t *)"<a/>", 4, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_check(rules, (const uint8_t *)"<a/>", 4, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    kirjuri_rule_set_free((kirjuri_rule_set *)rules);
}

static void is_no_cancel(const void *memory) {
    const kirjuri_cancel *cancel = memory;
    kirjuri_error *error = NULL;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_cancel_raise(cancel);
    EXPECT(!kirjuri_cancel_is_raised(cancel));
    kirjuri_cancel_free((kirjuri_cancel *)cancel);
    options.cancel = cancel;
    EXPECT(kirjuri_check(built_in, (const uint8_t *)"<a/>", 4, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
}

static void is_no_text(const void *memory) {
    EXPECT(kirjuri_text_string(memory).length == 0);
    kirjuri_text_free((kirjuri_text *)memory);
}

static void is_no_error(const void *memory) {
    kirjuri_position position = KIRJURI_POSITION_INIT;
    EXPECT(kirjuri_error_code(memory) == 0);
    EXPECT(kirjuri_error_message(memory).length == 0);
    EXPECT(!kirjuri_error_position(memory, &position));
    kirjuri_error_free((kirjuri_error *)memory);
}

static void other_kinds(void) {
    kirjuri_error *error = NULL;
    kirjuri_report *report = checked(built_in, &documents[0], NULL);
    kirjuri_cancel *cancel = kirjuri_cancel_new(NULL);
    kirjuri_text *text = kirjuri_rule_set_list(built_in, NULL);
    kirjuri_rule_set_list(NULL, &error);
    EXPECT(cancel != NULL && text != NULL && error != NULL);

    is_no_report(built_in), is_no_report(cancel), is_no_report(text), is_no_report(error);
    is_no_rule_set(report), is_no_rule_set(cancel), is_no_rule_set(text), is_no_rule_set(error);
    is_no_cancel(built_in), is_no_cancel(report), is_no_cancel(text), is_no_cancel(error);
    is_no_text(built_in), is_no_text(report), is_no_text(cancel), is_no_text(error);
    is_no_error(built_in), is_no_error(report), is_no_error(cancel), is_no_error(text);

    /* Nothing of that freed any of them. */
    EXPECT(kirjuri_report_status(report) != 0);
    EXPECT(!kirjuri_cancel_is_raised(cancel));
    EXPECT(kirjuri_text_string(text).length > 0);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    kirjuri_report_free(report);
    kirjuri_cancel_free(cancel);
    kirjuri_text_free(text);
}

static void other_memory(void) {
    uint64_t memory[64];
    static const int fillings[] = {0x00, 0xff, 0x6b, 0xa5};
    for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
        memset(memory, fillings[i], sizeof memory);
        /* The second is not where a handle can stand. */
        for (size_t offset = 0; offset <= 4; offset += 4) {
            const void *at = (const char *)memory + offset;
            is_no_report(at), is_no_rule_set(at), is_no_cancel(at), is_no_text(at), is_no_error(at);
        }
    }
}

/* A report needs neither its rule set nor its document, and a token may be freed while it is in use. */
static void a_report_outlives_its_rule_set(void) {
    kirjuri_error *error = NULL;
    kirjuri_rule_set *rules = kirjuri_rule_set_open(NULL, 0, &error);
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_cancel *cancel = kirjuri_cancel_new(&error);
    struct document document = read_document("fixtures/documents/archive-header-faults.xml");
    kirjuri_report *report;
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    char name[] = "asiakirja";
    EXPECT_CODE(error, 0);
    options.name = string_of(name);
    options.cancel = cancel;
    report = checked(rules, &document, &options);
    memset(document.bytes, 'x', document.length);
    memset(name, 'x', sizeof name - 1);
    free_document(&document);
    kirjuri_cancel_raise(cancel);
    kirjuri_cancel_free(cancel);
    kirjuri_rule_set_free(rules);
    EXPECT(kirjuri_report_count(report, KIRJURI_ERROR) == 3);
    EXPECT(kirjuri_report_count(report, KIRJURI_WARNING) == 8);
    EXPECT(kirjuri_report_count(report, KIRJURI_INFO) == 0);
    EXPECT(kirjuri_report_count(report, 0) == 0 && kirjuri_report_count(report, 4) == 0);
    EXPECT(kirjuri_report_count(report, -1) == 0 && kirjuri_report_count(report, INT32_MAX) == 0);
    EXPECT(kirjuri_report_finding(report, 0, &finding, NULL));
    EXPECT(equals(finding.rule, "kanta-header/missing-language"));
    EXPECT(contains(json_of(report), "asiakirja"));
    kirjuri_report_free(report);
}

void test_handles(void) {
    other_kinds();
    other_memory();
    a_report_outlives_its_rule_set();
}
