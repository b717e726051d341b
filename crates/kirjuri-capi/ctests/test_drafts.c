/* Documents that are still being written: what is missing, unfinished documents, parts, and checking again. */

#include "expect.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kirjuri_check_options of_draft(void) {
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    options.draft = 1;
    return options;
}

/* What is wrong and what is missing in a draft is together what is wrong with the document. */
static void nothing_is_lost(void) {
    size_t all = 0;
    for (size_t d = 0; d < document_count; d++) {
        kirjuri_check_options options = of_draft();
        kirjuri_report *whole = checked(built_in, &documents[d], NULL);
        kirjuri_report *draft = checked(built_in, &documents[d], &options);
        kirjuri_string missing;
        size_t count = kirjuri_report_missing_count(draft);
        if (kirjuri_report_status(whole) == KIRJURI_CHECKED) {
            EXPECT(kirjuri_report_status(draft) == KIRJURI_CHECKED);
            EXPECT(!kirjuri_report_is_fragment(draft));
            EXPECT(kirjuri_report_finding_count(whole) == kirjuri_report_finding_count(draft) + count);
            EXPECT(!contains(json_of(draft), "\"fingerprint\""));
        }
        missing = json_member(json_of(draft), "missing");
        EXPECT(json_size(missing) == count);
        for (size_t i = 0; i < count; i++) {
            kirjuri_missing one = KIRJURI_MISSING_INIT;
            EXPECT(kirjuri_report_missing(draft, i, &one, NULL));
            EXPECT(one.rule.length > 0 && one.title.length > 0 && one.path.length > 0 && one.place.line > 0);
            EXPECT(one.severity >= KIRJURI_INFO && one.severity <= KIRJURI_ERROR);
            EXPECT(json_is_string(json_member(json_element(missing, i), "rule"), one.rule));
            EXPECT(json_is_string(json_member(json_element(missing, i), "path"), one.path));
        }
        all += count;
        kirjuri_report_free(draft);
        kirjuri_report_free(whole);
    }
    EXPECT(all > 0);
    printf("             %lu things missing\n", (unsigned long)all);
}

/* A document as it grows, byte by byte in some places. */
static void documents_that_are_not_finished(void) {
    struct document document = read_document("fixtures/documents/prescription-clean.xml");
    size_t step = document.length * 4 / (parameters.checks + 40) + 1, checks = 0, unfinished = 0;
    kirjuri_report *previous = NULL;
    for (size_t length = 0; length <= document.length; length += step, checks++) {
        kirjuri_check_options options = of_draft();
        kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
        kirjuri_error *error = NULL;
        kirjuri_report *report;
        /* A copy, so that a read beyond its end is noticed. */
        uint8_t *bytes = malloc(length > 0 ? length : 1);
        memcpy(bytes, document.bytes, length);
        options.previous = previous;
        report = kirjuri_check(built_in, bytes, length, &options, &error);
        EXPECT_CODE(error, 0);
        free(bytes);
        if (kirjuri_report_status(report) == KIRJURI_CHECKED && length < document.length - 2) {
            unfinished++;
            EXPECT(kirjuri_report_problem(report, &problem, NULL));
            EXPECT(problem.kind.length > 0 && problem.line > 0 && problem.offset <= length);
        }
        kirjuri_report_free(previous);
        previous = report;
    }
    kirjuri_report_free(previous);
    EXPECT(unfinished > checks / 2);
    free_document(&document);
}

static void a_document_in_the_middle_of_a_tag(void) {
    static const char text[] = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><realmCode code=\"FI\"/><id ro";
    kirjuri_check_options options = of_draft();
    kirjuri_error *error = NULL;
    kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
    kirjuri_report *report = kirjuri_check(built_in, (const uint8_t *)text, sizeof text - 1, &options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_status(report) == KIRJURI_CHECKED);
    EXPECT(kirjuri_report_problem(report, &problem, &error));
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_missing_count(report) > 0);
    kirjuri_report_free(report);
    /* As a document it cannot be read. */
    report = kirjuri_check(built_in, (const uint8_t *)text, sizeof text - 1, NULL, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_status(report) == KIRJURI_UNREADABLE);
    kirjuri_report_free(report);
}

