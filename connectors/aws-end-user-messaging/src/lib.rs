//! AWS End User Messaging SMS (API "Pinpoint SMS Voice V2"), `SendTextMessage`.
//! <https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html>

mod report;
mod sigv4;

use std::collections::BTreeMap;

use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Failure, FailureKind as K, Field, Handled, Message, Receipt,
    ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, parse_config,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(crate) struct Config {
    access_key_id: String,
    session_token: Option<String>,
    region: String,
    origination_identity: Option<String>,
    configuration_set: Option<String>,
    protect_configuration: Option<String>,
    max_price: Option<String>,
    dlt_entity_id: Option<String>,
    dlt_template_id: Option<String>,
}

impl Config {
    fn host(&self) -> String {
        format!("sms-voice.{}.amazonaws.com", self.region)
    }
}

/// How long a message may wait, in seconds.
const TIME_TO_LIVE: (u32, u32) = (5, 259_200);

/// Under which name our reference stands in a message's context, which comes back in its events.
pub(crate) const REFERENCE: &str = "reference";

/// Exceptions, and the reasons that some of them give:
/// <https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html#API_SendTextMessage_Errors>,
/// <https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/CommonErrors.html>.
const CODES: &CodeTable = &[
    ("AccessDeniedException", K::AuthenticationFailed),
    ("ExpiredTokenException", K::AuthenticationFailed),
    ("IncompleteSignature", K::AuthenticationFailed),
    ("InternalServerException", K::ProviderUnavailable),
    ("InvalidSignatureException", K::AuthenticationFailed),
    ("MissingAuthenticationTokenException", K::AuthenticationFailed),
    ("ResourceNotFoundException", K::InvalidConfig),
    ("ServiceQuotaExceededException", K::QuotaExceeded),
    ("ServiceUnavailable", K::ProviderUnavailable),
    ("ThrottlingException", K::RateLimited),
    ("UnrecognizedClientException", K::AuthenticationFailed),
    ("ValidationException", K::InvalidConfig),
    // AccessDeniedException
    ("ACCOUNT_DISABLED", K::AuthenticationFailed),
    ("INSUFFICIENT_ACCOUNT_REPUTATION", K::AuthenticationFailed),
    // ConflictException
    ("DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", K::UnsupportedDestination),
    ("DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE", K::RecipientBlocked),
    ("DESTINATION_PHONE_NUMBER_NOT_VERIFIED", K::UnsupportedDestination),
    ("DESTINATION_PHONE_NUMBER_OPTED_OUT", K::RecipientBlocked),
    ("MESSAGE_TYPE_MISMATCH", K::InvalidConfig),
    ("NO_ORIGINATION_IDENTITIES_FOUND", K::InvalidConfig),
    ("NUMBER_CAPABILITIES_MISMATCH", K::InvalidConfig),
    ("REGISTRATION_NOT_COMPLETE", K::InvalidConfig),
    ("RESOURCE_NOT_ACTIVE", K::InvalidConfig),
    // ServiceQuotaExceededException
    ("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", K::QuotaExceeded),
    // ValidationException
    ("COUNTRY_CODE_MISMATCH", K::InvalidConfig),
    ("COUNTRY_NOT_ENABLED", K::UnsupportedDestination),
    ("DESTINATION_COUNTRY_BLOCKED", K::UnsupportedDestination),
    ("INTERNATIONAL_SENDING_NOT_SUPPORTED", K::UnsupportedDestination),
    ("INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", K::UnsupportedDestination),
    ("INVALID_PARAMETER", K::InvalidConfig),
    ("MAXIMUM_SIZE_EXCEEDED", K::ContentRejected),
    ("PRICE_OVER_THRESHOLD", K::UnsupportedDestination),
    ("RESOURCE_NOT_ACCESSIBLE", K::InvalidConfig),
    ("SENDER_ID_NOT_REGISTERED", K::InvalidConfig),
    ("SENDER_ID_NOT_SUPPORTED", K::InvalidConfig),
    ("SENDER_ID_REQUIRES_REGISTRATION", K::InvalidConfig),
];

struct EndUserMessaging;

impl Connector for EndUserMessaging {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for EndUserMessaging {
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let nothing = BTreeMap::<&str, &str>::new();
        let config = parse_config(config)?;
        standing(&exchange(sigv4::signed(call, &config, "DescribeAccountAttributes", &nothing, "aws_account")?)?)
    }
}

impl Reports for EndUserMessaging {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(EndUserMessaging, "connector-complete");

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Text<'a> {
    destination_phone_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origination_identity: Option<&'a str>,
    message_body: &'a str,
    message_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration_set_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<&'a str>,
    time_to_live: u32,
    context: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    destination_country_parameters: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protect_configuration_id: Option<&'a str>,
}

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let extra = |name: &str| message.extra.iter().find(|field| field.name == name).map(|field| field.value.as_str());
    let india = [
        ("IN_ENTITY_ID", extra("dlt-entity-id").or(config.dlt_entity_id.as_deref())),
        ("IN_TEMPLATE_ID", extra("dlt-template-id").or(config.dlt_template_id.as_deref())),
    ];
    let (shortest, longest) = TIME_TO_LIVE;
    let text = Text {
        destination_phone_number: &message.to,
        origination_identity: message.sender.as_deref().or(config.origination_identity.as_deref()),
        message_body: &message.text,
        message_type: "TRANSACTIONAL",
        configuration_set_name: config.configuration_set.as_deref(),
        max_price: config.max_price.as_deref(),
        time_to_live: message.validity_seconds.clamp(shortest, longest),
        context: BTreeMap::from([(REFERENCE, message.reference.as_str())]),
        destination_country_parameters: india.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        protect_configuration_id: config.protect_configuration.as_deref(),
    };
    sigv4::signed(call, config, "SendTextMessage", &text, "aws")
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    message_id: Option<String>,
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let id = response.json::<Sent>()?.message_id.filter(|id| !id.is_empty());
    id.map(|id| accepted(ReceiptStatus::Accepted, id)).ok_or_else(|| refusal(response))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refused {
    /// `com.amazonaws.pinpointsmsvoicev2#ConflictException`
    #[serde(rename = "__type")]
    exception: Option<String>,
    #[serde(alias = "message")]
    message: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    fields: Vec<Wrong>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wrong {
    name: String,
}

/// A reason says more than the exception that has it, and the parameter more than a reason that fits all of them.
fn refusal(response: &Response) -> Failure {
    let refused: Refused = response.json().unwrap_or_default();
    let exception = refused.exception.and_then(|name| name.rsplit('#').next().map(str::to_owned));
    let told = response.refused(CODES, refused.reason.or(exception), refused.message);
    if told.kind != K::InvalidConfig {
        return told;
    }
    let kind = match refused.fields.first().map(|field| field.name.as_str()) {
        Some("DestinationPhoneNumber") => K::InvalidRecipient,
        Some("MessageBody") => K::ContentRejected,
        _ => told.kind,
    };
    Failure { kind, ..told }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    account_attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    value: String,
}

/// Whether the account is in the sandbox: `ACCOUNT_TIER`.
fn standing(response: &Response) -> Result<Standing, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let found: Attributes = response.json()?;
    let extra = found.account_attributes.into_iter().map(|one| Field { name: one.name, value: one.value }).collect();
    Ok(Standing { name: None, balance: None, extra })
}
