#include "json.h"

#include <string.h>

static const kirjuri_string nothing = {NULL, 0};

static const char *skip_space(const char *at, const char *end) {
    while (at < end && strchr(" \n\r\t,:", *at) != NULL && *at != '\0')
        at++;
    return at;
}

/* Behind the value that begins at `at`. */
static const char *skip_value(const char *at, const char *end) {
    int depth = 0;
    while (at < end) {
        char first = *at;
        if (first == '"') {
            for (at++; at < end && *at != '"'; at++)
                if (*at == '\\')
                    at++;
            at++;
        } else if (first == '{' || first == '[') {
            depth++;
            at++;
        } else if (first == '}' || first == ']') {
            depth--;
            at++;
        } else {
            while (at < end && strchr("{}[],:\" \n\r\t", *at) == NULL)
                at++;
        }
        if (depth <= 0)
            return at < end ? at : end;
        at = skip_space(at, end);
    }
    return end;
}

static kirjuri_string between(const char *start, const char *end) {
    kirjuri_string value = {start, (size_t)(end - start)};
    return value;
}

kirjuri_string json_member(kirjuri_string object, const char *name) {
    const char *at = object.data, *end = object.data + object.length;
    if (object.length == 0 || *at != '{')
        return nothing;
    for (at = skip_space(at + 1, end); at < end && *at == '"'; at = skip_space(at, end)) {
        const char *behind = skip_value(at, end);
        int is_it = (size_t)(behind - at) == strlen(name) + 2 && memcmp(at + 1, name, strlen(name)) == 0;
        at = skip_space(behind, end);
        behind = skip_value(at, end);
        if (is_it)
            return between(at, behind);
        at = behind;
    }
    return nothing;
}

kirjuri_string json_element(kirjuri_string array, size_t index) {
    const char *at = array.data, *end = array.data + array.length;
    if (array.length == 0 || *at != '[')
        return nothing;
    for (at = skip_space(at + 1, end); at < end && *at != ']'; at = skip_space(at, end)) {
        const char *behind = skip_value(at, end);
        if (index-- == 0)
            return between(at, behind);
        at = behind;
    }
    return nothing;
}

size_t json_size(kirjuri_string array) {
    size_t size = 0;
    while (json_element(array, size).length > 0)
        size++;
    return size;
}

int json_is_string(kirjuri_string value, kirjuri_string text) {
    return value.length == text.length + 2 && value.data[0] == '"' && memcmp(value.data + 1, text.data, text.length) == 0;
}

unsigned long json_number(kirjuri_string value) {
    unsigned long number = 0;
    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return (unsigned long)-1;
        number = number * 10 + (unsigned long)(value.data[i] - '0');
    }
    return value.length > 0 ? number : (unsigned long)-1;
}
