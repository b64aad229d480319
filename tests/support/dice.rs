//! Chance that can be repeated: SplitMix64 from a seed that is printed, and so shown where a test fails.

pub struct Dice(u64);

impl Dice {
    /// A fresh seed for each run, or the one of `COUNTERSIGN_TEST_SEED`.
    pub fn thrown() -> Self {
        let given = std::env::var("COUNTERSIGN_TEST_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0);
        println!("repeat it with COUNTERSIGN_TEST_SEED={seed}");
        Self(seed)
    }

    pub fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of one's own for a task that runs beside others.
    pub fn split(&mut self) -> Self {
        Self(self.next())
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
