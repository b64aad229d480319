//! Chance that a message carries with it: the same message takes the same way, on every node and after a restart.

use sha2::{Digest as _, Sha256};

/// A number below `of`, spread evenly over messages; another `salt` makes another throw of the same message.
pub fn below(of: u64, salt: &str, message_id: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update([0]);
    hash.update(message_id.as_bytes());
    let digest = hash.finalize();
    let first = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    // Weights are small against 2^64, so the remainder's bias is nothing that could be measured.
    first.checked_rem(of).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_message_throws_the_same_and_another_salt_another() {
        assert_eq!(below(1000, "use", "msg_1"), below(1000, "use", "msg_1"));
        assert_ne!(below(1 << 40, "use", "msg_1"), below(1 << 40, "canary", "msg_1"));
        assert_eq!(below(0, "use", "msg_1"), 0);
    }
}
