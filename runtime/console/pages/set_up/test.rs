//! The test of a set-up: what it is sent with, what it came to. The result stays.

use axum::http::StatusCode;
use maud::{Markup, html};
use serde_json::json;

use super::DO;
use super::sheet::{Outcome, Sheet};
use crate::api::Parts;
use crate::api::error::ApiError;
use crate::connector::contract::{Exchange, Pair};
use crate::console::refusal;
use crate::console::shell::{self, Field, Notice};
use crate::console::words::form::sentence;
use crate::console::words::set_up as words;
use crate::delivery::DeliveryFailure;
use crate::setup::{Account, TestSend, Tested};
use crate::texts::{GENERIC, PURPOSES};

/// Try what was typed, and note what it came to. Answers the page's status.
pub(super) async fn run(parts: &Parts, sheet: &mut Sheet, is_send: bool) -> StatusCode {
    let Some(draft) = sheet.draft() else {
        sheet.outcome = Some(Outcome::Refused(words::NOT_TESTED.to_owned()));
        return refusal::invalid();
    };
    let word = |name: &str, default: &str| sheet.posted.word(name).unwrap_or(default).to_owned();
    let test = TestSend {
        to: word("to", ""),
        purpose: word("purpose", GENERIC),
        locale: word("locale", "en"),
        transcript: false,
        draft: None,
    };
    let outcome = match is_send {
        true => {
            let test = TestSend { draft: Some(draft), ..test };
            parts.setup.test(&sheet.env, &sheet.name, test).await.map(|tested| Outcome::Tested(Box::new(tested)))
        }
        false => {
            let checked = parts.setup.check_account(&sheet.env, &sheet.name, Some(draft)).await;
            checked.map(|account| Outcome::Checked(Box::new(account)))
        }
    };
    match outcome {
        Ok(outcome) => {
            sheet.outcome = Some(outcome);
            StatusCode::OK
        }
        Err(error) => {
            let error = ApiError::from(error);
            sheet.take(&error);
            sheet.outcome = Some(Outcome::Refused(error.problem().detail.clone()));
            refusal::status(error.problem())
        }
    }
}

