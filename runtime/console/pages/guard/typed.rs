//! From what was typed to the guard's rules, as the API has them.

use serde_json::{Map, Value, json};

use crate::console::money;
use crate::console::posted::Posted;
use crate::console::words::guard as words;
use crate::otp::guard::GuardRules;

/// Credits, in the order of the page.
pub(super) const LINES: [&str; 8] = ["number", "prefix", "area", "strangers", "strange", "country", "client", "alarm"];
/// Shares and counts that stand alone.
pub(super) const SHARES: [&str; 4] =
    ["/messages_in_alarm", "/unproven_percent", "/volume_percent", "/conversion/unverified_percent"];
/// Rules on used codes, each with the field of its number.
pub(super) const CONVERSION: [(&str, &str); 5] = [
    ("country_day", "country_day_messages"),
    ("country_hour", "country_hour_messages"),
    ("client_day", "client_day_messages"),
    ("client_hour", "client_hour_messages"),
    ("client_countries", "countries_per_client"),
];
/// Lists that are written as words.
pub(super) const LISTS: [&str; 4] = ["/expected_countries", "/allow/countries", "/allow/prefixes", "/allow/clients"];

/// What a form says.
pub(super) struct Typed {
    /// The rules; what is none stays as it was typed.
    pub(super) document: Value,
    /// The prices as they were typed.
    pub(super) prices: String,
    /// What is wrong, by the pointer of its field.
    pub(super) faults: Vec<(String, String)>,
}

impl Typed {
    /// The rules as they are kept.
    pub(super) fn of(rules: &GuardRules) -> Self {
        let lines = rules.prices.iter().map(|(country, price)| format!("{country} {}", money::shown(*price)));
        Self { document: json!(rules), prices: lines.collect::<Vec<_>>().join("\n"), faults: Vec::new() }
    }

    /// Read a form. What is left empty is as built in.
    pub(super) fn read(posted: &Posted) -> Self {
        let mut typed = Self {
            document: json!(GuardRules::default()),
            prices: posted.get("/prices").unwrap_or_default().to_owned(),
            faults: Vec::new(),
        };
        typed.word(posted, "/mode");
        typed.money(posted, "/budget_micros_per_day");
        typed.count(posted, "/messages_per_day");
        typed.count(posted, "/messages_per_day_per_prefix");
        typed.money(posted, "/message_micros");
        for line in LINES {
            typed.word(posted, &format!("/{line}/mode"));
            typed.count(posted, &format!("/{line}/messages"));
            typed.money(posted, &format!("/{line}/micros"));
        }
        SHARES.iter().for_each(|share| typed.count(posted, share));
        for (mode, number) in CONVERSION {
            typed.word(posted, &format!("/conversion/{mode}"));
            typed.count(posted, &format!("/conversion/{number}"));
        }
        LISTS.iter().for_each(|list| typed.list(posted, list));
        typed.prices();
        typed
    }

    fn put(&mut self, at: &str, value: Value) {
        if let Some(place) = self.document.pointer_mut(at) {
            *place = value;
        }
    }

    fn word(&mut self, posted: &Posted, at: &str) {
        if let Some(word) = posted.word(at) {
            self.put(at, json!(word));
        }
    }

    fn count(&mut self, posted: &Posted, at: &str) {
        let Some(text) = posted.word(at) else { return };
        match text.parse::<u32>() {
            Ok(number) => self.put(at, json!(number)),
            Err(_) => self.wrong(at, text, words::NO_NUMBER),
        }
    }

    fn money(&mut self, posted: &Posted, at: &str) {
        let Some(text) = posted.word(at) else { return };
        match money::read(text) {
            Some(micros) => self.put(at, json!(micros)),
            None => self.wrong(at, text, words::NO_AMOUNT),
        }
    }

    fn wrong(&mut self, at: &str, text: &str, why: &str) {
        self.put(at, json!(text));
        self.faults.push((at.to_owned(), why.to_owned()));
    }

