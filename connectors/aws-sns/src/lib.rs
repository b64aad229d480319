//! Amazon SNS, `Publish` to a phone number, in the Query protocol.
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use countersign_sdk::encoding::{query, xml_text};
use countersign_sdk::signing::sigv4::Signer;
use countersign_sdk::{
    Account, Call, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Field, Message, Receipt, ReceiptStatus,
    Request, Response, Standing, accepted, connector, exchange, extra_of, parse_config,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    access_key_id: String,
    session_token: Option<String>,
    region: String,
    from: Option<String>,
    max_price: Option<String>,
    dlt_entity_id: Option<String>,
    dlt_template_id: Option<String>,
}

impl Config {
    /// The credential is the one that is pinned to the action of this form.
    fn signed(&self, call: &Call, credential: &str, fields: &[(&str, &str)]) -> Result<Request, Failure> {
        let Self { access_key_id, region, .. } = self;
        let signer = Signer { access_key_id, session_token: self.session_token.as_deref(), region, service: "sns" };
        // A form as AWS's own SDKs write it, to the byte: the signature covers it.
        let body = query(fields).replace("%20", "+");
        signer.post(call, credential, "application/x-www-form-urlencoded; charset=utf-8", &[], body)
    }
}

const VERSION: &str = "2010-03-31";

/// Of `Publish`: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors>; of every action:
/// <https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>.
const CODES: &CodeTable = &[
    ("AccessDenied", K::AuthenticationFailed),
    ("AccessDeniedException", K::AuthenticationFailed),
    ("AuthorizationError", K::AuthenticationFailed),
    ("EndpointDisabled", K::InvalidConfig),
    ("ExpiredToken", K::AuthenticationFailed),
    ("ExpiredTokenException", K::AuthenticationFailed),
    ("IncompleteSignature", K::AuthenticationFailed),
    ("InternalError", K::ProviderUnavailable),
    ("InternalFailure", K::ProviderUnavailable),
    ("InvalidAction", K::InvalidConfig),
    ("InvalidClientTokenId", K::AuthenticationFailed),
    ("InvalidParameter", K::InvalidConfig),
    ("InvalidParameterCombination", K::InvalidConfig),
    ("InvalidParameterValue", K::InvalidConfig),
    ("InvalidQueryParameter", K::InvalidConfig),
    ("InvalidSecurity", K::AuthenticationFailed),
    ("KMSAccessDenied", K::InvalidConfig),
    ("KMSDisabled", K::InvalidConfig),
    ("KMSInvalidState", K::InvalidConfig),
    ("KMSNotFound", K::InvalidConfig),
    ("KMSOptInRequired", K::AuthenticationFailed),
    ("KMSThrottling", K::RateLimited),
    ("MalformedHttpRequestException", K::InvalidConfig),
    ("MalformedQueryString", K::InvalidConfig),
    ("MissingAction", K::InvalidConfig),
    ("MissingAuthenticationToken", K::AuthenticationFailed),
    ("MissingParameter", K::InvalidConfig),
    ("NotAuthorized", K::AuthenticationFailed),
    ("NotFound", K::InvalidConfig),
    ("OptInRequired", K::AuthenticationFailed),
    ("OptedOut", K::RecipientBlocked),
    ("ParameterValueInvalid", K::InvalidConfig),
    ("PlatformApplicationDisabled", K::InvalidConfig),
    ("RequestAbortedException", K::ProviderUnavailable),
    ("RequestEntityTooLargeException", K::ContentRejected),
    ("RequestExpired", K::AuthenticationFailed),
    ("RequestTimeoutException", K::Timeout),
    ("ServiceUnavailable", K::ProviderUnavailable),
    ("SignatureDoesNotMatch", K::AuthenticationFailed),
    ("Throttled", K::RateLimited),
    ("Throttling", K::RateLimited),
    ("ThrottlingException", K::RateLimited),
    ("UnknownOperationException", K::InvalidConfig),
    ("UnrecognizedClientException", K::AuthenticationFailed),
    ("ValidationError", K::InvalidConfig),
    ("ValidationException", K::InvalidConfig),
];

