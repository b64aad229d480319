
// Behind what `countersign new` wrote: the other two exports.

static cs_checked check(const cs_call *, cs_str) {
    cs_request asked = cs_get(CS("https://api.acme.example/v1/balance"));
    cs_add_credential(&asked, "balance");
    const cs_reply answer = cs_exchange(&asked);
    if (answer.failed) {
        return (cs_checked){.failed = true, .failure = answer.failure};
    }
    const cs_value told = cs_parse(answer.response.body);
    const cs_option_str amount = cs_number_at(told, "/balance");
    if (!cs_is_success(&answer.response) || !amount.some) {
        return (cs_checked){.failed = true, .failure = refusal(&answer.response)};
    }
    return (cs_checked){.standing = {.balance = {true, {amount.value, CS("USD")}}}};
}

CS_EXPORT_ACCOUNT(check)

static cs_read unread(cs_failure failure) {
    return (cs_read){.failed = true, .failure = failure};
}

static cs_read handle(const cs_call *, cs_str, const cs_callback *callback) {
    const cs_option_str hex = cs_header_of(callback->headers, "X-Signature");
    const cs_option_str signature = cs_from_hex(cs_or(hex, CS("")));
    const cs_verdict verdict = cs_verify("callback", callback->body, signature.value);
    if (verdict.failed) {
        return unread(verdict.failure);
    }
    if (!verdict.good) {
        return unread(cs_failure_of(CS_AUTHENTICATION_FAILED, CS("not signed by Acme")));
    }
    const cs_pairs fields = cs_from_form(callback->body);
    const cs_option_str code = cs_pair_of(fields, "code");
    static cs_str id;
    static cs_report report;
    id = cs_or(cs_pair_of(fields, "id"), CS(""));
    report = (cs_report){
        .message_ids = {&id, 1},
        .status = code.some ? CS_REPORT_UNDELIVERED : CS_REPORT_DELIVERED,
        .kind = cs_kind_of(CODES, cs_or(code, CS(""))),
        .provider_code = code,
        .text = cs_pair_of(fields, "text"),
    };
    cs_log(CS_INFO, CS("read a report"));
    return (cs_read){.handled = {.reports = {&report, 1}, .answer = {.status = 204, .content_type = CS("text/plain")}}};
}

CS_EXPORT_DELIVERY_REPORTS(handle)
