//! Calls itself until the stack ends.

use countersign_sdk::{Call, Connector, Failure, Message, Receipt, connector};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, _message: &Message) -> Result<Receipt, Failure> {
        #[expect(unconditional_recursion, reason = "that is the point")]
        fn deeper(n: u64) -> u64 {
            core::hint::black_box(deeper(core::hint::black_box(n + 1)) + 1)
        }
        panic!("{}", deeper(0))
    }
}

connector!(Guest, "connector", "../../../wit");
