//! The net below the wall: what a secret looks like wherever it could come back, and in whatever a guest gives out.
//!
//! The threat: a provider that echoes what it got (headers, URL, body, an error page) hands the guest what the wall
//! kept from it; and a guest that has got a secret by some way nobody thought of tries to carry it out. So every
//! answer is masked before guest, log or operator see it, and everything that a guest gives out is searched.
//!
//! Short secrets are left out: they stand in ordinary text by chance, and masking them would tell more than it hides.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use bytes::Bytes;

use super::kind::Kind;
use super::{Binding, Keyring, placement};
use crate::secret::Secret;

mod forms;
mod views;

/// Shortest secret that is masked and searched for, in bytes.
pub const MASKED_BYTES_MIN: usize = 12;
/// Shortest secret that is no accident when a guest gives it out, in bytes.
pub const QUARANTINE_BYTES_MIN: usize = 16;

const MASK: &str = "[secret]";
const WITHHELD: &[u8] = b"[withheld by the host: it held a secret in a form that can't be masked]";

/// A secret that was found where it must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The field that holds it, or the credential that it was made for.
    pub secret: String,
    /// Its length in bytes.
    pub bytes: usize,
}

/// Finds secrets. `Debug` shows none.
#[derive(Default)]
pub struct Net {
    finder: Option<AhoCorasick>,
    /// Whose each pattern is.
    owners: Vec<Hit>,
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Net({} forms)", self.owners.len())
    }
}

impl Net {
    /// For the secrets of a revision, and for what they are composed to.
    pub fn of<'a>(keyring: &Keyring, bindings: impl IntoIterator<Item = &'a Binding>) -> Self {
        let mut patterns = Vec::new();
        let mut owners = Vec::new();
        for (field, secret) in keyring.iter() {
            add(&mut patterns, &mut owners, field, secret.expose(), secret.expose().len());
        }
        for binding in bindings {
            let Kind::Basic { user, password } = &binding.kind else { continue };
            let (Ok(user), Ok(password)) = (keyring.fill(user), keyring.fill(password)) else { continue };
            let pair = placement::basic(user.expose(), password.expose());
            let encoded = pair.expose().trim_start_matches("Basic ");
            add(&mut patterns, &mut owners, binding.name(), encoded, password.expose().len());
        }
        Self::build(&patterns, owners)
    }

    /// For values that came to be during a call: signatures and tokens, each with its credential.
    pub fn over<'a>(values: impl IntoIterator<Item = (&'a str, &'a Secret<String>)>) -> Self {
        let mut patterns = Vec::new();
        let mut owners = Vec::new();
        for (credential, value) in values {
            let value = value.expose();
            add(&mut patterns, &mut owners, credential, value, value.len());
        }
        Self::build(&patterns, owners)
    }

    /// For what is no secret and still not for everybody (a number, a code, a text), also where it is short: in the
    /// encodings in which it is not read, and could not be replaced.
    pub fn of_encoded<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let forms =
            values.into_iter().flat_map(|value| forms::encoded(value).into_iter().map(move |form| (form, value)));
        let owned = forms.map(|(form, value)| (form, Hit { secret: String::new(), bytes: value.len() }));
        let (patterns, owners): (Vec<Vec<u8>>, Vec<Hit>) = owned.unzip();
        Self::build(&patterns, owners)
    }

    fn build(patterns: &[Vec<u8>], owners: Vec<Hit>) -> Self {
        if patterns.is_empty() {
            return Self::default();
        }
        // Not a table of all states: that of a long secret would take megabytes.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let finder = AhoCorasick::builder().kind(kind).match_kind(MatchKind::LeftmostLongest).build(patterns);
        // Building fails for gigabytes of patterns only; secrets are bounded by the size of a request.
        Self { finder: finder.ok(), owners }
    }

    /// The first secret in `bytes`, in any form.
    pub fn find(&self, bytes: &[u8]) -> Option<Hit> {
        let finder = self.finder.as_ref()?;
        let found = |bytes: &[u8]| finder.find(bytes).map(|found| found.pattern().as_usize());
        let pattern = found(bytes).or_else(|| views::of(bytes).iter().find_map(|view| found(view)))?;
        self.owners.get(pattern).cloned()
    }

    /// `bytes` without any secret. Where one stands in a form that can't be cut out, nothing is left of it.
    pub fn mask(&self, bytes: Bytes) -> Bytes {
        let Some(finder) = &self.finder else { return bytes };
        let masked = match finder.is_match(&bytes[..]) {
            true => Bytes::from(finder.replace_all_bytes(&bytes, &vec![MASK; finder.patterns_len()])),
            false => bytes,
        };
        match views::of(&masked).iter().any(|view| finder.is_match(&view[..])) {
            true => Bytes::from_static(WITHHELD),
            false => masked,
        }
    }

    /// As [`Net::mask`], for text.
    pub fn mask_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.mask(Bytes::copy_from_slice(text.as_bytes()))).into_owned()
    }
}

fn add(patterns: &mut Vec<Vec<u8>>, owners: &mut Vec<Hit>, secret: &str, value: &str, bytes: usize) {
    if value.len() < MASKED_BYTES_MIN {
        return;
    }
    for form in forms::of(value) {
        patterns.push(form);
        owners.push(Hit { secret: secret.to_owned(), bytes });
    }
}

#[cfg(test)]
mod tests;
