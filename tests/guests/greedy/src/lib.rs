//! Makes more requests than a call may.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        for _ in 0..100 {
            exchange(Request::post("https://api.example.com/send"))?;
        }
        Ok(accepted(ReceiptStatus::Accepted, "all of them"))
    }
}

connector!(Guest, "connector", "../../../wit");
