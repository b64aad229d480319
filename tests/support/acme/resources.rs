//! Accounts, orders, authorizations and certificates (RFC 8555 §7.1).

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Account, Authorization, Order, PREFIX, Refusal, Shared, jws};

pub fn account(shared: &Shared, signed: jws::Signed) -> Response {
    assert_eq!(signed.payload["termsOfServiceAgreed"], true);
    let mut book = shared.book.lock().unwrap();
    book.accounts.push(Account { key: signed.key, contact: signed.payload["contact"].clone() });
    let location = format!("{}/account/{}", shared.url, book.accounts.len() - 1);
    (StatusCode::CREATED, [("location", location)], axum::Json(json!({"status": "valid"}))).into_response()
}

pub async fn order(shared: &Shared, signed: &jws::Signed) -> Result<Response, Refusal> {
    let (_, clock) = shared.service().await;
    let id = {
        let mut book = shared.book.lock().unwrap();
        book.asked_at.push(clock.now());
        if let Some(refusal) = book.refusals.pop() {
            return Err(refusal);
        }
        let identifiers = signed.payload["identifiers"].as_array().unwrap();
        let names: Vec<String> = identifiers.iter().map(|name| name["value"].as_str().unwrap().to_owned()).collect();
        let first = book.authorizations.len();
        for name in &names {
            let token = countersign::random::hex::<16>();
            let (name, thumbprint) = (name.clone(), signed.key.thumbprint());
            book.authorizations.push(Authorization { name, token, thumbprint, status: "pending", error: None });
        }
        let authorizations = (first..book.authorizations.len()).collect();
        book.orders.push(Order { names, authorizations, status: "pending", chain: None });
        book.orders.len() - 1
    };
    Ok(told(shared, id, StatusCode::CREATED))
}

/// An order as it stands: ready when all names are proven, lost with the first that is not.
pub fn told(shared: &Shared, id: usize, status: StatusCode) -> Response {
    let book = shared.book.lock().unwrap();
    let order = &book.orders[id];
    let proofs: Vec<&str> = order.authorizations.iter().map(|id| book.authorizations[*id].status).collect();
    let state = match order.status {
        "pending" if proofs.contains(&"invalid") => "invalid",
        "pending" if proofs.iter().all(|proof| *proof == "valid") => "ready",
        other => other,
    };
    let at = |what: &str, id: usize| format!("{}/{what}/{id}", shared.url);
    let authorizations: Vec<String> = order.authorizations.iter().map(|id| at("authorization", *id)).collect();
    let identifiers: Vec<Value> = order.names.iter().map(|name| json!({"type": "dns", "value": name})).collect();
    let mut body = json!({"status": state, "identifiers": identifiers, "authorizations": authorizations, "finalize": at("finalize", id)});
    if order.chain.is_some() {
        body["certificate"] = json!(at("certificate", id));
    }
    (status, [("location", at("order", id))], axum::Json(body)).into_response()
}

pub fn authorization(shared: &Shared, id: usize) -> Value {
    let book = shared.book.lock().unwrap();
    let found = &book.authorizations[id];
    let mut challenge = json!({"type": "tls-alpn-01", "url": format!("{}/challenge/{id}", shared.url),
        "token": found.token, "status": found.status});
    if let Some(error) = &found.error {
        challenge["error"] = json!({"type": format!("{PREFIX}unauthorized"), "detail": error});
    }
    json!({"status": found.status, "identifier": {"type": "dns", "value": found.name}, "challenges": [challenge]})
}

pub async fn finalize(shared: &Shared, id: usize, signed: &jws::Signed) -> Result<Response, Refusal> {
    let csr = URL_SAFE_NO_PAD.decode(signed.payload["csr"].as_str().unwrap()).unwrap();
    let (_, clock) = shared.service().await;
    {
        let mut book = shared.book.lock().unwrap();
        let proven = |id: &usize| book.authorizations[*id].status == "valid";
        if !book.orders[id].authorizations.iter().all(proven) {
            return Err((403, "orderNotReady", "a name is not proven", None));
        }
        let now = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_millis(clock.now().as_millis());
        let (names, other) = (book.orders[id].names.clone(), book.signs_for.clone());
        let (chain, _) = shared.authority.sign(&csr, |params| {
            let asked = rcgen::CertificateParams::new(names).unwrap().subject_alt_names;
            assert_eq!(params.subject_alt_names, asked, "the request is for the names of the order");
            (params.not_before, params.not_after) = (now, now + shared.life);
            if let Some(other) = other {
                params.subject_alt_names = rcgen::CertificateParams::new([other]).unwrap().subject_alt_names;
            }
        });
        (book.orders[id].status, book.orders[id].chain) = ("valid", Some(chain));
    }
    Ok(told(shared, id, StatusCode::OK))
}
