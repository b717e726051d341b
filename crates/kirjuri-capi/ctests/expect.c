#include "expect.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct parameters parameters = {NULL, 400, 8, 1000, 3000, 2000, 60};
struct document *documents;
size_t document_count;
kirjuri_rule_set *built_in;

unsigned long expectations;
unsigned long disappointments;

void expect(bool holds, const char *condition, const char *file, int line) {
    expectations++;
    if (!holds) {
        disappointments++;
        fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    }
}

void expect_code(kirjuri_error **error, kirjuri_code code, const char *name, const char *file, int line) {
    kirjuri_string message = kirjuri_error_message(*error);
    bool holds = kirjuri_error_code(*error) == code && (code == 0) == (*error == NULL) && (code == 0) == (message.length == 0);
    expect(holds, name, file, line);
    if (!holds)
        fprintf(stderr, "    code %d: %.*s\n", (int)kirjuri_error_code(*error), (int)message.length, message.data);
    kirjuri_error_free(*error);
    *error = NULL;
}

static void *allocated(void *memory) {
    if (memory == NULL) {
        fprintf(stderr, "no memory for the tests\n");
        exit(2);
    }
    return memory;
}

struct document read_document(const char *path) {
    struct document document = {NULL, NULL, 0};
    char whole[4096];
    FILE *file;
    long length;
    snprintf(whole, sizeof whole, "%s/%s", parameters.root, path);
    file = fopen(whole, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        fprintf(stderr, "%s: cannot be read\n", whole);
        exit(2);
    }
    rewind(file);
    document.name = allocated(malloc(strlen(path) + 1));
    strcpy(document.name, path);
    document.length = (size_t)length;
    /* Exactly as many bytes as there are, so that a read beyond them is noticed. */
    document.bytes = allocated(malloc(document.length > 0 ? document.length : 1));
    if (fread(document.bytes, 1, document.length, file) != document.length) {
        fprintf(stderr, "%s: cannot be read\n", whole);
        exit(2);
    }
    fclose(file);
    return document;
}

void free_document(struct document *document) {
    free(document->name);
    free(document->bytes);
    memset(document, 0, sizeof *document);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct document *)a)->name, ((const struct document *)b)->name);
}

void read_documents(void) {
    static const char *const folders[] = {"fixtures/documents", "fixtures/social", "fixtures/unreadable", "fixtures/foreign"};
    size_t capacity = 512;
    documents = allocated(malloc(capacity * sizeof *documents));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char whole[4096];
        DIR *folder;
        struct dirent *entry;
        snprintf(whole, sizeof whole, "%s/%s", parameters.root, folders[i]);
        folder = opendir(whole);
        if (folder == NULL) {
            fprintf(stderr, "%s: no such folder\n", whole);
            exit(2);
        }
        while ((entry = readdir(folder)) != NULL) {
            size_t length = strlen(entry->d_name);
            if (length < 4 || strcmp(entry->d_name + length - 4, ".xml") != 0 || document_count == capacity)
                continue;
            snprintf(whole, sizeof whole, "%s/%s", folders[i], entry->d_name);
            documents[document_count++] = read_document(whole);
        }
        closedir(folder);
    }
    qsort(documents, document_count, sizeof *documents, by_name);
    /* Of fewer, some of each folder. */
    if (document_count > parameters.documents) {
        size_t kept = 0;
        for (size_t i = 0; i < document_count; i++) {
            if (kept < parameters.documents && i == kept * document_count / parameters.documents)
                documents[kept++] = documents[i];
            else
                free_document(&documents[i]);
        }
        document_count = kept;
    }
}

void free_documents(void) {
    for (size_t i = 0; i < document_count; i++)
        free_document(&documents[i]);
    free(documents);
    documents = NULL;
    document_count = 0;
}

struct document large_document(unsigned long sections) {
    static const char before[] = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><component><structuredBody>";
    static const char section[] =
        "<component><section><code code=\"1\" codeSystem=\"1.2.246.537.6.12.2002\"/><title>otsikko</title>"
        "<entry><observation classCode=\"OBS\" moodCode=\"EVN\"><id root=\"1.2.246.10.99999984\"/>"
        "<effectiveTime><low value=\"20260105\"/><high value=\"20260101\"/></effectiveTime>"
        "</observation></entry></section></component>\n";
    static const char after[] = "</structuredBody></component></ClinicalDocument>";
    size_t of_section = sizeof section - 1;
    struct document document;
    uint8_t *at;
    document.name = NULL;
    document.length = sizeof before - 1 + sections * of_section + sizeof after - 1;
    document.bytes = at = allocated(malloc(document.length));
    memcpy(at, before, sizeof before - 1);
    at += sizeof before - 1;
    for (unsigned long i = 0; i < sections; i++, at += of_section)
        memcpy(at, section, of_section);
    memcpy(at, after, sizeof after - 1);
    return document;
}

kirjuri_string string_of(const char *text) {
    kirjuri_string string = {text, strlen(text)};
    return string;
}

bool same(kirjuri_string a, kirjuri_string b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool equals(kirjuri_string text, const char *expected) {
    return same(text, string_of(expected));
}

bool contains(kirjuri_string text, const char *part) {
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.length; i++)
        if (memcmp(text.data + i, part, length) == 0)
            return true;
    return false;
}

kirjuri_report *checked(const kirjuri_rule_set *rules, const struct document *document,
                        const kirjuri_check_options *options) {
    kirjuri_error *error = NULL;
    kirjuri_report *report = kirjuri_check(rules, document->bytes, document->length, options, &error);
    EXPECT(report != NULL);
    EXPECT_CODE(error, 0);
    return report;
}

kirjuri_string json_of(const kirjuri_report *report) {
    kirjuri_string json = {NULL, 0};
    kirjuri_error *error = NULL;
    EXPECT(kirjuri_report_json(report, &json, &error));
    EXPECT_CODE(error, 0);
    return json;
}

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1000.0 + (double)time.tv_nsec / 1e6;
}
