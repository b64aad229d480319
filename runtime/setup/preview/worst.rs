//! What each text costs at worst: with the longest code that a policy allows, whatever is left of its life.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::composed::sends_registered;
use super::{PreviewTexts, Shown};
use crate::connector::contract::Pair;
use crate::texts::template::LONGEST_CODE;
use crate::texts::{self, Count, Template, Values, Wanted, segments};

/// Texts that are looked at in one preview.
const TEXTS_MAX: usize = 500;

/// A language that no template is for: it finds those that serve every language.
const NO_LANGUAGE: &str = "und";

/// What texts cost at worst.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorstCase {
    /// By cost, the most expensive first.
    pub texts: Vec<Worst>,
    /// How many were not looked at, since there are so many.
    pub left_out: usize,
}

/// What one text costs at worst.
#[derive(Debug, Serialize, ToSchema)]
pub struct Worst {
    /// The connector; none where none serves, and for one that is not saved and has no name.
    pub connector: Option<String>,
    /// The purpose.
    pub purpose: String,
    /// The language; none for a template that serves every language.
    pub locale: Option<String>,
    /// How the text is encoded and how many parts it takes, with a code of 10 digits.
    #[serde(flatten)]
    pub count: Count,
    /// Why it could not be sent.
    pub failure: Option<String>,
}

/// Of every connector that sends texts, every text that a template names.
pub(super) fn of(shown: &[Shown<'_>], asked: &PreviewTexts, country: Option<&str>, app: &str) -> WorstCase {
    let sending: Vec<&Shown<'_>> = shown.iter().filter(|shown| !shown.makes_codes).collect();
    let named: Vec<_> = sending.iter().map(|shown| (*shown, named(shown))).collect();
    let all = named.iter().flat_map(|(shown, named)| named.iter().map(move |(purpose, tag)| (*shown, *purpose, tag)));
    let count = all.clone().count();
    let look = |(shown, purpose, tag): (&Shown<'_>, &str, &String)| look(shown, purpose, tag, asked, country, app);
    let mut texts: Vec<Worst> = all.take(TEXTS_MAX).filter_map(look).collect();
    texts.sort_by(|one, other| {
        let cost = |worst: &Worst| (worst.count.segments, worst.count.units);
        cost(other).cmp(&cost(one)).then_with(|| (&one.purpose, &one.locale).cmp(&(&other.purpose, &other.locale)))
    });
    WorstCase { texts, left_out: count.saturating_sub(TEXTS_MAX) }
}

/// Purposes with languages, each once however its tag is written.
fn named<'a>(shown: &Shown<'a>) -> BTreeSet<(&'a str, String)> {
    let all = shown.sources.own.iter().chain(&shown.sources.shared.templates);
    let tag = |t: &Template| t.locale.as_deref().unwrap_or(NO_LANGUAGE).to_ascii_lowercase();
    all.map(|t| (t.purpose.as_str(), tag(t))).collect()
}

/// The costliest of its forms: a text may say one thing with a minute left and another with ten. None if the provider's
/// registered template goes out instead.
fn look(
    shown: &Shown<'_>,
    purpose: &str,
    tag: &str,
    asked: &PreviewTexts,
    country: Option<&str>,
    app: &str,
) -> Option<Worst> {
    let own = shown.sources.own.iter().chain(&shown.sources.shared.templates).filter(|t| t.purpose == purpose);
    let as_written = own.clone().find_map(|t| t.locale.as_ref().filter(|locale| locale.eq_ignore_ascii_case(tag)));
    let mut parameters = asked.parameters.clone();
    for name in own.flat_map(|t| t.parameters.iter().flatten()) {
        if name != "code" && !parameters.iter().any(|pair| pair.name == *name) {
            parameters.push(Pair { name: name.clone(), value: "sample".to_owned() });
        }
    }
    let app_hash = asked.app_hash.as_deref();
    let (mut worst, mut failure) = (segments::count(""), None);
    for minutes in [10, 1] {
        let values = Values { code: Some(LONGEST_CODE), minutes, app, purpose, parameters: &parameters };
        let wanted = Wanted { locale: tag, country, values, text: None, app_hash, sender: None };
        match texts::compose(shown.sources, &wanted) {
            Ok(made) if sends_registered(shown.sources, &made) => return None,
            Ok(made) => {
                let count = segments::count(&made.text);
                worst = if (count.segments, count.units) > (worst.segments, worst.units) { count } else { worst };
            }
            Err(error) => failure = Some(error.to_string()),
        }
    }
    Some(Worst {
        connector: shown.name.map(str::to_owned),
        purpose: purpose.to_owned(),
        locale: as_written.cloned(),
        count: worst,
        failure,
    })
}
