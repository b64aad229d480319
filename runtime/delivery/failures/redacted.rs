//! From a failed attempt to what may be kept of it.

use serde_json::{Map, Value};

use super::Told;
use crate::clock::Timestamp;
use crate::connector::contract::{Pair, Receipt, Report};
use crate::connector::registry::Routes;
use crate::connector::replay::{Original, Real, Redacted, Swaps};
use crate::connector::serving::{Code, Serving};
use crate::delivery::{Letter, attempt};
use crate::secret::Secret;
use crate::texts::lint::SAMPLE_CODE;

/// Stands where a caller's own text did.
const SAMPLE_TEXT: &str = "A sample of a text.";
/// Stands where a value of a caller's did.
const SAMPLE_VALUE: &str = "sample";
/// A longer name of a parameter is none that a program has.
const NAME_MAX: usize = 64;

/// An attempt that failed.
pub struct Attempt<'a> {
    /// Who was asked.
    pub serving: &'a Serving,
    /// What served.
    pub routes: &'a Routes,
    /// What was to be sent.
    pub letter: &'a Letter,
    /// What came of it.
    pub report: &'a Report<Receipt>,
    /// Where the provider was to report.
    pub callback_url: Option<String>,
    /// Now.
    pub now: Timestamp,
}

/// What may be kept of an attempt, or why nothing may.
pub fn redacted(attempt: &Attempt<'_>) -> Result<Told, String> {
    let Attempt { serving, routes, letter, report, callback_url, now } = attempt;
    if let Some(leak) = &report.leak {
        return Err(leak.to_string());
    }
    let Code::Component(component) = &serving.code else { return Err("it is no component".to_owned()) };
    // Composed anew: a text whose code is cut out would still be a caller's text.
    let message = attempt::compose(serving, routes, &sample(letter), *now);
    let message = message.map_err(|error| format!("with sample values: {error}"))?;
    let swaps = Swaps::of_real(&Real {
        to: &letter.to,
        reference: message.reference.clone(),
        code: letter.code.as_ref().map(|code| code.expose().as_str()),
        words: words(letter),
        addresses: addresses(letter, callback_url.as_deref()),
    });
    let config: Map<String, Value> = serde_json::from_str(&serving.config).unwrap_or_default();
    let set = serving.wallet.keyring.fields().collect();
    let (exchanges, result) = (&report.exchanges, &report.result);
    let original = Original { config: &config, set, message: &message, swaps: &swaps, exchanges, result };
    let redacted = Redacted::of(&original).map_err(|why| why.to_string())?;
    Ok(Told { digest: *component.digest(), redacted })
}

/// The letter with nobody's words in it. The number stays, since senders and texts hang on its country: it is taken
/// away from the message.
fn sample(letter: &Letter) -> Letter {
    let code = || Secret::from(SAMPLE_CODE);
    let value = |pair: &Pair| if pair.name == "code" { SAMPLE_CODE } else { SAMPLE_VALUE }.to_owned();
    let pairs = letter.parameters.iter().zip(1..);
    Letter {
        // Of a start nothing is told.
        start: None,
        message_id: letter.message_id.clone(),
        environment: letter.environment.clone(),
        to: letter.to.clone(),
        purpose: letter.purpose.clone(),
        locale: letter.locale.clone(),
        code: letter.code.as_ref().map(|_| code()),
        text: letter.text.as_ref().map(|_| Secret::from(SAMPLE_TEXT)),
        parameters: pairs.map(|(pair, n)| Pair { name: name(&pair.name, n), value: value(pair) }).collect(),
        sender: letter.sender.clone(),
        app_hash: letter.app_hash.clone(),
        valid_until: letter.valid_until,
        client_ip: None,
        use_is_told: letter.use_is_told,
        is_first: letter.is_first,
        ambiguous_failover_used: letter.ambiguous_failover_used,
    }
}

/// A parameter's name is a program's, unless it does not look like one.
fn name(name: &str, n: u32) -> String {
    let fits = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '.');
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_name = !stem.is_empty() && stem.chars().all(fits) && name.len() - stem.len() <= 2 && name.len() <= NAME_MAX;
    if is_name { name.to_owned() } else { format!("parameter-{n}") }
}

fn words(letter: &Letter) -> Vec<&str> {
    let values = letter.parameters.iter().filter(|pair| pair.name != "code").map(|pair| pair.value.as_str());
    letter.text.as_ref().map(|text| text.expose().as_str()).into_iter().chain(values).collect()
}

/// The end user's, and the one that was made for the provider's reports: its last part opens it.
fn addresses<'a>(letter: &'a Letter, callback_url: Option<&'a str>) -> Vec<&'a str> {
    let token = callback_url.and_then(|url| url.rsplit('/').next()).filter(|token| token.len() > 8);
    letter.client_ip.as_deref().into_iter().chain(callback_url).chain(token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_none_of_a_programs_is_not_kept() {
        for kept in ["code", "first_name", "app-name", "line2", "a.b", "1"] {
            assert_eq!(name(kept, 1) == kept, kept != "1", "{kept}");
        }
        for other in ["", "Alice Example", "+491701234567", "n491701234567", "Straße", "a/b", &"a".repeat(65)] {
            assert_eq!(name(other, 3), "parameter-3");
        }
    }
}
