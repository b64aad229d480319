//! A character that turns a whole text into UCS-2 although its language does without: a typographic quotation mark, a
//! dash, a diacritic. A text whose letters are of another script is what it is, and nothing is said about it.

use crate::texts::segments::{self, Encoding};

/// What makes a text costly, and what it would cost without.
pub(super) struct Cheaper {
    culprit: char,
    others: usize,
    substitute: Option<&'static str>,
    segments: u32,
}

/// What could be cheaper about `text`.
pub(super) fn of(text: &str) -> Option<Cheaper> {
    if segments::count(text).encoding == Encoding::Gsm7 {
        return None;
    }
    let cheap = swapped(text)?;
    let culprits: Vec<char> = text.chars().filter(|c| segments::septets(*c).is_none()).collect();
    let culprit = *culprits.first()?;
    let mut distinct = culprits;
    distinct.sort_unstable();
    distinct.dedup();
    let (others, segments) = (distinct.len() - 1, segments::count(&cheap).segments);
    Some(Cheaper { culprit, others, substitute: substitute(culprit), segments })
}

/// `text` with what stands in GSM-7 for each character that does not; what nothing stands for is left out. None if its
/// letters are of another script.
pub(in crate::texts) fn swapped(text: &str) -> Option<String> {
    let mut cheap = String::new();
    for c in text.chars() {
        match (segments::septets(c), substitute(c)) {
            (Some(_), _) => cheap.push(c),
            (None, Some(other)) => cheap.push_str(other),
            (None, None) if c.is_alphabetic() => return None,
            (None, None) => {}
        }
    }
    Some(cheap)
}

impl Cheaper {
    /// For people: which character, where, what would do, and what that saves.
    pub(super) fn words(&self, source: Option<&str>, app: &str, segments: u32) -> String {
        let c = self.culprit;
        let place = match source.and_then(|source| source.chars().position(|found| found == c)) {
            Some(at) => format!(" at character {}", at + 1),
            None if app.contains(c) => " in the environment's name".to_owned(),
            None => String::new(),
        };
        let others = match self.others {
            0 => String::new(),
            n => format!(" (and {n} more like it)"),
        };
        let would = match self.substitute {
            Some(" ") => "a plain space would do".to_owned(),
            Some(text) => format!("`{text}` would do"),
            None => "GSM-7 has nothing like it".to_owned(),
        };
        let cost = match (segments, self.segments) {
            (now, then) if now > then => format!("{now} parts instead of {then}"),
            _ => "70 characters fit into a part instead of 160".to_owned(),
        };
        format!(
            "`{c}` (U+{:04X}){place}{others} is not in GSM-7 and turns the whole text into UCS-2: {cost}; {would}",
            c as u32
        )
    }
}

/// What of GSM-7 a reader would take for it.
pub(in crate::texts) fn substitute(c: char) -> Option<&'static str> {
    const TABLE: &[(&str, &str)] = &[
        ("’‘‚‛′`´ʼ", "'"),
        ("“”„‟″«»", "\""),
        ("–—―−‐‑", "-"),
        ("…", "..."),
        ("•·", "*"),
        ("×", "x"),
        ("\u{a0}\u{2007}\u{2009}\u{200a}\u{202f}\u{2002}\u{2003}\t", " "),
        ("\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{fe0f}", ""),
        ("áâãāăą", "a"),
        ("ÁÂÃĀĂĄÀ", "A"),
        ("çćčĉċ", "c"),
        ("ĆČĈĊ", "C"),
        ("ďđ", "d"),
        ("ĎĐ", "D"),
        ("êëēėęě", "e"),
        ("ÈÊËĒĖĘĚ", "E"),
        ("ğģĝġ", "g"),
        ("ĞĢĜĠ", "G"),
        ("íîïīįı", "i"),
        ("ÌÍÎÏĪĮİ", "I"),
        ("ķ", "k"),
        ("Ķ", "K"),
        ("łļľĺ", "l"),
        ("ŁĻĽĹ", "L"),
        ("ńňņ", "n"),
        ("ŃŇŅ", "N"),
        ("óôõō", "o"),
        ("ÒÓÔÕŌ", "O"),
        ("ő", "ö"),
        ("Ő", "Ö"),
        ("œ", "oe"),
        ("Œ", "OE"),
        ("řŕ", "r"),
        ("ŘŔ", "R"),
        ("śšşș", "s"),
        ("ŚŠŞȘ", "S"),
        ("ťţț", "t"),
        ("ŤŢȚ", "T"),
        ("úûūųů", "u"),
        ("ÙÚÛŪŲŮ", "U"),
        ("ű", "ü"),
        ("Ű", "Ü"),
        ("ýÿ", "y"),
        ("ÝŸ", "Y"),
        ("źžż", "z"),
        ("ŹŽŻ", "Z"),
    ];
    TABLE.iter().find(|(from, _)| from.contains(c)).map(|(_, to)| *to)
}
