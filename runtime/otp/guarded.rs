//! The guard at work: what a message is asked about, in the transaction that would send it, and what is noted of it.

use std::net::IpAddr;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::attestation::{self, Demand};
use super::counted::Tally;
use super::guard::{self, Asked, Judgement};
use super::policy::Rules;
use super::settings::Known;
use super::{Otp, OtpError, limits};
use crate::clock::Timestamp;
use crate::delivery::{Letter, Plan};
use crate::phone::PhoneNumber;
use crate::store::{
    DecisionFilter, DecisionRow, Limited, NewDecision, NewMessage, NewTraffic, SendJudge, Sends, Verdict,
};

/// Decisions on a page at most.
const PAGE_MAX: u32 = 200;

/// What is known of a message beside its row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    /// To whom.
    to: &'a PhoneNumber,
    /// The end user's address.
    client: Option<IpAddr>,
    /// What it costs by the price list of the connector that is asked first; none where that has no price for it.
    cost_micros: Option<u64>,
    /// Whether somebody tells if its code is used.
    outcomes_told: bool,
}

impl<'a> Subject<'a> {
    /// Of what is to be sent, and by whom.
    pub(super) fn of(plan: &Plan, letter: &'a Letter, client: Option<IpAddr>, now: Timestamp) -> Self {
        let cost_micros = plan.cost_micros(letter, now);
        Self { to: &letter.to, client, cost_micros, outcomes_told: letter.use_is_told }
    }
}

/// What the guard looks at of a message.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    at: Timestamp,
    country: String,
    to: PhoneNumber,
    number_index: [u8; 32],
    client_index: Option<[u8; 32]>,
    client: Option<IpAddr>,
    cost_micros: u64,
    outcomes_told: bool,
}

/// A message that a rule of the guard fired for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `refused`, also where an attestation was missing; `recorded` where a rule would have refused it and only records;
    /// `allowed` where the allow list has it.
    pub outcome: String,
    /// The message, if it went out.
    pub message: Option<String>,
    /// The number, masked.
    pub to: String,
    /// Its country.
    pub country: Option<String>,
    /// Its purpose.
    pub purpose: String,
    /// What asked for it.
    pub source: String,
    /// What it cost, or would have, in millionths of the currency.
    pub cost_micros: u64,
    /// The rules, each with `rule`, `mode`, `measure`, `seen`, `limit` and `retry_at`.
    #[schema(value_type = Vec<Object>)]
    pub fired: Value,
}

/// Decisions, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Decisions {
    /// A page of them.
    pub items: Vec<Decision>,
    /// Where the next page begins.
    pub next: Option<String>,
}

impl Watched {
    fn of(message: &NewMessage, subject: Subject<'_>, known: &Known) -> Self {
        let Subject { to, client, cost_micros, outcomes_told } = subject;
        let country = to.country().map_or_else(|| format!("+{}", to.calling_code()), str::to_owned);
        Self {
            at: message.created_at,
            cost_micros: cost_micros.unwrap_or_else(|| known.guard().price_micros(&country)),
            country,
            to: to.clone(),
            number_index: message.number_index,
            client_index: message.client_index,
            client,
            outcomes_told,
        }
    }

    fn asked(&self) -> Asked<'_> {
        Asked {
            at: self.at,
            country: &self.country,
            number: self.to.e164(),
            area: self.to.area(),
            prefix: self.to.prefix(),
            number_index: &self.number_index,
            client_index: self.client_index.as_ref(),
            client: self.client,
            cost_micros: self.cost_micros,
            outcomes_told: self.outcomes_told,
        }
    }

    fn judge(&self, known: &Known, sends: &Sends, tally: &Tally, demand: Demand) -> Verdict {
        let (asked, rules) = (self.asked(), known.guard());
        let judgement = guard::judge(&asked, &sends.counts, rules);
        let mut limited = judgement.refused.map(|fired| Limited { rule: fired.rule.word(), retry_at: fired.retry_at });
        let mut outcome = judgement.outcome();
        if limited.is_none()
            && let Err(unproven) = demand.met(outcome == Some("recorded"), self.at)
        {
            // It is judged again with what its token comes to; and where no rule fired there is nothing to note.
            if demand.is_unread() || outcome.is_none() {
                return Err(unproven).into();
            }
            (limited, outcome) = (Some(unproven), Some("refused"));
        }
        let (writes, receipt) = guard::writes(&asked, &sends.counts, rules, &judgement, limited.is_none());
        let receipt = limited.is_none().then_some(receipt);
        let traffic = Some(self.traffic(&asked, known, &judgement, outcome));
        Verdict { decision: self.decision(&judgement, outcome, tally), limited, writes, receipt, traffic }
    }

    fn traffic(
        &self,
        asked: &Asked,
        known: &Known,
        judgement: &Judgement,
        outcome: Option<&'static str>,
    ) -> NewTraffic {
        NewTraffic {
            country: self.country.clone(),
            area: asked.area.to_owned(),
            block: asked.prefix.to_owned(),
            cost_micros: self.cost_micros,
            told: self.outcomes_told,
            outcome: outcome.unwrap_or("sent"),
            fired: judgement.fired.iter().map(|fired| fired.rule.word()).collect(),
            allowed: known.guard().allow.why(asked).map(guard::Allowed::word),
        }
    }

    fn decision(&self, judgement: &Judgement, outcome: Option<&'static str>, tally: &Tally) -> Option<NewDecision> {
        let outcome = outcome?;
        tally.fired(judgement.fired.iter().map(|fired| fired.rule.word()).collect(), outcome);
        let id = format!("dec_{}", Uuid::now_v7().simple());
        Some(NewDecision { id, outcome, cost_micros: self.cost_micros, fired: json!(judgement.fired) })
    }
}

/// Limits first: what they refuse is nothing that the guard has to know of. What it says there is in the tally.
pub(super) fn judge(
    message: &mut NewMessage,
    subject: Subject<'_>,
    rules: Rules,
    known: &Arc<Known>,
    demand: Demand,
) -> (SendJudge, Tally) {
    let tally = Tally::of(message);
    if known.guard().is_off() {
        return (attestation::judge(rules, demand, message.created_at), tally);
    }
    let watched = Watched::of(message, subject, known);
    message.reads = guard::reads(&watched.asked());
    let (known, noted) = (Arc::clone(known), tally.clone());
    let judge = move |sends: &Sends| match limits::send(&rules, sends, watched.at) {
        Ok(()) => watched.judge(&known, sends, &noted, demand),
        Err(limited) => Err(limited).into(),
    };
    (Box::new(judge), tally)
}

impl Otp {
    /// What the guard decided in an environment, newest first: all, or with one outcome.
    pub async fn decisions(
        &self,
        environment: &str,
        outcome: Option<String>,
        before: Option<String>,
        limit: u32,
    ) -> Result<Decisions, OtpError> {
        self.settings.of(environment).await?;
        let limit = limit.clamp(1, PAGE_MAX);
        let filter = DecisionFilter { environment: environment.to_owned(), outcome, before, limit: limit + 1 };
        let mut rows = self.store.decisions(filter).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        Ok(Decisions { items: rows.into_iter().map(Decision::from).collect(), next })
    }
}

impl From<DecisionRow> for Decision {
    fn from(row: DecisionRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            outcome: row.outcome,
            message: row.message_id,
            to: row.to_masked,
            country: row.country,
            purpose: row.purpose,
            source: row.source,
            cost_micros: row.cost_micros,
            fired: row.fired,
        }
    }
}
