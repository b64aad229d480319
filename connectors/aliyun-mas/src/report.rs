//! Delivery reports: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://help.aliyun.com/en/pnvs/developer-reference/dypnssmsverifyreport-http>

use countersign_sdk::{
    Answer, Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, Word, kind_of, report,
    unreadable,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    biz_id: String,
    out_id: Option<String>,
    success: bool,
    err_code: Option<String>,
    err_msg: Option<String>,
    sms_size: Option<Word>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let told: Vec<Told> =
        serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no list of reports in JSON"))?;
    let answer =
        Answer { status: 200, content_type: "application/json".to_owned(), body: br#"{"code":0,"msg":"OK"}"#.to_vec() };
    Ok(Handled { reports: told.into_iter().map(read).collect(), answer })
}

fn read(told: Told) -> Report {
    let status = if told.success { ReportStatus::Delivered } else { ReportStatus::Undelivered };
    // What a carrier calls its success is no code of a failure.
    let code = told.err_code.filter(|code| !told.success && !code.is_empty());
    Report {
        reference: told.out_id.filter(|reference| !reference.is_empty()),
        kind: code.as_deref().and_then(meaning),
        provider_code: code,
        text: told.err_msg.filter(|_| !told.success),
        segments: told.sms_size.and_then(|size| size.as_str().parse().ok()).filter(|parts| *parts > 0),
        ..report(status, told.biz_id)
    }
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
    ("SIGNATURE_BLACKLIST", K::InvalidConfig),
    ("USER_REJECT", K::RecipientBlocked),
];

/// A message that was taken may still be refused by a code of the API.
fn meaning(code: &str) -> Option<K> {
    kind_of(CARRIERS, code).or_else(|| kind_of(super::CODES, code))
}
