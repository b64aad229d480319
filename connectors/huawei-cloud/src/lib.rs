//! Huawei Cloud Message & SMS, `batchSendSms`: a registered template to one number.
//! <https://support.huaweicloud.com/intl/en-us/api-msgsms/sms_05_0001.html>

mod report;

use countersign_sdk::encoding::{form, sha256_hex};
use countersign_sdk::{
    Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Moment, Receipt,
    ReceiptStatus, Reports, Request, Response, accepted, connector, exchange, failure, parse_config, signing, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    app_key: String,
    region: String,
    from: String,
    signature: Option<String>,
    signing: String,
}

const PATH: &str = "/sms/batchSendSms/v1";
const FORM: &str = "application/x-www-form-urlencoded";
const TAKEN: &str = "000000";

/// <https://support.huaweicloud.com/intl/en-us/api-msgsms/sms_05_0001.html>; those with `E2`, and from `E000628` on, are of one
/// number, in the answer or in its report: <https://support.huaweicloud.com/intl/en-us/api-msgsms/sms_05_0051.html>.
const CODES: &CodeTable = &[
    ("E000000", K::InvalidConfig),
    ("E000001", K::AuthenticationFailed),
    ("E000002", K::AuthenticationFailed),
    ("E000003", K::AuthenticationFailed),
    ("E000004", K::AuthenticationFailed),
    ("E000005", K::AuthenticationFailed),
    ("E000006", K::AuthenticationFailed),
    ("E000007", K::AuthenticationFailed),
    ("E000008", K::AuthenticationFailed),
    ("E000020", K::AuthenticationFailed),
    ("E000021", K::AuthenticationFailed),
    ("E000022", K::AuthenticationFailed),
    ("E000023", K::AuthenticationFailed),
    ("E000024", K::AuthenticationFailed),
    ("E000025", K::AuthenticationFailed),
    ("E000026", K::AuthenticationFailed),
    ("E000027", K::AuthenticationFailed),
    ("E000040", K::InvalidConfig),
    ("E000045", K::AuthenticationFailed),
    ("E000101", K::AuthenticationFailed),
    ("E000102", K::AuthenticationFailed),
    ("E000103", K::AuthenticationFailed),
    ("E000104", K::AuthenticationFailed),
    ("E000105", K::AuthenticationFailed),
    ("E000106", K::AuthenticationFailed),
    ("E000109", K::AuthenticationFailed),
    ("E000110", K::AuthenticationFailed),
    ("E000111", K::AuthenticationFailed),
    ("E000112", K::AuthenticationFailed),
    ("E000503", K::InvalidConfig),
    ("E000620", K::AuthenticationFailed),
    ("E000623", K::QuotaExceeded),
    ("E000628", K::UnsupportedDestination),
    ("E000629", K::InsufficientFunds),
    ("E000632", K::RecipientBlocked),
    ("E200015", K::RateLimited),
    ("E200018", K::InvalidConfig),
    ("E200019", K::InvalidConfig),
    ("E200024", K::UnsupportedDestination),
    ("E200025", K::UnsupportedDestination),
    ("E200026", K::UnsupportedDestination),
    ("E200027", K::UnsupportedDestination),
    ("E200028", K::InvalidConfig),
    ("E200029", K::InvalidConfig),
    ("E200030", K::InvalidConfig),
    ("E200031", K::InvalidConfig),
    ("E200032", K::InvalidConfig),
    ("E200033", K::InvalidConfig),
    ("E200034", K::ProviderUnavailable),
    ("E200035", K::ProviderUnavailable),
    ("E200036", K::ProviderUnavailable),
    ("E200038", K::Timeout),
    ("E200041", K::InvalidConfig),
    ("E200051", K::InvalidConfig),
];

struct HuaweiCloud;

