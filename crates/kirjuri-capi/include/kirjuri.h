/*
 * kirjuri: checks the quality of structured documentation in Finnish social and health care, in your own process.
 *
 *     kirjuri_error *error = NULL;
 *     kirjuri_rule_set *rules = kirjuri_rule_set_open(NULL, 0, &error);            all built-in packs, once
 *     kirjuri_check_options options = KIRJURI_CHECK_OPTIONS_INIT;
 *     kirjuri_report *report = kirjuri_check(rules, bytes, length, &options, &error);
 *     for (size_t i = 0; i < kirjuri_report_finding_count(report); i++) {
 *         kirjuri_finding finding = KIRJURI_FINDING_INIT;
 *         if (kirjuri_report_finding(report, i, &finding, &error)) { ... }
 *     }
 *     kirjuri_report_free(report);
 *     kirjuri_rule_set_free(rules);
 *
 * What holds for every function is said here, once.
 *
 * Who owns, who frees.  Functions that give a pointer to kirjuri_rule_set, kirjuri_report, kirjuri_cancel, kirjuri_text
 * or kirjuri_error give it to you: free it once, with the function of its name that ends in _free, which takes NULL and
 * does nothing then. Nothing else is ever freed by you. What you pass in stays yours, and is not looked at after the
 * function has returned. Handles keep alive what they need: a report outlives its rule set. Free with the library that gave: its memory is not that of your malloc.
 *
 * Strings.  A kirjuri_string is UTF-8, a pointer and a length in bytes. It does NOT end in a NUL; print it with
 * printf("%.*s", (int)s.length, s.data). Strings that you get are borrowed from the handle you got them from, and are
 * valid until that handle is freed; those of kirjuri_version are valid for ever. In a string that you pass, data may be
 * NULL if the length is 0. Paths of files are UTF-8 on all systems.
 *
 * Threads.  Every function may be called from every thread, and one handle from many threads at a time: handles never
 * change once they are made, but for kirjuri_cancel, which is made for that. Only freeing a handle must wait until
 * nobody uses it. The library starts no thread, and a function works on the thread that called it.
 *
 * Errors.  A function whose last parameter is `kirjuri_error **error` gives NULL or false when it fails. If `error` is
 * not NULL, *error is set each time: to NULL when all went well, else to an error that you free. What was in it before
 * is overwritten and not freed. Functions without that parameter cannot fail; given a handle that is none, they give 0,
 * false or an empty string. No error holds content of a document.
 *
 * Handles that are none.  NULL, a handle of another kind and most memory that is no handle are detected
 * (KIRJURI_INVALID_HANDLE). A handle that was freed is detected as long as its memory was not used for something else,
 * which nobody can promise: do not rely on it.
 *
 * Structures.  kirjuri_string, kirjuri_file and kirjuri_place are frozen. All others begin with `size`, which you set to
 * sizeof of the structure; the _INIT macros do. An older program with a newer library has a smaller structure: fields it
 * does not know are as if 0, or are not filled. A newer program with an older library has a larger one: of what
 * you pass in it is taken as long as all that the library does not know is 0, else it is KIRJURI_INVALID_ARGUMENT; of what
 * is filled for you, the library leaves alone what it does not know.
 *
 * Memory.  When the system has no more memory, the function stops, frees what it has, and gives KIRJURI_OUT_OF_MEMORY,
 * an error that is not allocated and may be freed like any other. To be able to stop, each function first sets memory
 * aside: for a check 64 bytes for each byte of the document, 8 to 64 MB; to open rules 48 MB. It is not touched until it
 * is needed, but systems that count what is reserved count it. What cannot be recovered: a document so hostile that the
 * next step alone takes more than was set aside, a thread for which the system has no memory for the library's few
 * thread-local words when it first calls, and a stack that is too small (512 kB is enough). Then the process ends, as
 * Rust programs do. A memory_limit well below what the process may have keeps away from all of that.
 *
 * Nothing else.  The library opens no file but those you name, opens no connection, reads no clock but to keep a time
 * limit, starts no thread, installs no signal handler, and writes nothing to standard output. To standard error only
 * Rust's panic hook writes, when the library finds a fault of its own, which you get as KIRJURI_INTERNAL; that line is
 * for developers and may quote a few characters of what was worked on. Between calls nothing is kept beside the handles
 * you hold, and no handle knows of another but those it was made from.
 *
 * Promise.  Within one KIRJURI_ABI_VERSION no function, constant or field is removed or changes its meaning; functions
 * are added, structures grow at their end only, and new constants may be given where sets are open (error codes,
 * flags). A program must take codes and flags it does not know.
 *
 * Law.  A report is a log about a client's document. It says which document, which rule and where, and nothing that the
 * document says; it is still to be kept as the document's other logs are.
 */

