/*
 * Memory that runs out, at one allocation after another. Only with a library that was built with the feature
 * `failing-allocator`, and KIRJURI_FAILING_ALLOCATOR defined here.
 */

#include "expect.h"

#include <stdio.h>
#include <string.h>

#ifndef KIRJURI_FAILING_ALLOCATOR

void test_allocations(void) {
    printf("             left out: the library has no failing allocator\n");
}

#else

static struct document faulty, small;
static kirjuri_report *previous, *fresh;
static unsigned long points, recovered;

/* Each runs one function and frees what it gives; true where it gave something. */
static bool open_social(kirjuri_error **error) {
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    kirjuri_rule_set *rules;
    source.kind = KIRJURI_SOURCE_BUILT_IN;
    source.name = string_of("social");
    rules = kirjuri_rule_set_open(&source, 1, error);
    kirjuri_rule_set_free(rules);
    return rules != NULL;
}

static bool open_folder(kirjuri_error **error) {
    char path[4096];
    kirjuri_source source = KIRJURI_SOURCE_INIT;
    kirjuri_rule_set *rules;
    snprintf(path, sizeof path, "%s/crates/kirjuri-cli/tests/world/packs/notes", parameters.root);
    source.kind = KIRJURI_SOURCE_FOLDER;
    source.name = string_of(path);
    rules = kirjuri_rule_set_open(&source, 1, error);
    kirjuri_rule_set_free(rules);
    return rules != NULL;
}

static bool check_as(const struct document *document, uint32_t draft, const kirjuri_report *before, kirjuri_error **error) {
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_report *report;
    options.draft = draft;
    options.previous = before;
    options.name = string_of("a document with a long name, so that there is something to allocate");
    report = kirjuri_check(built_in, document->bytes, document->length, &options, error);
    kirjuri_report_free(report);
    return report != NULL;
}

static bool check_document(kirjuri_error **error) {
    return check_as(&faulty, 0, NULL, error);
}

static bool check_draft(kirjuri_error **error) {
    return check_as(&faulty, 1, NULL, error);
}

static bool check_again(kirjuri_error **error) {
    return check_as(&faulty, 1, previous, error);
}

static bool check_small(kirjuri_error **error) {
    return check_as(&small, 0, NULL, error);
}

static bool identify(kirjuri_error **error) {
    kirjuri_text *text = kirjuri_identify(built_in, faulty.bytes, faulty.length, NULL, error);
    kirjuri_text_free(text);
    return text != NULL;
}

static bool describe_rules(kirjuri_error **error) {
    kirjuri_text *text = kirjuri_rule_set_describe(built_in, KIRJURI_FINNISH, error);
    kirjuri_text_free(text);
    return text != NULL;
}

static bool list_rules(kirjuri_error **error) {
    kirjuri_text *text = kirjuri_rule_set_list(built_in, error);
    kirjuri_text_free(text);
    return text != NULL;
}

static bool describe_rule(kirjuri_error **error) {
    kirjuri_text *text = kirjuri_rule_describe(built_in, string_of("kanta-header/malformed-hetu"), 0, error);
    kirjuri_text_free(text);
    return text != NULL;
}

static bool new_cancel(kirjuri_error **error) {
    kirjuri_cancel *cancel = kirjuri_cancel_new(error);
    kirjuri_cancel_free(cancel);
    return cancel != NULL;
}

/* The JSON is made once, so that each time needs a report of its own; it is made without failures. */
static bool write_json(kirjuri_error **error) {
    kirjuri_string json = {NULL, 0};
    return kirjuri_report_json(fresh, &json, error) && json.length > 0;
}

/* Even an error needs memory. */
static bool be_refused(kirjuri_error **error) {
    kirjuri_finding finding = KIRJURI_FINDING_INIT;
    return kirjuri_report_finding(previous, 1000000, &finding, error);
}

