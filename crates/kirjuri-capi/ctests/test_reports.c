/* Reports of whole documents: findings one by one and as JSON, in all languages, by days, and as many as are wanted. */

#include "expect.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

static void same_place(kirjuri_string json, const kirjuri_place *place) {
    EXPECT(json_number(json_member(json, "line")) == place->line);
    EXPECT(json_number(json_member(json, "column")) == place->column);
    EXPECT(json_number(json_member(json, "start")) == place->start);
    EXPECT(json_number(json_member(json, "end")) == place->end);
    EXPECT(json_is_string(json_member(json, "path"), place->path) || contains(place->path, "'") || contains(place->path, "\""));
}

/* The JSON says what the functions say. */
static void same_report(const kirjuri_report *report, const struct document *document) {
    static const char *const severities[] = {"", "info", "warning", "error"};
    kirjuri_string json = json_of(report);
    kirjuri_string findings = json_member(json, "findings");
    size_t counts[4] = {0, 0, 0, 0}, count = kirjuri_report_finding_count(report);
    size_t last = 0;
    EXPECT(same(json, json_of(report)));
    EXPECT(json_size(findings) == count);
    for (size_t i = 0; i < count; i++) {
        kirjuri_finding finding = KIRJURI_FINDING_INIT;
        kirjuri_string one = json_element(findings, i), place = json_member(one, "place");
        EXPECT(kirjuri_report_finding(report, i, &finding, NULL));
        EXPECT(finding.severity >= KIRJURI_INFO && finding.severity <= KIRJURI_ERROR);
        counts[finding.severity]++;
        EXPECT(json_is_string(json_member(one, "rule"), finding.rule));
        EXPECT(json_is_string(json_member(one, "severity"), string_of(severities[finding.severity])));
        EXPECT(json_is_string(json_member(one, "title"), finding.title) || contains(finding.title, "\""));
        EXPECT(finding.place.start <= finding.place.end && finding.place.end <= document->length);
        EXPECT(finding.place.start >= last);
        last = finding.place.start;
        same_place(place, &finding.place);
        /* 32 digits in quotes. */
        EXPECT(json_member(one, "fingerprint").length == 34);
        if (finding.flags & KIRJURI_HAS_INNER)
            same_place(json_member(place, "inner"), &finding.inner);
        else
            EXPECT(json_member(place, "inner").length == 0 && finding.inner.path.length == 0 && finding.inner.line == 0);
    }
    for (kirjuri_severity severity = KIRJURI_INFO; severity <= KIRJURI_ERROR; severity++)
        EXPECT(kirjuri_report_count(report, severity) == counts[severity]);
}

static void every_document_in_every_language(void) {
    size_t statuses[4] = {0, 0, 0, 0};
    for (size_t d = 0; d < document_count; d++) {
        size_t findings = 0;
        for (kirjuri_language language = 0; language <= 2; language++) {
            kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
            kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
            kirjuri_error *error = NULL;
            kirjuri_report *report;
            kirjuri_status status;
            options.language = language;
            options.name = string_of(documents[d].name);
            report = checked(built_in, &documents[d], &options);
            status = kirjuri_report_status(report);
            statuses[status]++;
            EXPECT(kirjuri_report_problem(report, &problem, &error) == (status != KIRJURI_CHECKED));
            EXPECT_CODE(error, 0);
            EXPECT((problem.kind.length > 0 && problem.message.length > 0) == (status != KIRJURI_CHECKED));
            EXPECT((problem.line > 0) == (status == KIRJURI_UNREADABLE));
            EXPECT(kirjuri_report_missing_count(report) == 0);
            EXPECT(!kirjuri_report_is_fragment(report));
            EXPECT(json_is_string(json_member(json_of(report), "path"), string_of(documents[d].name)));
            same_report(report, &documents[d]);
            EXPECT(language == 0 || findings == kirjuri_report_finding_count(report));
            findings = kirjuri_report_finding_count(report);
            if (strstr(documents[d].name, "-clean") != NULL)
                EXPECT(status == KIRJURI_CHECKED && findings == 0);
            if (strstr(documents[d].name, "/unreadable/") != NULL)
                EXPECT(status == KIRJURI_UNREADABLE);
            kirjuri_report_free(report);
        }
    }
    EXPECT(statuses[KIRJURI_CHECKED] > 0);
    printf("             %lu checked, %lu unreadable, %lu skipped\n", (unsigned long)statuses[KIRJURI_CHECKED],
           (unsigned long)statuses[KIRJURI_UNREADABLE], (unsigned long)statuses[KIRJURI_SKIPPED]);
}

static void as_many_as_wanted(void) {
    struct document document = read_document("fixtures/documents/archive-header-faults.xml");
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    for (uint64_t most = 0; most < 15; most++) {
        kirjuri_report *report;
        options.max_findings = most;
        report = checked(built_in, &document, &options);
        EXPECT(kirjuri_report_finding_count(report) == (most == 0 || most > 11 ? 11 : most));
        EXPECT(kirjuri_report_count(report, KIRJURI_ERROR) == 3 && kirjuri_report_count(report, KIRJURI_WARNING) == 8);
        kirjuri_report_free(report);
    }
    free_document(&document);
}

/* A document of 2099 is of the future on a day of 2026, and not on one of 2100; without a day nobody knows. */
static void by_the_day(void) {
    struct document document = read_document("fixtures/documents/archive-future-faults.xml");
    static const uint32_t days[] = {0, 20261231, 21010101};
    for (size_t i = 0; i < 3; i++) {
        kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
        kirjuri_report *report;
        options.as_of = days[i];
        report = checked(built_in, &document, &options);
        EXPECT(contains(json_of(report), "kanta-header/future-creation-time") == (i == 1));
        kirjuri_report_free(report);
    }
    free_document(&document);
}

void test_reports(void) {
    every_document_in_every_language();
    as_many_as_wanted();
    by_the_day();
}
