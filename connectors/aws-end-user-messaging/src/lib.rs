//! AWS End User Messaging SMS (API "Pinpoint SMS Voice V2"), `SendTextMessage`.
//! <https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html>

mod report;

use std::collections::BTreeMap;

use countersign_sdk::signing::sigv4::Signer;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Field, Handled, Message,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, connector, exchange, extra_of, kind_of,
    parse_config, word,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Config {
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

/// JSON 1.0: <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>.
const TYPE: &str = "application/x-amz-json-1.0";

impl Config {
    /// The credential is the one that is pinned to the action.
    fn signed(&self, call: &Call, credential: &str, action: &str, body: &impl Serialize) -> Result<Request, Failure> {
        let Self { access_key_id, region, .. } = self;
        let session_token = self.session_token.as_deref();
        let signer = Signer { access_key_id, session_token, region, service: "sms-voice" };
        // Serialising to memory fails only for maps whose keys are no strings, which no body of ours has.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let target = format!("PinpointSMSVoiceV2.{action}");
        signer.post(call, credential, TYPE, &[("x-amz-target", &target)], body)
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
    ("ConflictException", K::InvalidConfig),
    ("ExpiredTokenException", K::AuthenticationFailed),
    ("IncompleteSignature", K::AuthenticationFailed),
    ("IncompleteSignatureException", K::AuthenticationFailed),
    ("InternalFailure", K::ProviderUnavailable),
    ("InternalServerException", K::ProviderUnavailable),
    ("InvalidClientTokenId", K::AuthenticationFailed),
    ("InvalidSignatureException", K::AuthenticationFailed),
    ("MalformedHttpRequestException", K::InvalidConfig),
    ("MissingAuthenticationToken", K::AuthenticationFailed),
    ("MissingAuthenticationTokenException", K::AuthenticationFailed),
    ("NotAuthorized", K::AuthenticationFailed),
    ("OptInRequired", K::AuthenticationFailed),
    ("RequestAbortedException", K::ProviderUnavailable),
    ("RequestEntityTooLargeException", K::ContentRejected),
    ("RequestExpired", K::AuthenticationFailed),
    ("RequestTimeoutException", K::Timeout),
    ("ResourceNotFoundException", K::InvalidConfig),
    ("SerializationException", K::InvalidConfig),
    ("ServiceQuotaExceededException", K::QuotaExceeded),
    ("ServiceUnavailable", K::ProviderUnavailable),
    ("ThrottlingException", K::RateLimited),
    ("UnknownOperationException", K::InvalidConfig),
    ("UnrecognizedClientException", K::AuthenticationFailed),
    ("ValidationError", K::InvalidConfig),
    ("ValidationException", K::InvalidConfig),
    // AccessDeniedException
    ("ACCOUNT_DISABLED", K::AuthenticationFailed),
    ("INSUFFICIENT_ACCOUNT_REPUTATION", K::AuthenticationFailed),
    // ConflictException
    ("DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", K::UnsupportedDestination),
    ("DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE", K::RecipientBlocked),
    ("DESTINATION_PHONE_NUMBER_NOT_VERIFIED", K::UnsupportedDestination),
    ("DESTINATION_PHONE_NUMBER_OPTED_OUT", K::RecipientBlocked),
    // ServiceQuotaExceededException
    ("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", K::QuotaExceeded),
    // ValidationException; those that are not here say, as the exception does, that a parameter is wrong.
    ("CANNOT_ADD_OPTED_OUT_NUMBER", K::RecipientBlocked),
    ("COUNTRY_NOT_ENABLED", K::UnsupportedDestination),
    ("DESTINATION_COUNTRY_BLOCKED", K::UnsupportedDestination),
    ("INTERNATIONAL_SENDING_NOT_SUPPORTED", K::UnsupportedDestination),
    ("INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", K::UnsupportedDestination),
    ("MAXIMUM_SIZE_EXCEEDED", K::ContentRejected),
    ("PRICE_OVER_THRESHOLD", K::UnsupportedDestination),
];

/// Of these nobody knows what became of the request.
const UNCLEAR: [&str; 2] = ["RequestAbortedException", "RequestTimeoutException"];

struct EndUserMessaging;

impl Connector for EndUserMessaging {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for EndUserMessaging {
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        standing(&exchange(config.signed(call, "aws_account", "DescribeAccountAttributes", &json!({}))?)?)
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
    let india = [
        ("IN_ENTITY_ID", extra_of(message, "dlt-entity-id").or(config.dlt_entity_id.as_deref())),
        ("IN_TEMPLATE_ID", extra_of(message, "dlt-template-id").or(config.dlt_template_id.as_deref())),
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
    config.signed(call, "aws", "SendTextMessage", &text)
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let id = word(&response.value(), "/MessageId");
    id.map(|id| accepted(ReceiptStatus::Accepted, id)).ok_or_else(|| refusal(response))
}

/// A reason says more than the exception that has it, and the parameter more than a reason that fits all of them.
fn refusal(response: &Response) -> Failure {
    let refused = response.value();
    // `com.amazonaws.pinpointsmsvoicev2#ConflictException`, in the body or a header, perhaps with an address behind it:
    // https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization
    let named = word(&refused, "/__type").or_else(|| response.header("x-amzn-errortype").map(str::to_owned));
    let shape = named.and_then(|name| name.split(':').next().map(str::to_owned));
    let exception = shape.and_then(|name| name.rsplit('#').next().map(str::to_owned));
    let by_exception = exception.as_deref().and_then(|name| kind_of(CODES, name));
    let (reason, text) = (word(&refused, "/Reason"), word(&refused, "/Message").or_else(|| word(&refused, "/message")));
    let by_reason = reason.as_deref().and_then(|name| kind_of(CODES, name));
    let told = response.refused(CODES, reason.or(exception), text);
    if told.provider_code.as_deref().is_some_and(|code| UNCLEAR.contains(&code)) {
        return told.maybe_sent();
    }
    let kind = by_reason.or(by_exception).unwrap_or(told.kind);
    let kind = match word(&refused, "/Fields/0/Name").as_deref() {
        Some("DestinationPhoneNumber") if kind == K::InvalidConfig => K::InvalidRecipient,
        Some("MessageBody") if kind == K::InvalidConfig => K::ContentRejected,
        _ => kind,
    };
    Failure { kind, ..told }
}

/// Whether the account is in the sandbox: `ACCOUNT_TIER`.
fn standing(response: &Response) -> Result<Standing, Failure> {
    let answer = response.value();
    let attributes = answer.get("AccountAttributes").and_then(Value::as_array).filter(|_| response.is_success());
    let attributes = attributes.ok_or_else(|| refusal(response))?.iter();
    let extra = attributes.filter_map(|one| Some(Field { name: word(one, "/Name")?, value: word(one, "/Value")? }));
    Ok(Standing { name: None, balance: None, extra: extra.collect() })
}
