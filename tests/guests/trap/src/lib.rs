//! Traps before it has sent anything. Its panic's words reach the log.

use countersign_sdk::{Call, Connector, Failure, Message, Receipt, connector};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        panic!("a fault of this connector")
    }
}

connector!(Guest, "connector", "../../../wit");
