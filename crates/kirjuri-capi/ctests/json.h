/* Finds values in JSON that is known to be well formed: enough to compare reports with. */

#ifndef JSON_H
#define JSON_H

#include <kirjuri.h>

/* The value of a member of an object, or length 0. */
kirjuri_string json_member(kirjuri_string object, const char *name);
/* An element of an array, or length 0. */
kirjuri_string json_element(kirjuri_string array, size_t index);
/* How many elements an array has. */
size_t json_size(kirjuri_string array);
/* Whether a value is this string, which has nothing that JSON has to escape. */
int json_is_string(kirjuri_string value, kirjuri_string text);
/* The number that a value is, or (unsigned long)-1. */
unsigned long json_number(kirjuri_string value);

#endif