/// Of these nobody knows what became of the request.
const UNCLEAR: [&str; 2] = ["RequestAbortedException", "RequestTimeoutException"];

struct Sns;

impl Connector for Sns {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(call, &parse_config(config)?, message)?)?)
    }
}

impl Account for Sns {
    fn check(call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let fields = [("Action", "GetSMSSandboxAccountStatus"), ("Version", VERSION)];
        standing(&exchange(config.signed(call, "aws_account", &fields)?)?)
    }
}

connector!(Sns, "connector-with-account");

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let mut fields = vec![
        ("Action".to_owned(), "Publish"),
        ("Version".to_owned(), VERSION),
        ("PhoneNumber".to_owned(), &message.to),
        ("Message".to_owned(), &message.text),
    ];
    for (index, (name, kind, value)) in attributes(config, message).into_iter().enumerate() {
        let entry = format!("MessageAttributes.entry.{}", index + 1);
        fields.push((format!("{entry}.Name"), name));
        fields.push((format!("{entry}.Value.DataType"), kind));
        fields.push((format!("{entry}.Value.StringValue"), value));
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    config.signed(call, "aws", &fields)
}

/// <https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html>
fn attributes<'a>(config: &'a Config, message: &'a Message) -> Vec<(&'static str, &'static str, &'a str)> {
    // Of a number that is barred from advertisements, SNS delivers this type alone.
    let mut found = vec![("AWS.SNS.SMS.SMSType", "String", "Transactional")];
    if let Some(sender) = message.sender.as_deref().or(config.from.as_deref()) {
        let is_number = sender.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
        let name = if is_number { "AWS.MM.SMS.OriginationNumber" } else { "AWS.SNS.SMS.SenderID" };
        found.push((name, "String", sender));
    }
    if let Some(price) = &config.max_price {
        found.push(("AWS.SNS.SMS.MaxPrice", "Number", price));
    }
    if let Some(entity) = extra_of(message, "dlt-entity-id").or(config.dlt_entity_id.as_deref()) {
        found.push(("AWS.MM.SMS.EntityId", "String", entity));
    }
    if let Some(template) = extra_of(message, "dlt-template-id").or(config.dlt_template_id.as_deref()) {
        found.push(("AWS.MM.SMS.TemplateId", "String", template));
    }
    found
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    if !response.is_success() {
        return Err(refusal(response));
    }
    let id = xml_text(&response.text(), "MessageId").filter(|id| !id.is_empty());
    id.map(|id| accepted(ReceiptStatus::Accepted, id)).ok_or_else(|| refusal(response))
}

fn refusal(response: &Response) -> Failure {
    let document = response.text();
    let told = response.refused(CODES, xml_text(&document, "Code"), xml_text(&document, "Message"));
    if told.provider_code.as_deref().is_some_and(|code| UNCLEAR.contains(&code)) {
        return told.maybe_sent();
    }
    if told.kind != K::InvalidConfig {
        return told;
    }
    // SNS has one code for whatever is wrong in a request, and names the parameter in words:
    // "Invalid parameter: PhoneNumber Reason: … is not valid to publish to".
    let of = |parameter: &str| told.text.contains(&format!("arameter: {parameter} "));
    let kind = match (of("PhoneNumber"), of("Message")) {
        (true, _) => K::InvalidRecipient,
        (_, true) => K::ContentRejected,
        _ => told.kind,
    };
    Failure { kind, ..told }
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let sandbox = xml_text(&response.text(), "IsInSandbox").filter(|_| response.is_success());
    let value = sandbox.ok_or_else(|| refusal(response))?;
    Ok(Standing { name: None, balance: None, extra: vec![Field { name: "sandbox".to_owned(), value }] })
}