#ifndef KIRJURI_H
#define KIRJURI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Define KIRJURI_SHARED on Windows when you link the DLL by its import library. */
#if defined(_WIN32) && defined(KIRJURI_SHARED)
#define KIRJURI_API __declspec(dllimport)
#else
#define KIRJURI_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ---------------------------------------------------------------------------------------------------- */

/* The version of this interface, as the header knows it. */
#define KIRJURI_ABI_VERSION 1

/* A UTF-8 text of so many bytes, not ended by a NUL. Frozen. */
typedef struct kirjuri_string {
    const char *data;
    size_t length;
} kirjuri_string;

/* The version of this interface, as the library knows it: refuse to go on where it is not KIRJURI_ABI_VERSION. */
KIRJURI_API uint32_t kirjuri_abi_version(void);

/* The version of the library, such as "0.1.0". */
KIRJURI_API kirjuri_string kirjuri_version(void);

/* ---- Constants -------------------------------------------------------------------------------------------------- */

/* The language of titles and messages. */
typedef int32_t kirjuri_language;
#define KIRJURI_FINNISH ((kirjuri_language)0)
#define KIRJURI_SWEDISH ((kirjuri_language)1)
#define KIRJURI_ENGLISH ((kirjuri_language)2)

/* How grave a finding is. */
typedef int32_t kirjuri_severity;
#define KIRJURI_INFO ((kirjuri_severity)1)
#define KIRJURI_WARNING ((kirjuri_severity)2)
#define KIRJURI_ERROR ((kirjuri_severity)3)

/* What became of a document. */
typedef int32_t kirjuri_status;
#define KIRJURI_CHECKED ((kirjuri_status)1)    /* It was checked: its findings are those there are. */
#define KIRJURI_UNREADABLE ((kirjuri_status)2) /* It could not be read or checked: kirjuri_report_problem says why. */
#define KIRJURI_SKIPPED ((kirjuri_status)3)    /* No pack of the rule set is about it: nothing is known of it. */

/* Why a function failed. The numbers never change; new ones may come. */
typedef int32_t kirjuri_code;
#define KIRJURI_INVALID_ARGUMENT ((kirjuri_code)1)    /* An argument is none that the function takes. */
#define KIRJURI_INVALID_HANDLE ((kirjuri_code)2)      /* A handle is NULL, of another kind, or none. */
#define KIRJURI_UNREADABLE_FILE ((kirjuri_code)3)     /* A file or folder that was named cannot be read. */
#define KIRJURI_BROKEN_PACK ((kirjuri_code)4)         /* A pack or schema breaks its laws; the message has all places. */
#define KIRJURI_UNREADABLE_DOCUMENT ((kirjuri_code)5) /* kirjuri_identify could not read the document. */
#define KIRJURI_NOT_FOUND ((kirjuri_code)6)           /* There is no pack or rule of that name. */
#define KIRJURI_CANCELLED ((kirjuri_code)7)           /* The cancel token was raised. */
#define KIRJURI_TIME_LIMIT ((kirjuri_code)8)          /* time_limit_ms went by. */
#define KIRJURI_MEMORY_LIMIT ((kirjuri_code)9)        /* More than memory_limit was needed. */
#define KIRJURI_OUT_OF_MEMORY ((kirjuri_code)10)      /* The system has no more memory. */
#define KIRJURI_INTERNAL ((kirjuri_code)11)           /* A fault of the library. Please report it. */

