/*
 * The tests of kirjuri.h, in C.
 *
 *     test_c ROOT [--checks N] [--threads N] [--documents N] [--large N] [--patience MS] [--sweep N]
 *
 * ROOT is the folder that has `fixtures`. The numbers make the same tests long or short: see struct parameters. The exit
 * status is 1 where an expectation does not hold.
 */

#include "expect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern unsigned long expectations;
extern unsigned long disappointments;

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"arguments", test_arguments}, {"handles", test_handles}, {"sizes", test_sizes},
    {"rules", test_rules},         {"reports", test_reports}, {"drafts", test_drafts},
    {"limits", test_limits},       {"threads", test_threads}, {"allocations", test_allocations},
};

static void read_arguments(int count, char **arguments) {
    static const struct {
        const char *name;
        unsigned long *value;
    } options[] = {
        {"--checks", &parameters.checks},     {"--threads", &parameters.threads},
        {"--documents", &parameters.documents}, {"--large", &parameters.large},
        {"--patience", &parameters.patience}, {"--sweep", &parameters.sweep},
    };
    for (int i = 1; i < count; i++) {
        bool is_known = false;
        for (size_t o = 0; o < sizeof options / sizeof *options && !is_known; o++)
            if (strcmp(arguments[i], options[o].name) == 0 && i + 1 < count) {
                *options[o].value = strtoul(arguments[++i], NULL, 10);
                is_known = true;
            }
        if (!is_known && arguments[i][0] != '-' && parameters.root == NULL) {
            parameters.root = arguments[i];
            is_known = true;
        }
        if (!is_known)
            parameters.root = NULL, i = count;
    }
    if (parameters.root == NULL) {
        fprintf(stderr, "usage: test_c ROOT [--checks N] [--threads N] [--documents N] [--large N] [--patience MS] "
                        "[--sweep N]\n");
        exit(2);
    }
}

int main(int count, char **arguments) {
    kirjuri_error *error = NULL;
    kirjuri_string version = kirjuri_version();
    read_arguments(count, arguments);
    read_documents();
    EXPECT(kirjuri_abi_version() == KIRJURI_ABI_VERSION);
    EXPECT(version.length >= 5);

    built_in = kirjuri_rule_set_open(NULL, 0, &error);
    EXPECT_CODE(error, 0);
    printf("kirjuri %.*s, %lu rules, %lu documents\n", (int)version.length, version.data,
           (unsigned long)kirjuri_rule_set_rule_count(built_in), (unsigned long)document_count);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        unsigned long before = expectations;
        double started = now();
        tests[i].run();
        printf("%-12s %8lu expectations, %6.1f s\n", tests[i].name, expectations - before, (now() - started) / 1000);
        fflush(stdout);
    }
    kirjuri_rule_set_free(built_in);
    free_documents();
    printf("%lu expectations, %lu not met\n", expectations, disappointments);
    return disappointments > 0;
}
