//! The form: from the document and back.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::preview::{self, Sight};
use crate::console::posted::Posted;
use crate::console::shell::{Field, button, field, select};
use crate::console::words::{common, sign_in_experience as words};
use crate::otp::sign_in::{Branding, Identifier, SignIn, SignInExperience, SignUp};
use crate::texts::PURPOSES;

/// Purposes that are read of a form; the use case takes fewer.
const PURPOSES_MAX: usize = 200;
const TEXT_MAX: usize = 100;

/// What the form holds.
pub(super) struct Given {
    pub(super) experience: SignInExperience,
    /// The version that it was made from.
    pub(super) version: u64,
    /// What is wrong with it, by pointer.
    pub(super) faults: Vec<(String, String)>,
}

impl Given {
    /// As it was saved.
    pub(super) fn saved(experience: SignInExperience, version: u64) -> Self {
        Self { experience, version, faults: Vec::new() }
    }

    fn error(&self, pointer: &str) -> Option<&str> {
        self.faults.iter().find(|(at, _)| at == pointer).map(|(_, text)| text.as_str())
    }
}

/// Of a form, or of an address with the same fields.
pub(super) fn read(posted: &Posted) -> Given {
    let chosen = |name: &str| {
        let word = posted.word(name).unwrap_or_default();
        Identifier::ALL.into_iter().find(|identifier| identifier.as_str() == word).unwrap_or_default()
    };
    let identifier = chosen("/sign_up/identifier");
    let short = |text: &str| text.chars().take(TEXT_MAX).collect::<String>();
    let named = posted.all("purpose").take(PURPOSES_MAX).map(short);
    let mut purposes: BTreeMap<String, bool> =
        named.map(|name| (name.clone(), posted.has(&format!("/purposes/{name}")))).collect();
    if let Some(own) = posted.word("own_purpose") {
        purposes.insert(short(own), true);
    }
    let experience = SignInExperience {
        // Of all others it goes without saying.
        sign_up: SignUp {
            identifier,
            verify: (identifier == Identifier::Email).then(|| posted.has("/sign_up/verify")),
        },
        sign_in: SignIn { identifier: chosen("/sign_in/identifier") },
        purposes,
        other_purposes: posted.has("/other_purposes"),
        branding: Branding { accent: posted.word("/branding/accent").map(short) },
    };
    let version = posted.word("version").and_then(|text| text.parse().ok()).unwrap_or_default();
    Given { experience, version, faults: Vec::new() }
}

/// Id of the field of a pointer.
fn id(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace(['/', '_'], "-")
}

/// A fault with its field: id, name for people, text.
pub(super) fn named((pointer, text): &(String, String)) -> (String, String, String) {
    let name = match pointer.as_str() {
        "/sign_up/identifier" => words::SIGN_UP.to_owned(),
        "/sign_in/identifier" => words::SIGN_IN.to_owned(),
        "/sign_up/verify" => words::VERIFY.to_owned(),
        "/other_purposes" => words::OTHER.to_owned(),
        "/branding/accent" => words::ACCENT.to_owned(),
        other => other.trim_start_matches("/purposes/").to_owned(),
    };
    (id(pointer), name, text.clone())
}

/// What of the saved one is not as in the other.
pub(super) fn differences(saved: &SignInExperience, yours: &SignInExperience) -> Vec<String> {
    let by = |identifier: Identifier| words::identifier(identifier).to_owned();
    let open = |is_open: bool| if is_open { words::OPEN.to_owned() } else { words::CLOSED.to_owned() };
    let accent = |one: &SignInExperience| one.branding.accent.clone().unwrap_or_else(|| words::NONE.to_owned());
    let mut rows = vec![
        (words::SIGN_UP.to_owned(), by(saved.sign_up.identifier), by(yours.sign_up.identifier)),
        (words::SIGN_IN.to_owned(), by(saved.sign_in.identifier), by(yours.sign_in.identifier)),
        (words::ACCENT.to_owned(), accent(saved), accent(yours)),
        (words::OTHER.to_owned(), open(saved.other_purposes), open(yours.other_purposes)),
    ];
    let names: std::collections::BTreeSet<&String> = saved.purposes.keys().chain(yours.purposes.keys()).collect();
    rows.extend(names.into_iter().map(|name| (name.clone(), open(saved.is_open(name)), open(yours.is_open(name)))));
    let told = |(what, saved, yours): (String, String, String)| {
        (saved != yours).then(|| words::difference(&what, &saved, &yours))
    };
    rows.into_iter().filter_map(told).collect()
}

/// The form, with the preview beside it.
pub(super) fn form(env: &str, given: &Given, sight: &Sight, denied: Option<&str>) -> Markup {
    let address = super::address(env);
    html! {
        form #experience .split.experience method="post" action=(address)
            hx-get={ (address) "/frame" } hx-trigger="input delay:200ms" hx-target="#preview" hx-swap="outerHTML" {
            input type="hidden" name="version" value=(given.version);
            div {
                (identifiers(given))
                (purposes(given))
                (accent(given))
                div.save-bar { (button("primary", "", "", common::SAVE, Some(common::SAVING), denied)) }
            }
            section.beside aria-labelledby="preview-title" {
                h2 #preview-title { (words::PREVIEW) }
                p.hint { (words::PREVIEW_HINT) }
                (preview::choices(sight))
                button.button.small.unscripted formmethod="get" formaction=(address) formnovalidate { (words::SHOW_PREVIEW) }
                (preview::panel(env, &given.experience, sight))
            }
        }
    }
}

