//! An exchange as a test shows it: what the guest made, with a label wherever the host placed something.

use crate::connector::bindings::http;
use crate::connector::contract::{Exchange, Pair};
use crate::connector::transcript::WireFault;
use crate::egress::{self, Fault, Request};

/// How much of a body is kept.
const SHOWN_BYTES_MAX: usize = 64 << 10;
/// How many exchanges are shown, and how many headers and credentials of each: a guest may ask more often, and for
/// more, than it is given.
pub(super) const SHOWN_MAX: usize = 64;

pub(super) fn request(asked: &http::Request) -> Exchange {
    let own = asked.headers.iter().take(SHOWN_MAX).map(|h| Pair { name: head(&h.name), value: head(&h.value) });
    let credentials: Vec<String> = asked.credentials.iter().take(SHOWN_MAX).map(|name| head(name)).collect();
    let placed = credentials
        .iter()
        .map(|name| Pair { name: "(placed by the host)".into(), value: format!("‹credential {name}›") });
    Exchange {
        method: head(&asked.method),
        url: head(&asked.url),
        headers: own.chain(placed).collect(),
        body: text(&asked.body),
        credentials,
        ..Exchange::default()
    }
}

/// The host's own request for a token: where it goes, and nothing of what it says.
pub(super) fn login(request: &Request, credential: &str) -> Exchange {
    let mut url = request.url.clone();
    url.set_query(None);
    Exchange {
        method: request.method.to_string(),
        url: url.to_string(),
        headers: vec![Pair {
            name: "(made by the host)".into(), value: format!("‹login of credential {credential}›")
        }],
        credentials: vec![credential.to_owned()],
        by_host: true,
        ..Exchange::default()
    }
}

pub(super) fn login_answer(mut shown: Exchange, answer: &Result<egress::Response, Fault>) -> Exchange {
    match answer {
        Ok(response) => {
            shown.status = Some(response.status);
            shown.response_body = "‹token›".into();
        }
        Err(fault) => shown.fault = Some(fault.to_string()),
    }
    shown
}

/// The answer as the guest gets it: masked already.
pub(super) fn answer(shown: &mut Exchange, answer: &Result<egress::Response, Fault>) {
    match answer {
        Ok(response) => {
            let pair = |(name, value): &(String, String)| Pair { name: name.clone(), value: value.clone() };
            shown.status = Some(response.status);
            shown.response_headers = response.headers.iter().map(pair).collect();
            shown.response_body = text(&response.body);
        }
        Err(fault) => {
            shown.wire_fault = on_the_wire(fault);
            shown.fault = Some(fault.to_string());
        }
    }
}

/// What a provider would have done to the same effect.
fn on_the_wire(fault: &Fault) -> Option<WireFault> {
    match fault {
        Fault::Denied(_) => None,
        Fault::Timeout { began: true } => Some(WireFault::Timeout),
        fault if fault.began() => Some(WireFault::Reset),
        _ => Some(WireFault::Refused),
    }
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..SHOWN_BYTES_MAX).unwrap_or(body)).into_owned()
}

/// As much of a text as a person looks at.
fn head(text: &str) -> String {
    text.chars().take(2 << 10).collect()
}
