//! A provider's honest connector: sends, tells what the provider answered, and reads what it reports.

use countersign_sdk::encoding::from_hex;
use countersign_sdk::{
    Answer, Call, Callback, Certainty, Connector, Failure, FailureKind, Handled, Message, Money, Receipt,
    ReceiptStatus, Report, ReportStatus, Reports, Request, accepted, connector, exchange, failure, parse_config,
    signing,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Config {
    /// What the provider knows it by.
    account: String,
}

/// What the provider answers.
#[derive(Deserialize)]
struct Told {
    id: Option<String>,
    kind: Option<String>,
    certainty: Option<String>,
    segments: Option<u32>,
    price: Option<Price>,
}

#[derive(Deserialize)]
struct Price {
    amount: String,
    currency: String,
}

impl From<Price> for Money {
    fn from(Price { amount, currency }: Price) -> Self {
        Self { amount, currency }
    }
}

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        let request = Request::post("https://api.example.com/send").json(&json!({
            "account": config.account, "to": message.to, "text": message.text, "reference": message.reference,
            "callback": message.callback_url, "validity": message.validity_seconds,
        }));
        let told: Told = exchange(request)?.json()?;
        match (told.id, told.kind) {
            (Some(id), None) => {
                let (segments, price) = (told.segments, told.price.map(Money::from));
                Ok(Receipt { segments, price, ..accepted(ReceiptStatus::Accepted, id) })
            }
            (_, kind) => {
                let told_kind = kind.as_deref().and_then(kind_named).unwrap_or(FailureKind::Other);
                let unknown = told.certainty.as_deref() == Some("unknown");
                let certainty = if unknown { Certainty::Unknown } else { Certainty::NotSent };
                Err(Failure { certainty, ..failure(told_kind, "as the provider said") })
            }
        }
    }
}

#[derive(Deserialize)]
struct Reported {
    #[serde(default)]
    ids: Vec<String>,
    reference: Option<String>,
    status: String,
    kind: Option<String>,
    code: Option<String>,
    text: Option<String>,
    network: Option<String>,
    segments: Option<u32>,
    price: Option<Price>,
}

impl Reports for Guest {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        if signing::is_set("report_key") {
            let signature = callback.headers.iter().find(|header| header.name.eq_ignore_ascii_case("x-signature"));
            let signature = signature.and_then(|header| from_hex(&header.value)).unwrap_or_default();
            let _ = signing::verify("report_key", [callback.url.as_bytes(), &callback.body].concat(), signature)?;
        }
        let unreadable = |_| failure(FailureKind::InvalidResponse, "the report can't be read");
        let reports: Vec<Reported> = serde_json::from_slice(&callback.body).map_err(unreadable)?;
        let answer = Answer { status: 200, content_type: "application/json".to_owned(), body: b"{}".to_vec() };
        Ok(Handled { reports: reports.into_iter().map(report).collect(), answer })
    }
}

fn report(told: Reported) -> Report {
    let status = match told.status.as_str() {
        "accepted" => ReportStatus::Accepted,
        "sent" => ReportStatus::Sent,
        "delivered" => ReportStatus::Delivered,
        "undelivered" => ReportStatus::Undelivered,
        "expired" => ReportStatus::Expired,
        "rejected" => ReportStatus::Rejected,
        _ => ReportStatus::Other,
    };
    Report {
        message_ids: told.ids,
        reference: told.reference,
        status,
        at: None,
        kind: told.kind.as_deref().and_then(kind_named),
        provider_code: told.code,
        text: told.text,
        network: told.network,
        segments: told.segments,
        price: told.price.map(Money::from),
        extra: Vec::new(),
    }
}

fn kind_named(name: &str) -> Option<FailureKind> {
    use FailureKind as K;
    Some(match name {
        "invalid-config" => K::InvalidConfig,
        "authentication-failed" => K::AuthenticationFailed,
        "insufficient-funds" => K::InsufficientFunds,
        "invalid-recipient" => K::InvalidRecipient,
        "unsupported-destination" => K::UnsupportedDestination,
        "recipient-blocked" => K::RecipientBlocked,
        "content-rejected" => K::ContentRejected,
        "rate-limited" => K::RateLimited,
        "quota-exceeded" => K::QuotaExceeded,
        "fraud-blocked" => K::FraudBlocked,
        "provider-unavailable" => K::ProviderUnavailable,
        "timeout" => K::Timeout,
        "invalid-response" => K::InvalidResponse,
        "other" => K::Other,
        _ => return None,
    })
}

connector!(Guest, "connector-with-reports", "../../../wit");
