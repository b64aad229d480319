// Writing JSON. Where a comma goes is told by the byte before it, so there is no state to keep right.

#include "bytes.h"

static void put(cs_json *json, const char *bytes, size_t len) {
    if (json->room - json->len < len) {
        json->room = (json->len + len) * 2 + 256;
        char *made = cs_alloc(json->room);
        cs_copy(made, json->ptr, json->len);
        json->ptr = made;
    }
    cs_copy(json->ptr + json->len, bytes, len);
    json->len += len;
}

static void put_string(cs_json *json, cs_str text) {
    static const char HEX[] = "0123456789abcdef";
    put(json, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.ptr[i];
        if (byte == '"' || byte == '\\') {
            put(json, (const char[]){'\\', byte}, 2);
        } else if ((unsigned char)byte < 0x20) {
            put(json, (const char[]){'\\', 'u', '0', '0', HEX[byte >> 4], HEX[byte & 15]}, 6);
        } else {
            put(json, &byte, 1);
        }
    }
    put(json, "\"", 1);
}

// The comma before this value, and its name.
static void begin(cs_json *json, const char *key) {
    const char before = json->len > 0 ? json->ptr[json->len - 1] : '[';
    if (before != '[' && before != '{') {
        put(json, ",", 1);
    }
    if (key != NULL) {
        put_string(json, cs_of(key));
        put(json, ":", 1);
    }
}

void cs_open_object(cs_json *json, const char *key) {
    begin(json, key);
    put(json, "{", 1);
}

void cs_close_object(cs_json *json) {
    put(json, "}", 1);
}

void cs_open_array(cs_json *json, const char *key) {
    begin(json, key);
    put(json, "[", 1);
}

void cs_close_array(cs_json *json) {
    put(json, "]", 1);
}

void cs_put_text(cs_json *json, const char *key, cs_str value) {
    begin(json, key);
    put_string(json, value);
}

void cs_put_number(cs_json *json, const char *key, uint64_t value) {
    const cs_str digits = cs_decimal(value);
    begin(json, key);
    put(json, digits.ptr, digits.len);
}

void cs_put_bool(cs_json *json, const char *key, bool value) {
    const cs_str word = value ? CS("true") : CS("false");
    begin(json, key);
    put(json, word.ptr, word.len);
}