/* ---- Handles ---------------------------------------------------------------------------------------------------- */

typedef struct kirjuri_rule_set kirjuri_rule_set; /* Rules, loaded and compiled. Open once, share everywhere. */
typedef struct kirjuri_report kirjuri_report;     /* What was found in one document. */
typedef struct kirjuri_cancel kirjuri_cancel;     /* Stops checks that run in other threads. */
typedef struct kirjuri_text kirjuri_text;         /* A text that was made for you. */
typedef struct kirjuri_error kirjuri_error;       /* Why a function failed. */

/* ---- Errors ----------------------------------------------------------------------------------------------------- */

/* A place in a file of a pack, or in a document. */
typedef struct kirjuri_position {
    size_t size;
    kirjuri_string path; /* The file; empty where it is the document. */
    uint32_t line;       /* Counted from 1. */
    uint32_t column;     /* In characters, counted from 1. */
} kirjuri_position;
#define KIRJURI_POSITION_INIT { sizeof(kirjuri_position), { NULL, 0 }, 0, 0 }

/* Why; 0 where `error` is none. */
KIRJURI_API kirjuri_code kirjuri_error_code(const kirjuri_error *error);

/* What went wrong, in English whatever the language asked for: for developers and logs. Of a broken pack, all faults, one
   a line with its place. */
KIRJURI_API kirjuri_string kirjuri_error_message(const kirjuri_error *error);

/* Where, of a broken pack the first fault. False, and nothing is filled, where there is no place. */
KIRJURI_API bool kirjuri_error_position(const kirjuri_error *error, kirjuri_position *position);

KIRJURI_API void kirjuri_error_free(kirjuri_error *error);

/* ---- Texts ------------------------------------------------------------------------------------------------------ */

/* The text, valid until it is freed. */
KIRJURI_API kirjuri_string kirjuri_text_string(const kirjuri_text *text);

KIRJURI_API void kirjuri_text_free(kirjuri_text *text);

/* ---- Rule sets -------------------------------------------------------------------------------------------------- */

/* A file in memory. Frozen. */
typedef struct kirjuri_file {
    kirjuri_string path; /* Its path in its pack, or beside its schema, with slashes: "code-sets/sex.toml". */
    kirjuri_string text; /* What is in it. A file of a Schematron schema may be in any encoding that XML declares. */
} kirjuri_file;

/* Where rules come from. */
typedef int32_t kirjuri_source_kind;
/* The built-in pack `name`; all of them, where the name is empty. */
#define KIRJURI_SOURCE_BUILT_IN ((kirjuri_source_kind)1)
/* The pack in the folder `name`: how packs are updated without a new library. Its examples are run as it is opened. */
#define KIRJURI_SOURCE_FOLDER ((kirjuri_source_kind)2)
/* The Schematron schema in the file `name`, with what it includes from its folder. */
#define KIRJURI_SOURCE_SCHEMATRON ((kirjuri_source_kind)3)
/* The pack whose files are `files`; messages call it `name`. Its examples are run as it is opened. */
#define KIRJURI_SOURCE_PACK_FILES ((kirjuri_source_kind)4)
/* The Schematron schema `name` among `files`, with what it includes from these. */
#define KIRJURI_SOURCE_SCHEMATRON_FILES ((kirjuri_source_kind)5)

typedef struct kirjuri_source {
    size_t size;
    kirjuri_string name;
    const kirjuri_file *files; /* Only of the kinds that end in FILES. */
    size_t file_count;
    kirjuri_string phase;      /* Of a schema: the phase to run; empty for the schema's own default. */
    kirjuri_source_kind kind;
    uint32_t reserved;         /* 0 */
} kirjuri_source;
#define KIRJURI_SOURCE_INIT { sizeof(kirjuri_source), { NULL, 0 }, NULL, 0, { NULL, 0 }, 0, 0 }

