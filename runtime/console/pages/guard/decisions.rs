//! What the day cost so far, and what the guard decided.

use maud::{Markup, html};

use crate::api::Parts;
use crate::api::error::ApiError;
use crate::console::money;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Notice};
use crate::console::visit::Visit;
use crate::console::words::guard as words;
use crate::otp::guard::Mode;
use crate::otp::{DecidedSum, Decision};

const OUTCOMES: [&str; 3] = ["refused", "recorded", "allowed"];
/// The rules are below them.
const PAGE: u32 = 10;

pub(super) async fn standing(parts: &Parts, visit: &Visit, env: &str) -> Result<Markup, Refusal> {
    let now = parts.otp.guard_standing(env).await.map_err(|error| ApiError::otp(error, visit.now))?;
    let spent = money::shown(now.spent_micros);
    let spent =
        now.budget_micros.map_or_else(|| spent.clone(), |budget| words::of_budget(&spent, &money::shown(budget)));
    let is_out = now.budget_micros.is_some_and(|budget| now.spent_micros >= budget);
    let mode = match now.mode {
        Mode::Off => "off",
        Mode::Record => "record",
        Mode::Enforce => "enforce",
    };
    let facts = [
        (words::MODE, html! { (words::mode(mode)) }),
        (words::SPENT, html! { (spent) }),
        (words::MESSAGES, shell::number(now.messages)),
    ];
    let all = now.decided.iter().chain(&now.by_rule);
    let rows: Vec<Vec<Markup>> = all.map(sum).collect();
    let caption = if now.more { words::LATELY_SOME } else { words::LATELY };
    let content = html! {
        @if is_out { (shell::notice(&Notice::Warn(html! { (words::OUT_OF_MONEY) }))) }
        (shell::facts(&facts))
        @if rows.is_empty() { p { (words::NOTHING) } } @else {
            (shell::table(caption, &words::LATELY_COLUMNS, &rows))
            p.hint { (words::SEVERAL) }
        }
    };
    Ok(shell::section(words::STANDING, &content))
}

fn sum(sum: &DecidedSum) -> Vec<Markup> {
    vec![
        html! { (sum.rule.as_deref().map_or(words::ALL_RULES, words::rule)) },
        outcome(&sum.outcome),
        shell::number(sum.messages),
        html! { (money::shown(sum.cost_micros)) },
    ]
}

fn outcome(outcome: &str) -> Markup {
    let (kind, word) = words::outcome(outcome);
    shell::status(kind, word)
}

pub(super) async fn list(parts: &Parts, visit: &Visit, env: &str) -> Result<Markup, Refusal> {
    let query = Posted::parse(visit.query.as_bytes());
    let chosen = query.word("outcome").and_then(|word| OUTCOMES.into_iter().find(|one| *one == word));
    let cursor = query.word("cursor").map(str::to_owned);
    let page = parts.otp.decisions(env, chosen.map(str::to_owned), cursor.clone(), PAGE).await;
    let page = page.map_err(|error| ApiError::otp(error, visit.now))?;
    let here = |outcome: Option<&str>, cursor: Option<&str>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let pairs = [("outcome", outcome), ("cursor", cursor)];
        query.extend_pairs(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let query = query.finish();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        format!("/console/environments/{env}/guard{query}#decisions")
    };
    let mut tabs = vec![(words::ALL, here(None, None), chosen.is_none())];
    tabs.extend(OUTCOMES.map(|one| (words::outcome(one).1, here(Some(one), None), chosen == Some(one))));
    let rows: Vec<Vec<Markup>> = page.items.iter().map(|one| row(one, visit, env)).collect();
    let first = cursor.is_some().then(|| here(chosen, None));
    let older = page.next.as_deref().map(|next| here(chosen, Some(next)));
    Ok(html! {
        section #decisions.section {
            h2 { (words::DECISIONS) }
            (shell::tabs(words::OUTCOMES, &tabs))
            @if rows.is_empty() { (shell::empty(words::DECISIONS_EMPTY, None)) } @else {
                (shell::table(words::DECISIONS, &words::DECISIONS_COLUMNS, &rows))
            }
            (shell::pager(first.as_deref(), older.as_deref()))
        }
    })
}

fn row(one: &Decision, visit: &Visit, env: &str) -> Vec<Markup> {
    let when = shell::time(one.at, visit.now);
    let rules = one.fired.as_array().map(Vec::as_slice).unwrap_or_default();
    let rules: Vec<&str> = rules.iter().filter_map(|fired| fired.get("rule")?.as_str()).map(words::rule).collect();
    vec![
        html! { @match &one.message {
            Some(id) => a href={ "/console/environments/" (env) "/messages/" (id) } { (when) },
            None => (when),
        } },
        html! { (one.to) },
        html! { (one.country.as_deref().unwrap_or("–")) },
        outcome(&one.outcome),
        html! { (rules.join(", ")) },
        html! { (money::shown(one.cost_micros)) },
    ]
}
