// From a provider's words to the contract's.

#include "bytes.h"

cs_option_failure_kind cs_kind_in(const cs_code *table, size_t count, cs_str code) {
    for (size_t i = 0; i < count; i++) {
        if (cs_equal(code, table[i].code)) {
            return (cs_option_failure_kind){true, table[i].kind};
        }
    }
    return (cs_option_failure_kind){0};
}

// A gateway's 5xx may come after the provider took it, a 503 says that nobody did.
cs_meaning cs_kind_of_status(uint16_t status) {
    switch (status) {
    case 401:
    case 403:
        return (cs_meaning){CS_AUTHENTICATION_FAILED, CS_NOT_SENT};
    case 402:
        return (cs_meaning){CS_INSUFFICIENT_FUNDS, CS_NOT_SENT};
    case 408:
        return (cs_meaning){CS_TIMEOUT, CS_UNKNOWN};
    case 429:
        return (cs_meaning){CS_RATE_LIMITED, CS_NOT_SENT};
    case 503:
        return (cs_meaning){CS_PROVIDER_UNAVAILABLE, CS_NOT_SENT};
    default:
        if (status >= 400 && status < 500) {
            return (cs_meaning){CS_INVALID_CONFIG, CS_NOT_SENT};
        }
        return (cs_meaning){status >= 500 && status < 600 ? CS_PROVIDER_UNAVAILABLE : CS_INVALID_RESPONSE, CS_UNKNOWN};
    }
}

cs_failure cs_failure_of(cs_failure_kind kind, cs_str text) {
    return (cs_failure){.kind = kind, .certainty = CS_NOT_SENT, .text = text};
}

cs_failure cs_unreadable(void) {
    cs_failure failure =
        cs_failure_of(CS_INVALID_RESPONSE, CS("the provider's answer is not the JSON that it documents"));
    failure.certainty = CS_UNKNOWN;
    return failure;
}

cs_failure cs_unset(const char *field) {
    const cs_str text = CS_CONCAT(CS("the configuration does not fit: it has no `"), cs_of(field), CS("`"));
    return cs_failure_of(CS_INVALID_CONFIG, text);
}

cs_receipt cs_receipt_of(cs_receipt_status status, cs_str id) {
    cs_str *ids = cs_with_one_more(NULL, 0, sizeof *ids);
    *ids = id;
    return (cs_receipt){.status = status, .message_ids = {ids, 1}};
}

cs_sent cs_taken(cs_receipt receipt) {
    return (cs_sent){.receipt = receipt};
}

cs_sent cs_failed(cs_failure failure) {
    return (cs_sent){.failed = true, .failure = failure};
}
