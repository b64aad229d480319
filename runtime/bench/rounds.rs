//! Rounds in turn, and what they come to.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// Which code a round runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Native,
    Component,
}

/// What one round took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    pub(super) sends: u32,
    pub(super) wall: Duration,
    /// CPU time of this process, over all threads.
    pub(super) cpu: Duration,
}

/// One side's figures.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Measured {
    /// Sends a second.
    pub sends_per_second: f64,
    /// CPU time of the service's side for one send, in microseconds.
    pub cpu_us_per_send: f64,
}

/// Both sides, and what the sandbox adds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Comparison {
    /// Throughput with the component, as a share of the native one's.
    pub throughput_ratio_to_native: f64,
    /// CPU time that the sandbox adds to a send, in microseconds.
    pub cpu_us_per_send_added: f64,
    /// The baseline.
    pub native: Measured,
    /// A fresh instance for each send.
    pub component: Measured,
    /// Sends at once.
    pub concurrency: u32,
    /// Sends of a round.
    pub sends: u32,
    /// Pairs of rounds.
    pub rounds: u32,
}

/// Clocks that run during one round.
pub(super) struct Started {
    wall: Instant,
    cpu: Duration,
}

impl Started {
    pub(super) fn now() -> Self {
        Self { wall: Instant::now(), cpu: cpu() }
    }

    pub(super) fn end(self, sends: u32) -> Round {
        Round { sends, wall: self.wall.elapsed(), cpu: cpu().saturating_sub(self.cpu) }
    }
}

fn cpu() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

/// Run both sides in turn, after one short round of each that is not counted.
pub(super) async fn in_turn(
    rounds: u32,
    sends: u32,
    concurrency: u32,
    mut run: impl AsyncFnMut(Side, u32) -> anyhow::Result<Round>,
) -> anyhow::Result<Comparison> {
    for side in [Side::Native, Side::Component] {
        run(side, (sends / 5).max(concurrency)).await?;
    }
    let mut pairs = Vec::new();
    for number in 0..rounds {
        // Whoever comes second finds another machine than who came first: so they change places.
        pairs.push(if number % 2 == 0 {
            let native = run(Side::Native, sends).await?;
            (native, run(Side::Component, sends).await?)
        } else {
            let component = run(Side::Component, sends).await?;
            (run(Side::Native, sends).await?, component)
        });
    }
    let over = |figure: &dyn Fn(&(Round, Round)) -> f64| median(pairs.iter().map(figure).collect());
    Ok(Comparison {
        throughput_ratio_to_native: over(&|(native, component)| component.rate() / native.rate())?,
        cpu_us_per_send_added: over(&|(native, component)| component.cpu_us() - native.cpu_us())?,
        native: Measured {
            sends_per_second: over(&|(native, _)| native.rate())?,
            cpu_us_per_send: over(&|(native, _)| native.cpu_us())?,
        },
        component: Measured {
            sends_per_second: over(&|(_, component)| component.rate())?,
            cpu_us_per_send: over(&|(_, component)| component.cpu_us())?,
        },
        concurrency,
        sends,
        rounds,
    })
}

impl Round {
    fn rate(&self) -> f64 {
        f64::from(self.sends) / self.wall.as_secs_f64()
    }

    fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / f64::from(self.sends)
    }
}

fn median(mut values: Vec<f64>) -> anyhow::Result<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().context("there must be at least one round")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sides_change_places_and_what_is_added_is_the_median_over_pairs() {
        let mut order = Vec::new();
        let compared = in_turn(3, 100, 1, async |side, sends| {
            order.push(side);
            let ms = if side == Side::Native { 10 } else { 10 + order.len() as u64 };
            Ok(Round { sends, wall: Duration::from_millis(ms), cpu: Duration::from_millis(ms) })
        })
        .await
        .unwrap();
        let (n, c) = (Side::Native, Side::Component);
        assert_eq!(order, [n, c, n, c, c, n, n, c]);
        // Added in the three pairs: 4, 5 and 8 ms over 100 sends.
        assert!((compared.cpu_us_per_send_added - 50.0).abs() < 0.001, "{compared:?}");
        assert!((compared.throughput_ratio_to_native - 10.0 / 15.0).abs() < 0.001, "{compared:?}");
    }
}
