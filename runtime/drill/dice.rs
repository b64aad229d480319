//! Chance that can be repeated: SplitMix64 from a seed.

pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// From `from` on, and less than `end`.
    pub(super) fn between(&mut self, from: u64, end: u64) -> u64 {
        from + self.next() % end.saturating_sub(from).max(1)
    }

    pub(super) fn percent(&mut self, share: u64) -> bool {
        self.between(0, 100) < share
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
