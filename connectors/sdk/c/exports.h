// Each macro makes one export of the component out of a function. Write CS_EXPORT_SMS once, and the other two where
// the provider has accounts to check or calls back. Their names are what makes a module a connector, so nothing else
// says which of them it has.
//
// Flat parameters and the pointer to more than 16 of them are the canonical ABI's.
#pragma once

#include "contract.h"

#define CS_EXPORT(interface, function)                                                                 \
    __attribute__((export_name("countersign:connector/" interface "@1.0.0#" function)))

typedef struct cs_send_arguments {
    cs_call call;
    cs_str config;
    cs_message message;
} cs_send_arguments;

// cs_sent function(const cs_call *call, cs_str config, const cs_message *message)
#define CS_EXPORT_SMS(function)                                                                        \
    CS_EXPORT("sms", "send") const cs_sent *cs_export_sms(const cs_send_arguments *given);             \
    const cs_sent *cs_export_sms(const cs_send_arguments *given) {                                     \
        static cs_sent answer;                                                                         \
        answer = function(&given->call, given->config, &given->message);                               \
        return &answer;                                                                                \
    }

// The fields of `cs_call` and of the configuration, each of them a parameter.
#define CS_CALL_FLAT                                                                                   \
    uint64_t issued_at, const char *nonce, size_t nonce_len, const char *environment,                  \
        size_t environment_len, uint32_t deadline_ms, const char *config, size_t config_len
#define CS_CALL_GIVEN                                                                                  \
    {issued_at, {nonce, nonce_len}, {environment, environment_len}, deadline_ms}

// cs_checked function(const cs_call *call, cs_str config)
#define CS_EXPORT_ACCOUNT(function)                                                                    \
    CS_EXPORT("account", "check") const cs_checked *cs_export_account(CS_CALL_FLAT);                   \
    const cs_checked *cs_export_account(CS_CALL_FLAT) {                                                \
        static cs_checked answer;                                                                      \
        const cs_call call = CS_CALL_GIVEN;                                                            \
        answer = function(&call, (cs_str){config, config_len});                                        \
        return &answer;                                                                                \
    }

#define CS_CALLBACK_FLAT                                                                               \
    const char *method, size_t method_len, const char *url, size_t url_len, const cs_pair *headers,    \
        size_t headers_len, const char *body, size_t body_len

// cs_read function(const cs_call *call, cs_str config, const cs_callback *callback)
#define CS_EXPORT_DELIVERY_REPORTS(function)                                                           \
    CS_EXPORT("delivery-reports", "handle")                                                            \
    const cs_read *cs_export_delivery_reports(CS_CALL_FLAT, CS_CALLBACK_FLAT);                         \
    const cs_read *cs_export_delivery_reports(CS_CALL_FLAT, CS_CALLBACK_FLAT) {                        \
        static cs_read answer;                                                                         \
        const cs_call call = CS_CALL_GIVEN;                                                            \
        const cs_callback callback = {                                                                 \
            {method, method_len}, {url, url_len}, {headers, headers_len}, {body, body_len}};           \
        answer = function(&call, (cs_str){config, config_len}, &callback);                             \
        return &answer;                                                                                \
    }
