//! Webhooks, version 2 (a form with a list in JSON) and 3 (JSON), to one address of the account.
//! <https://msg91.com/help/webhooks/how-can-i-get-the-delivery-reports-on-my-webhook-url>

use countersign_sdk::encoding::from_form;
use countersign_sdk::{
    Callback, Failure, FailureKind as K, Handled, Report, ReportStatus, Word, handled, report, unreadable,
};
use serde::Deserialize;

/// What one request did; version 2 has several of them.
#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "requestId")]
    request: Word,
    report: Vec<State>,
}

/// Version 3 is one of these, with the request's id among it.
#[derive(Deserialize)]
struct State {
    #[serde(rename = "requestId")]
    request: Option<Word>,
    status: Word,
    desc: Option<String>,
    #[serde(rename = "failedReason")]
    reason: Option<String>,
}

pub(crate) fn handle(callback: &Callback) -> Result<Handled, Failure> {
    let states = match from_form(&callback.body).into_iter().find(|(name, _)| name == "data") {
        Some((_, list)) => listed(&list)?,
        None => {
            vec![serde_json::from_slice(&callback.body).map_err(|_| unreadable("it is no webhook of version 2 or 3"))?]
        }
    };
    Ok(handled(200, states.into_iter().map(read).collect::<Result<_, _>>()?))
}

fn listed(list: &str) -> Result<Vec<State>, Failure> {
    let sent: Vec<Sent> = serde_json::from_str(list).map_err(|_| unreadable("its data are no list of requests"))?;
    let states = sent.into_iter().flat_map(|Sent { request, report }| {
        report.into_iter().map(move |state| State { request: Some(Word(request.0.clone())), ..state })
    });
    Ok(states.collect())
}

fn read(state: State) -> Result<Report, Failure> {
    let id = state.request.and_then(Word::filled).ok_or_else(|| unreadable("it names no request"))?;
    let (status, kind) = match state.status.as_str() {
        "1" => (ReportStatus::Delivered, None),
        "2" => (ReportStatus::Undelivered, None),
        // On the Do Not Disturb register, which the promotional route heeds; another route may reach it.
        "9" | "16" | "25" => (ReportStatus::Rejected, None),
        "17" => (ReportStatus::Rejected, Some(K::RecipientBlocked)),
        _ => (ReportStatus::Other, None),
    };
    let text = [state.reason, state.desc].into_iter().flatten().find(|text| !text.is_empty());
    Ok(Report { kind, provider_code: state.status.filled(), text, ..report(status, id) })
}