/// The panel. It stands outside of the form, whose exchange would lose its result; its fields belong to the form.
pub(super) fn panel(sheet: &Sheet, address: &str, denied: Option<&str>) -> Markup {
    let word = |name: &str, default: &'static str| sheet.posted.word(name).unwrap_or(default).to_owned();
    let purposes: Vec<(String, String)> =
        PURPOSES.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    let chosen = word("purpose", "sign-in");
    let to = Field { id: "to", label: words::TO, hint: Some(words::TO_HINT), required: None, error: sheet.fault("to") };
    let button = |class: &str, value: &str, label: &str, busy: &str| {
        html! {
            button class={ "button " (class) } form="config" name=(DO) value=(value) formnovalidate data-busy=(busy) disabled[denied.is_some()]
                hx-post=(address) hx-target="#test-result" hx-select="#test-result" hx-swap="outerHTML" { (label) }
        }
    };
    let can_check = sheet.component.exports.iter().any(|export| export == "account");
    let content = html! {
        p.hint { (words::TEST_LEAD) }
        div.test-fields {
            (shell::field(&to, &html! { input #to form="config" name="to" type="tel" autocomplete="off" value=(word("to", "")) aria-describedby=[to.described_by()]; }))
            div.field { label for="purpose" { (words::PURPOSE) }
                select #purpose form="config" name="purpose" { @for (value, label) in &purposes { option value=(value) selected[*value == chosen] { (label) } } } }
            div.field { label for="locale" { (words::LOCALE) } input.short #locale form="config" name="locale" value=(word("locale", "en")) autocomplete="off" spellcheck="false"; }
        }
        div.row {
            (button("", "test", words::SEND_TEST, words::SENDING))
            @if can_check { (button("", "account", words::CHECK, words::CHECKING)) }
            @if let Some(why) = denied { span.denied { (why) } }
        }
        div #test-result { @if let Some(outcome) = &sheet.outcome { (result(sheet, outcome)) } }
    };
    shell::panel(words::TEST, &content)
}

fn result(sheet: &Sheet, outcome: &Outcome) -> Markup {
    html! {
        h3 { (words::RESULT) }
        @match outcome {
            Outcome::Tested(tested) => (told(tested)),
            Outcome::Checked(account) => (checked(account)),
            Outcome::Refused(text) => {
                @let faults = super::view::summary(sheet);
                (shell::notice(&Notice::Bad(html! { (shell::coded(&sentence(text))) @if !faults.is_empty() { ul { @for (id, label, text) in &faults {
                    li { @if id.is_empty() { (label) } @else { a href={ "#" (id) } { (label) } } ": " (shell::coded(text)) }
                } } } })))
            },
        }
    }
}

fn told(tested: &Tested) -> Markup {
    let notice = match tested.status {
        "accepted" => Notice::Done(html! { (words::ACCEPTED) }),
        "refused" => Notice::Bad(html! { (words::REFUSED) }),
        _ => Notice::Warn(html! { (words::UNKNOWN) }),
    };
    let mut rows: Vec<(&str, Markup)> = Vec::new();
    if !tested.message_ids.is_empty() {
        rows.push((words::PROVIDER_IDS, html! { @for id in &tested.message_ids { code { (id) } " " } }));
    }
    rows.extend(tested.failure.as_ref().into_iter().flat_map(failure));
    rows.push((words::ELAPSED, html! { (words::ms(tested.elapsed_ms)) }));
    rows.push((words::CPU, html! { (words::ms(tested.cpu_ms)) }));
    rows.push((words::MEMORY, html! { (words::mib(tested.memory_bytes)) }));
    html! {
        (shell::notice(&notice))
        @if tested.code_by_provider { p { (words::CODE_BY_PROVIDER) } }
        (shell::facts(&rows))
        @for (index, exchange) in tested.exchanges.iter().enumerate() { (exchanged(exchange, index + 1)) }
        @if !tested.log.is_empty() {
            details { summary { (words::LOG) } pre { @for line in &tested.log { (line.level) " " (line.text) "\n" } } }
        }
    }
}

fn failure(failure: &DeliveryFailure) -> Vec<(&'static str, Markup)> {
    let certainty = json!(failure.certainty).as_str().unwrap_or_default().to_owned();
    let mut rows = vec![
        (words::KIND, html! { code { (failure.kind.as_str()) } }),
        (words::CERTAINTY, html! { code { (certainty) } }),
    ];
    rows.extend(failure.provider_code.as_ref().map(|code| (words::CODE, html! { code { (code) } })));
    rows.push((words::TEXT, html! { (failure.text) }));
    rows
}

fn checked(account: &Account) -> Markup {
    let mut rows: Vec<(&str, Markup)> = account.failure.as_ref().into_iter().flat_map(failure).collect();
    if let Some(standing) = &account.standing {
        rows.extend(standing.name.as_ref().map(|name| (words::ACCOUNT, html! { (name) })));
        let money = standing.balance.as_ref();
        rows.extend(money.map(|money| (words::BALANCE, html! { (money.amount) " " (money.currency) })));
        rows.extend(standing.extra.iter().map(|pair| (pair.name.as_str(), html! { (pair.value) })));
    }
    let notice = match account.ok {
        true => Notice::Done(html! { (words::CREDENTIALS_GOOD) }),
        false => Notice::Bad(html! { (words::CREDENTIALS_BAD) }),
    };
    html! { (shell::notice(&notice)) (shell::facts(&rows)) }
}

/// One exchange as it went over the wire, with labels in place of secrets.
fn exchanged(exchange: &Exchange, number: usize) -> Markup {
    let answer = exchange.status.map_or_else(|| words::NO_ANSWER.to_owned(), |status| status.to_string());
    html! {
        details.exchange {
            summary { (words::exchange(number)) ": " code { (exchange.method) " " (exchange.url) } " → " (answer) ", " (words::ms(exchange.elapsed_ms)) }
            p.label { (words::REQUEST) }
            pre tabindex="0" { (exchange.method) " " (exchange.url) "\n" (headers(&exchange.headers)) "\n" (exchange.body) }
            p.label { (words::ANSWER) }
            pre tabindex="0" { (answer) "\n" (headers(&exchange.response_headers)) "\n" (exchange.response_body) @if let Some(fault) = &exchange.fault { (fault) } }
        }
    }
}

fn headers(pairs: &[Pair]) -> Markup {
    html! { @for pair in pairs { (pair.name) ": " (pair.value) "\n" } }
}
