//! The log of messages, and one of them.

use crate::store::{AttemptStatus, MessageStatus, SegmentsBy};

pub(in crate::console) const LEAD: &str =
    "Every message that was asked for, newest first. Numbers are masked, and codes and texts are never shown.";
pub(in crate::console) const CAPTION: &str = "Messages";
pub(in crate::console) const COLUMNS: [&str; 9] =
    ["When", "To", "Country", "Purpose", "Status", "Connector", "Segments", "Took", "Code used"];
pub(in crate::console) const EMPTY: &str = "No message yet. Whatever is sent or tested appears here.";
pub(in crate::console) const NONE_FITS: &str = "No message fits this filter.";
pub(in crate::console) const FILTER: &str = "Filter";
pub(in crate::console) const SHOW: &str = "Show";
pub(in crate::console) const CLEAR: &str = "Clear the filter";
pub(in crate::console) const STATUS: &str = "Status";
pub(in crate::console) const CONNECTOR: &str = "Connector";
pub(in crate::console) const COUNTRY: &str = "Country";
pub(in crate::console) const PURPOSE: &str = "Purpose";
pub(in crate::console) const SOURCE: &str = "Asked by";
pub(in crate::console) const VERIFICATION: &str = "Verification";
pub(in crate::console) const FROM: &str = "From (UTC)";
pub(in crate::console) const TO: &str = "Before (UTC)";
pub(in crate::console) const PLACE: &str = "Page";
pub(in crate::console) const EXPORT: &str = "Export CSV";
pub(in crate::console) const LIVE: &str = "Show new ones live";
pub(in crate::console) const NOT_LIVE: &str = "Stop live";
pub(in crate::console) const IS_LIVE: &str = "Live: the list is read again every five seconds.";
pub(in crate::console) const CHART_OF_A_DAY: &str = "Sends of the last 24 hours";
pub(in crate::console) const CHART_OF_THE_FILTER: &str = "Sends of this time";
pub(in crate::console) const CHART_COUNTS: &str =
    "The chart counts calls of connectors, whatever status or source you look for.";
pub(in crate::console) const NO_CHART: &str = "There is no chart of more than 31 days, or of a time that lies ahead.";
pub(in crate::console) const DRAW: &str = "Count and draw what was sent in this time";
pub(in crate::console) const NO_MESSAGE: &str = "there is no message of this id in this environment";

pub(in crate::console) const TITLE: &str = "Message";
pub(in crate::console) const RESEND_TEST: &str = "Resend test";
pub(in crate::console) const ID: &str = "Id";
pub(in crate::console) const RECIPIENT: &str = "To";
pub(in crate::console) const LOCALE: &str = "Language";
pub(in crate::console) const SUBJECT: &str = "Subject";
pub(in crate::console) const MADE: &str = "Made";
pub(in crate::console) const ENDS: &str = "Code ends";
pub(in crate::console) const USED: &str = "Code used";
pub(in crate::console) const WHY: &str = "Why";
pub(in crate::console) const ATTEMPTS: &str = "Attempts";
pub(in crate::console) const NO_ATTEMPT: &str = "No connector was asked for it.";
pub(in crate::console) const REVISION: &str = "Revision";
pub(in crate::console) const STARTED: &str = "Began";
pub(in crate::console) const TOOK: &str = "Took";
pub(in crate::console) const SEGMENTS: &str = "Segments";
pub(in crate::console) const NETWORK: &str = "Network";
pub(in crate::console) const KIND: &str = "What went wrong";
pub(in crate::console) const CERTAINTY: &str = "Was it sent";
pub(in crate::console) const SAID: &str = "What the provider said";
pub(in crate::console) const PROVIDER_IDS: &str = "Provider's ids";
pub(in crate::console) const REFERENCE: &str = "Our reference";
pub(in crate::console) const BY_PROVIDER: &str = "The provider makes and checks the code";
pub(in crate::console) const REPORTS: &str = "Reports";
pub(in crate::console) const NO_REPORT: &str = "The provider has reported nothing of it.";
pub(in crate::console) const REPORT_COLUMNS: [&str; 6] = ["Came", "Attempt", "Says", "Words", "More", "Counted"];
pub(in crate::console) const MOVED: &str = "changed the status";
pub(in crate::console) const NOT_MOVED: &str = "said nothing new";
pub(in crate::console) const NOT_VERIFIED: &str = "not proven to be the provider's, so it changes nothing";
pub(in crate::console) const EXCHANGE: &str = "Request and response";
pub(in crate::console) const DOWNLOAD: &str = "Download transcript";
pub(in crate::console) const WHOLE: &str = "Open this message on a page of its own";
pub(in crate::console) const YES: &str = "yes";
pub(in crate::console) const NO: &str = "no";
pub(in crate::console) const NOT_TOLD: &str = "not told";

