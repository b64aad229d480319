//! Sends the header that its configuration names.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange, parse_config,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, config: &str, _message: &Message) -> Result<Receipt, Failure> {
        #[derive(serde::Deserialize)]
        struct Config {
            name: String,
            value: String,
        }
        let config: Config = parse_config(config)?;
        exchange(Request::post("https://api.example.com/send").header(&config.name, config.value))?;
        Ok(accepted(ReceiptStatus::Accepted, "smuggled"))
    }
}

connector!(Guest, "connector", "../../../wit");
