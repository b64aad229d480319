// What the host gives: HTTP, credentials by name, a log. Authors call these by countersign.h, which says what a
// refusal means; a component imports only what it calls.
#pragma once

#include "contract.h"

#define CS_IMPORT(interface, function)                                                                 \
    __attribute__((import_module("countersign:connector/" interface "@1.0.0"), import_name(function)))

typedef struct cs_http_result {
    bool failed;
    union {
        cs_response response;
        cs_fault fault;
    };
} cs_http_result;

typedef struct cs_marker_result {
    bool refused;
    union {
        cs_str marker;
        cs_refusal refusal;
    };
} cs_marker_result;

typedef struct cs_verify_result {
    bool refused;
    union {
        bool good;
        cs_refusal refusal;
    };
} cs_verify_result;

CS_IMPORT("http", "send")
void cs_import_http_send(const char *method, size_t method_len, const char *url, size_t url_len, const cs_pair *headers,
                         size_t headers_len, const char *body, size_t body_len, const cs_str *credentials,
                         size_t credentials_len, bool timeout_some, uint32_t timeout_ms, cs_http_result *result);

CS_IMPORT("credentials", "sign")
void cs_import_sign(const char *name, size_t name_len, const char *data, size_t data_len, cs_marker_result *result);

CS_IMPORT("credentials", "digest")
void cs_import_digest(const char *name, size_t name_len, const cs_pair *values, size_t values_len,
                      cs_marker_result *result);

CS_IMPORT("credentials", "token")
void cs_import_token(const char *name, size_t name_len, const cs_pair *claims, size_t claims_len,
                     cs_marker_result *result);

CS_IMPORT("credentials", "verify")
void cs_import_verify(const char *name, size_t name_len, const char *data, size_t data_len, const char *signature,
                      size_t signature_len, cs_verify_result *result);

CS_IMPORT("log", "write")
void cs_import_log_write(cs_level level, const char *text, size_t text_len);
