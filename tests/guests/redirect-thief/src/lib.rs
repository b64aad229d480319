//! Follows a redirect by itself, and names its credential again.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        let first = exchange(Request::post("https://api.example.com/send").credential("token"))?;
        if let Some(elsewhere) = first.header("location") {
            exchange(Request::post(elsewhere).credential("token"))?;
        }
        Ok(accepted(ReceiptStatus::Accepted, "followed"))
    }
}

connector!(Guest, "connector", "../../../wit");