/*
 * Opens the rules of some sources; of none (NULL, 0), all built-in packs. All sources of one call have the same `size`.
 * Packs and schemas have different names. Opening takes milliseconds; a set is to be kept, and may be shared.
 */
KIRJURI_API kirjuri_rule_set *kirjuri_rule_set_open(const kirjuri_source *sources, size_t count, kirjuri_error **error);

/* How many rules there are. */
KIRJURI_API size_t kirjuri_rule_set_rule_count(const kirjuri_rule_set *rules);

/*
 * What is in a set, as JSON:
 *   { "version": "0.1.0", "rules": 348,
 *     "packs": [{ "id", "version", "title", "rules", "guidelines": [{ "key", "title", "publisher", "valid_from"?,
 *                 "valid_to"? }] }],
 *     "schemas": [{ "id", "version"?, "title"?, "phase"?, "rules", "not_compiled" }] }
 */
KIRJURI_API kirjuri_text *kirjuri_rule_set_describe(const kirjuri_rule_set *rules, kirjuri_language language,
                                                    kirjuri_error **error);

/* The ids of all rules, as a JSON array of strings, in their order. */
KIRJURI_API kirjuri_text *kirjuri_rule_set_list(const kirjuri_rule_set *rules, kirjuri_error **error);

/*
 * What a rule is, by its id ("kanta-header/malformed-hetu", or a former name of it), as JSON:
 *   { "rule", "pack", "pack_version", "severity", "criterion", "criterion_name", "title", "why", "fix",
 *     "guidelines": [{ "doc", "title", "publisher", "clause" }], "was": [], "about_missing" }
 * and of an assertion of a Schematron schema:
 *   { "rule", "schema", "schema_version"?, "severity", "title", "kind", "role"?, "flag"?, "see"?, "compiled" }
 */
KIRJURI_API kirjuri_text *kirjuri_rule_describe(const kirjuri_rule_set *rules, kirjuri_string id,
                                                kirjuri_language language, kirjuri_error **error);

KIRJURI_API void kirjuri_rule_set_free(kirjuri_rule_set *rules);

/* ---- Cancelling ------------------------------------------------------------------------------------------------- */

/* A token to stop checks with: give it to any number of them in their options. */
KIRJURI_API kirjuri_cancel *kirjuri_cancel_new(kirjuri_error **error);

/* Stops the checks that have the token, now and from now on; they give KIRJURI_CANCELLED. From any thread. */
KIRJURI_API void kirjuri_cancel_raise(const kirjuri_cancel *cancel);

/* Whether it was raised. */
KIRJURI_API bool kirjuri_cancel_is_raised(const kirjuri_cancel *cancel);

KIRJURI_API void kirjuri_cancel_free(kirjuri_cancel *cancel);

/* ---- Checking --------------------------------------------------------------------------------------------------- */

/* For as_of: each document is judged by its own date, as the packs find it in the document; one without a date by none. */
#define KIRJURI_AS_OF_DOCUMENT ((uint32_t)1)

/* How to check. All 0 is a good default: a whole document, in Finnish, judged by no day, without limits. */
typedef struct kirjuri_check_options {
    size_t size;
    kirjuri_language language; /* Of titles and messages. */
    uint32_t as_of;            /* The day the document is judged by, 20260101 for 1 January 2026; rules out of force on it
                                  do not run. 0: no day; all rules run and dates are compared with none. The library
                                  does not ask what day it is: give today in Finland, the day of the document, or
                                  KIRJURI_AS_OF_DOCUMENT. */
    uint32_t draft;            /* 1: the document is still being written. What it lacks is missing, not wrong
                                  (kirjuri_report_missing), and it may be a part of a document, or end before it is
                                  complete. 0: it is done. */
    uint32_t reserved;         /* 0 */
    uint64_t max_findings;     /* Keep so many findings, the first in the document; 0: all. */
    uint64_t time_limit_ms;    /* Stop with KIRJURI_TIME_LIMIT after so many milliseconds; 0: never. */
    uint64_t memory_limit;     /* Stop with KIRJURI_MEMORY_LIMIT when the check holds so many bytes; 0: never. Looked at
                                  now and then: it may be exceeded by as much as a few times the document before the
                                  check stops. */
    kirjuri_string name;       /* What the report calls the document (`path` in its JSON). No content of it, please. */
    const kirjuri_report *previous; /* With draft: a report of the same draft before the last edit, made with the same
                                       rule set. The check takes less time then and finds the same. NULL: none. */
    const kirjuri_cancel *cancel;   /* A token to stop the check with. NULL: none. */
} kirjuri_check_options;
#define KIRJURI_CHECK_OPTIONS_INIT \
    { sizeof(kirjuri_check_options), KIRJURI_FINNISH, 0, 0, 0, 0, 0, 0, { NULL, 0 }, NULL, NULL }

