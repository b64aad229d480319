//! Status reports: a form for each part of a message, signed if the operator set keys for it in the console; without them the
//! address that nobody can guess speaks for it. <https://support.huaweicloud.com/intl/en-us/api-msgsms/sms_05_0003.html>

use countersign_sdk::encoding::{canonical_query, from_form, from_hex, sha256_hex};
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Moment, Report, ReportStatus, field_of, handled,
    header_of, kind_of, not_signed, query_of, report, signing, unreadable,
};

/// <https://support.huaweicloud.com/api-msgsms/sms_05_0051.html>; there are hundreds more, of the carriers.
const STATES: &CodeTable = &[
    ("BEYONDN", K::QuotaExceeded),
    ("BLACK", K::RecipientBlocked),
    ("CTLIMIT", K::RateLimited),
    ("KEYWORD", K::ContentRejected),
    ("LIMIT", K::QuotaExceeded),
    ("MBBLACK", K::RecipientBlocked),
    ("MILIMIT", K::RateLimited),
    ("TDBLACK", K::RecipientBlocked),
    ("TSBLACK", K::RecipientBlocked),
    ("SC:0001", K::ContentRejected),
    ("SC:0003", K::RecipientBlocked),
    ("SC:0004", K::RecipientBlocked),
    ("SC:0005", K::RecipientBlocked),
    ("SC:0006", K::ContentRejected),
    ("SC:0014", K::ContentRejected),
    ("SC:0015", K::ContentRejected),
    ("SC:0016", K::RecipientBlocked),
    ("SC:0017", K::InvalidConfig),
    ("SC:0018", K::InvalidConfig),
];

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    if signing::is_set("callback") && !is_signed(callback)? {
        return Err(not_signed("Huawei Cloud"));
    }
    let fields = from_form(&callback.body);
    let field = |name: &str| field_of(&fields, &[name]);
    let id = field("smsMsgId").ok_or_else(|| unreadable("it names no message"))?;
    let state = field("status").ok_or_else(|| unreadable("it names no status"))?;
    let status = status(&state);
    let told = Report {
        reference: field("extend"),
        at: field("updateTime").and_then(|time| Moment::milliseconds_of(&time)),
        kind: kind_of(STATES, &state).or_else(|| kind_of(super::CODES, &state)),
        provider_code: Some(state).filter(|_| status != ReportStatus::Delivered),
        text: field("statusDesc").filter(|_| status != ReportStatus::Delivered),
        segments: field("total").and_then(|total| total.parse().ok()).filter(|parts| *parts > 0),
        ..report(status, id)
    };
    Ok(handled(200, vec![told]))
}

/// Signed as requests to Huawei are, with the keys of pushing: <https://support.huaweicloud.com/api-msgsms/sms_05_0064.html>.
/// The body is always hashed here: a header that speaks for it would let it be another one.
fn is_signed(callback: &Callback) -> Result<bool, Failure> {
    let authorization = header_of(callback, "authorization").unwrap_or_default();
    let part = |name: &str| authorization.split([' ', ',']).find_map(|part| part.strip_prefix(name));
    let at = header_of(callback, "x-sdk-date");
    let (Some(signed), Some(signature), Some(at)) = (part("SignedHeaders="), part("Signature=").and_then(from_hex), at)
    else {
        return Ok(false);
    };
    let place = callback.url.split('?').next().unwrap_or_default();
    let (host, path) = place.trim_start_matches("https://").split_once('/').unwrap_or((place, ""));
    // Where a proxy stands before this service, the header names that.
    let value = |name: &str| if name == "host" { host } else { header_of(callback, name).unwrap_or_default().trim() };
    let headers: String = signed.split(';').map(|name| format!("{name}:{}\n", value(name))).collect();
    let pairs = query_of(callback);
    let query = canonical_query(&pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>());
    let (method, path, digest) = (&callback.method, path.trim_end_matches('/'), sha256_hex(&callback.body));
    let canonical = format!("{method}\n/{path}/\n{query}\n{headers}\n{signed}\n{digest}");
    signing::verify("callback", format!("SDK-HMAC-SHA256\n{at}\n{}", sha256_hex(canonical)), signature)
}

/// Seven states are those of the GSM standard; whatever else stands there is a carrier's reason why not.
fn status(state: &str) -> ReportStatus {
    match state {
        "DELIVRD" => ReportStatus::Delivered,
        "ACCEPTD" => ReportStatus::Accepted,
        "EXPIRED" => ReportStatus::Expired,
        "REJECTD" | "DELETED" => ReportStatus::Rejected,
        "UNKNOWN" => ReportStatus::Other,
        _ => ReportStatus::Undelivered,
    }
}
