// {{name}}: POST /v1/messages. Two functions and a table; the host does the rest.

#include "vendor/sdk/countersign.h"

// The provider's codes, in the contract's words.
static const cs_code CODES[] = {
    {"invalid_number", CS_INVALID_RECIPIENT},
    {"opted_out", CS_RECIPIENT_BLOCKED},
    {"no_credit", CS_INSUFFICIENT_FUNDS},
    {"unknown_sender", CS_INVALID_CONFIG},
};

static cs_request request(cs_str from, const cs_message *message) {
    cs_json body = {0};
    cs_open_object(&body, NULL);
    cs_put_text(&body, "to", message->to);
    cs_put_text(&body, "from", cs_or(message->sender, from));
    cs_put_text(&body, "text", message->text);
    cs_put_text(&body, "reference", message->reference);
    cs_put_number(&body, "validity_seconds", message->validity_seconds);
    cs_close_object(&body);

    cs_request request = cs_post(CS("https://api.{{id}}.example/v1/messages"));
    // A credential of connector.toml: its place is left empty, and the host fills it.
    cs_add_credential(&request, "token");
    cs_set_json(&request, &body);
    return request;
}

static cs_failure refusal(const cs_response *response) {
    // A status tells the kind where the code does not, and whether something may have been sent all the same.
    const cs_meaning meaning = cs_kind_of_status(response->status);
    const cs_value refused = cs_parse(response->body);
    const cs_option_str code = cs_text_at(refused, "/code");
    const cs_option_failure_kind known = cs_kind_of(CODES, cs_or(code, CS("")));
    const cs_str status = CS_CONCAT(CS("status "), cs_decimal(response->status));
    return (cs_failure){
        .kind = known.some ? known.value : meaning.kind,
        .certainty = meaning.certainty,
        .provider_code = code,
        .text = cs_or(cs_text_at(refused, "/message"), status),
        .retry_after_seconds = cs_retry_after(response),
    };
}

static cs_sent reply(const cs_response *response) {
    if (!cs_is_success(response)) {
        return cs_failed(refusal(response));
    }
    const cs_value taken = cs_parse(response->body);
    const cs_option_str id = cs_text_at(taken, "/id");
    if (!id.some) {
        return cs_failed(cs_unreadable());
    }
    cs_receipt receipt = cs_receipt_of(CS_RECEIPT_ACCEPTED, id.value);
    receipt.segments = cs_u32_at(taken, "/segments");
    return cs_taken(receipt);
}

static cs_sent send(const cs_call *, cs_str config, const cs_message *message) {
    const cs_option_str from = cs_text_at(cs_parse(config), "/from");
    if (!from.some) {
        return cs_failed(cs_unset("from"));
    }
    const cs_request asked = request(from.value, message);
    const cs_reply answer = cs_exchange(&asked);
    return answer.failed ? cs_failed(answer.failure) : reply(&answer.response);
}

CS_EXPORT_SMS(send)
