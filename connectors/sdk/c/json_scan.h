// Moving through JSON without ever passing its end: between the SDK's own files.
#pragma once

#include "bytes.h"

typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

static inline bool is_next(const cursor *c, char byte) {
    return c->at < c->end && *c->at == byte;
}

static inline bool take(cursor *c, char byte) {
    const bool is = is_next(c, byte);
    c->at += is;
    return is;
}

void cs_skip_space(cursor *c);
// One character of a string in UTF-8: its length, or 0 where there is none that may stand in a string.
size_t cs_take_char(cursor *c, char out[4]);
// A member's name and the colon after it.
bool cs_skip_name(cursor *c);
// A value with all that is in it; false if it is not JSON, or too deep.
bool cs_skip_value(cursor *c);