/*
 * Checks a document: XML, or JSON where its first character is { or [. `options` may be NULL. A document that cannot be
 * read is no error: it has a report that says so (kirjuri_report_status).
 */
KIRJURI_API kirjuri_report *kirjuri_check(const kirjuri_rule_set *rules, const uint8_t *bytes, size_t length,
                                          const kirjuri_check_options *options, kirjuri_error **error);

/*
 * What kind of document it is and which packs are about it, as JSON:
 *   { "format": "xml" | "json", "root": "Q{urn:hl7-org:v3}ClinicalDocument", "kind": { "id", "title" } | null,
 *     "packs": ["kanta-header"], "schemas": [] }
 * A namespace of the root that no pack knows is "?". Of the options, language, cancel and the limits count; NULL for
 * none.
 */
KIRJURI_API kirjuri_text *kirjuri_identify(const kirjuri_rule_set *rules, const uint8_t *bytes, size_t length,
                                           const kirjuri_check_options *options, kirjuri_error **error);

/* ---- Reports ---------------------------------------------------------------------------------------------------- */

/* A place in a document. Frozen. */
typedef struct kirjuri_place {
    kirjuri_string path; /* As an XPath without prefixes: /ClinicalDocument/recordTarget/patientRole/id[2]/@extension */
    size_t start;        /* The bytes of the document from start to before end are what is meant. */
    size_t end;
    uint32_t line;       /* Counted from 1. */
    uint32_t column;     /* In characters, counted from 1. */
} kirjuri_place;

/* The place is inside something that the document carries (base64): `inner` is the place in that, `place` what carries. */
#define KIRJURI_HAS_INNER ((uint32_t)1)
/* The rule is an assertion of a Schematron schema. */
#define KIRJURI_IS_ASSERTION ((uint32_t)2)

/* A rule that failed at a place. */
typedef struct kirjuri_finding {
    size_t size;
    kirjuri_string rule;  /* Its id: "kanta-header/malformed-hetu" */
    kirjuri_string title; /* What is wrong, in the language of the check: one sentence without a full stop. */
    kirjuri_severity severity;
    uint32_t flags;       /* KIRJURI_HAS_INNER, KIRJURI_IS_ASSERTION; there may be others. */
    kirjuri_place place;
    kirjuri_place inner;  /* All 0 without KIRJURI_HAS_INNER. */
} kirjuri_finding;
#define KIRJURI_PLACE_INIT { { NULL, 0 }, 0, 0, 0, 0 }
#define KIRJURI_FINDING_INIT \
    { sizeof(kirjuri_finding), { NULL, 0 }, { NULL, 0 }, 0, 0, KIRJURI_PLACE_INIT, KIRJURI_PLACE_INIT }

/* What a draft still lacks. */
typedef struct kirjuri_missing {
    size_t size;
    kirjuri_string rule;  /* The rule that will ask for it. */
    kirjuri_string title; /* What will be wrong if it is left out. */
    kirjuri_severity severity;
    uint32_t flags;       /* As of a finding. */
    kirjuri_string path;  /* Where it would go. */
    kirjuri_place place;  /* What is there already of that: the innermost element around it. */
    kirjuri_place inner;
} kirjuri_missing;
#define KIRJURI_MISSING_INIT \
    { sizeof(kirjuri_missing), { NULL, 0 }, { NULL, 0 }, 0, 0, { NULL, 0 }, KIRJURI_PLACE_INIT, KIRJURI_PLACE_INIT }

