//! Yunpian, version 2: `single_send` for a text that matches an approved template, `tpl_single_send` for a template.
//! <https://www.yunpian.com/official/document/sms/zh_CN/domestic_single_send>

mod report;

use countersign_sdk::encoding::form;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, accepted, balance, connector, exchange, failure,
    parse_config, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    server: String,
    signature: Option<String>,
    send_reference: bool,
}

/// <https://www.yunpian.com/official/document/sms/zh_CN/returnvalue_list>. A text that matches no template of this account
/// may match one elsewhere: that is no refused content.
const CODES: &CodeTable = &[
    ("1", K::InvalidConfig),
    ("2", K::InvalidConfig),
    ("3", K::InsufficientFunds),
    ("4", K::ContentRejected),
    ("5", K::InvalidConfig),
    ("7", K::InvalidConfig),
    ("8", K::RateLimited),
    ("9", K::RateLimited),
    ("10", K::RecipientBlocked),
    ("11", K::InvalidConfig),
    ("12", K::InvalidConfig),
    ("13", K::ContentRejected),
    ("14", K::InvalidConfig),
    ("15", K::InvalidConfig),
    ("16", K::InvalidConfig),
    ("17", K::QuotaExceeded),
    ("18", K::AuthenticationFailed),
    ("19", K::AuthenticationFailed),
    ("20", K::UnsupportedDestination),
    ("21", K::InvalidConfig),
    ("22", K::RateLimited),
    ("23", K::UnsupportedDestination),
    ("25", K::InvalidConfig),
    ("26", K::InsufficientFunds),
    ("27", K::InvalidConfig),
    ("28", K::ProviderUnavailable),
    ("33", K::RateLimited),
    ("40", K::InvalidConfig),
    ("43", K::RateLimited),
    ("48", K::ContentRejected),
    ("52", K::ContentRejected),
    ("-1", K::AuthenticationFailed),
    ("-2", K::AuthenticationFailed),
    ("-3", K::AuthenticationFailed),
    ("-4", K::RateLimited),
    ("-5", K::RateLimited),
    ("-50", K::ProviderUnavailable),
    ("-51", K::ProviderUnavailable),
    ("-53", K::ProviderUnavailable),
    ("-57", K::InvalidConfig),
];

struct Yunpian;

impl Connector for Yunpian {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        reply(&exchange(request(&parse_config(config)?, message))?)
    }
}

impl Account for Yunpian {
    /// <https://www.yunpian.com/official/document/sms/zh_CN/account_user_get>
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let none: [(&str, &str); 0] = [];
        standing(&exchange(Request::post(url(&config, "user/get")).form(none).credential("user"))?)
    }
}

impl Reports for Yunpian {
    fn handle(_call: &Call, _config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(callback)
    }
}

connector!(Yunpian, "connector-complete");

fn url(config: &Config, method: &str) -> String {
    format!("https://{}.yunpian.com/v2/{method}.json", config.server)
}

fn request(config: &Config, message: &Message) -> Request {
    // Numbers of mainland China go without, all others with `+` and calling code.
    let mut fields = vec![("mobile", message.to.strip_prefix("+86").unwrap_or(&message.to).to_owned())];
    let method = match &message.template_id {
        Some(id) => {
            fields.extend([("tpl_id", id.clone()), ("tpl_value", values(message))]);
            "sms/tpl_single_send"
        }
        None => {
            fields.push(("text", text(config, message)));
            "sms/single_send"
        }
    };
    if config.send_reference {
        fields.push(("uid", message.reference.clone()));
    }
    fields.extend(message.callback_url.clone().map(|url| ("callback_url", url)));
    Request::post(url(config, method)).form(fields).credential("apikey")
}

fn text(config: &Config, message: &Message) -> String {
    match message.sender.as_ref().or(config.signature.as_ref()) {
        Some(signature) if !message.text.starts_with('【') => format!("【{signature}】{}", message.text),
        _ => message.text.clone(),
    }
}

/// `#code#=1234&#app#=…`, each side percent-encoded.
fn values(message: &Message) -> String {
    let named: Vec<_> = message.parameters.iter().map(|p| (format!("#{}#", p.name), p.value.as_str())).collect();
    form(&named.iter().map(|(name, value)| (name.as_str(), *value)).collect::<Vec<_>>())
}

fn refused(response: &Response) -> Failure {
    let value = response.value();
    let (code, detail) = (word(&value, "/code"), word(&value, "/detail"));
    // One code for all that is malformed: which parameter it was is in the words only.
    let number = code.as_deref() == Some("2") && detail.as_ref().is_some_and(|detail| detail.contains("mobile"));
    let said = [word(&value, "/msg"), detail].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let told = response.refused(CODES, code, Some(said));
    if number {
        return Failure { kind: K::InvalidRecipient, ..told };
    }
    // Its own trouble is no refusal, under whichever status.
    if told.kind == K::ProviderUnavailable && response.status < 500 { told.maybe_sent() } else { told }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let value = response.value();
    if word(&value, "/code").as_deref() != Some("0") || !response.is_success() {
        return Err(refused(response));
    }
    let id = word(&value, "/sid").filter(|id| id != "0");
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says 0 and names no message").maybe_sent())?;
    let segments = word(&value, "/count").and_then(|count| count.parse().ok()).filter(|parts| *parts > 0);
    // Accounts that count messages instead have another unit.
    let fee = word(&value, "/fee").filter(|_| word(&value, "/unit").as_deref() == Some("RMB"));
    let price = fee.map(|amount| Money { amount, currency: "CNY".to_owned() });
    Ok(Receipt { segments, price, ..accepted(ReceiptStatus::Accepted, id) })
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let value = response.value();
    match word(&value, "/balance") {
        Some(left) if response.is_success() => Ok(Standing { name: word(&value, "/nick"), ..balance(left, "CNY") }),
        _ => Err(refused(response)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_counts_messages_has_no_price() {
        let body = r#"{"code":0,"count":1,"fee":1,"unit":"COUNT","sid":3310228982}"#;
        assert_eq!(reply(&Response::new(200, body)).unwrap().price.map(|price| price.amount), None);
    }
}
