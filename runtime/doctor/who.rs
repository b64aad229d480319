//! Who answers under an address: this service, another one, or a stranger.

use serde_json::Value;
use url::Url;

use crate::egress::{Egress, Fault, Response, Trust};
use crate::instance::Instance;

/// Who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The very process.
    Us,
    /// Countersign, but another start or another installation.
    Another,
    /// Something else; what it said.
    Stranger(String),
}

/// Ask whoever is at `base` for its health, which names it.
pub(super) async fn at(egress: &Egress, base: &Url, running: Option<&Instance>, trust: Trust) -> Result<Who, Fault> {
    let answer = egress.ask(http::Method::GET, &below(base, "/healthz"), &[], trust).await?;
    Ok(read(&answer, running))
}

/// A path below a base that may have one itself.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url
}

fn read(answer: &Response, running: Option<&Instance>) -> Who {
    let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let ours = |id: &str| running.is_some_and(|running| running.id == id);
    match document.get("instance").and_then(Value::as_str) {
        Some(id) if ours(id) => Who::Us,
        Some(_) if document.get("engine").is_some() => Who::Another,
        _ => {
            let server = answer.headers.iter().find(|(name, _)| name == "server").map(|(_, value)| value.as_str());
            let server =
                server.map_or(String::new(), |server| format!(" by `{}`", server.chars().take(60).collect::<String>()));
            Who::Stranger(format!("status {}{server}", answer.status))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_process_is_us() {
        let us = Instance::new();
        let said = |body: String| {
            let answer = Response { status: 200, headers: vec![("server".into(), "nginx".into())], body: body.into() };
            read(&answer, Some(&us))
        };
        assert_eq!(said(format!(r#"{{"status":"ok","engine":"48","instance":"{}"}}"#, us.id)), Who::Us);
        assert_eq!(said(r#"{"status":"ok","engine":"48","instance":"00"}"#.into()), Who::Another);
        for strange in ["", "{}", "<html>", r#"{"status":"ok"}"#] {
            assert_eq!(said(strange.into()), Who::Stranger("status 200 by `nginx`".into()));
        }
    }

    #[test]
    fn a_public_url_may_have_a_path() {
        let base = "https://a.example/otp/?x".parse().unwrap();
        assert_eq!(below(&base, "/healthz").as_str(), "https://a.example/otp/healthz");
        let base = "https://a.example".parse().unwrap();
        assert_eq!(below(&base, "/healthz").as_str(), "https://a.example/healthz");
    }
}
