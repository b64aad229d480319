// How bytes are written in URLs, forms and signatures.

#include "bytes.h"

static const char UPPER_HEX[] = "0123456789ABCDEF";
static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_alphanumeric(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static size_t put_percent(char *to, char byte) {
    to[0] = '%';
    to[1] = UPPER_HEX[(unsigned char)byte >> 4];
    to[2] = UPPER_HEX[(unsigned char)byte & 15];
    return 3;
}

cs_str cs_percent_encode(cs_str text) {
    char *made = cs_alloc(text.len * 3);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        if (is_alphanumeric(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~') {
            made[len++] = byte;
        } else {
            len += put_percent(made + len, byte);
        }
    }
    return (cs_str){made, len};
}

// The WHATWG's application/x-www-form-urlencoded: a space is `+`, and `*` stays where `~` does not.
cs_str cs_form_encode(cs_str before, cs_str text) {
    char *made = cs_alloc(before.len + text.len * 3);
    cs_copy(made, before.ptr, before.len);
    size_t len = before.len;
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        if (is_alphanumeric(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '*') {
            made[len++] = byte;
        } else if (byte == ' ') {
            made[len++] = '+';
        } else {
            len += put_percent(made + len, byte);
        }
    }
    return (cs_str){made, len};
}

int cs_hex_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const char lower = (char)(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

cs_option_str cs_from_hex(cs_str text) {
    char *made = cs_alloc(text.len / 2);
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        const int high = cs_hex_value(text.ptr[i]), low = cs_hex_value(text.ptr[i + 1]);
        if (high < 0 || low < 0) {
            return (cs_option_str){0};
        }
        made[i / 2] = (char)(high * 16 + low);
    }
    return (cs_option_str){text.len % 2 == 0, {made, text.len / 2}};
}

cs_str cs_base64(cs_str bytes) {
    const size_t len = (bytes.len + 2) / 3 * 4;
    char *made = cs_alloc(len);
    for (size_t i = 0, at = 0; i < bytes.len; i += 3, at += 4) {
        const size_t left = bytes.len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.ptr[i + 2] : 0;
        made[at] = BASE64[group >> 18];
        made[at + 1] = BASE64[group >> 12 & 63];
        made[at + 2] = left > 1 ? BASE64[group >> 6 & 63] : '=';
        made[at + 3] = left > 2 ? BASE64[group & 63] : '=';
    }
    return (cs_str){made, len};
}

static int base64_value(char digit) {
    for (int value = 0; value < 64; value++) {
        if (BASE64[value] == digit) {
            return value;
        }
    }
    return -1;
}

cs_option_str cs_from_base64(cs_str text) {
    size_t digits = text.len;
    while (digits > 0 && text.len - digits < 2 && text.ptr[digits - 1] == '=') {
        digits--;
    }
    if (text.len % 4 != 0 || digits % 4 == 1) {
        return (cs_option_str){0};
    }
    const size_t len = digits * 3 / 4;
    char *made = cs_alloc(len);
    uint32_t bits = 0;
    size_t held = 0, at = 0;
    for (size_t i = 0; i < digits; i++) {
        const int value = base64_value(text.ptr[i]);
        if (value < 0) {
            return (cs_option_str){0};
        }
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            made[at++] = (char)(bits >> held & 0xff);
        }
    }
    // What is left over of the last digit is nothing but zeros.
    return (cs_option_str){(bits & ((1u << held) - 1)) == 0, {made, len}};
}
