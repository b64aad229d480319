//! Yunpian, version 2: `single_send` for a text that matches an approved template, `tpl_single_send` for a template.
//! <https://www.yunpian.com/official/document/sms/zh_CN/domestic_single_send>

mod report;

use countersign_sdk::encoding::form;
use countersign_sdk::{
    Account, Call, Callback, CodeTable, Connector, Fail as _, Failure, FailureKind as K, Handled, Message, Money,
    Receipt, ReceiptStatus, Reports, Request, Response, Standing, Word, accepted, balance, connector, exchange,
    failure, parse_config,
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
    ("13", K::ContentRejected),
    ("15", K::InvalidConfig),
    ("16", K::InvalidConfig),
    ("17", K::RateLimited),
    ("20", K::UnsupportedDestination),
    ("22", K::RateLimited),
    ("23", K::UnsupportedDestination),
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

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    code: Option<Word>,
    msg: Option<String>,
    detail: Option<String>,
    sid: Option<Word>,
    count: Option<u32>,
    fee: Option<Word>,
    unit: Option<String>,
    nick: Option<String>,
    balance: Option<Word>,
}

impl Answer {
    /// An error page of a proxy says nothing but its status.
    fn of(response: &Response) -> Result<Self, Failure> {
        response.json().or_else(|doubt| if response.is_success() { Err(doubt) } else { Ok(Self::default()) })
    }

    fn refused(self, response: &Response) -> Failure {
        let said = [self.msg, self.detail].into_iter().flatten().collect::<Vec<_>>().join(": ");
        let told = response.refused(CODES, self.code.and_then(Word::filled), Some(said));
        // Its own trouble is no refusal, under whichever status.
        if told.kind == K::ProviderUnavailable && response.status < 500 { told.maybe_sent() } else { told }
    }
}

fn reply(response: &Response) -> Result<Receipt, Failure> {
    let answer = Answer::of(response)?;
    if answer.code.as_ref().map(Word::as_str) != Some("0") || !response.is_success() {
        return Err(answer.refused(response));
    }
    let id = answer.sid.and_then(Word::filled).filter(|id| id != "0");
    let id = id.ok_or_else(|| failure(K::InvalidResponse, "the answer says 0 and names no message").maybe_sent())?;
    let mut receipt = accepted(ReceiptStatus::Accepted, id);
    receipt.segments = answer.count.filter(|parts| *parts > 0);
    // Accounts that count messages instead have another unit.
    let priced = answer.fee.filter(|_| answer.unit.as_deref() == Some("RMB"));
    receipt.price = priced.map(|fee| Money { amount: fee.0, currency: "CNY".to_owned() });
    Ok(receipt)
}

fn standing(response: &Response) -> Result<Standing, Failure> {
    let mut answer = Answer::of(response)?;
    match answer.balance.take().and_then(Word::filled) {
        Some(amount) if response.is_success() => Ok(Standing { name: answer.nick, ..balance(amount, "CNY") }),
        _ => Err(answer.refused(response)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_told_where_the_account_has_one() {
        let price = |unit: &str| {
            let body = format!(r#"{{"code":0,"count":1,"fee":0.05,"unit":"{unit}","sid":3310228982}}"#);
            reply(&Response::new(200, body)).unwrap().price.map(|price| (price.amount, price.currency))
        };
        assert_eq!((price("RMB"), price("COUNT")), (Some(("0.05".into(), "CNY".into())), None));
    }
}
