//! Infobip: `POST https://{subdomain}.api.infobip.com/sms/3/messages`.
//! <https://www.infobip.com/docs/api/channels/sms/outbound-sms/send-sms-messages>

mod codes;
mod report;

use countersign_sdk::{
    Account, Call, Callback, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Receipt, ReceiptStatus,
    Reports, Request, Response, Standing, accepted, balance, connector, exchange, extra_of, parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use codes::CODES;

#[derive(Deserialize)]
struct Config {
    subdomain: String,
    sender: String,
    india_principal_entity_id: Option<String>,
    india_content_template_id: Option<String>,
    india_telemarketer_id: Option<String>,
}

impl Config {
    fn resource(&self, path: &str) -> String {
        format!("https://{}.api.infobip.com{path}", self.subdomain)
    }
}

/// Longest validity that Infobip takes, in seconds.
const VALIDITY_MAX: u32 = 48 * 3600;
/// Groups of states: what is on its way, what arrived.
const PENDING: u64 = 1;
const DELIVERED: u64 = 3;
/// An earlier request had our reference: what became of it, this answer does not say.
const DUPLICATE: &str = "REJECTED_DUPLICATE_MESSAGE_ID";

struct Infobip;

impl Connector for Infobip {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Infobip {
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(Request::get(config.resource("/account/1/balance")).credential("balance"))?)
    }
}

impl Reports for Infobip {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Infobip, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    messages: [Sms<'a>; 1],
    options: RequestOptions,
}

#[derive(Serialize)]
struct Sms<'a> {
    sender: &'a str,
    destinations: [Destination<'a>; 1],
    content: Content<'a>,
    options: Options<'a>,
    webhooks: Webhooks<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Destination<'a> {
    to: &'a str,
    message_id: &'a str,
}

#[derive(Serialize)]
struct Content<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options<'a> {
    validity_period: ValidityPeriod,
    #[serde(skip_serializing_if = "Option::is_none")]
    regional: Option<Regional<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ValidityPeriod {
    amount: u32,
    time_unit: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Regional<'a> {
    india_dlt: IndiaDlt<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IndiaDlt<'a> {
    principal_entity_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_template_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    telemarketer_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Webhooks<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery<'a>>,
    content_type: &'static str,
    /// Comes back with the report.
    callback_data: &'a str,
}

#[derive(Serialize)]
struct Delivery<'a> {
    url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestOptions {
    include_sms_count_in_response: bool,
}

fn request(config: &Config, message: &Message) -> Request {
    let entity = extra_of(message, "dlt-entity-id").or(config.india_principal_entity_id.as_deref());
    let regional = entity.map(|entity| Regional {
        india_dlt: IndiaDlt {
            principal_entity_id: entity,
            content_template_id: extra_of(message, "dlt-template-id").or(config.india_content_template_id.as_deref()),
            telemarketer_id: config.india_telemarketer_id.as_deref(),
        },
    });
    let sms = Sms {
        sender: message.sender.as_ref().unwrap_or(&config.sender).trim_start_matches('+'),
        destinations: [Destination { to: message.to.trim_start_matches('+'), message_id: &message.reference }],
        content: Content { text: &message.text },
        options: Options {
            validity_period: ValidityPeriod {
                amount: message.validity_seconds.clamp(1, VALIDITY_MAX),
                time_unit: "SECONDS",
            },
            regional,
        },
        webhooks: Webhooks {
            delivery: message.callback_url.as_deref().map(|url| Delivery { url }),
            content_type: "application/json",
            callback_data: &message.reference,
        },
    };
    let body = Body { messages: [sms], options: RequestOptions { include_sms_count_in_response: true } };
    Request::post(config.resource("/sms/3/messages")).credential("key").json(&body)
}

/// 200 also where it refuses: the message's state is in a group.
fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let answer: Value = response.json()?;
    let message = answer.pointer("/messages/0").unwrap_or(&Value::Null);
    let (id, state) = (word(message, "/messageId"), word(message, "/status/name"));
    match (message.pointer("/status/groupId").and_then(Value::as_u64), id) {
        (Some(PENDING | DELIVERED), Some(id)) => {
            let segments = word(message, "/details/messageCount").and_then(|count| count.parse().ok());
            Ok(Receipt { segments, ..accepted(ReceiptStatus::Queued, id) })
        }
        (Some(PENDING | DELIVERED) | None, _) => Err(response.refused(CODES, None, None)),
        (Some(_), _) => {
            let told = response.refused(CODES, state, word(message, "/status/description"));
            let doubt = told.kind == K::ProviderUnavailable || told.provider_code.as_deref() == Some(DUPLICATE);
            Err(if doubt { told.maybe_sent() } else { told })
        }
    }
}

/// The shape of version 3 of the API, and the older one, which gateways in front of it still use.
fn refusal(response: &Response) -> Failure {
    let answer = response.value();
    let old = "/requestError/serviceException";
    let code = word(&answer, "/errorCode").or_else(|| word(&answer, &format!("{old}/messageId")));
    let text = word(&answer, "/description").or_else(|| word(&answer, &format!("{old}/text")));
    let violation = word(&answer, "/violations/0/violation").map(|violation| format!(": {violation}"));
    let told = response.refused(CODES, code, text.map(|text| text + &violation.unwrap_or_default()));
    let of_recipient = word(&answer, "/violations/0/property").is_some_and(|property| property.ends_with("].to"));
    if of_recipient && told.kind == K::InvalidConfig { Failure { kind: K::InvalidRecipient, ..told } } else { told }
}

/// <https://www.infobip.com/docs/api/platform/account-management/get-account-balance>
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let answer: Value = response.json()?;
    let found = word(&answer, "/balance").zip(word(&answer, "/currency"));
    let (amount, currency) = found.ok_or_else(|| refusal(response))?;
    Ok(balance(amount, currency))
}
