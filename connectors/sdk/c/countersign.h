// Writing a connector in C: build the request, read the reply, and a table of the provider's codes.
//
// Secrets never come here: name a credential of connector.toml with cs_add_credential and leave its place in the
// request empty. There is no clock: use call->issued_at. An instance lives for one call, so memory is taken and never
// given back: nothing here has to be freed, and everything that was made stays whole until the call ends.
#pragma once

#include "contract.h"
#include "exports.h"

// Text

// A literal as text: CS("queued").
#define CS(literal) ((cs_str){"" literal, sizeof(literal) - 1})
// Texts one after the other: CS_CONCAT(CS("https://"), host, CS("/messages")).
#define CS_CONCAT(...)                                                                                 \
    cs_concat((const cs_str[]){__VA_ARGS__}, sizeof((const cs_str[]){__VA_ARGS__}) / sizeof(cs_str))

cs_str cs_concat(const cs_str *parts, size_t count);
cs_str cs_decimal(uint64_t number);
bool cs_equal(cs_str text, const char *other);
bool cs_starts_with(cs_str text, const char *prefix);
// The number that decimal digits make: nothing for anything else, and for what is larger than 32 bits.
cs_option_u32 cs_u32_of(cs_str digits);
// Bytes as UTF-8, with U+FFFD in place of what is none. The host takes no other text, and ends the call for it.
cs_str cs_utf8(cs_str bytes);

cs_option_str cs_some(cs_str text);
cs_str cs_or(cs_option_str text, cs_str otherwise);

// Memory for `size` bytes, aligned for everything of the contract; ends the call where there is none.
void *cs_alloc(size_t size);

// Encodings

// Everything but A-Z a-z 0-9 - . _ ~ as %XX: for a segment of a path, or a name or value of a query.
cs_str cs_percent_encode(cs_str text);
cs_str cs_base64(cs_str bytes);
cs_option_str cs_from_base64(cs_str text);
cs_option_str cs_from_hex(cs_str text);
// The fields of an application/x-www-form-urlencoded body, as a callback has them.
cs_pairs cs_from_form(cs_str body);
// The first of that name; headers are looked up with cs_header_of.
cs_option_str cs_pair_of(cs_pairs pairs, const char *name);

// Writing JSON. `key` is the member's name inside an object, NULL inside an array and at the root.

typedef struct cs_json {
    char *ptr;
    size_t len;
    size_t room;
} cs_json;

void cs_open_object(cs_json *json, const char *key);
void cs_close_object(cs_json *json);
void cs_open_array(cs_json *json, const char *key);
void cs_close_array(cs_json *json);
void cs_put_text(cs_json *json, const char *key, cs_str value);
void cs_put_number(cs_json *json, const char *key, uint64_t value);
void cs_put_bool(cs_json *json, const char *key, bool value);

// Reading JSON. A value is a view of the text that it was read from; one that is not there has an `at` of NULL, and
// may be asked like any other.

typedef struct cs_value {
    const char *at;
    const char *end;
} cs_value;

// The document, if `text` is JSON (RFC 8259) in UTF-8, no more than 128 levels deep; else a value that is not there.
cs_value cs_parse(cs_str text);
// By JSON Pointer (RFC 6901): cs_at(document, "/messages/0/id"). Of members with one name, the last.
cs_value cs_at(cs_value value, const char *pointer);
bool cs_is_there(cs_value value);
// What is there, if it is of that type. Lone halves of surrogate pairs become U+FFFD.
cs_option_str cs_text_at(cs_value value, const char *pointer);
cs_option_u32 cs_u32_at(cs_value value, const char *pointer);
// A number as it is written, for amounts: 0.0075.
cs_option_str cs_number_at(cs_value value, const char *pointer);
bool cs_true_at(cs_value value, const char *pointer);

// Requests

cs_request cs_get(cs_str url);
cs_request cs_post(cs_str url);
void cs_add_header(cs_request *request, const char *name, cs_str value);
// A credential of the manifest, placed by the host as the request leaves.
void cs_add_credential(cs_request *request, const char *name);
// One field of an application/x-www-form-urlencoded body.
void cs_add_form(cs_request *request, const char *name, cs_str value);
void cs_set_json(cs_request *request, const cs_json *json);
// A body of another kind.
void cs_set_body(cs_request *request, const char *content_type, cs_str body);

typedef struct cs_reply {
    bool failed;
    union {
        cs_response response;
        cs_failure failure;
    };
} cs_reply;

// Send it and wait for the answer. A fault becomes the failure that it means, with the right certainty.
cs_reply cs_exchange(const cs_request *request);

bool cs_is_success(const cs_response *response);
// The first header of that name, whatever its case.
cs_option_str cs_header_of(cs_pairs headers, const char *name);
// Retry-After in seconds, where it is a number.
cs_option_u32 cs_retry_after(const cs_response *response);

// Failures and receipts

// The provider's codes in the contract's words: static const cs_code CODES[] = {{"21211", CS_INVALID_RECIPIENT}, …};
typedef struct cs_code {
    const char *code;
    cs_failure_kind kind;
} cs_code;

// What a code means, if the table has it. `table` is an array, not a pointer.
#define cs_kind_of(table, code) cs_kind_in(table, sizeof(table) / sizeof((table)[0]), code)
cs_option_failure_kind cs_kind_in(const cs_code *table, size_t count, cs_str code);

typedef struct cs_meaning {
    cs_failure_kind kind;
    cs_certainty certainty;
} cs_meaning;

// What an HTTP status means where the provider's answer says no more.
cs_meaning cs_kind_of_status(uint16_t status);

// Certainly not sent, unless you set `certainty`.
cs_failure cs_failure_of(cs_failure_kind kind, cs_str text);
// A success whose body is not what the provider documents: it may have been sent.
cs_failure cs_unreadable(void);
// A field that the schema requires and the configuration has not: a fault of schema or connector.
cs_failure cs_unset(const char *field);

cs_receipt cs_receipt_of(cs_receipt_status status, cs_str id);

cs_sent cs_taken(cs_receipt receipt);
cs_sent cs_failed(cs_failure failure);

// Credentials that sign. A marker goes where the manifest says; the host puts the signature there.

typedef struct cs_marker {
    bool failed;
    union {
        cs_str marker;
        cs_failure failure;
    };
} cs_marker;

typedef struct cs_verdict {
    bool failed;
    union {
        bool good;
        cs_failure failure;
    };
} cs_verdict;

cs_marker cs_sign(const char *credential, cs_str data);
cs_marker cs_digest(const char *credential, cs_pairs values);
cs_marker cs_token(const char *credential, cs_pairs claims);
// In delivery reports: is this the provider's signature over `data`? Raw bytes: decode base64 or hexadecimal first.
cs_verdict cs_verify(const char *credential, cs_str data, cs_str signature);
// Whether the operator set a credential that the connector can do without.
bool cs_is_set(const char *credential);

// The connector's own log. Never numbers, codes or texts.
void cs_log(cs_level level, cs_str text);
