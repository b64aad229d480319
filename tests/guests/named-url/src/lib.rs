//! Calls whatever URL its configuration names: for private addresses in every spelling.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange, parse_config,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, config: &str, _message: &Message) -> Result<Receipt, Failure> {
        #[derive(serde::Deserialize)]
        struct Config {
            url: String,
        }
        exchange(Request::get(parse_config::<Config>(config)?.url))?;
        Ok(accepted(ReceiptStatus::Accepted, "reached"))
    }
}

connector!(Guest, "connector", "../../../wit");
