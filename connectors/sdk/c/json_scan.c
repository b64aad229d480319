// Reading JSON that a provider sent, who may be anybody. A document is judged as a whole once, without recursion and
// to a depth that is bounded; what is looked up later is found in the text itself. `end` bounds every step.

#include "json_scan.h"

enum { DEPTH_MAX = 128 };

static bool take_digit(cursor *c) {
    const bool is = c->at < c->end && *c->at >= '0' && *c->at <= '9';
    c->at += is;
    return is;
}

static bool skip_digits(cursor *c) {
    if (!take_digit(c)) {
        return false;
    }
    while (take_digit(c)) {
    }
    return true;
}

void cs_skip_space(cursor *c) {
    while (take(c, ' ') || take(c, '\n') || take(c, '\r') || take(c, '\t')) {
    }
}

static bool skip_word(cursor *c, const char *word) {
    while (*word != '\0' && take(c, *word)) {
        word++;
    }
    return *word == '\0';
}

static bool skip_number(cursor *c) {
    take(c, '-');
    if (!take(c, '0') && !skip_digits(c)) {
        return false;
    }
    if (take(c, '.') && !skip_digits(c)) {
        return false;
    }
    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+')) {
            take(c, '-');
        }
        return skip_digits(c);
    }
    return true;
}

// Four hexadecimal digits, or -1.
static int32_t take_unit(cursor *c) {
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        const int value = c->at < c->end ? cs_hex_value(*c->at) : -1;
        if (value < 0) {
            return -1;
        }
        unit = unit * 16 + value;
        c->at++;
    }
    return unit;
}

static size_t put_utf8(uint32_t point, char out[4]) {
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    const size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (char)(0xf00 >> len | point);
    return len;
}

static bool is_half(int32_t unit, int32_t first) {
    return unit >= first && unit < first + 0x400;
}

// The character that `\u` begins. A half without its other half is none: U+FFFD stands in for it.
static size_t take_escaped_unit(cursor *c, char out[4]) {
    const int32_t unit = take_unit(c);
    if (unit < 0) {
        return 0;
    }
    if (is_half(unit, 0xd800)) {
        cursor ahead = *c;
        const int32_t low = take(&ahead, '\\') && take(&ahead, 'u') ? take_unit(&ahead) : -1;
        if (is_half(low, 0xdc00)) {
            *c = ahead;
            return put_utf8(0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00), out);
        }
    }
    return put_utf8(is_half(unit, 0xd800) || is_half(unit, 0xdc00) ? 0xfffd : (uint32_t)unit, out);
}

size_t cs_take_char(cursor *c, char out[4]) {
    static const char ESCAPES[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    if (!take(c, '\\')) {
        const size_t len = c->at < c->end && (unsigned char)*c->at >= 0x20 ? cs_utf8_len(c->at, c->end) : 0;
        cs_copy(out, c->at, len);
        c->at += len;
        return len;
    }
    if (take(c, 'u')) {
        return take_escaped_unit(c, out);
    }
    for (size_t i = 0; i < sizeof ESCAPES - 1; i++) {
        if (take(c, ESCAPES[i])) {
            out[0] = MEANT[i];
            return 1;
        }
    }
    return 0;
}

static bool skip_string(cursor *c) {
    char character[4];
    if (!take(c, '"')) {
        return false;
    }
    for (;;) {
        // Most of a document is this; what else there may be takes its time.
        while (c->at < c->end && *c->at >= ' ' && *c->at != '"' && *c->at != '\\' && (*c->at & 0x80) == 0) {
            c->at++;
        }
        if (take(c, '"')) {
            return true;
        }
        if (cs_take_char(c, character) == 0) {
            return false;
        }
    }
}

bool cs_skip_name(cursor *c) {
    cs_skip_space(c);
    if (!skip_string(c)) {
        return false;
    }
    cs_skip_space(c);
    return take(c, ':');
}

static bool skip_scalar(cursor *c) {
    if (is_next(c, '"')) {
        return skip_string(c);
    }
    if (is_next(c, 't')) {
        return skip_word(c, "true");
    }
    if (is_next(c, 'f')) {
        return skip_word(c, "false");
    }
    return is_next(c, 'n') ? skip_word(c, "null") : skip_number(c);
}

// Behind a value: everything that ends there is closed, and the cursor stands before the next value, if there is one.
static bool skip_to_next(cursor *c, const char *closers, size_t *depth) {
    while (*depth > 0) {
        const char closer = closers[*depth - 1];
        cs_skip_space(c);
        if (take(c, closer)) {
            *depth -= 1;
            continue;
        }
        return take(c, ',') && (closer != '}' || cs_skip_name(c));
    }
    return true;
}

bool cs_skip_value(cursor *c) {
    char closers[DEPTH_MAX];
    size_t depth = 0;
    do {
        cs_skip_space(c);
        const bool object = is_next(c, '{');
        if (object || is_next(c, '[')) {
            if (depth == DEPTH_MAX) {
                return false;
            }
            c->at++;
            closers[depth++] = object ? '}' : ']';
            cs_skip_space(c);
            if (!is_next(c, closers[depth - 1])) {
                if (object && !cs_skip_name(c)) {
                    return false;
                }
                continue;
            }
        } else if (!skip_scalar(c)) {
            return false;
        }
        if (!skip_to_next(c, closers, &depth)) {
            return false;
        }
    } while (depth > 0);
    return true;
}
