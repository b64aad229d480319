//! What looks like chance in a text: UUIDs, long hexadecimal, long numbers, long mixtures. Pure.

use sha2::{Digest as _, Sha256};

/// A token, and whether nothing else looks like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) is_certain: bool,
}

const LENGTH_MIN: usize = 16;
/// Longer ones are texts.
const LENGTH_MAX: usize = 128;
/// How many words of its source a component may have hashed: its configuration comes first.
const WORDS_MAX: usize = 1_000;
/// Groups of a UUID (RFC 9562 §4).
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// Digests of nothing, which requests without a body carry: MD5, SHA-1, SHA-256.
const OF_NOTHING: [&str; 3] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Every such token of a text.
pub(super) fn find(text: &str) -> Vec<Token> {
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    runs.flat_map(|run| match uuid(run) {
        Some(uuid) => vec![Token { text: uuid.to_owned(), is_certain: true }],
        None => run.split('-').filter_map(token).collect(),
    })
    .collect()
}

/// The UUID at the end or beginning of a run of letters, digits and hyphens.
fn uuid(run: &str) -> Option<&str> {
    let groups: Vec<&str> = run.split('-').collect();
    let start = groups
        .windows(UUID.len())
        .position(|groups| groups.iter().zip(UUID).all(|(group, length)| group.len() == length && is_hex(group)))?;
    let before: usize = groups.iter().take(start).map(|group| group.len() + 1).sum();
    run.get(before..before + 36)
}

fn token(word: &str) -> Option<Token> {
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&word.len()) {
        return None;
    }
    let has = |is: fn(&u8) -> bool| word.bytes().any(|b| is(&b));
    let (digits, upper, lower) = (has(u8::is_ascii_digit), has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    let one_case = upper != lower;
    let is_certain = is_hex(word) && digits && (one_case || !upper && !lower);
    let mixed = digits && upper && lower;
    (is_certain || mixed).then(|| Token { text: word.to_owned(), is_certain })
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether a component may say this twice: it has it from its package, its configuration, the message or the host, or
/// it is the digest of nothing or of a word of those.
pub(super) fn is_known(token: &str, source: &str) -> bool {
    let lower = token.to_ascii_lowercase();
    if source.contains(token) || OF_NOTHING.contains(&lower.as_str()) || lower.starts_with("csm") {
        return true;
    }
    // The header of a token that is signed elsewhere.
    if token.starts_with("eyJ") {
        return true;
    }
    let words = source.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ','));
    let hashed = |word: &str| hex::encode(Sha256::digest(word));
    lower.len() == 64 && words.filter(|word| !word.is_empty()).take(WORDS_MAX).any(|word| hashed(word) == lower)
}