static void a_part_of_a_document(void) {
    static const char text[] =
        "<encompassingEncounter xmlns=\"urn:hl7-org:v3\"><effectiveTime><low value=\"20260211\"/>"
        "<high value=\"20260105\"/></effectiveTime></encompassingEncounter>";
    static const char unknown[] = "<patientRole xmlns=\"urn:hl7-org:v3\"><addr/></patientRole>";
    kirjuri_check_options options = of_draft();
    kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
    kirjuri_error *error = NULL;
    kirjuri_report *report = kirjuri_check(built_in, (const uint8_t *)text, sizeof text - 1, &options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_status(report) == KIRJURI_CHECKED);
    EXPECT(kirjuri_report_is_fragment(report));
    EXPECT(kirjuri_report_finding_count(report) == 1);
    kirjuri_report_free(report);
    /* Of some parts no rule can be asked. */
    report = kirjuri_check(built_in, (const uint8_t *)unknown, sizeof unknown - 1, &options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_status(report) == KIRJURI_SKIPPED);
    EXPECT(kirjuri_report_problem(report, &problem, &error));
    EXPECT(problem.kind.length == strlen("nothing-asked"));
    EXPECT(memcmp(problem.kind.data, "nothing-asked", problem.kind.length) == 0);
    kirjuri_report_free(report);
    options.draft = 0;
    report = kirjuri_check(built_in, (const uint8_t *)text, sizeof text - 1, &options, &error);
    EXPECT_CODE(error, 0);
    EXPECT(kirjuri_report_status(report) == KIRJURI_SKIPPED);
    EXPECT(!kirjuri_report_is_fragment(report));
    kirjuri_report_free(report);
}

/* After an edit, the report is the same with the one before as without it. */
static void checking_again(void) {
    for (size_t d = 0; d < document_count; d++) {
        struct document edited = documents[d];
        kirjuri_check_options options = of_draft();
        kirjuri_report *previous = checked(built_in, &documents[d], &options), *fresh, *again;
        size_t at = edited.length / 2;
        /* The next digit behind the middle becomes another. */
        edited.bytes = malloc(edited.length > 0 ? edited.length : 1);
        memcpy(edited.bytes, documents[d].bytes, edited.length);
        while (at < edited.length && (edited.bytes[at] < '0' || edited.bytes[at] > '8'))
            at++;
        if (at < edited.length)
            edited.bytes[at]++;
        fresh = checked(built_in, &edited, &options);
        options.previous = previous;
        again = checked(built_in, &edited, &options);
        EXPECT(same(json_of(fresh), json_of(again)));
        kirjuri_report_free(again);
        /* A report may be the previous one of several, and of itself. */
        again = checked(built_in, &documents[d], &options);
        EXPECT(same(json_of(previous), json_of(again)));
        kirjuri_report_free(previous);
        kirjuri_report_free(fresh);
        options.previous = again;
        fresh = checked(built_in, &edited, &options);
        kirjuri_report_free(again);
        kirjuri_report_free(fresh);
        free(edited.bytes);
    }
}

static void what_cannot_be_checked_again(void) {
    kirjuri_check_options options = of_draft();
    kirjuri_error *error = NULL;
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    kirjuri_rule_set *others;
    kirjuri_report *whole = checked(built_in, &documents[0], NULL);
    kirjuri_report *draft = checked(built_in, &documents[0], &options);
    source.kind = KIRJURI_SOURCE_BUILT_IN;
    source.name = string_of("kanta-header");
    others = kirjuri_rule_set_open(&source, 1, NULL);
    options.previous = draft;
    EXPECT(kirjuri_check(others, documents[0].bytes, documents[0].length, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    options.draft = 0;
    EXPECT(kirjuri_check(built_in, documents[0].bytes, documents[0].length, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    options.draft = 1;
    options.previous = whole;
    EXPECT(kirjuri_check(built_in, documents[0].bytes, documents[0].length, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_INVALID_ARGUMENT);
    kirjuri_rule_set_free(others);
    kirjuri_report_free(whole);
    kirjuri_report_free(draft);
}

void test_drafts(void) {
    nothing_is_lost();
    documents_that_are_not_finished();
    a_document_in_the_middle_of_a_tag();
    a_part_of_a_document();
    checking_again();
    what_cannot_be_checked_again();
}
