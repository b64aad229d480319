//! Delivery reports: a list in JSON, which nothing signs; the address that nobody can guess speaks for it.
//! <https://help.aliyun.com/en/sms/developer-reference/smsreport-http>; of texts to other countries,
//! <https://www.alibabacloud.com/help/en/sms/developer-reference/sms-webhook-1>.

use countersign_sdk::{
    Answer, Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus, Word, kind_of, report,
    unreadable,
};
use serde::Deserialize;

/// What both kinds of reports say, under the names of either.
#[derive(Deserialize)]
struct Told {
    biz_id: Option<String>,
    #[serde(alias = "MessageId")]
    message_id: Option<Word>,
    #[serde(alias = "TaskId")]
    out_id: Option<String>,
    success: Option<bool>,
    #[serde(alias = "Status")]
    status: Option<Word>,
    #[serde(alias = "ErrorCode", alias = "error_code")]
    err_code: Option<String>,
    #[serde(alias = "ErrorDescription", alias = "error_description")]
    err_msg: Option<String>,
    #[serde(alias = "SmsSize")]
    sms_size: Option<Word>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // One report may come alone.
    let told: Vec<Told> = serde_json::from_slice(&callback.body)
        .or_else(|_| serde_json::from_slice(&callback.body).map(|one| vec![one]))
        .map_err(|_| unreadable("it is no report in JSON"))?;
    let reports = told.into_iter().map(read).collect::<Result<_, _>>()?;
    let answer =
        Answer { status: 200, content_type: "application/json".to_owned(), body: br#"{"code":0,"msg":"OK"}"#.to_vec() };
    Ok(Handled { reports, answer })
}

fn read(told: Told) -> Result<Report, Failure> {
    let id = told.biz_id.or_else(|| told.message_id.and_then(Word::filled));
    let id = id.ok_or_else(|| unreadable("it names no message"))?;
    let status = match (told.success, told.status.as_ref().map(Word::as_str)) {
        (Some(true), _) | (_, Some("1")) => ReportStatus::Delivered,
        (Some(false), _) | (_, Some("2")) => ReportStatus::Undelivered,
        (_, Some("6")) => ReportStatus::Expired,
        _ => ReportStatus::Other,
    };
    // What a carrier calls its success is no code of a failure.
    let code = told.err_code.filter(|code| status != ReportStatus::Delivered && !code.is_empty());
    Ok(Report {
        reference: told.out_id.filter(|reference| !reference.is_empty()),
        kind: code.as_deref().and_then(meaning),
        provider_code: code,
        text: told.err_msg.filter(|_| status != ReportStatus::Delivered),
        segments: told.sms_size.and_then(|size| size.as_str().parse().ok()).filter(|parts| *parts > 0),
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
    ("SIGNATURE_BLACKLIST", K::InvalidConfig),
    ("USER_REJECT", K::RecipientBlocked),
];

/// A message that was taken may still be refused by a code of the API.
fn meaning(code: &str) -> Option<K> {
    kind_of(CARRIERS, code).or_else(|| kind_of(super::CODES, code))
}
