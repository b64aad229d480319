//! Traps when the provider has already answered.

use countersign_sdk::{Call, Connector, Failure, Message, Receipt, Request, connector, exchange};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        let _ = exchange(Request::post("https://api.example.com/send"));
        panic!("a fault after the request")
    }
}

connector!(Guest, "connector", "../../../wit");
