//! Delivery reports: a GET for each message, or a POST of up to twenty. Nothing signs them; the address speaks for them.
//! <https://docs.gupshup.io/docs/real-time-delivery-reports>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, CodeTable, Failure, FailureKind as K, Handled, Report, ReportStatus as S, Word, handled, kind_of,
    query_of, report, unreadable,
};
use serde::Deserialize;

/// Causes by their code; of those that are not here (a handset that is full, a network that is busy) another connector may do
/// better, and no kind says so.
const CODES: &CodeTable = &[
    ("001", K::Other),
    ("002", K::Other),
    ("003", K::InvalidRecipient),
    ("004", K::ProviderUnavailable),
    ("005", K::ProviderUnavailable),
    ("006", K::RecipientBlocked),
    ("007", K::RecipientBlocked),
    ("008", K::Other),
    ("009", K::InvalidConfig),
    ("00b", K::InvalidConfig),
    ("022", K::RecipientBlocked),
    ("023", K::InvalidRecipient),
    ("038", K::ContentRejected),
];

/// `SMSCTIMEDOUT`: the network's centre gave up.
const TIMED_OUT: &str = "00c";
/// `SUCCESS`.
const SUCCESS: &str = "000";

/// One event, as it is posted.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    external_id: String,
    event_type: String,
    event_ts: Option<Word>,
    cause: Option<String>,
    #[serde(alias = "errorCode")]
    err_code: Option<Word>,
    no_of_frags: Option<Word>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let events = if callback.method == "GET" { vec![queried(callback)?] } else { posted(&callback.body)? };
    Ok(handled(200, events.into_iter().map(reported).collect()))
}

fn queried(callback: &Callback) -> Result<Event, Failure> {
    let mut event = Event::default();
    for (name, value) in query_of(callback) {
        match name.trim() {
            "externalId" => event.external_id = value,
            "status" => event.event_type = value,
            "deliveredTS" => event.event_ts = Some(Word(value)),
            "cause" => event.cause = Some(value),
            "errCode" => event.err_code = Some(Word(value)),
            "noOfFrags" => event.no_of_frags = Some(Word(value)),
            _ => {}
        }
    }
    if event.external_id.is_empty() || event.event_type.is_empty() {
        return Err(unreadable("it names no message or no status"));
    }
    Ok(event)
}

/// A list, bare or as the field `response` of a form.
fn posted(body: &[u8]) -> Result<Vec<Event>, Failure> {
    let field = from_form(body).into_iter().find(|(name, _)| name == "response");
    let list = field.as_ref().map_or(body, |(_, value)| value.as_bytes());
    serde_json::from_slice(list).map_err(|_| unreadable("it is no list of events"))
}

fn reported(event: Event) -> Report {
    // 00a and its like are hexadecimal, and a number of JSON has no zeros in front.
    let code = event.err_code.and_then(Word::filled).map(|code| format!("{:0>3}", code.to_ascii_lowercase()));
    let code = code.filter(|code| code != SUCCESS);
    let status = match (event.event_type.as_str(), code.as_deref()) {
        ("SENT", _) => S::Sent,
        ("DELIVERED" | "SUCCESS", _) => S::Delivered,
        ("EXPIRED", _) | ("FAILED" | "FAILURE" | "UNDELIV", Some(TIMED_OUT)) => S::Expired,
        ("FAILED" | "FAILURE" | "UNDELIV", _) => S::Undelivered,
        _ => S::Other,
    };
    let number = |word: Option<Word>| word.and_then(|word| word.as_str().parse::<u64>().ok());
    Report {
        at: number(event.event_ts),
        kind: code.as_deref().and_then(|code| kind_of(CODES, code)),
        provider_code: code,
        text: event.cause.filter(|cause| !cause.is_empty()),
        segments: number(event.no_of_frags).and_then(|parts| u32::try_from(parts).ok()).filter(|parts| *parts > 0),
        ..report(status, event.external_id)
    }
}
