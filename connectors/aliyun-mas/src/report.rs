//! Delivery reports: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://help.aliyun.com/en/pnvs/developer-reference/dypnssmsverifyreport-http>

use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, handled_saying, kind_of, report,
    unreadable, word,
};
use serde_json::Value;

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Value> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no list of reports in JSON"))?;
    let reports = told.iter().map(read).collect::<Result<_, _>>()?;
    Ok(handled_saying("application/json", r#"{"code":0,"msg":"OK"}"#, reports))
}

fn read(told: &Value) -> Result<Report, Failure> {
    let id = word(told, "/biz_id").ok_or_else(|| unreadable("it names no message"))?;
    let status = match word(told, "/success").as_deref() {
        Some("true") => ReportStatus::Delivered,
        Some("false") => ReportStatus::Undelivered,
        _ => return Err(unreadable("it does not say whether the message arrived")),
    };
    let failed = status != ReportStatus::Delivered;
    // What a carrier calls its success is no code of a failure.
    let code = word(told, "/err_code").filter(|_| failed);
    Ok(Report {
        reference: word(told, "/out_id"),
        kind: code.as_deref().and_then(meaning),
        provider_code: code,
        text: word(told, "/err_msg").filter(|_| failed),
        segments: word(told, "/sms_size").and_then(|size| size.parse().ok()).filter(|parts| *parts > 0),
        ..report(status, id)
    })
}

/// What carriers answer, in Alibaba Cloud's words: <https://help.aliyun.com/document_detail/101347.htm>.
const CARRIERS: &CodeTable = &[
    ("CONTENT_ERROR", K::ContentRejected),
    ("CONTENT_KEYWORD", K::ContentRejected),
    ("INVALID_NUMBER", K::InvalidRecipient),
    ("IS_CLOSE", K::ProviderUnavailable),
    ("MOBILE_ACCOUNT_ABNORMAL", K::InvalidRecipient),
    ("MOBILE_IN_BLACK", K::RecipientBlocked),
    ("MOBILE_NOT_ON_SERVICE", K::InvalidRecipient),
    ("MOBILE_SEND_LIMIT", K::RateLimited),
    ("NO_ROUTE", K::UnsupportedDestination),
    ("PARAMS_ILLEGAL", K::InvalidConfig),
    ("PORT_NOT_REGISTERED", K::InvalidConfig),
    ("SIGNATURE_BLACKLIST", K::InvalidConfig),
    ("SP_NOT_BY_INTER_SMS", K::UnsupportedDestination),
    ("SP_UNKNOW_ERROR", K::ProviderUnavailable),
    ("SP_UNKNOWN_ERROR", K::ProviderUnavailable),
    ("USER_REJECT", K::RecipientBlocked),
];

/// A message that was taken may still be refused by a code of the API.
fn meaning(code: &str) -> Option<K> {
    kind_of(CARRIERS, code).or_else(|| super::kind_of_code(code))
}