    fn list(&mut self, posted: &Posted, at: &str) {
        let text = posted.get(at).unwrap_or_default();
        let upper = at.ends_with("countries");
        let words = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty());
        let words: Vec<String> = words.map(|word| if upper { word.to_uppercase() } else { word.to_owned() }).collect();
        if at == "/allow/clients" {
            let wrong = words.iter().enumerate().filter(|(_, word)| network(word).is_none());
            self.faults.extend(wrong.map(|(nth, _)| (format!("{at}/{nth}"), words::NO_NETWORK.to_owned())));
        }
        let as_kept = |word: String| network(&word).filter(|_| at == "/allow/clients").unwrap_or(word);
        self.put(at, words.into_iter().map(as_kept).collect());
    }

    fn prices(&mut self) {
        let mut prices = Map::new();
        for (nth, line) in self.prices.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let mut parts =
                line.split(|c: char| c.is_whitespace() || c == ';' || c == ',').filter(|part| !part.is_empty());
            let country = parts.next().unwrap_or_default().to_uppercase();
            // A comma within the amount has split it.
            let price = parts.collect::<Vec<_>>().join(".");
            match money::read(&price) {
                None => self.faults.push(("/prices".to_owned(), words::bad_line(nth + 1))),
                Some(_) if prices.contains_key(&country) => {
                    self.faults.push(("/prices".to_owned(), words::twice(nth + 1, &country)));
                }
                Some(micros) => drop(prices.insert(country, json!(micros))),
            }
        }
        self.put("/prices", Value::Object(prices));
    }

    /// The field that a fault is told at: a list and the prices are one field each.
    pub(super) fn field_of(at: &str) -> String {
        let lists = LISTS.into_iter().chain(["/prices"]);
        let list = lists.into_iter().find(|list| at == *list || at.starts_with(&format!("{list}/")));
        list.unwrap_or(at).to_owned()
    }

    /// What is wrong at a field, each with the word that it is about.
    pub(super) fn fault(&self, field: &str) -> Option<String> {
        let of = self.faults.iter().filter(|(at, _)| Self::field_of(at) == field);
        let told: Vec<String> = of.map(|(at, why)| self.about(at, field, why)).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn about(&self, at: &str, field: &str, why: &str) -> String {
        let word = match at.strip_prefix("/prices/") {
            Some(country) => Some(country.to_owned()),
            None if at != field => self.document.pointer(at).and_then(Value::as_str).map(str::to_owned),
            None => None,
        };
        word.map_or_else(|| why.to_owned(), |word| format!("{word}: {why}"))
    }
}

/// An address alone is a network of one.
fn network(word: &str) -> Option<String> {
    let of_one = || word.parse::<std::net::IpAddr>().ok().map(|ip| ipnet::IpNet::from(ip).to_string());
    word.parse::<ipnet::IpNet>().ok().map(|net| net.to_string()).or_else(of_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::read(&Posted::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))))
    }

    #[test]
    fn nothing_typed_is_as_built_in_and_what_is_kept_reads_back() {
        assert_eq!(typed(&[]).document, json!(GuardRules::default()));
        let kept = Typed::of(&serde_json::from_value(json!({"prices": {"DE": 75_000, "CH": 50_500}})).unwrap());
        assert_eq!(kept.prices, "CH 0.0505\nDE 0.075");
        assert_eq!(typed(&[("/prices", &kept.prices)]).document["prices"], kept.document["prices"]);
    }

    #[test]
    fn prices_are_pasted_from_tables_of_any_country() {
        let table = typed(&[("/prices", "de;0,075\nus\t0.0079\n\nCH, 0.05\n")]);
        assert_eq!(table.document["prices"], json!({"DE": 75_000, "US": 7_900, "CH": 50_000}));
        let wrong = typed(&[("/prices", "DE 0.07\nGermany\nDE 1\nFR 1.2.3.4")]);
        let told: Vec<&str> = wrong.faults.iter().map(|(_, why)| why.split(':').next().unwrap()).collect();
        assert_eq!(told, ["Line 2", "Line 3", "Line 4"]);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let wrong = typed(&[
            ("/budget_micros_per_day", "much"),
            ("/prefix/messages", "-1"),
            ("/allow/clients", "192.0.2.7 10.0.0.0/8 example"),
        ]);
        assert_eq!(wrong.document["allow"]["clients"], json!(["192.0.2.7/32", "10.0.0.0/8", "example"]));
        assert_eq!(wrong.fault("/budget_micros_per_day").as_deref(), Some(words::NO_AMOUNT));
        assert_eq!(wrong.fault("/prefix/messages").as_deref(), Some(words::NO_NUMBER));
        assert!(wrong.fault("/allow/clients").unwrap().starts_with("example: "));
        assert_eq!(Typed::field_of("/prices/XX"), "/prices");
    }
}
