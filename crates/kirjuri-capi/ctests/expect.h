/* What the tests are written with: expectations that are counted, documents, and rule sets that they share. */

#ifndef EXPECT_H
#define EXPECT_H

#include <kirjuri.h>

#include <stdbool.h>
#include <stddef.h>

/* Expectations are counted; one that does not hold is printed with its place, and the tests go on. Main thread only. */
#define EXPECT(condition) expect((condition), #condition, __FILE__, __LINE__)
#define EXPECT_CODE(error, code) expect_code(&(error), (code), #code, __FILE__, __LINE__)
void expect(bool holds, const char *condition, const char *file, int line);
/* The error has this code and a message; it is freed and set to NULL. Code 0: there is no error. */
void expect_code(kirjuri_error **error, kirjuri_code code, const char *name, const char *file, int line);

/* How long the tests run, from the command line. */
struct parameters {
    const char *root;         /* The folder that has `fixtures` and `crates`. */
    unsigned long checks;     /* Checks by all threads together. */
    unsigned long threads;
    unsigned long documents;  /* Documents of the fixtures to use, at most. */
    unsigned long large;      /* Sections of the large document. */
    unsigned long patience;   /* Milliseconds that a check may go on after it was stopped. */
    unsigned long sweep;      /* Allocations that are made to fail, for each function. */
};
extern struct parameters parameters;

/* Bytes that are to be freed with `free`. */
struct document {
    char *name;
    uint8_t *bytes;
    size_t length;
};

/* Reads a file below the root; ends the program where it cannot. */
struct document read_document(const char *path);
void free_document(struct document *document);

/* The documents of the fixtures, sorted by name, as many as the parameters ask for; read once. */
extern struct document *documents;
extern size_t document_count;
void read_documents(void);
void free_documents(void);

/* A document of many sections that takes long to check. */
struct document large_document(unsigned long sections);

/* All built-in packs, open for as long as the tests run. */
extern kirjuri_rule_set *built_in;

kirjuri_string string_of(const char *text);
bool equals(kirjuri_string text, const char *expected);
bool same(kirjuri_string a, kirjuri_string b);
bool contains(kirjuri_string text, const char *part);

/* A check that has to give a report. */
kirjuri_report *checked(const kirjuri_rule_set *rules, const struct document *document,
                        const kirjuri_check_options *options);
/* The JSON of a report, which has to have one. */
kirjuri_string json_of(const kirjuri_report *report);

/* Milliseconds on a clock that only goes forward. */
double now(void);

/* The tests, by what they are about. */
void test_arguments(void);
void test_handles(void);
void test_sizes(void);
void test_rules(void);
void test_reports(void);
void test_drafts(void);
void test_limits(void);
void test_threads(void);
void test_allocations(void);

#endif
