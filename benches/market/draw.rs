//! Chance that hangs on nothing but a seed and what it is asked about: whatever a policy does, the same message at the same
//! provider at the same time fares the same.

/// A source of chance about one matter.
#[derive(Clone)]
pub(crate) struct Draw(u64);

impl Draw {
    /// About this matter.
    pub(crate) fn of(seed: u64, matter: &[u64]) -> Self {
        Self(matter.iter().fold(mix(seed ^ 0x5DEE_CE66_D1CE_4E5B), |state, part| mix(state.rotate_left(7) ^ part)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// True with this probability.
    pub(crate) fn is(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Between both.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Until the next of events that come at random, with this mean.
    pub(crate) fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Half of them below `median`, with a long tail: how times are spread.
    pub(crate) fn around(&mut self, median: f64, sigma: f64) -> f64 {
        let (radius, angle) = ((-2.0 * (1.0 - self.unit()).ln()).sqrt(), std::f64::consts::TAU * self.unit());
        median * (sigma * radius * angle.cos()).exp()
    }

    /// One of them, by its share.
    pub(crate) fn one_of<T>(&mut self, all: &[(T, f64)]) -> usize {
        let mut left = self.unit() * all.iter().map(|(_, share)| share).sum::<f64>();
        let found = all.iter().position(|(_, share)| {
            left -= share;
            left < 0.0
        });
        found.unwrap_or(0)
    }
}

/// SplitMix64's finish: a number that looks like chance and is always the same.
fn mix(of: u64) -> u64 {
    let mut z = of.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
