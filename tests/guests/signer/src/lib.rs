//! Plays the connectors of providers that want signatures: builds each one's canonical request and has the host sign
//! it. What goes over the wire is compared with the provider's own SDK (`tests/vectors`).

mod aliyun;
mod azure;
mod plain;
mod sigv4;
mod spaced;
mod tencent;
mod tokens;
mod wsse;

use countersign_sdk::{
    Call, Connector, Failure, FailureKind, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange,
    failure, parse_config,
};
use serde_json::{Map, Value};

/// The configuration of whichever provider it plays.
#[derive(serde::Deserialize)]
struct Config(Map<String, Value>);

impl Config {
    fn text(&self, name: &str) -> Result<&str, Failure> {
        let found = self.0.get(name).and_then(Value::as_str);
        found.ok_or_else(|| failure(FailureKind::InvalidConfig, format!("the configuration has no `{name}`")))
    }
}

struct Guest;

impl Connector for Guest {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        let answer = exchange(request(call, &config, message)?)?;
        if answer.is_success() {
            return Ok(accepted(ReceiptStatus::Accepted, "p_1"));
        }
        Err(failure(FailureKind::Other, format!("status {}", answer.status)))
    }
}

fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    match config.text("scheme")? {
        "sigv4" => sigv4::request(call, config, message),
        "tc3" => tencent::request(call, config, message),
        "tencent-form" => tencent::form_request(call, config, message),
        "acs3" => aliyun::request(call, config, message),
        "aliyun-rpc" => aliyun::rpc_request(call, config, message),
        "azure" => azure::request(call, config, message),
        "wsse" => wsse::request(call, config, message),
        "jwt" => tokens::request(config, message),
        "plain" => plain::request(config, message),
        other => Err(failure(FailureKind::InvalidConfig, format!("there is no scheme `{other}`"))),
    }
}

connector!(Guest, "connector", "../../../wit");