/* Why a document was not checked, or where a draft ends before it is complete. */
typedef struct kirjuri_problem {
    size_t size;
    kirjuri_string kind;    /* A stable name: "unclosed-element", "no-pack-applies", "too-much-work" */
    kirjuri_string message; /* In the language of the check. */
    size_t offset;          /* In bytes; 0 where line is 0. */
    uint32_t line;          /* Counted from 1; 0 where there is no place. */
    uint32_t column;        /* In characters, counted from 1; 0 where there is no place. */
} kirjuri_problem;
#define KIRJURI_PROBLEM_INIT { sizeof(kirjuri_problem), { NULL, 0 }, { NULL, 0 }, 0, 0, 0 }

/* What became of the document; 0 where `report` is none. */
KIRJURI_API kirjuri_status kirjuri_report_status(const kirjuri_report *report);

/* How many findings of a severity there are, those included that max_findings left out. */
KIRJURI_API size_t kirjuri_report_count(const kirjuri_report *report, kirjuri_severity severity);

/* How many findings can be asked for. */
KIRJURI_API size_t kirjuri_report_finding_count(const kirjuri_report *report);

/* The finding of a number from 0, in the order of the document. */
KIRJURI_API bool kirjuri_report_finding(const kirjuri_report *report, size_t index, kirjuri_finding *finding,
                                        kirjuri_error **error);

/* How much a draft still lacks; 0 of what is no draft. */
KIRJURI_API size_t kirjuri_report_missing_count(const kirjuri_report *report);

/* What a draft still lacks, by number from 0, in the order of the document, then of the rules. */
KIRJURI_API bool kirjuri_report_missing(const kirjuri_report *report, size_t index, kirjuri_missing *missing,
                                        kirjuri_error **error);

/* Whether the draft is a part of a document, so that rules which look outside of it were not asked. */
KIRJURI_API bool kirjuri_report_is_fragment(const kirjuri_report *report);

/*
 * Why the document was not checked, or was skipped, or where a draft ends before it is complete: what is behind was not
 * checked. False without an error where there is nothing of that.
 */
KIRJURI_API bool kirjuri_report_problem(const kirjuri_report *report, kirjuri_problem *problem, kirjuri_error **error);

/*
 * The report as JSON: the object that `kirjuri check --format json` has in `documents` for the document
 * (kirjuri-report/1), in the language of the check. It is made when it is first asked for, and belongs to the report.
 */
KIRJURI_API bool kirjuri_report_json(const kirjuri_report *report, kirjuri_string *json, kirjuri_error **error);

KIRJURI_API void kirjuri_report_free(kirjuri_report *report);

/* ---- Tests ------------------------------------------------------------------------------------------------------ */

/*
 * Only a library that was built for tests (cargo feature failing-allocator) has these, and only programs that define
 * KIRJURI_FAILING_ALLOCATOR see them. They are no part of the promise.
 */
#ifdef KIRJURI_FAILING_ALLOCATOR

/* Makes the n-th allocation from now fail that the library makes in this thread; 0: none. */
KIRJURI_API void kirjuri_test_fail_allocation(uint64_t n);

/* As before, and all allocations that follow; 0: none. */
KIRJURI_API void kirjuri_test_fail_allocations_from(uint64_t n);

/* How many allocations the library asked for in this thread since one of the two functions above was called. */
KIRJURI_API uint64_t kirjuri_test_allocations(void);

/* How many bytes the library holds for all threads. */
KIRJURI_API int64_t kirjuri_test_held(void);

/* The most bytes that were taken from what a function had set aside, since this was last asked. */
KIRJURI_API uint64_t kirjuri_test_reserve_used(void);

#endif /* KIRJURI_FAILING_ALLOCATOR */

#ifdef __cplusplus
}
#endif

#endif /* KIRJURI_H */
