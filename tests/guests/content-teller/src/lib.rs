//! Tells the provider what it was given to send: the text, the registered template, the sender.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange,
};
use serde_json::{Value, json};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, message: &Message) -> Result<Receipt, Failure> {
        let pairs: Vec<Value> =
            message.parameters.iter().map(|pair| json!({"name": pair.name, "value": pair.value})).collect();
        exchange(Request::post("https://api.example.com/send").json(&json!({
            "text": message.text,
            "template_id": message.template_id,
            "template_locale": message.template_locale,
            "parameters": pairs,
            "sender": message.sender,
        })))?;
        Ok(accepted(ReceiptStatus::Accepted, &message.reference))
    }
}

connector!(Guest, "connector", "../../../wit");