impl Connector for HuaweiCloud {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Reports for HuaweiCloud {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(HuaweiCloud, "connector-with-reports");

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let values: Vec<_> = message.parameters.iter().map(|parameter| parameter.value.as_str()).collect();
    let values = serde_json::to_string(&values).unwrap_or_default();
    let mut fields = vec![
        ("from", message.sender.as_deref().unwrap_or(&config.from)),
        ("to", &message.to),
        ("templateId", message.template_id.as_deref().unwrap_or_default()),
    ];
    // A template without variables takes no list, not an empty one.
    if !message.parameters.is_empty() {
        fields.push(("templateParas", &values));
    }
    fields.extend(message.callback_url.as_deref().map(|url| ("statusCallback", url)));
    fields.push(("extend", &message.reference));
    fields.extend(config.signature.as_deref().map(|name| ("signature", name)));
    let host = format!("smsapi.{}.myhuaweicloud.com", config.region);
    let request = Request::post(format!("https://{host}{PATH}")).content(FORM, form(&fields));
    if config.signing == "wsse" { wsse(call, config, request) } else { signed(call, config, &host, request) }
}

/// The signature covers no body, as in Huawei's SDK, and a path that ends in a slash, as no request of it does.
/// <https://support.huaweicloud.com/intl/en-us/api-msgsms/sms_05_0046.html>
fn signed(call: &Call, config: &Config, host: &str, request: Request) -> Result<Request, Failure> {
    const AGENT: &str = "countersign";
    const SIGNED: &str = "content-type;host;user-agent;x-sdk-content-sha256;x-sdk-date";
    const PAYLOAD: &str = "UNSIGNED-PAYLOAD";
    let at = Moment::of(call).iso8601_basic();
    let headers = format!(
        "content-type:{FORM}\nhost:{host}\nuser-agent:{AGENT}\nx-sdk-content-sha256:{PAYLOAD}\nx-sdk-date:{at}\n"
    );
    let canonical = format!("POST\n{PATH}/\n\n{headers}\n{SIGNED}\n{PAYLOAD}");
    let marker = signing::sign("hmac", format!("SDK-HMAC-SHA256\n{at}\n{}", sha256_hex(canonical)))?;
    let key = &config.app_key;
    let authorization = format!("SDK-HMAC-SHA256 Access={key}, SignedHeaders={SIGNED}, Signature={marker}");
    let request = request.header("user-agent", AGENT).header("x-sdk-content-sha256", PAYLOAD);
    Ok(request.header("x-sdk-date", at).header("authorization", authorization).credential("hmac"))
}

fn wsse(call: &Call, config: &Config, request: Request) -> Result<Request, Failure> {
    let (key, nonce, created) = (&config.app_key, &call.nonce, Moment::of(call).iso8601());
    let marker = signing::digest("wsse", &[("nonce", nonce), ("created", &created)])?;
    let token =
        format!("UsernameToken Username=\"{key}\",PasswordDigest=\"{marker}\",Nonce=\"{nonce}\",Created=\"{created}\"");
    let realm = "WSSE realm=\"SDP\",profile=\"UsernameToken\",type=\"Appkey\"";
    Ok(request.header("authorization", realm).header("x-wsse", token).credential("wsse"))
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let value = response.value();
    let (of_request, of_number) = (word(&value, "/code"), word(&value, "/result/0/status"));
    // A number is refused by its own status, under whichever code of the request.
    let taken = of_request.as_deref() == Some(TAKEN);
    let code = of_number.clone().filter(|status| status != TAKEN || taken).or(of_request);
    if code.as_deref() != Some(TAKEN) || of_number.is_none() || !response.is_success() {
        let code = code.filter(|code| code != TAKEN);
        return Err(response.refused(CODES, code, word(&value, "/description")));
    }
    let id = word(&value, "/result/0/smsMsgId");
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer names no message").maybe_sent())?;
    let segments = word(&value, "/result/0/total").and_then(|total| total.parse().ok()).filter(|parts| *parts > 0);
    Ok(Receipt { segments, ..accepted(ReceiptStatus::Accepted, id) })
}
