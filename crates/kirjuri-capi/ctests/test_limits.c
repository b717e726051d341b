/* Checks that are stopped: by a token, by time, by memory. */

#include "expect.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

static struct document large;

static void raised_before(void) {
    kirjuri_error *error = NULL;
    kirjuri_cancel *cancel = kirjuri_cancel_new(&error);
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_report *report;
    double started;
    EXPECT_CODE(error, 0);
    EXPECT(!kirjuri_cancel_is_raised(cancel));
    options.cancel = cancel;
    report = checked(built_in, &documents[0], &options);
    kirjuri_report_free(report);
    kirjuri_cancel_raise(cancel);
    EXPECT(kirjuri_cancel_is_raised(cancel));
    kirjuri_cancel_raise(cancel);
    started = now();
    EXPECT(kirjuri_check(built_in, large.bytes, large.length, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_CANCELLED);
    EXPECT(now() - started < (double)parameters.patience);
    EXPECT(kirjuri_identify(built_in, large.bytes, large.length, &options, &error) == NULL);
    EXPECT_CODE(error, KIRJURI_CANCELLED);
    kirjuri_cancel_free(cancel);
}

struct raise_later {
    const kirjuri_cancel *cancel;
    double milliseconds;
    double raised;
};

static void *raise_later(void *given) {
    struct raise_later *later = given;
    struct timespec time;
    time.tv_sec = (time_t)(later->milliseconds / 1000);
    time.tv_nsec = (long)((later->milliseconds - (double)time.tv_sec * 1000) * 1e6);
    nanosleep(&time, NULL);
    later->raised = now();
    kirjuri_cancel_raise(later->cancel);
    return NULL;
}

/* Raised in another thread at several points of a check, which ends soon after. */
static void raised_in_the_middle(void) {
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    double started, whole, longest = 0;
    unsigned cancelled = 0;
    kirjuri_report *report = checked(built_in, &large, &options);
    kirjuri_report_free(report);
    /* The first check is slower than those that follow. */
    started = now();
    report = checked(built_in, &large, &options);
    whole = now() - started;
    kirjuri_report_free(report);
    for (int part = 1; part <= 8; part++) {
        kirjuri_error *error = NULL;
        kirjuri_cancel *cancel = kirjuri_cancel_new(NULL);
        struct raise_later later;
        pthread_t thread;
        double went_on;
        later.cancel = options.cancel = cancel;
        later.milliseconds = whole * part / 10;
        later.raised = 0;
        options.draft = part % 2;
        EXPECT(pthread_create(&thread, NULL, raise_later, &later) == 0);
        report = kirjuri_check(built_in, large.bytes, large.length, &options, &error);
        went_on = now();
        pthread_join(thread, NULL);
        went_on -= later.raised;
        if (report == NULL) {
            cancelled++;
            if (went_on > longest)
                longest = went_on;
            EXPECT_CODE(error, KIRJURI_CANCELLED);
        }
        EXPECT(went_on < (double)parameters.patience);
        kirjuri_report_free(report);
        kirjuri_cancel_free(cancel);
    }
    EXPECT(cancelled >= 4);
    printf("             a check of %.0f ms was cancelled %u times of 8, at most %.1f ms late\n", whole, cancelled, longest);
}

static void too_long(void) {
    static const uint64_t limits[] = {1, 5, 20};
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_error *error = NULL;
    for (int i = 0; i < 3; i++) {
        double started = now();
        options.time_limit_ms = limits[i];
        EXPECT(kirjuri_check(built_in, large.bytes, large.length, &options, &error) == NULL);
        EXPECT_CODE(error, KIRJURI_TIME_LIMIT);
        EXPECT(now() - started < (double)(limits[i] + parameters.patience));
    }
    options.time_limit_ms = UINT64_MAX;
    kirjuri_report_free(checked(built_in, &documents[0], &options));
}

static void too_much(void) {
    /* Its tree alone is larger than the document. */
    const uint64_t limits[] = {1, 1000, large.length / 10, large.length};
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_error *error = NULL;
    for (int i = 0; i < 4; i++) {
        options.memory_limit = limits[i];
        options.draft = (uint32_t)i % 2;
        EXPECT(kirjuri_check(built_in, large.bytes, large.length, &options, &error) == NULL);
        EXPECT_CODE(error, KIRJURI_MEMORY_LIMIT);
    }
    options.draft = 0;
    options.memory_limit = (uint64_t)1 << 40;
    kirjuri_report_free(checked(built_in, &documents[0], &options));
    options.memory_limit = UINT64_MAX;
    kirjuri_report_free(checked(built_in, &documents[0], &options));
}

void test_limits(void) {
    large = large_document(parameters.large);
    raised_before();
    raised_in_the_middle();
    too_long();
    too_much();
    free_document(&large);
}
