/* Many threads share one rule set, one report and one token. */

#include "expect.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* What the documents give in a single thread, as documents and as drafts. */
static kirjuri_report **expected[2];
static kirjuri_report *shared;
static kirjuri_cancel *token;

struct work {
    unsigned long first;
    unsigned long checks;
    unsigned long wrong;
    kirjuri_string json;
};

static kirjuri_check_options options_of(size_t document, uint32_t draft) {
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    options.language = (kirjuri_language)(document % 3);
    options.draft = draft;
    options.name = string_of(documents[document].name);
    options.cancel = token;
    return options;
}

static void *check_many(void *given) {
    struct work *work = given;
    for (unsigned long i = 0; i < work->checks; i++) {
        size_t document = (work->first + i * 7) % document_count;
        uint32_t draft = (uint32_t)(i % 2);
        kirjuri_check_options options = options_of(document, draft);
        kirjuri_error *error = NULL;
        kirjuri_string json = {NULL, 0}, other = {NULL, 0};
        kirjuri_report *report;
        /* The expected report is of the same draft: a good previous one, shared by all threads. */
        if (draft && i % 3 == 0)
            options.previous = expected[1][document];
        report = kirjuri_check(built_in, documents[document].bytes, documents[document].length, &options, &error);
        if (report == NULL || error != NULL || !kirjuri_report_json(report, &json, &error) ||
            !kirjuri_report_json(expected[draft][document], &other, &error) || !same(json, other))
            work->wrong++;
        kirjuri_error_free(error);
        kirjuri_report_free(report);
        /* Functions about the rules, in between. */
        if (i % 16 == 0) {
            kirjuri_text *text = kirjuri_rule_describe(built_in, string_of("social/missing-note"), KIRJURI_SWEDISH, NULL);
            if (text == NULL || kirjuri_cancel_is_raised(token))
                work->wrong++;
            kirjuri_text_free(text);
        }
    }
    kirjuri_report_json(shared, &work->json, NULL);
    return NULL;
}

void test_threads(void) {
    unsigned long count = parameters.threads > 0 ? parameters.threads : 1, wrong = 0, checks = 0;
    pthread_t *threads = calloc(count, sizeof *threads);
    struct work *works = calloc(count, sizeof *works);
    double started;
    token = kirjuri_cancel_new(NULL);
    for (uint32_t draft = 0; draft < 2; draft++) {
        expected[draft] = calloc(document_count, sizeof **expected);
        for (size_t d = 0; d < document_count; d++) {
            kirjuri_check_options options = options_of(d, draft);
            expected[draft][d] = checked(built_in, &documents[d], &options);
        }
    }
    /* Nobody has asked for its JSON yet: all threads do at once. */
    shared = checked(built_in, &documents[document_count / 2], NULL);
    started = now();
    for (unsigned long t = 0; t < count; t++) {
        works[t].first = t * 31;
        works[t].checks = parameters.checks / count + (t < parameters.checks % count);
        EXPECT(pthread_create(&threads[t], NULL, check_many, &works[t]) == 0);
    }
    for (unsigned long t = 0; t < count; t++) {
        EXPECT(pthread_join(threads[t], NULL) == 0);
        wrong += works[t].wrong;
        checks += works[t].checks;
        EXPECT(works[t].json.length > 0 && works[t].json.data == json_of(shared).data);
    }
    EXPECT(wrong == 0);
    EXPECT(checks == parameters.checks);
    printf("             %lu checks in %lu threads, %lu other than in one, %.1f s\n", checks, count, wrong,
           (now() - started) / 1000);
    for (uint32_t draft = 0; draft < 2; draft++) {
        for (size_t d = 0; d < document_count; d++)
            kirjuri_report_free(expected[draft][d]);
        free(expected[draft]);
    }
    kirjuri_report_free(shared);
    kirjuri_cancel_free(token);
    free(threads);
    free(works);
}
