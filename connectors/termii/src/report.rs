//! Events: signed JSON for each step of a message, to one address of the account.
//! <https://developer.termii.com/events-and-reports>

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Callback, Failure, Handled, Report, ReportStatus, handled, header_of, not_signed, report, signing, unreadable, word,
};
use serde_json::Value;

const KEY: &str = "callback";

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    // Without the secret there is nothing to verify by; then the address alone speaks for the callback.
    if signing::is_set(KEY) && !signing::verify(KEY, &callback.body, signature(callback))? {
        return Err(not_signed("Termii"));
    }
    let event: Value = serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no JSON"))?;
    // The same address hears of what others write to the account, and of devices, which are no messages.
    let kind = word(&event, "/type").unwrap_or_default().to_lowercase();
    let other = !matches!(kind.as_str(), "" | "outbound") && word(&event, "/message_id").is_none();
    if kind == "inbound" || other {
        return Ok(handled(200, Vec::new()));
    }
    Ok(handled(200, vec![read(&event)?]))
}

fn signature(callback: &Callback) -> Vec<u8> {
    header_of(callback, "x-termii-signature").and_then(from_hex).unwrap_or_default()
}

fn read(event: &Value) -> Result<Report, Failure> {
    let id = word(event, "/message_id").ok_or_else(|| unreadable("it names no message"))?;
    let told = word(event, "/status").ok_or_else(|| unreadable("it names no status"))?;
    // `DELIVERED | Message delivered to handset`: a word, and perhaps more of it.
    let word = told.split('|').next().unwrap_or_default().trim().to_lowercase();
    let status = match word.as_str() {
        "message sent" => ReportStatus::Sent,
        "delivered" => ReportStatus::Delivered,
        "message failed" => ReportStatus::Undelivered,
        "expired" => ReportStatus::Expired,
        // The promotional route does not reach such numbers; another one may.
        "rejected" | "dnd active on phone number" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    };
    Ok(Report { text: Some(told), ..report(status, id) })
}
