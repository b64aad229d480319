//! Delivery callbacks: a GET whose query names the message, signed.
//! <https://developers.kudosity.com/docs/validating-webhook-signatures-from-kudosity>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, FailureKind, Handled, Moment, ReportStatus, field_of, handled, header_of, not_signed, query_of,
    report, signing, unreadable,
};

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let fields = query_of(callback);
    let signature = header_of(callback, "x-transmitsms-signature").and_then(from_hex).unwrap_or_default();
    if !signing::verify("callback", signed(&fields), signature)? {
        return Err(not_signed("Burst SMS"));
    }
    let (Some(id), Some(status)) = (field_of(&fields, &["message_id"]), field_of(&fields, &["status"])) else {
        return Err(unreadable("it names no message or no status"));
    };
    let (word, kind) = match status.as_str() {
        "delivered" => (ReportStatus::Delivered, None),
        "pending" => (ReportStatus::Sent, None),
        // Switched off, out of reach, or its validity has ended.
        "soft-bounce" => (ReportStatus::Undelivered, None),
        // Disconnected.
        "hard-bounce" => (ReportStatus::Undelivered, Some(FailureKind::InvalidRecipient)),
        _ => (ReportStatus::Other, None),
    };
    let mut told = report(word, id);
    told.kind = kind;
    told.at = field_of(&fields, &["datetime"]).and_then(|at| Moment::milliseconds_of(&at));
    told.provider_code = Some(status);
    Ok(handled(200, vec![told]))
}

/// The query's parameters as a JSON object of texts, in the order in which they came, as PHP's `json_encode` writes it.
fn signed(fields: &[(String, String)]) -> String {
    let written = fields.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value)));
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

/// PHP puts a backslash before `/` too, and leaves nothing outside ASCII.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' | '/' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='\u{7f}' => out.push(character),
            other => {
                out.extend(other.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    out + "\""
}
