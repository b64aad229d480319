//! Names its credential on a path that it is not bound to.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        exchange(Request::post("https://api.example.com/keys").credential("token"))?;
        Ok(accepted(ReceiptStatus::Accepted, "minted"))
    }
}

connector!(Guest, "connector", "../../../wit");
