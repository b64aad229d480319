// Looking things up in JSON. Nothing is built: a value is a part of the text, from its first byte to its last.

#include "json_scan.h"

cs_value cs_parse(cs_str text) {
    cursor c = {text.ptr, text.ptr + text.len};
    cs_skip_space(&c);
    const char *begin = c.at;
    if (!cs_skip_value(&c)) {
        return (cs_value){0};
    }
    const char *end = c.at;
    cs_skip_space(&c);
    return c.at == c.end ? (cs_value){begin, end} : (cs_value){0};
}

bool cs_is_there(cs_value value) {
    return value.at != NULL;
}

static void skip_string(cursor *c) {
    c->at++;
    while (c->at < c->end && *c->at != '"') {
        // What is escaped may be a quotation mark; what follows of it is none.
        c->at += *c->at == '\\' && c->end - c->at > 1 ? 2 : 1;
    }
    take(c, '"');
}

// Past a value of a document that was judged already, so its brackets are known to match.
static void skip_judged(cursor *c) {
    size_t depth = 0;
    do {
        const char byte = c->at < c->end ? *c->at : '\0';
        if (byte == '"') {
            skip_string(c);
        } else if (byte == '{' || byte == '[') {
            depth++;
            c->at++;
        } else if (depth > 0) {
            depth -= byte == '}' || byte == ']';
            c->at++;
        } else {
            while (c->at < c->end && *c->at > ' ' && *c->at != ',' && *c->at != '}' && *c->at != ']') {
                c->at++;
            }
        }
    } while (depth > 0 && c->at < c->end);
}

// The value that the cursor stands before, if there is one; the cursor is moved behind it.
static cs_value take_value(cursor *c) {
    cs_skip_space(c);
    const char *begin = c->at;
    skip_judged(c);
    return c->at > begin ? (cs_value){begin, c->at} : (cs_value){0};
}

// A pointer's token, without its slash, to the next slash or the end.
typedef struct token {
    const char *at;
    const char *end;
} token;

static token take_token(const char **pointer) {
    token t = {*pointer + 1, *pointer + 1};
    while (*t.end != '\0' && *t.end != '/') {
        t.end++;
    }
    *pointer = t.end;
    return t;
}

// The next byte that a token means: `~1` is a slash, `~0` a tilde.
static char take_token_byte(token *t) {
    const char byte = *t->at++;
    if (byte == '~' && t->at < t->end && (*t->at == '0' || *t->at == '1')) {
        return *t->at++ == '1' ? '/' : '~';
    }
    return byte;
}

// Whether the string that the cursor stands before is what a token says.
static bool is_named(cursor c, token t) {
    char character[4];
    if (!take(&c, '"')) {
        return false;
    }
    while (!is_next(&c, '"')) {
        const size_t len = cs_take_char(&c, character);
        if (len == 0) {
            return false;
        }
        for (size_t i = 0; i < len; i++) {
            if (t.at == t.end || take_token_byte(&t) != character[i]) {
                return false;
            }
        }
    }
    return t.at == t.end;
}

static cs_value member(cursor c, token t) {
    cs_value found = {0};
    do {
        cs_skip_space(&c);
        const bool wanted = is_named(c, t);
        if (!cs_skip_name(&c)) {
            return found;
        }
        const cs_value value = take_value(&c);
        found = wanted ? value : found;
        cs_skip_space(&c);
    } while (take(&c, ','));
    return found;
}

static cs_value item(cursor c, token t) {
    const cs_option_u32 index = cs_u32_of((cs_str){t.at, (size_t)(t.end - t.at)});
    if (!index.some || (*t.at == '0' && t.end - t.at > 1)) {
        return (cs_value){0};
    }
    for (uint32_t i = 0;; i++) {
        const cs_value value = take_value(&c);
        cs_skip_space(&c);
        if (i == index.value || !cs_is_there(value)) {
            return value;
        }
        if (!take(&c, ',')) {
            return (cs_value){0};
        }
    }
}

cs_value cs_at(cs_value value, const char *pointer) {
    while (cs_is_there(value) && *pointer == '/') {
        const token t = take_token(&pointer);
        cursor c = {value.at, value.end};
        value = take(&c, '{') ? member(c, t) : take(&c, '[') ? item(c, t) : (cs_value){0};
    }
    // What is no pointer finds nothing: the slash in front was forgotten.
    return *pointer == '\0' ? value : (cs_value){0};
}

cs_option_str cs_text_at(cs_value value, const char *pointer) {
    const cs_value found = cs_at(value, pointer);
    cursor c = {found.at, found.end};
    if (!cs_is_there(found) || !take(&c, '"')) {
        return (cs_option_str){0};
    }
    // What is written is never shorter than what it means.
    char *made = cs_alloc((size_t)(c.end - c.at) + 4), *to = made;
    size_t len;
    while (!is_next(&c, '"') && (len = cs_take_char(&c, to)) > 0) {
        to += len;
    }
    return cs_some((cs_str){made, (size_t)(to - made)});
}

cs_option_str cs_number_at(cs_value value, const char *pointer) {
    const cs_value found = cs_at(value, pointer);
    const bool is = cs_is_there(found) && (*found.at == '-' || (*found.at >= '0' && *found.at <= '9'));
    return is ? cs_some((cs_str){found.at, (size_t)(found.end - found.at)}) : (cs_option_str){0};
}

cs_option_u32 cs_u32_at(cs_value value, const char *pointer) {
    return cs_u32_of(cs_or(cs_number_at(value, pointer), (cs_str){0}));
}

bool cs_true_at(cs_value value, const char *pointer) {
    const cs_value found = cs_at(value, pointer);
    return cs_is_there(found) && *found.at == 't';
}