static void failing_once(const char *name, bool (*run)(kirjuri_error **), uint64_t n, bool and_after, kirjuri_code refusal) {
    kirjuri_error *error = NULL;
    int64_t held;
    bool gave, failed;
    if (run == write_json)
        fresh = checked(built_in, &faulty, NULL);
    held = kirjuri_test_held();
    if (and_after)
        kirjuri_test_fail_allocations_from(n);
    else
        kirjuri_test_fail_allocation(n);
    gave = run(&error);
    failed = kirjuri_test_allocations() >= n;
    kirjuri_test_fail_allocation(0);
    points++;
    if (failed) {
        EXPECT(!gave);
        EXPECT(kirjuri_error_code(error) == KIRJURI_OUT_OF_MEMORY);
        recovered += !gave && kirjuri_error_code(error) == KIRJURI_OUT_OF_MEMORY;
    } else {
        EXPECT(gave == (refusal == 0) && kirjuri_error_code(error) == refusal);
    }
    EXPECT(!kirjuri_error_position(error, NULL));
    kirjuri_error_free(error);
    if (run == write_json) {
        /* What failed for want of memory works when there is some. */
        EXPECT(json_of(fresh).length > 0);
        kirjuri_report_free(fresh);
        held -= kirjuri_test_held();
        EXPECT(held >= 0);
    } else {
        EXPECT(kirjuri_test_held() == held);
        if (kirjuri_test_held() != held)
            fprintf(stderr, "    %s leaked %ld bytes at allocation %lu\n", name, (long)(kirjuri_test_held() - held),
                    (unsigned long)n);
    }
}

static void failing(const char *name, bool (*run)(kirjuri_error **), kirjuri_code refusal) {
    kirjuri_error *error = NULL;
    uint64_t all, n, first;
    if (run == write_json)
        fresh = checked(built_in, &faulty, NULL);
    /* What is made once for all calls is made now. */
    EXPECT(run(&error) == (refusal == 0));
    EXPECT(kirjuri_error_code(error) == refusal);
    kirjuri_error_free(error);
    if (run == write_json)
        kirjuri_report_free(fresh), fresh = checked(built_in, &faulty, NULL);
    kirjuri_test_fail_allocation(0);
    run(&error);
    all = kirjuri_test_allocations();
    kirjuri_error_free(error);
    if (run == write_json)
        kirjuri_report_free(fresh);

    /* Half of the points one after the other, the others as far apart as they have to be. */
    first = parameters.sweep / 2;
    kirjuri_test_reserve_used();
    for (n = 1; n <= all + 1; n += n <= first ? 1 : all / (parameters.sweep - first + 1) + 1) {
        failing_once(name, run, n, false, refusal);
        failing_once(name, run, n, true, refusal);
    }
    failing_once(name, run, all + 1, false, refusal);
    printf("             %-15s %8lu allocations, %8lu bytes of reserve used\n", name, (unsigned long)all,
           (unsigned long)kirjuri_test_reserve_used());
    fflush(stdout);
}

void test_allocations(void) {
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    static const char text[] = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>";
    faulty = read_document("fixtures/documents/prescription-missing-parts.xml");
    small.bytes = (uint8_t *)text;
    small.length = sizeof text - 1;
    options.draft = 1;
    previous = checked(built_in, &faulty, &options);
    failing("cancel_new", new_cancel, 0);
    failing("refusal", be_refused, KIRJURI_INVALID_ARGUMENT);
    failing("rule_describe", describe_rule, 0);
    failing("list", list_rules, 0);
    failing("describe", describe_rules, 0);
    failing("identify", identify, 0);
    failing("check small", check_small, 0);
    failing("check", check_document, 0);
    failing("check draft", check_draft, 0);
    failing("check again", check_again, 0);
    failing("json", write_json, 0);
    failing("open folder", open_folder, 0);
    failing("open social", open_social, 0);
    kirjuri_report_free(previous);
    free_document(&faulty);
    printf("             %lu calls, of which %lu found no memory and said so\n", points, recovered);
}

#endif
