//! Never answers, and never gives the processor back.

use countersign_sdk::{Call, Connector, Failure, Message, Receipt, connector};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        let mut n = 0u64;
        loop {
            n = core::hint::black_box(n.wrapping_add(1));
        }
    }
}

connector!(Guest, "connector", "../../../wit");
