//! Clocks and randomness that stand still.
//!
//! The threat: toolchains that take a snapshot of a running engine, or replace WASI by stubs, keep the time and the seed
//! of the build. Nothing fails: requests are signed with a date of last month, and nonces repeat. So a component is run
//! in two scenes that have nothing in common, and what looks like a moment or like chance may not be the same in both.

mod dates;
mod tokens;

use super::scene::Scene;
use super::verdict::Finding;
use crate::connector::contract::Exchange;
use dates::{Dated, Precision};

/// What a provider's day may be off, an expiry or a time zone added.
const TOLERANCE_MS: i64 = 2 * 24 * 60 * 60 * 1000;

/// How much is looked at: a hostile component may make its requests of nothing but dates.
const EXCHANGES_MAX: usize = 8;
const DATES_MAX: usize = 256;
const TOKENS_MAX: usize = 64;

/// The requests of one scene, as the component made them.
pub(super) struct Made<'a> {
    pub(super) scene: &'a Scene,
    pub(super) exchanges: &'a [Exchange],
}

/// Moments in the requests that are not the call's. `source` is what a component may repeat: its own package and
/// configuration, and the messages.
pub(super) fn clock(first: &Made<'_>, second: &Made<'_>, source: &str) -> Finding {
    let (early, late) = (millis(first), millis(second));
    let later = dates(second, source);
    for dated in dates(first, source) {
        let belongs = (dated.at_ms - early).abs() <= TOLERANCE_MS;
        let follows = later.iter().any(|other| ((other.at_ms - dated.at_ms) - (late - early)).abs() <= TOLERANCE_MS);
        if belongs || follows {
            continue;
        }
        let stays = later.iter().any(|other| other.text == dated.text);
        match (stays, dated.precision) {
            (true, Precision::Moment) => return frozen(&dated),
            (true, Precision::Day) if !dated.is_version => {
                let text = format!("`{}` in the request looks like a day and is the same years later", dated.text);
                return Finding::warning("frozen-clock", text).hint(CONSTANT);
            }
            (false, Precision::Moment) if !dated.is_number => {
                let text = format!("`{}` in the request is not the call's time, {}", dated.text, first.scene.at);
                return Finding::fault("frozen-clock", text).hint(CLOCK);
            }
            _ => {}
        }
    }
    Finding::ok("frozen-clock", "no sign of a frozen clock: every moment in its requests is the call's")
}

const CLOCK: &str = "take the time from `call.issued-at`; a toolchain that takes a snapshot, or stubs WASI, keeps the \
clock of the build";
const CONSTANT: &str = "if it is a constant of the provider's, write it into the README; if it is meant to be now, take it \
from `call.issued-at`";

fn frozen(dated: &Dated) -> Finding {
    let text =
        format!("the clock stands still: `{}` in the request is the same at two moments years apart", dated.text);
    Finding::fault("frozen-clock", text)
        .hint(format!("{CLOCK}. A constant of the provider's is not counted if it stands in the README"))
}

fn millis(made: &Made<'_>) -> i64 {
    i64::try_from(made.scene.at.as_millis()).unwrap_or(i64::MAX)
}

fn dates(made: &Made<'_>, source: &str) -> Vec<Dated> {
    let found = made.texts().flat_map(|text| dates::find(&text)).take(DATES_MAX);
    found.filter(|dated| !source.contains(&dated.text)).collect()
}

/// What looks like chance and is the same in both scenes.
pub(super) fn randomness(first: &Made<'_>, second: &Made<'_>, source: &str) -> Finding {
    let boundaries: String = first.exchanges.iter().take(EXCHANGES_MAX).flat_map(content_types).collect();
    let source = format!("{source}\n{boundaries}");
    let second = second.texts().collect::<Vec<_>>().join("\n");
    let moments: Vec<Dated> = first.texts().flat_map(|text| dates::find(&text)).take(DATES_MAX).collect();
    for token in first.texts().flat_map(|text| tokens::find(&text)).take(TOKENS_MAX) {
        let is_date = moments.iter().any(|dated| dated.text.contains(&token.text));
        if is_date || tokens::is_known(&token.text, &source) || !second.contains(&token.text) {
            continue;
        }
        let text = format!("`{}` in the request looks random and is the same in two calls", token.text);
        let hint = "take nonces from `call.nonce` and ids from `message.reference`; a toolchain that stubs WASI \
                    (`--stub-wasi`) freezes its random numbers. A constant of the provider's is not counted if it stands \
                    in the README";
        let text = if token.is_certain { format!("randomness stands still: {text}") } else { text };
        let found = if token.is_certain { Finding::fault } else { Finding::warning };
        return found("frozen-randomness", text).hint(hint);
    }
    Finding::ok("frozen-randomness", "no sign of frozen randomness: nothing that looks random is in two requests")
}

impl Made<'_> {
    fn texts(&self) -> impl Iterator<Item = String> {
        self.exchanges.iter().take(EXCHANGES_MAX).flat_map(texts)
    }
}

fn content_types(exchange: &Exchange) -> impl Iterator<Item = String> {
    let named = exchange.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("content-type"));
    named.map(|header| format!("{}\n", header.value))
}

/// URL, headers and body, read as a server would: without the escapes of URLs and forms.
fn texts(exchange: &Exchange) -> Vec<String> {
    let headers = exchange.headers.iter().map(|header| format!("{}: {}", header.name, header.value));
    let url = format!("{} {}", dates::URL_MARK, exchange.url);
    let all = headers.chain([url, exchange.body.clone()]);
    all.map(|text| percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests;
