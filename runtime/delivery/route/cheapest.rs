//! Least cost at equal conversion. Pure.
//!
//! Of connectors that do well, the best is the one of whose codes most are used (by the lower end of what chance explains,
//! Wilson's interval). Another one is *as good* if the difference in used codes, and in codes used soon, could be none and
//! is at most five of a hundred: both ends of Newcombe's interval for the difference of two shares, at 95 % each. It is
//! *worse* if the difference can't be none, and *unproven* while so few codes were sent that neither can be said. The
//! cheapest of those that are as good is asked first, then the next cheapest, then everybody else as the operator set it.
//! Nobody comes first who is dearer than whom the operator put there: what that costs in used codes was his choice. Where
//! the operator's first one has no price, or nobody is proven, the order stands as it was set.
//!
//! So that it can be known: of a hundred messages, five go first to unproven ones that would be cheaper, and one to the best
//! if it is not asked first anyway. One that is worse gets none until what it did is forgotten.

use crate::prices::Price;

/// Fewer codes than this prove nothing.
const SENT_MIN: u64 = 50;
/// Differences above it count.
const MARGIN: f64 = 0.05;
/// Of the normal distribution, 5 % lie beyond it.
const Z: f64 = 1.645;
/// Of a thousand messages, those that go to unproven ones, and those that keep the best known.
const TO_UNPROVEN: u64 = 50;
const TO_BEST: u64 = 10;
/// What chance is thrown of.
pub const OF: u64 = 1_000_000;

/// Codes that were sent to numbers that nobody had sent one to before, those that were used, and those used soon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the line above says it")]
pub struct Record {
    pub sent: u64,
    pub used: u64,
    pub soon: u64,
}

/// A connector that may be asked.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// What a part costs.
    pub price: Option<Price>,
    /// What it did lately.
    pub record: Record,
    /// Whether its breaker is closed.
    pub is_well: bool,
}

/// How one stands beside the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Beside {
    /// Most of its codes are used.
    Best,
    /// As many of its codes are used, beyond what chance explains.
    AsGood,
    /// Fewer are.
    Worse,
    /// Too few were sent to tell.
    Unproven,
}

/// Who is asked first, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// All of them, by their place in the operator's order.
    pub order: Vec<usize>,
    /// How each stands, in the operator's order.
    pub beside: Vec<Beside>,
    /// Whether there are prices and records to decide by.
    pub by_price: bool,
}

impl Record {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { sent: self.sent + other.sent, used: self.used + other.used, soon: self.soon + other.soon }
    }

    /// Half of it.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { sent: self.sent / 2, used: self.used / 2, soon: self.soon / 2 }
    }
}

/// Who is asked first of `all`, which stand in the operator's order.
pub fn cheapest(all: &[Candidate]) -> Choice {
    let best = best(all);
    let beside: Vec<Beside> = all.iter().enumerate().map(|(at, one)| beside(at, one, best)).collect();
    let set_first = all.iter().find(|one| one.is_well).and_then(|one| one.price);
    let cost = |at: &usize| {
        let (one, beside) = (all.get(*at)?, beside.get(*at)?);
        let (price, first) = (one.price?, set_first?);
        let is_no_dearer = price.currency == first.currency && price.micros <= first.micros;
        let counts = matches!(beside, Beside::Best | Beside::AsGood) && is_no_dearer;
        counts.then_some(price.micros)
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    // Stable: the operator's order holds among equals.
    order.sort_by_key(|at| cost(at).map_or((1, 0), |micros| (0, micros)));
    let by_price = best.is_some() && set_first.is_some();
    Choice { order, beside, by_price }
}

/// In which order all are asked, by what this message threw below [`OF`]; none where nothing is tried out with it.
pub fn arranged(all: &[Candidate], thrown: Option<u64>) -> Vec<usize> {
    let mut choice = cheapest(all);
    if let Some(instead) = thrown.and_then(|thrown| explored(all, &choice, thrown)) {
        choice.order.retain(|at| *at != instead);
        choice.order.insert(0, instead);
    }
    choice.order
}

/// Who is asked first instead, by what this message threw below [`OF`].
fn explored(all: &[Candidate], choice: &Choice, thrown: u64) -> Option<usize> {
    let is_well = |at: &usize| all.get(*at).is_some_and(|one| one.is_well);
    let price = |at: &usize| all.get(*at)?.price;
    let first = choice.order.iter().copied().find(is_well).filter(|_| choice.by_price)?;
    let paid = price(&first)?;
    let stands = |at: &usize| choice.beside.get(*at).copied();
    let all_in_order = || (0..all.len()).filter(|at| *at != first).filter(is_well);
    let (to_unproven, to_best) = (OF / 1000 * TO_UNPROVEN, OF / 1000 * TO_BEST);
    if thrown < to_unproven {
        let cheaper =
            |at: &usize| price(at).is_some_and(|price| price.currency == paid.currency && price.micros < paid.micros);
        let unproven: Vec<usize> =
            all_in_order().filter(|at| stands(at) == Some(Beside::Unproven)).filter(cheaper).collect();
        let count = u64::try_from(unproven.len()).unwrap_or(u64::MAX);
        return unproven.get(usize::try_from(thrown.checked_rem(count)?).ok()?).copied();
    }
    (thrown < to_unproven + to_best).then(|| all_in_order().find(|at| stands(at) == Some(Beside::Best)))?
}

/// Of whose codes most are used for certain.
fn best(all: &[Candidate]) -> Option<(usize, Record)> {
    let known = all.iter().enumerate().filter(|(_, one)| one.is_well && one.record.sent >= SENT_MIN);
    let at_least = |record: &Record| wilson(record.used, record.sent).0;
    // The first of equals, as the operator set them.
    let best = known.rev().max_by(|(_, a), (_, b)| at_least(&a.record).total_cmp(&at_least(&b.record)));
    best.map(|(at, one)| (at, one.record))
}

fn beside(at: usize, one: &Candidate, best: Option<(usize, Record)>) -> Beside {
    let Some((best_at, best)) = best else { return Beside::Unproven };
    if at == best_at {
        return Beside::Best;
    }
    if one.record.sent < SENT_MIN {
        return Beside::Unproven;
    }
    let of = |best_used, used| difference((best_used, best.sent), (used, one.record.sent));
    let all = [of(best.used, one.record.used), of(best.soon, one.record.soon)];
    match () {
        () if all.iter().any(|(least, _)| *least > 0.0) => Beside::Worse,
        () if all.iter().all(|(_, most)| *most <= MARGIN) => Beside::AsGood,
        () => Beside::Unproven,
    }
}

/// By how much the first share is greater than the second, at least and at most (Newcombe 1998, method 10).
fn difference((used, sent): (u64, u64), (other_used, other_sent): (u64, u64)) -> (f64, f64) {
    let (share, other) = (used as f64 / sent as f64, other_used as f64 / other_sent as f64);
    let ((low, high), (other_low, other_high)) = (wilson(used, sent), wilson(other_used, other_sent));
    let least = share - other - (share - low).hypot(other_high - other);
    let most = share - other + (high - share).hypot(other - other_low);
    (least, most)
}

/// Between which shares the true one lies (Wilson 1927).
fn wilson(used: u64, sent: u64) -> (f64, f64) {
    let (n, z2) = (sent.max(1) as f64, Z * Z);
    let share = used.min(sent) as f64 / n;
    let (middle, around) = (share + z2 / (2.0 * n), Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt());
    let all = 1.0 + z2 / n;
    ((middle - around) / all, (middle + around) / all)
}

#[cfg(test)]
mod tests;
