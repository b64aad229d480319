// Forms as callbacks bring them, and pairs by name.

#include "bytes.h"

// One name or value. What its escapes make need not be UTF-8, and the host takes nothing else as text.
static cs_str decode(const char *at, const char *end) {
    char *made = cs_alloc((size_t)(end - at));
    size_t len = 0;
    while (at < end) {
        const int high = end - at > 2 ? cs_hex_value(at[1]) : -1;
        const int low = end - at > 2 ? cs_hex_value(at[2]) : -1;
        if (*at == '%' && high >= 0 && low >= 0) {
            made[len++] = (char)(high * 16 + low);
            at += 3;
        } else {
            made[len++] = *at == '+' ? ' ' : *at;
            at++;
        }
    }
    return cs_utf8((cs_str){made, len});
}

static const char *find(const char *at, const char *end, char wanted) {
    while (at < end && *at != wanted) {
        at++;
    }
    return at;
}

cs_pairs cs_from_form(cs_str body) {
    const char *end = body.ptr + body.len;
    size_t most = 1;
    for (size_t i = 0; i < body.len; i++) {
        most += body.ptr[i] == '&';
    }
    cs_pair *made = cs_alloc(most * sizeof *made);
    size_t len = 0;
    for (const char *at = body.ptr; at < end;) {
        const char *field_end = find(at, end, '&');
        const char *name_end = find(at, field_end, '=');
        if (field_end > at) {
            const char *value = name_end < field_end ? name_end + 1 : field_end;
            made[len++] = (cs_pair){decode(at, name_end), decode(value, field_end)};
        }
        at = field_end < end ? field_end + 1 : end;
    }
    return (cs_pairs){made, len};
}

cs_option_str cs_pair_of(cs_pairs pairs, const char *name) {
    for (size_t i = 0; i < pairs.len; i++) {
        if (cs_equal(pairs.items[i].name, name)) {
            return cs_some(pairs.items[i].value);
        }
    }
    return (cs_option_str){0};
}
