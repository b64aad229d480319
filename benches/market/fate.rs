//! What becomes of a message that somebody's provider is asked to send.

use countersign::connector::contract::{Certainty, Failure, FailureKind};

use super::calendar::Calendar;
use super::draw::Draw;
use super::people::Person;
use super::world::World;

/// What a provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepts,
    Fails(FailureKind, Certainty),
}

/// What a provider says at last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// Seconds after its answer.
    pub(crate) after: f64,
    pub(crate) delivered: bool,
    pub(crate) kind: Option<FailureKind>,
    pub(crate) names_network: bool,
}

/// All of it. Seconds are from when it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fate {
    pub(crate) answer: Answer,
    pub(crate) answers_after: f64,
    /// Whether it went out, and is paid for.
    pub(crate) sent: bool,
    pub(crate) arrives_after: Option<f64>,
    pub(crate) told: Option<Told>,
    pub(crate) price: f64,
}

impl Fate {
    /// Of the `nth` message of somebody, at a provider, at a time.
    pub(crate) fn of(world: &World, calendar: &Calendar, who: &Person, nth: usize, provider: usize, at: f64) -> Self {
        let mut draw = Draw::of(world.seed, &[5, who.id, nth as u64, provider as u64]);
        let Person { country, network, .. } = *who;
        let (of, weather) = (&world.providers[provider], calendar.weather(provider, country, network, at));
        let there = &of.there[country];
        let (answer, answers_after, sent) = answer(who, &weather, of.answers, &mut draw);
        let (luck, report_luck, tale) = (draw.unit(), draw.unit(), draw.unit());
        let arrives = draw.around(there.median, there.sigma) * weather.slower;
        let told_after = draw.around(of.reports_after, 0.6);
        let delivered = sent && who.reachable && luck < there.delivers[network] * weather.delivers;
        let arrives_after = delivered.then_some(answers_after.min(0.5) + arrives);
        let says = if delivered { tale >= weather.wrong } else { weather.lies || tale < of.lies };
        let reports = sent && report_luck < of.reports * weather.reports;
        let told = reports.then(|| Told {
            after: told_after + if delivered { arrives } else { 0.0 },
            delivered: says,
            kind: (!says && !who.number_is_right).then_some(FailureKind::InvalidRecipient),
            names_network: of.names_network,
        });
        Self { answer, answers_after, sent, arrives_after, told, price: there.price * weather.dearer }
    }
}

/// What is answered, when, and whether it goes out.
fn answer(who: &Person, weather: &super::calendar::Weather, answers: f64, draw: &mut Draw) -> (Answer, f64, bool) {
    use Certainty::{NotSent, Unknown};
    let (luck, which, out) = (draw.unit(), draw.unit(), draw.is(0.5));
    let after = draw.around(answers, 0.4);
    let quick = after.min(0.08);
    let (refuses, errs) = (weather.refuses, weather.refuses + weather.errs);
    if luck < refuses {
        return (Answer::Fails(FailureKind::ProviderUnavailable, NotSent), quick, false);
    }
    if luck < errs {
        let kind = FailureKind::ProviderUnavailable;
        // Most are 503, which says that nothing was sent; of the others some were.
        return match which < 0.6 {
            true => (Answer::Fails(kind, NotSent), after, false),
            false => (Answer::Fails(kind, Unknown), after, out && which > 0.8),
        };
    }
    if luck < errs + weather.times_out {
        return (Answer::Fails(FailureKind::Timeout, Unknown), f64::INFINITY, out);
    }
    if !who.number_is_right && which < 0.7 {
        return (Answer::Fails(FailureKind::InvalidRecipient, NotSent), after, false);
    }
    (Answer::Accepts, after, true)
}

impl Answer {
    /// As the service would know it.
    pub(crate) fn failure(self) -> Option<Failure> {
        let Self::Fails(kind, certainty) = self else { return None };
        let (provider_code, retry_after_seconds) = (None, None);
        Some(Failure { kind, certainty, provider_code, text: String::new(), retry_after_seconds, extra: Vec::new() })
    }
}
