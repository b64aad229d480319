//! Takes memory without end.

use countersign_sdk::{Call, Connector, Failure, Message, Receipt, connector};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        let mut hoard: Vec<Vec<u8>> = Vec::new();
        loop {
            hoard.push(core::hint::black_box(vec![1; 1 << 20]));
        }
    }
}

connector!(Guest, "connector", "../../../wit");
