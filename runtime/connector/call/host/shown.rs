//! An exchange as a test shows it: what the guest made, with a label wherever the host placed something.

use crate::connector::bindings::http;
use crate::connector::contract::{Exchange, Pair};
use crate::egress::{self, Fault, Request};

/// How much of a body is kept.
const SHOWN_BYTES_MAX: usize = 64 << 10;

pub(super) fn request(asked: &http::Request) -> Exchange {
    let mut headers: Vec<Pair> =
        asked.headers.iter().map(|h| Pair { name: h.name.clone(), value: h.value.clone() }).collect();
    headers.extend(
        asked
            .credentials
            .iter()
            .map(|name| Pair { name: "(placed by the host)".into(), value: format!("‹credential {name}›") }),
    );
    Exchange {
        method: asked.method.clone(),
        url: asked.url.clone(),
        headers,
        body: text(&asked.body),
        credentials: asked.credentials.clone(),
        status: None,
        response_headers: Vec::new(),
        response_body: String::new(),
        fault: None,
        elapsed_ms: 0,
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
        body: String::new(),
        credentials: vec![credential.to_owned()],
        status: None,
        response_headers: Vec::new(),
        response_body: String::new(),
        fault: None,
        elapsed_ms: 0,
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
        Err(fault) => shown.fault = Some(fault.to_string()),
    }
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body.get(..SHOWN_BYTES_MAX).unwrap_or(body)).into_owned()
}
