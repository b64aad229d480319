//! Reads delivery reports of whichever provider its configuration names: what each signs, and where it puts that.

use countersign_sdk::encoding::{from_base64, from_form, from_hex};
use countersign_sdk::{
    Answer, Call, Callback, Connector, Failure, FailureKind, Handled, Message, Receipt, ReceiptStatus, Report,
    ReportStatus, Reports, Request, accepted, connector, exchange, failure, parse_config, signing,
};

#[derive(serde::Deserialize)]
struct Config {
    scheme: String,
    credential: String,
    /// Report whatever came, as a connector with a fault would.
    #[serde(default)]
    careless: bool,
}

#[derive(serde::Deserialize)]
struct Delivered {
    id: String,
}

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        exchange(Request::post("https://api.example.com/send"))?;
        Ok(accepted(ReceiptStatus::Accepted, "p_1"))
    }
}

impl Reports for Guest {
    fn handle(_call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure> {
        let config: Config = parse_config(config)?;
        let signed = signed(&config.scheme, callback);
        let verified = signed.and_then(|(data, signature)| signing::verify(&config.credential, data, signature));
        match verified {
            _ if config.careless => {}
            Ok(true) => {}
            Ok(false) => return Err(failure(FailureKind::AuthenticationFailed, "the signature is not the provider's")),
            Err(failure) => return Err(failure),
        }
        let report = Report {
            message_ids: vec![id(callback)?],
            reference: None,
            status: ReportStatus::Delivered,
            at: None,
            kind: None,
            provider_code: None,
            text: None,
            network: None,
            segments: None,
            price: None,
            extra: Vec::new(),
        };
        let answer = Answer { status: 200, content_type: "text/plain".to_owned(), body: b"ok".to_vec() };
        Ok(Handled { reports: vec![report], answer })
    }
}

/// What was signed, and the signature as raw bytes; a callback that has none is a forgery.
fn signed(scheme: &str, callback: &Callback) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let header = |name: &str| {
        let found = callback.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        let missing = || failure(FailureKind::AuthenticationFailed, format!("there is no header `{name}`"));
        found.map(|header| header.value.as_str()).ok_or_else(missing)
    };
    let unreadable = || failure(FailureKind::AuthenticationFailed, "the signature can't be read");
    let base64 = |name: &str| from_base64(header(name)?).ok_or_else(unreadable);
    let after = |start: String| [start.as_bytes(), &callback.body].concat();
    Ok(match scheme {
        "twilio" => (url_and_fields(callback), base64("x-twilio-signature")?),
        "telnyx" => (after(format!("{}|", header("telnyx-timestamp")?)), base64("telnyx-signature-ed25519")?),
        "timestamp-body-base64" => (after(header("x-timestamp")?.to_owned()), base64("x-signature")?),
        "body-base64" => (callback.body.clone(), base64("x-signature")?),
        "body-hex" => (callback.body.clone(), from_hex(header("x-signature")?).ok_or_else(unreadable)?),
        "bearer" => {
            let token = header("authorization")?.strip_prefix("Bearer ").ok_or_else(unreadable)?;
            (callback.body.clone(), token.as_bytes().to_vec())
        }
        other => return Err(failure(FailureKind::InvalidConfig, format!("there is no scheme `{other}`"))),
    })
}

/// The URL, and every field of the form behind it, sorted by name.
/// <https://www.twilio.com/docs/usage/security#validating-requests>
fn url_and_fields(callback: &Callback) -> Vec<u8> {
    let mut fields = from_form(&callback.body);
    fields.sort_unstable();
    let fields = fields.into_iter().map(|(name, value)| name + &value);
    std::iter::once(callback.url.clone()).chain(fields).collect::<String>().into_bytes()
}

fn id(callback: &Callback) -> Result<String, Failure> {
    if let Some((_, id)) = from_form(&callback.body).into_iter().find(|(name, _)| name == "MessageSid") {
        return Ok(id);
    }
    let read: Result<Delivered, _> = serde_json::from_slice(&callback.body);
    read.map(|report| report.id).map_err(|_| failure(FailureKind::InvalidResponse, "the report can't be read"))
}

connector!(Guest, "connector-with-reports", "../../../wit");
