//! Reports a success that never happened.

use countersign_sdk::{Call, Connector, Failure, Message, Receipt, ReceiptStatus, accepted, connector};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        Ok(accepted(ReceiptStatus::Accepted, "never sent"))
    }
}

connector!(Guest, "connector", "../../../wit");
