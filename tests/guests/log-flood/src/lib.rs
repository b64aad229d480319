//! Floods the log, with the number, the code and a terminal's control characters in it.

use countersign_sdk::{Call, Connector, Failure, FailureKind, Level, Message, Receipt, connector, failure, log};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, message: &Message) -> Result<Receipt, Failure> {
        for n in 0..100_000 {
            log(Level::Info, &format!("{n} {} {} \u{1b}[31m", message.to, message.text));
        }
        Err(failure(FailureKind::Other, format!("no: {}", message.text)))
    }
}

connector!(Guest, "connector", "../../../wit");
