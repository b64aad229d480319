// The contract of wit/connector.wit in C: its records, and what is imported and exported.
//
// A record here lies in memory as the canonical ABI lays it out for wasm32, so that nothing is copied or converted on
// the way in or out. tests/languages/c.rs compares every size, offset and number with wit/connector.wit. What each
// field means stands there.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Text in UTF-8, with a length and without a NUL at its end; or bytes, where the contract says list<u8>.
typedef struct cs_str {
    const char *ptr;
    size_t len;
} cs_str;

// An option is nothing where `some` is false: `{0}`, or a field that is left out of an initializer.
typedef struct cs_option_str {
    bool some;
    cs_str value;
} cs_option_str;

typedef struct cs_option_u32 {
    bool some;
    uint32_t value;
} cs_option_u32;

typedef struct cs_option_u64 {
    bool some;
    uint64_t value;
} cs_option_u64;

typedef struct cs_strs {
    const cs_str *items;
    size_t len;
} cs_strs;

// A header, a field of an open list, or a parameter of a template.
typedef struct cs_pair {
    cs_str name;
    cs_str value;
} cs_pair;

typedef struct cs_pairs {
    const cs_pair *items;
    size_t len;
} cs_pairs;

typedef struct cs_call {
    uint64_t issued_at;
    cs_str nonce;
    cs_str environment;
    uint32_t deadline_ms;
} cs_call;

typedef struct cs_money {
    cs_str amount;
    cs_str currency;
} cs_money;

typedef struct cs_option_money {
    bool some;
    cs_money value;
} cs_option_money;

typedef enum cs_failure_kind : uint8_t {
    CS_INVALID_CONFIG,
    CS_AUTHENTICATION_FAILED,
    CS_INSUFFICIENT_FUNDS,
    CS_INVALID_RECIPIENT,
    CS_UNSUPPORTED_DESTINATION,
    CS_RECIPIENT_BLOCKED,
    CS_CONTENT_REJECTED,
    CS_RATE_LIMITED,
    CS_QUOTA_EXCEEDED,
    CS_FRAUD_BLOCKED,
    CS_PROVIDER_UNAVAILABLE,
    CS_TIMEOUT,
    CS_INVALID_RESPONSE,
    CS_OTHER,
} cs_failure_kind;

typedef struct cs_option_failure_kind {
    bool some;
    cs_failure_kind value;
} cs_option_failure_kind;

typedef enum cs_certainty : uint8_t { CS_NOT_SENT, CS_UNKNOWN } cs_certainty;

typedef struct cs_failure {
    cs_failure_kind kind;
    cs_certainty certainty;
    cs_option_str provider_code;
    cs_str text;
    cs_option_u32 retry_after_seconds;
    cs_pairs extra;
} cs_failure;

typedef struct cs_message {
    cs_str to;
    cs_str calling_code;
    cs_option_str country;
    cs_str purpose;
    cs_str locale;
    cs_str reference;
    uint32_t validity_seconds;
    cs_option_str sender;
    cs_str text;
    cs_option_str template_id;
    cs_option_str template_locale;
    cs_pairs parameters;
    cs_option_str callback_url;
    cs_option_str client_ip;
    cs_pairs extra;
} cs_message;

typedef enum cs_receipt_status : uint8_t {
    CS_RECEIPT_ACCEPTED,
    CS_RECEIPT_QUEUED,
    CS_RECEIPT_OTHER,
} cs_receipt_status;

typedef struct cs_receipt {
    cs_receipt_status status;
    cs_strs message_ids;
    cs_option_u32 segments;
    cs_option_money price;
    cs_pairs extra;
} cs_receipt;

typedef struct cs_standing {
    cs_option_str name;
    cs_option_money balance;
    cs_pairs extra;
} cs_standing;

typedef struct cs_callback {
    cs_str method;
    cs_str url;
    cs_pairs headers;
    cs_str body;
} cs_callback;

typedef enum cs_report_status : uint8_t {
    CS_REPORT_ACCEPTED,
    CS_REPORT_SENT,
    CS_REPORT_DELIVERED,
    CS_REPORT_UNDELIVERED,
    CS_REPORT_EXPIRED,
    CS_REPORT_REJECTED,
    CS_REPORT_OTHER,
} cs_report_status;

typedef struct cs_report {
    cs_strs message_ids;
    cs_option_str reference;
    cs_report_status status;
    cs_option_u64 at;
    cs_option_failure_kind kind;
    cs_option_str provider_code;
    cs_option_str text;
    cs_option_str network;
    cs_option_u32 segments;
    cs_option_money price;
    cs_pairs extra;
} cs_report;

typedef struct cs_reports {
    const cs_report *items;
    size_t len;
} cs_reports;

typedef struct cs_answer {
    uint16_t status;
    cs_str content_type;
    cs_str body;
} cs_answer;

typedef struct cs_handled {
    cs_reports reports;
    cs_answer answer;
} cs_handled;

typedef struct cs_request {
    cs_str method;
    cs_str url;
    cs_pairs headers;
    cs_str body;
    cs_strs credentials;
    cs_option_u32 timeout_ms;
} cs_request;

typedef struct cs_response {
    uint16_t status;
    cs_pairs headers;
    cs_str body;
} cs_response;

typedef struct cs_fault {
    enum cs_fault_tag : uint8_t {
        CS_FAULT_DENIED,
        CS_FAULT_DNS,
        CS_FAULT_CONNECT,
        CS_FAULT_TLS,
        CS_FAULT_TIMEOUT,
        CS_FAULT_TOO_LARGE,
        CS_FAULT_PROTOCOL,
        CS_FAULT_OTHER,
    } tag;
    cs_str text; // not of CS_FAULT_TIMEOUT and CS_FAULT_TOO_LARGE
} cs_fault;

typedef struct cs_refusal {
    enum cs_refusal_tag : uint8_t {
        CS_REFUSAL_UNKNOWN_NAME,
        CS_REFUSAL_WRONG_KIND,
        CS_REFUSAL_NOT_HERE,
        CS_REFUSAL_OTHER,
    } tag;
    cs_str text; // of CS_REFUSAL_WRONG_KIND and CS_REFUSAL_OTHER
} cs_refusal;

typedef enum cs_level : uint8_t { CS_DEBUG, CS_INFO, CS_WARNING, CS_CRITICAL } cs_level;

// What the three exports answer. `failed` tells which of the two it is.
typedef struct cs_sent {
    bool failed;
    union {
        cs_receipt receipt;
        cs_failure failure;
    };
} cs_sent;

typedef struct cs_checked {
    bool failed;
    union {
        cs_standing standing;
        cs_failure failure;
    };
} cs_checked;

typedef struct cs_read {
    bool failed;
    union {
        cs_handled handled;
        cs_failure failure;
    };
} cs_read;
