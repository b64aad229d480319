// Twilio, Programmable Messaging: POST /2010-04-01/Accounts/{sid}/Messages.json.
// https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource

#include "countersign.h"

// Longest validity that Twilio takes, in seconds.
enum { VALIDITY_MAX = 36000 };

// https://www.twilio.com/docs/api/errors
static const cs_code CODES[] = {
    {"14107", CS_RATE_LIMITED},
    {"20003", CS_AUTHENTICATION_FAILED},
    {"20005", CS_AUTHENTICATION_FAILED},
    {"20404", CS_INVALID_CONFIG},
    {"20429", CS_RATE_LIMITED},
    {"20500", CS_PROVIDER_UNAVAILABLE},
    {"20503", CS_PROVIDER_UNAVAILABLE},
    {"21211", CS_INVALID_RECIPIENT},
    {"21212", CS_INVALID_CONFIG},
    {"21214", CS_INVALID_RECIPIENT},
    {"21217", CS_INVALID_RECIPIENT},
    {"21265", CS_INVALID_RECIPIENT},
    {"21266", CS_INVALID_CONFIG},
    {"21408", CS_UNSUPPORTED_DESTINATION},
    {"21601", CS_INVALID_CONFIG},
    {"21602", CS_CONTENT_REJECTED},
    {"21603", CS_INVALID_CONFIG},
    {"21604", CS_INVALID_RECIPIENT},
    {"21606", CS_INVALID_CONFIG},
    {"21608", CS_UNSUPPORTED_DESTINATION},
    {"21610", CS_RECIPIENT_BLOCKED},
    {"21611", CS_RATE_LIMITED},
    {"21612", CS_UNSUPPORTED_DESTINATION},
    {"21614", CS_INVALID_RECIPIENT},
    {"21617", CS_CONTENT_REJECTED},
    {"21619", CS_CONTENT_REJECTED},
    {"21635", CS_INVALID_RECIPIENT},
    {"21654", CS_CONTENT_REJECTED},
    {"21659", CS_INVALID_CONFIG},
    {"21660", CS_INVALID_CONFIG},
    {"21701", CS_INVALID_CONFIG},
    {"21703", CS_INVALID_CONFIG},
    {"21704", CS_INVALID_CONFIG},
    {"21705", CS_INVALID_CONFIG},
    {"21712", CS_INVALID_CONFIG},
    {"30001", CS_RATE_LIMITED},
    {"30002", CS_AUTHENTICATION_FAILED},
    {"30003", CS_OTHER},
    {"30004", CS_RECIPIENT_BLOCKED},
    {"30005", CS_INVALID_RECIPIENT},
    {"30006", CS_INVALID_RECIPIENT},
    {"30007", CS_CONTENT_REJECTED},
    {"30034", CS_INVALID_CONFIG},
    {"30450", CS_FRAUD_BLOCKED},
    {"30453", CS_FRAUD_BLOCKED},
    {"60410", CS_FRAUD_BLOCKED},
    {"63038", CS_QUOTA_EXCEEDED},
};

static cs_request request(cs_str account_sid, cs_str from, const cs_message *message) {
    cs_request request = cs_post(CS_CONCAT(CS("https://api.twilio.com/2010-04-01/Accounts/"),
                                           cs_percent_encode(account_sid), CS("/Messages.json")));
    const uint32_t left = message->validity_seconds;
    const uint32_t validity = left < 1 ? 1 : left > VALIDITY_MAX ? VALIDITY_MAX : left;
    cs_add_credential(&request, "account");
    cs_add_form(&request, "To", message->to);
    cs_add_form(&request, "Body", message->text);
    cs_add_form(&request, "ValidityPeriod", cs_decimal(validity));
    // A sender for this recipient beats the configuration's; a messaging service has a field of its own.
    const cs_str sender = cs_or(message->sender, from);
    cs_add_form(&request, cs_starts_with(sender, "MG") ? "MessagingServiceSid" : "From", sender);
    if (message->callback_url.some) {
        cs_add_form(&request, "StatusCallback", message->callback_url.value);
    }
    return request;
}

static cs_failure refusal(const cs_response *response) {
    const cs_meaning meaning = cs_kind_of_status(response->status);
    const cs_value refused = cs_parse(response->body);
    const cs_str status = cs_decimal(response->status);
    cs_failure told = cs_failure_of(meaning.kind, CS_CONCAT(CS("Twilio answered with status "), status));
    told.certainty = meaning.certainty;
    told.retry_after_seconds = cs_retry_after(response);
    if (!cs_is_there(refused)) {
        return told;
    }
    // Twilio refuses before it sends: a word of its own is a clear no. Only its own trouble (5xx) leaves a doubt.
    if (response->status < 500) {
        told.certainty = CS_NOT_SENT;
    }
    told.text = cs_or(cs_text_at(refused, "/message"), told.text);
    if (cs_u32_at(refused, "/code").some) {
        told.provider_code = cs_number_at(refused, "/code");
        const cs_option_failure_kind known = cs_kind_of(CODES, told.provider_code.value);
        told.kind = known.some ? known.value : told.kind;
    }
    return told;
}

static cs_sent reply(const cs_response *response) {
    if (!cs_is_success(response)) {
        return cs_failed(refusal(response));
    }
    const cs_value created = cs_parse(response->body);
    const cs_option_str sid = cs_text_at(created, "/sid");
    if (!sid.some) {
        return cs_failed(cs_unreadable());
    }
    const cs_str status = cs_or(cs_text_at(created, "/status"), CS(""));
    const bool queued = cs_equal(status, "queued") || cs_equal(status, "accepted") || cs_equal(status, "scheduled");
    cs_receipt receipt = cs_receipt_of(queued ? CS_RECEIPT_QUEUED : CS_RECEIPT_ACCEPTED, sid.value);
    // Twilio writes the number as a text, and 0 where it does not know it yet.
    receipt.segments = cs_u32_of(cs_or(cs_text_at(created, "/num_segments"), CS("")));
    receipt.segments.some = receipt.segments.some && receipt.segments.value > 0;
    const cs_option_str amount = cs_text_at(created, "/price"), currency = cs_text_at(created, "/price_unit");
    receipt.price = (cs_option_money){amount.some && currency.some, {amount.value, currency.value}};
    return cs_taken(receipt);
}

static cs_sent send(const cs_call *, cs_str config, const cs_message *message) {
    const cs_value settings = cs_parse(config);
    const cs_option_str account_sid = cs_text_at(settings, "/account_sid"), from = cs_text_at(settings, "/from");
    if (!account_sid.some || !from.some) {
        return cs_failed(cs_unset(account_sid.some ? "from" : "account_sid"));
    }
    const cs_request asked = request(account_sid.value, from.value, message);
    const cs_reply answer = cs_exchange(&asked);
    return answer.failed ? cs_failed(answer.failure) : reply(&answer.response);
}

CS_EXPORT_SMS(send)
