// Requests and replies.

#include "bytes.h"
#include "imports.h"

cs_request cs_get(cs_str url) {
    return (cs_request){.method = CS("GET"), .url = url};
}

cs_request cs_post(cs_str url) {
    return (cs_request){.method = CS("POST"), .url = url};
}

void cs_add_header(cs_request *request, const char *name, cs_str value) {
    cs_pair *headers = cs_with_one_more(request->headers.items, request->headers.len, sizeof *headers);
    headers[request->headers.len] = (cs_pair){cs_of(name), value};
    request->headers = (cs_pairs){headers, request->headers.len + 1};
}

void cs_add_credential(cs_request *request, const char *name) {
    cs_str *names = cs_with_one_more(request->credentials.items, request->credentials.len, sizeof *names);
    names[request->credentials.len] = cs_of(name);
    request->credentials = (cs_strs){names, request->credentials.len + 1};
}

void cs_add_form(cs_request *request, const char *name, cs_str value) {
    cs_str body = request->body;
    if (body.len == 0) {
        cs_add_header(request, "content-type", CS("application/x-www-form-urlencoded"));
    } else {
        body = CS_CONCAT(body, CS("&"));
    }
    body = CS_CONCAT(cs_form_encode(body, cs_of(name)), CS("="));
    request->body = cs_form_encode(body, value);
}

void cs_set_json(cs_request *request, const cs_json *json) {
    cs_set_body(request, "application/json", (cs_str){json->ptr, json->len});
}

void cs_set_body(cs_request *request, const char *content_type, cs_str body) {
    cs_add_header(request, "content-type", cs_of(content_type));
    request->body = body;
}

static cs_failure maybe_sent(cs_failure failure) {
    failure.certainty = CS_UNKNOWN;
    return failure;
}

static cs_failure meaning(cs_fault fault) {
    const cs_str why = fault.text;
    switch (fault.tag) {
    case CS_FAULT_DENIED:
        return cs_failure_of(CS_INVALID_CONFIG, why);
    case CS_FAULT_DNS:
        return cs_failure_of(CS_PROVIDER_UNAVAILABLE, CS_CONCAT(CS("the name `"), why, CS("` does not resolve")));
    case CS_FAULT_CONNECT:
        return cs_failure_of(CS_PROVIDER_UNAVAILABLE, CS_CONCAT(CS("no connection: "), why));
    case CS_FAULT_TLS:
        return cs_failure_of(CS_PROVIDER_UNAVAILABLE, CS_CONCAT(CS("the TLS handshake failed: "), why));
    case CS_FAULT_TIMEOUT:
        return maybe_sent(cs_failure_of(CS_TIMEOUT, CS("the provider did not answer in time")));
    case CS_FAULT_TOO_LARGE:
        return maybe_sent(cs_failure_of(CS_INVALID_RESPONSE, CS("the provider's answer is too large")));
    case CS_FAULT_PROTOCOL:
    case CS_FAULT_OTHER:
        break;
    }
    return maybe_sent(cs_failure_of(CS_PROVIDER_UNAVAILABLE, CS_CONCAT(CS("the connection broke: "), why)));
}

cs_reply cs_exchange(const cs_request *request) {
    cs_http_result result;
    cs_import_http_send(request->method.ptr, request->method.len, request->url.ptr, request->url.len,
                        request->headers.items, request->headers.len, request->body.ptr, request->body.len,
                        request->credentials.items, request->credentials.len, request->timeout_ms.some,
                        request->timeout_ms.value, &result);
    if (result.failed) {
        return (cs_reply){.failed = true, .failure = meaning(result.fault)};
    }
    return (cs_reply){.response = result.response};
}

bool cs_is_success(const cs_response *response) {
    return response->status >= 200 && response->status < 300;
}

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

cs_option_str cs_header_of(cs_pairs headers, const char *name) {
    const cs_str wanted = cs_of(name);
    for (size_t i = 0; i < headers.len; i++) {
        const cs_str found = headers.items[i].name;
        size_t same = 0;
        while (found.len == wanted.len && same < wanted.len && lower(found.ptr[same]) == lower(wanted.ptr[same])) {
            same++;
        }
        if (found.len == wanted.len && same == wanted.len) {
            return cs_some(headers.items[i].value);
        }
    }
    return (cs_option_str){0};
}

cs_option_u32 cs_retry_after(const cs_response *response) {
    cs_str seconds = cs_or(cs_header_of(response->headers, "retry-after"), (cs_str){0});
    while (seconds.len > 0 && *seconds.ptr == ' ') {
        seconds = (cs_str){seconds.ptr + 1, seconds.len - 1};
    }
    while (seconds.len > 0 && seconds.ptr[seconds.len - 1] == ' ') {
        seconds.len--;
    }
    return cs_u32_of(seconds);
}
