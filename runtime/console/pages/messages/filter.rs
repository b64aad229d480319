//! The filter: in the address, and as a form that leads to one.

use maud::{Markup, html};
use url::form_urlencoded::Serializer;

use super::address;
use crate::console::posted::Posted;
use crate::console::shell::{self, Field};
use crate::console::words::messages as words;
use crate::log::{LogParams, LogRefusal};
use crate::store::{MessageStatus, SOURCE_API, SOURCE_VERIFICATION};
use crate::texts::PURPOSES;

/// Fields that narrow the log, beside its statuses.
const WORDS: [&str; 5] = ["connector", "country", "purpose", "source", "verification"];
const TIMES: [&str; 2] = ["from", "to"];

/// What an address asks for.
pub(super) struct Asked {
    posted: Posted,
    /// As the log judges it.
    pub(super) params: LogParams,
    /// Whether the list is read again and again: the newest page alone.
    pub(super) is_live: bool,
    /// Whether the chart is wanted also where it takes a while.
    pub(super) is_drawn: bool,
}

/// The word of a status in addresses.
fn word(status: MessageStatus) -> String {
    serde_json::to_value(status).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A fault for the summary: its field's id, its name, what is wrong.
pub(super) fn told(fault: &LogRefusal) -> (String, String, String) {
    let (id, name) = match fault.field {
        "status" => ("status-queued", words::STATUS),
        "connector" => ("connector", words::CONNECTOR),
        "country" => ("country", words::COUNTRY),
        "purpose" => ("purpose", words::PURPOSE),
        "source" => ("source", words::SOURCE),
        "verification" => ("verification", words::VERIFICATION),
        "from" => ("from", words::FROM),
        "to" => ("to", words::TO),
        // No field of the form: only an address that was written by hand has it wrong.
        _ => ("", words::PLACE),
    };
    (id.to_owned(), name.to_owned(), fault.detail.clone())
}

impl Asked {
    /// Of a query. A form sends a status as often as there are boxes ticked; the API's own commas are taken too.
    pub(super) fn of(query: &str) -> Self {
        let posted = Posted::parse(query.as_bytes());
        let word = |name: &str| posted.word(name).map(str::to_owned);
        let statuses = posted.all("status").filter(|status| !status.trim().is_empty()).collect::<Vec<_>>().join(",");
        let params = LogParams {
            cursor: word("cursor"),
            newer: word("newer"),
            limit: word("limit"),
            verification: word("verification"),
            connector: word("connector"),
            status: Some(statuses),
            source: word("source"),
            country: word("country"),
            purpose: word("purpose"),
            from: posted.moment("from"),
            to: posted.moment("to"),
            format: None,
        };
        let is_live = posted.get("live") == Some("1") && params.cursor.is_none() && params.newer.is_none();
        let is_drawn = posted.has("drawn");
        Self { posted, params, is_live, is_drawn }
    }

    /// The filter as a query, with its question mark, and `more` at its end. Places of pages are not in it.
    pub(super) fn query(&self, more: &[(&str, &str)]) -> String {
        let mut query = Serializer::new(String::new());
        for status in self.statuses() {
            query.append_pair("status", status);
        }
        for name in WORDS.iter().chain(&TIMES).chain(&["limit"]) {
            if let Some(value) = self.posted.word(name) {
                query.append_pair(name, value);
            }
        }
        let query = query.extend_pairs(more).finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// The query that switches the live list on or off.
    pub(super) fn live_or_not(&self) -> String {
        if self.is_live { self.query(&[]) } else { self.query(&[("live", "1")]) }
    }

    /// Whether anything is left out.
    pub(super) fn is_filtered(&self) -> bool {
        self.statuses().next().is_some() || WORDS.iter().chain(&TIMES).any(|name| self.posted.word(name).is_some())
    }

    fn statuses(&self) -> impl Iterator<Item = &str> {
        let all = self.posted.all("status").flat_map(|all| all.split(','));
        all.map(str::trim).filter(|status| !status.is_empty())
    }

    /// The form.
    pub(super) fn form(&self, env: &str, connectors: &[String], fault: Option<&LogRefusal>) -> Markup {
        let connectors: Vec<&str> = connectors.iter().map(String::as_str).collect();
        let fault = |name: &str| fault.filter(|fault| fault.field == name).map(|fault| fault.detail.as_str());
        let value = |name| self.posted.word(name).unwrap_or_default();
        let wanted = |id, label, likely: &[&str]| {
            let field = Field { id, label, error: fault(id), ..Field::default() };
            shell::field(&field, &shell::wanted(id, value(id), likely, field.described_by().as_deref()))
        };
        let moment = |id, label| {
            let field = Field { id, label, error: fault(id), ..Field::default() };
            shell::field(&field, &shell::moment(id, value(id), field.described_by().as_deref()))
        };
        html! {
            form.log-filter method="get" action=(address(env)) aria-label=(words::FILTER) {
                (self.boxes(fault("status")))
                div.filters.looking {
                    (wanted("connector", words::CONNECTOR, &connectors))
                    (wanted("country", words::COUNTRY, &[]))
                    (wanted("purpose", words::PURPOSE, PURPOSES))
                    (wanted("source", words::SOURCE, &[SOURCE_VERIFICATION, SOURCE_API]))
                    @if !value("verification").is_empty() { (wanted("verification", words::VERIFICATION, &[])) }
                    (moment("from", words::FROM))
                    (moment("to", words::TO))
                    button.button { (words::SHOW) }
                    @if self.is_filtered() { a href=(address(env)) { (words::CLEAR) } }
                }
            }
        }
    }

    fn boxes(&self, fault: Option<&str>) -> Markup {
        html! {
            fieldset.choices aria-describedby=[fault.map(|_| "status-error")] {
                legend { (words::STATUS) }
                @for status in words::STATUSES {
                    @let word = word(status);
                    label {
                        input type="checkbox" id={ "status-" (word) } name="status" value=(word) checked[self.statuses().any(|s| s == word)];
                        (words::status(status).1)
                    }
                }
                @if let Some(fault) = fault { p.error #status-error { (fault) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_comes_back_as_it_was_asked_for_without_its_page() {
        let asked = Asked::of("status=refused&status=unknown%2Crefused&country=&purpose=a%26b&cursor=5-msg_1&live=1");
        assert_eq!(asked.params.status.as_deref(), Some("refused,unknown,refused"));
        assert_eq!(asked.query(&[]), "?status=refused&status=unknown&status=refused&purpose=a%26b");
        assert!(!asked.is_live, "an older page stays as it is");
        assert!(asked.is_filtered());
        let none = Asked::of("live=1&what=ever");
        assert_eq!((none.query(&[]), none.is_live, none.is_filtered()), (String::new(), true, false));
        assert_eq!(none.live_or_not(), "");
    }
}
