/*
 * Checks a document that is still being written, and lists in Finnish what is wrong and what is still missing.
 *
 *     cc -std=c99 check.c $(pkg-config --cflags --libs kirjuri) -o check
 *     LD_LIBRARY_PATH=PREFIX/lib ./check DOCUMENT
 *
 * The exit status is 0 where no error was found, 1 where one was, 2 where the document was not checked.
 */

#include <kirjuri.h>

#include <stdio.h>
#include <stdlib.h>

/* Strings do not end in a NUL: fwrite takes their length. */
static void print(kirjuri_string text) {
    fwrite(text.data, 1, text.length, stdout);
}

static int failed(const char *what, kirjuri_error *error) {
    kirjuri_string message = kirjuri_error_message(error);
    fprintf(stderr, "%s: %.*s (%d)\n", what, (int)message.length, message.data, (int)kirjuri_error_code(error));
    kirjuri_error_free(error);
    return 2;
}

static const char *severity_name(kirjuri_severity severity) {
    return severity == KIRJURI_ERROR ? "virhe" : severity == KIRJURI_WARNING ? "varoitus" : "huomautus";
}

static void print_place(const kirjuri_place *place) {
    printf("%u:%u ", (unsigned)place->line, (unsigned)place->column);
    print(place->path);
}

static int print_status(const kirjuri_report *report) {
    kirjuri_status status = kirjuri_report_status(report);
    kirjuri_problem problem = KIRJURI_PROBLEM_INIT;
    printf("Tila: %s\n", status == KIRJURI_CHECKED      ? "tarkistettu"
                         : status == KIRJURI_UNREADABLE ? "ei luettavissa"
                                                        : "ohitettu");
    if (kirjuri_report_is_fragment(report))
        printf("Vain osa asiakirjasta\n");
    /* Of a document that was checked, the problem is where a draft ends before it is complete. */
    if (status != KIRJURI_SKIPPED && kirjuri_report_problem(report, &problem, NULL)) {
        printf(status == KIRJURI_CHECKED ? "Kesken: " : "Syy: ");
        print(problem.message);
        if (problem.line > 0)
            printf(" (%u:%u)", (unsigned)problem.line, (unsigned)problem.column);
        printf("\n");
    }
    return status == KIRJURI_CHECKED;
}

static void print_findings(const kirjuri_report *report) {
    size_t count = kirjuri_report_finding_count(report);
    printf("Löydöksiä: %lu\n", (unsigned long)count);
    for (size_t i = 0; i < count; i++) {
        kirjuri_finding finding = KIRJURI_FINDING_INIT;
        if (!kirjuri_report_finding(report, i, &finding, NULL))
            continue;
        printf("  %s: ", severity_name(finding.severity));
        print(finding.title);
        printf("\n    ");
        print_place(&finding.place);
        if (finding.flags & KIRJURI_HAS_INNER) {
            printf(" > ");
            print_place(&finding.inner);
        }
        printf("\n");
    }
}

static void print_missing(const kirjuri_report *report) {
    size_t count = kirjuri_report_missing_count(report);
    printf("Puuttuu vielä: %lu\n", (unsigned long)count);
    for (size_t i = 0; i < count; i++) {
        kirjuri_missing missing = KIRJURI_MISSING_INIT;
        if (!kirjuri_report_missing(report, i, &missing, NULL))
            continue;
        printf("  %s: ", severity_name(missing.severity));
        print(missing.title);
        printf("\n    ");
        if (missing.flags & KIRJURI_HAS_INNER) {
            print(missing.place.path);
            printf(" > ");
        }
        print(missing.path);
        printf("\n");
    }
}

/* The bytes of a file, to be freed; NULL where it cannot be read. */
static unsigned char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    size_t capacity = 0;
    *length = 0;
    if (file == NULL)
        return NULL;
    do {
        unsigned char *grown;
        capacity = capacity == 0 ? 65536 : capacity * 2;
        grown = realloc(bytes, capacity);
        if (grown == NULL)
            break;
        bytes = grown;
        *length += fread(bytes + *length, 1, capacity - *length, file);
    } while (*length == capacity);
    if (*length == capacity || ferror(file)) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

int main(int count, char **arguments) {
    kirjuri_error *error = NULL;
    kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
    kirjuri_rule_set *rules;
    kirjuri_report *report;
    unsigned char *bytes;
    size_t length;
    int status;

    if (count != 2) {
        fprintf(stderr, "usage: check DOCUMENT\n");
        return 2;
    }
    if (kirjuri_abi_version() != KIRJURI_ABI_VERSION) {
        fprintf(stderr, "libkirjuri has another ABI than kirjuri.h\n");
        return 2;
    }
    bytes = read_file(arguments[1], &length);
    if (bytes == NULL) {
        fprintf(stderr, "%s: cannot be read\n", arguments[1]);
        return 2;
    }

    /* A program keeps the rule set for as long as it runs. */
    rules = kirjuri_rule_set_open(NULL, 0, &error);
    if (rules == NULL) {
        free(bytes);
        return failed("rules", error);
    }
    options.language = KIRJURI_FINNISH;
    options.draft = 1;
    report = kirjuri_check(rules, bytes, length, &options, &error);
    free(bytes);
    kirjuri_rule_set_free(rules);
    if (report == NULL)
        return failed(arguments[1], error);

    status = 2;
    if (print_status(report)) {
        print_findings(report);
        print_missing(report);
        status = kirjuri_report_count(report, KIRJURI_ERROR) > 0 ? 1 : 0;
    }
    kirjuri_report_free(report);
    return status;
}
