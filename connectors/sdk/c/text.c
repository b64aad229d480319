// Texts with a length. None of these reads past it.

#include "bytes.h"

cs_str cs_concat(const cs_str *parts, size_t count) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    char *made = cs_alloc(len);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        cs_copy(made + at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    return (cs_str){made, len};
}

cs_str cs_decimal(uint64_t number) {
    enum { DIGITS_MAX = 20 };
    char *made = cs_alloc(DIGITS_MAX);
    size_t at = DIGITS_MAX;
    do {
        made[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (cs_str){made + at, DIGITS_MAX - at};
}

bool cs_starts_with(cs_str text, const char *prefix) {
    const cs_str wanted = cs_of(prefix);
    return text.len >= wanted.len && (wanted.len == 0 || __builtin_memcmp(text.ptr, wanted.ptr, wanted.len) == 0);
}

bool cs_equal(cs_str text, const char *other) {
    return cs_starts_with(text, other) && text.len == cs_of(other).len;
}

cs_option_u32 cs_u32_of(cs_str digits) {
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const char digit = digits.ptr[i];
        if (digit < '0' || digit > '9') {
            return (cs_option_u32){0};
        }
        number = number * 10 + (uint64_t)(digit - '0');
        if (number > UINT32_MAX) {
            return (cs_option_u32){0};
        }
    }
    return (cs_option_u32){digits.len > 0, (uint32_t)number};
}

static bool continues(const char *at, const char *end, unsigned char low, unsigned char high) {
    return at < end && (unsigned char)*at >= low && (unsigned char)*at <= high;
}

size_t cs_utf8_len(const char *at, const char *end) {
    const unsigned char lead = at < end ? (unsigned char)*at : 0xff;
    if (lead < 0x80) {
        return 1;
    }
    // The second byte is where overlong forms, surrogates and what lies above U+10FFFF are told from the rest.
    const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    const size_t len = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (len == 0 || !continues(at + 1, end, low, high)) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (!continues(at + i, end, 0x80, 0xbf)) {
            return 0;
        }
    }
    return len;
}

cs_str cs_utf8(cs_str bytes) {
    static const char REPLACEMENT[] = "\xef\xbf\xbd";
    char *made = NULL;
    size_t len = 0;
    // Twice: once for the length, once for the text.
    for (int pass = 0; pass < 2; pass++) {
        made = pass == 0 ? NULL : cs_alloc(len);
        len = 0;
        for (size_t at = 0; at < bytes.len;) {
            const size_t good = cs_utf8_len(bytes.ptr + at, bytes.ptr + bytes.len);
            const size_t wide = good > 0 ? good : sizeof REPLACEMENT - 1;
            if (made != NULL) {
                cs_copy(made + len, good > 0 ? bytes.ptr + at : REPLACEMENT, wide);
            }
            len += wide;
            at += good > 0 ? good : 1;
        }
    }
    return (cs_str){made, len};
}

cs_option_str cs_some(cs_str text) {
    return (cs_option_str){true, text};
}

cs_str cs_or(cs_option_str text, cs_str otherwise) {
    return text.some ? text.value : otherwise;
}

void *cs_with_one_more(const void *items, size_t len, size_t size) {
    char *made = cs_alloc((len + 1) * size);
    cs_copy(made, items, len * size);
    return made;
}
