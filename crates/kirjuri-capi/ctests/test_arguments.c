/* NULL wherever there is a pointer, and values that are none. */

#include "expect.h"

#include <string.h>

static const uint8_t note[] = "<note xmlns=\"urn:example:note\"/>";
#define NOTE note, sizeof note - 1

/* Without handles: functions that cannot fail give nothing. */
static void nothing_comes_of_nothing(void) {
    kirjuri_position position = KIRJURI_POSITION_INIT;
    EXPECT(kirjuri_error_code(NULL) == 0);
    EXPECT(kirjuri_error_message(NULL).length == 0);
    EXPECT(!kirjuri_error_position(NULL, &position));
    EXPECT(!kirjuri_error_position(NULL, NULL));
    EXPECT(kirjuri_text_string(NULL).length == 0);
    EXPECT(kirjuri_rule_set_rule_count(NULL) == 0);
    EXPECT(!kirjuri_cancel_is_raised(NULL));
    EXPECT(kirjuri_report_status(NULL) == 0);
    EXPECT(kirjuri_report_count(NULL, KIRJURI_ERROR) == 0);
    EXPECT(kirjuri_report_finding_count(NULL) == 0);
    EXPECT(kirjuri_report_missing_count(NULL) == 0);
    EXPECT(!kirjuri_report_is_fragment(NULL));
    kirjuri_cancel_raise(NULL);
    kirjuri_error_free(NULL);
    kirjuri_text_free(NULL);
    kirjuri_rule_set_free(NULL);
    kirjuri_cancel_free(NULL);
    kirjuri_report_free(NULL);
}

/* Without handles: functions that can fail say so, whether anybody wants to know or not. */
static void failing_without_handles(void) {
    kirjuri_error *error = NULL;
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    kirjuri_missing missing = KIRJURI_MISSING_INIT;
    kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
    kirjuri_string json = {NULL, 0}, id = string_of("kanta-header/malformed-hetu");

    EXPECT(kirjuri_rule_set_describe(NULL, KIRJURI_FINNISH, NULL) == NULL);
    EXPECT(kirjuri_rule_set_describe(NULL, KIRJURI_FINNISH, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_rule_set_list(NULL, NULL) == NULL);
    EXPECT(kirjuri_rule_set_list(NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_rule_describe(NULL, id, KIRJURI_FINNISH, NULL) == NULL);
    EXPECT(kirjuri_rule_describe(NULL, id, KIRJURI_FINNISH, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_check(NULL, NOTE, NULL, NULL) == NULL);
    EXPECT(kirjuri_check(NULL, NOTE, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(kirjuri_identify(NULL, NOTE, NULL, NULL) == NULL);
    EXPECT(kirjuri_identify(NULL, NOTE, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_finding(NULL, 0, &finding, NULL));
    EXPECT(!kirjuri_report_finding(NULL, 0, &finding, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_missing(NULL, 0, &missing, NULL));
    EXPECT(!kirjuri_report_missing(NULL, 0, &missing, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_problem(NULL, &problem, NULL));
    EXPECT(!kirjuri_report_problem(NULL, &problem, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
    EXPECT(!kirjuri_report_json(NULL, &json, NULL));
    EXPECT(!kirjuri_report_json(NULL, &json, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_HANDLE);
}

/* With handles, and NULL for what else is a pointer. */
static void failing_without_structures(void) {
    kirjuri_error *error = NULL;
    kirjuri_string hanging = {NULL, 7};
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_report *report = kirjuri_check(built_in, documents[0].bytes, documents[0].length, NULL, NULL);
    EXPECT(report != NULL);
    EXPECT(!kirjuri_report_finding(report, 0, NULL, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(!kirjuri_report_missing(report, 0, NULL, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(!kirjuri_report_problem(report, NULL, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(!kirjuri_report_json(report, NULL, &error));
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    kirjuri_report_free(report);

    EXPECT(kirjuri_check(built_in, NULL, 7, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(kirjuri_identify(built_in, NULL, 7, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(kirjuri_rule_describe(built_in, hanging, KIRJURI_FINNISH, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    options.name = hanging;
    EXPECT(kirjuri_check(built_in, NOTE, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    EXPECT(kirjuri_rule_set_open(NULL, 1, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    source.kind = KIRJURI_SOURCE_BUILT_IN;
    source.name = hanging;
    EXPECT(kirjuri_rule_set_open(&source, 1, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);

    /* Nothing is a document, which cannot be read, and that is no failure. */
    report = kirjuri_check(built_in, NULL, 0, NULL, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_status(report) == KIRJURI_UNREADABLE);
    kirjuri_report_free(report);
    EXPECT(kirjuri_identify(built_in, NULL, 0, NULL, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_UNREADABLE_DOCUMENT);
}

static void no_such_value(void) {
    static const kirjuri_language languages[] = {-1, 3, INT32_MAX, INT32_MIN};
    static const uint32_t days[] = {2, 20260132, 20260001, 20261301, 20260229, 99999999, UINT32_MAX, 2026};
    kirjuri_error *error = NULL;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_string broken = {"\xc3\x28", 2};
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        options.language = languages[i];
        EXPECT(kirjuri_check(built_in, NOTE, &options, &error) == NULL);
        EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
        EXPECT(kirjuri_rule_set_describe(built_in, languages[i], &error) == NULL);
        EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
        EXPECT(kirjuri_rule_describe(built_in, string_of("kanta-header/malformed-hetu"), languages[i], &error) == NULL);
        EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    }
    options.language = KIRJURI_FINNISH;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        options.as_of = days[i];
        EXPECT(kirjuri_check(built_in, NOTE, &options, &error) == NULL);
        EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    }
    options.as_of = KIRJURI_AS_OF_DOCUMENT;
    kirjuri_report_free(kirjuri_check(built_in, NOTE, &options, &error));
    EXPECT_CODE(error, 0);
    options.as_of = 20240229;
    EXPECT(kirjuri_rule_describe(built_in, broken, KIRJURI_FINNISH, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    options.name = broken;
    EXPECT(kirjuri_check(built_in, NOTE, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    options.name = string_of("note");
    options.draft = 2;
    EXPECT(kirjuri_check(built_in, NOTE, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    options.draft = 0;
    options.reserved = 1;
    EXPECT(kirjuri_check(built_in, NOTE, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
}

/* *error is set each time, also where all went well. */
static void an_old_error_is_overwritten(void) {
    kirjuri_error *stale, *error;
    kirjuri_report *report;
    EXPECT(kirjuri_rule_set_list(NULL, &stale) == NULL);
    error = stale;
    report = kirjuri_check(built_in, NOTE, NULL, &error);
    EXPECT(report != NULL && error == NULL);
    kirjuri_report_free(report);
    EXPECT_CODE(stale, KIRJURI_INVALID_HANDLE);
}

void test_arguments(void) {
    nothing_comes_of_nothing();
    failing_without_handles();
    failing_without_structures();
    no_such_value();
    an_old_error_is_overwritten();
}
