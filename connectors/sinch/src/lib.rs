//! Sinch: `POST https://{region}.sms.api.sinch.com/xms/v1/{service_plan_id}/batches`, or a project's.
//! <https://developers.sinch.com/docs/sms/api-reference/sms/tag/Batches/>

mod report;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Handled, Message, Moment, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Deserialize)]
struct Config {
    region: String,
    service_plan_id: Option<String>,
    project_id: Option<String>,
    from: Option<String>,
}

impl Config {
    /// A service plan's resource and the credential that opens it, or a project's.
    fn resource(&self, name: &str, plan: &'static str, project: &'static str) -> (String, &'static str) {
        let (zone, id, credential) = match (&self.service_plan_id, &self.project_id) {
            (None, Some(id)) => ("zt.", id.as_str(), project),
            (id, _) => ("", id.as_deref().unwrap_or_default(), plan),
        };
        (format!("https://{zone}{}.sms.api.sinch.com/xms/v1/{id}/{name}", self.region), credential)
    }
}

/// Longest that Sinch tries, in seconds.
const VALIDITY_MAX: u32 = 3 * 86_400;

/// Codes of refusals that say something else than their status, and codes of delivery reports.
/// <https://developers.sinch.com/docs/sms/api-reference/status-codes/> and
/// <https://developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports/#tag/Delivery-reports/section/Delivery-report-error-codes>
const CODES: &CodeTable = &[
    ("unknown_campaign", K::InvalidConfig),
    ("unknown_group", K::InvalidConfig),
    ("missing_callback_url", K::InvalidConfig),
    ("402", K::UnsupportedDestination),
    ("403", K::ProviderUnavailable),
    ("404", K::ProviderUnavailable),
    ("405", K::InvalidConfig),
    ("407", K::Other),
    ("408", K::Other),
    ("410", K::InvalidConfig),
    ("411", K::ContentRejected),
    ("412", K::UnsupportedDestination),
    ("413", K::AuthenticationFailed),
];

struct Sinch;

impl Connector for Sinch {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message, call))?)
    }
}

impl Account for Sinch {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let (groups, credential) = config.resource("groups?page=0&page_size=1", "plan_groups", "project_groups");
        standing(&exchange(Request::get(groups).credential(credential))?)
    }
}

impl Reports for Sinch {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Sinch, "connector-complete");

#[derive(Serialize)]
struct Body<'a> {
    to: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    body: &'a str,
    r#type: &'static str,
    expire_at: String,
    client_reference: &'a str,
    /// A report needs an address: without one, Sinch refuses to promise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_report: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
}

fn request(config: &Config, message: &Message, call: &Call) -> Request {
    let validity = u64::from(message.validity_seconds.clamp(1, VALIDITY_MAX));
    let body = Body {
        to: [&message.to],
        from: message.sender.as_deref().or(config.from.as_deref()),
        body: &message.text,
        r#type: "mt_text",
        expire_at: Moment::from_seconds(Moment::of(call).seconds() + validity).iso8601(),
        client_reference: &message.reference,
        delivery_report: message.callback_url.is_some().then_some("per_recipient"),
        callback_url: message.callback_url.as_deref(),
    };
    let (batches, credential) = config.resource("batches", "plan", "project");
    Request::post(batches).credential(credential).json(&body)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let id = word(&response.json()?, "/id").ok_or_else(|| refusal(response))?;
    Ok(accepted(ReceiptStatus::Queued, id))
}

/// `code` and `text`. <https://developers.sinch.com/docs/sms/api-reference/status-codes/>
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    response.refused(CODES, word(&answer, "/code"), word(&answer, "/text"))
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    if !response.is_success() || !answer.get("groups").is_some_and(Value::is_array) {
        return Err(refusal(response));
    }
    Ok(Standing { name: None, balance: None, extra: Vec::new() })
}
