// Between the SDK's own files; authors don't need it.
#pragma once

#include "countersign.h"

// Without a library: it would have to be compiled for each author's first build.
static inline void cs_copy(char *to, const char *from, size_t len) {
    if (len > 0) {
        __builtin_memcpy(to, from, len);
    }
}

static inline cs_str cs_of(const char *text) {
    return (cs_str){text, __builtin_strlen(text)};
}

// How long the well-formed UTF-8 sequence at `at` is (Unicode 16, table 3-7): 0 where there is none.
size_t cs_utf8_len(const char *at, const char *end);
// The value of a hexadecimal digit of either case, or -1.
int cs_hex_value(char digit);
// A copy with one more item at its end.
void *cs_with_one_more(const void *items, size_t len, size_t size);
// `text` behind what is there, as a form has it.
cs_str cs_form_encode(cs_str before, cs_str text);