pub(in crate::console) const EXCHANGE_LEAD: &str = "As it went over the wire, without what is anybody's: secrets, number, code and text are replaced by samples. It is kept in memory only, for a connector's last twenty failed sends.";
pub(in crate::console) const REQUEST: &str = "Request";
pub(in crate::console) const RESPONSE: &str = "Response";
pub(in crate::console) const FAULT: &str = "Instead of a response";
pub(in crate::console) const NO_EXCHANGE: &str = "The connector sent no request.";
pub(in crate::console) const TRANSCRIPT: &str = "The whole transcript";
pub(in crate::console) const NOT_KEPT: &str = "nothing is kept of this attempt";

/// Every status that can be looked for, in the order of a message's life.
pub(in crate::console) const STATUSES: [MessageStatus; 8] = [
    MessageStatus::Queued,
    MessageStatus::Sending,
    MessageStatus::Accepted,
    MessageStatus::Delivered,
    MessageStatus::Undelivered,
    MessageStatus::Refused,
    MessageStatus::Unknown,
    MessageStatus::NotSent,
];

/// The mark of a status, and its word.
pub(in crate::console) fn status(status: MessageStatus) -> (&'static str, &'static str) {
    match status {
        MessageStatus::Queued => ("quiet", "Waiting"),
        MessageStatus::Sending => ("quiet", "Sending"),
        MessageStatus::Accepted => ("good", "Accepted"),
        MessageStatus::Delivered => ("good", "Delivered"),
        MessageStatus::Undelivered => ("bad", "Not delivered"),
        MessageStatus::Refused => ("bad", "Refused"),
        MessageStatus::Unknown => ("warn", "Unknown"),
        MessageStatus::NotSent => ("quiet", "Kept back"),
    }
}

/// The mark of an attempt's outcome, and its word.
pub(in crate::console) fn outcome(status: AttemptStatus) -> (&'static str, &'static str) {
    self::status(match status {
        AttemptStatus::Sending => MessageStatus::Sending,
        AttemptStatus::Accepted => MessageStatus::Accepted,
        AttemptStatus::Refused => MessageStatus::Refused,
        AttemptStatus::Unknown => MessageStatus::Unknown,
        AttemptStatus::Delivered => MessageStatus::Delivered,
        AttemptStatus::Undelivered => MessageStatus::Undelivered,
    })
}

/// Whether a code was used.
pub(in crate::console) fn used(used: Option<bool>) -> &'static str {
    match used {
        Some(true) => YES,
        Some(false) => NO,
        None => NOT_TOLD,
    }
}

/// For who reads by ear: which of the rows of one moment it is.
pub(in crate::console) fn to_whom(masked: &str) -> String {
    format!(", to {masked}")
}

/// The heading of an attempt.
pub(in crate::console) fn attempt(number: u32) -> String {
    format!("Attempt {number}")
}

/// What is known about a message that failed.
pub(in crate::console) fn certainty(word: &str) -> &str {
    match word {
        "not-sent" => "no, certainly not",
        "unknown" => "nobody knows: it may have been",
        other => other,
    }
}

/// A failure's kind, in words; the contract's own word stands beside it.
pub(in crate::console) fn kind(word: &str) -> String {
    let told = word.replace('-', " ");
    let mut letters = told.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// How many parts, and who counted.
pub(in crate::console) fn segments(count: u32, by: Option<SegmentsBy>) -> String {
    match by {
        Some(SegmentsBy::Provider) => format!("{count}, as the provider counted"),
        Some(SegmentsBy::Host) => format!("{count}, as we counted"),
        None => count.to_string(),
    }
}

/// What is left of a message's text.
pub(in crate::console) fn content(has_ended: bool) -> &'static str {
    match has_ended {
        true => "The text and the code are erased.",
        false => {
            "The text and the code are shown nowhere. What is kept of them is sealed, and erased when the code ends at the latest."
        }
    }
}

/// The title of what went over the wire.
pub(in crate::console) fn exchange_of(number: u32) -> String {
    format!("Request and response of attempt {number}")
}

/// The place in the order of requests.
pub(in crate::console) fn nth(word: &str, index: usize, all: usize) -> String {
    match all {
        1 => word.to_owned(),
        _ => format!("{word} {}", index + 1),
    }
}