fn identifiers(given: &Given) -> Markup {
    let options: Vec<_> =
        Identifier::ALL.map(|one| (one.as_str().to_owned(), words::identifier(one).to_owned())).to_vec();
    let choice = |pointer: &str, label: &str, chosen: Identifier| {
        let id = id(pointer);
        let of = Field { id: &id, label, error: given.error(pointer), ..Field::default() };
        field(&of, &select(&id, pointer, &options, chosen.as_str(), of.described_by().as_deref()))
    };
    let experience = &given.experience;
    let verify = experience.sign_up.verify.unwrap_or(experience.sign_up.identifier != Identifier::Username);
    html! {
        (choice("/sign_up/identifier", words::SIGN_UP, experience.sign_up.identifier))
        div.field {
            label.check { input #sign-up-verify type="checkbox" name="/sign_up/verify" value="true" checked[verify]
                aria-describedby="sign-up-verify-hint"; (words::VERIFY) }
            p.hint #sign-up-verify-hint { (words::VERIFY_HINT) }
            @if let Some(error) = given.error("/sign_up/verify") { p.error { (error) } }
        }
        (choice("/sign_in/identifier", words::SIGN_IN, experience.sign_in.identifier))
    }
}

fn purposes(given: &Given) -> Markup {
    let experience = &given.experience;
    let own =
        Field { id: "own-purpose", label: words::ADD, hint: Some(words::ADD_HINT), required: Some(false), error: None };
    // Those that everybody knows first, in the order in which people meet them.
    let known = PURPOSES.iter().copied().filter(|name| experience.purposes.contains_key(*name));
    let own_ones = experience.purposes.keys().map(String::as_str).filter(|name| !PURPOSES.contains(name));
    let tick = |pointer: &str, is_open: bool, label: &Markup| {
        let id = id(pointer);
        let error = given.error(pointer);
        let told = error.map(|_| format!("{id}-error"));
        html! {
            label.check { input id=(id) type="checkbox" name=(pointer) value="true" checked[is_open] aria-describedby=[told.as_ref()];
                span { (label) } }
            @if let Some(error) = error { p.error id=[told.as_ref()] { (error) } }
        }
    };
    html! {
        fieldset.group {
            legend { (words::PURPOSES) }
            p.hint { (words::PURPOSES_HINT) }
            @for name in known.chain(own_ones) {
                input type="hidden" name="purpose" value=(name);
                (tick(&format!("/purposes/{name}"), experience.is_open(name), &html! {
                    @if let Some(what) = words::purpose(name) { (what) " " span.hint { (name) } } @else { (name) }
                }))
            }
            (tick("/other_purposes", experience.other_purposes, &html! { (words::OTHER) }))
        }
        (field(&own, &html! {
            input.short #own-purpose name="own_purpose" maxlength="64" aria-describedby=[own.described_by()];
        }))
    }
}

fn accent(given: &Given) -> Markup {
    let of = Field {
        id: "branding-accent",
        label: words::ACCENT,
        hint: Some(words::ACCENT_HINT),
        required: Some(false),
        error: given.error("/branding/accent"),
    };
    let value = given.experience.branding.accent.as_deref().unwrap_or_default();
    field(
        &of,
        &html! {
            input.short.code #branding-accent name="/branding/accent" value=(value) maxlength="7" spellcheck="false"
                aria-describedby=[of.described_by()];
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_form_says_is_the_document() {
        let posted = Posted::parse(
            b"version=3&%2Fsign_up%2Fidentifier=username&%2Fsign_in%2Fidentifier=email-or-phone&purpose=sign-in&purpose=register\
              &%2Fpurposes%2Fsign-in=true&own_purpose=pay&%2Fbranding%2Faccent=%230b6b4f",
        );
        let given = read(&posted);
        let one = &given.experience;
        assert_eq!((given.version, one.sign_up.identifier, one.sign_up.verify), (3, Identifier::Username, None));
        assert_eq!(one.sign_in.identifier, Identifier::EmailOrPhone);
        assert!(one.is_open("sign-in") && !one.is_open("register") && one.is_open("pay") && !one.other_purposes);
        assert_eq!(one.branding.accent.as_deref(), Some("#0b6b4f"));
    }

    #[test]
    fn differences_are_told_and_nothing_else() {
        let saved = SignInExperience::default().in_full();
        let mut yours = saved.clone();
        assert!(differences(&saved, &yours).is_empty());
        yours.purposes.insert("register".to_owned(), false);
        assert_eq!(differences(&saved, &yours), ["register: saved is open, yours is closed"]);
    }
}
