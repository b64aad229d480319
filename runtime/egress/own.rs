//! The command line's own calls: to a service that the operator names, or that runs beside it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use http::{Method, StatusCode};
use serde_json::Value;
use url::Url;

/// Saving a connector compiles it, which may take a minute.
const CALL_SECONDS_MAX: u64 = 180;
const DOWNLOAD_REDIRECTS_MAX: usize = 5;

/// POST a component; answers status and body.
pub async fn post_wasm(url: Url, key: &str, wasm: Vec<u8>) -> anyhow::Result<(u16, String)> {
    let client = client()?;
    let shown = url.to_string();
    let sent = client.post(url).bearer_auth(key).header("content-type", "application/wasm").body(wasm).send().await;
    let answer = sent.map_err(reqwest::Error::without_url).with_context(|| format!("no answer from `{shown}`"))?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// GET a file over TLS, or from this machine; answers its bytes, of which there may be so many.
pub async fn download(url: &Url, bytes_max: usize) -> anyhow::Result<Vec<u8>> {
    let is_own = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    if url.scheme() != "https" && !is_own {
        anyhow::bail!("only https is fetched: `{url}`");
    }
    let told = || format!("can't fetch `{url}`");
    // Where releases lie, they mostly lie behind a redirect; none leads out of TLS.
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(super::tls::config(&[])?)
        .redirect(reqwest::redirect::Policy::limited(DOWNLOAD_REDIRECTS_MAX))
        .https_only(!is_own)
        .no_proxy()
        .build()?;
    let request = client.get(url.clone()).timeout(Duration::from_secs(CALL_SECONDS_MAX));
    let sent = request.send().await.and_then(reqwest::Response::error_for_status);
    let mut answer = sent.map_err(reqwest::Error::without_url).with_context(told)?;
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url).with_context(told)? {
        if bytes.len() + part.len() > bytes_max {
            anyhow::bail!("`{url}` has more than {bytes_max} bytes");
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// One of a service's callers, over connections that it keeps.
pub struct Caller {
    client: reqwest::Client,
    url: String,
    key: String,
}

/// A call to the service's API.
pub struct Call<'a> {
    /// Method.
    pub method: Method,
    /// Path and query, encoded.
    pub path: &'a str,
    /// `If-Match`: the revision that was seen.
    pub if_match: Option<u64>,
    /// A document to send.
    pub body: Option<&'a Value>,
}

impl Caller {
    /// Of the service at `url`, without a slash at its end.
    pub fn new(url: &str, key: &str) -> anyhow::Result<Self> {
        Ok(Self { client: client()?, url: url.to_owned(), key: key.to_owned() })
    }

    /// POST a document; answers status and document.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<(StatusCode, Value)> {
        let request = self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.key).json(body);
        let answer = request.send().await.map_err(reqwest::Error::without_url)?;
        Ok((answer.status(), answer.json().await?))
    }

    /// Make a call; answers its status and document, null if it has none.
    pub async fn call(&self, call: Call<'_>) -> anyhow::Result<(u16, Value)> {
        let request = self.client.request(call.method, format!("{}{}", self.url, call.path)).bearer_auth(&self.key);
        let mut request = request.timeout(Duration::from_secs(CALL_SECONDS_MAX));
        if let Some(seen) = call.if_match {
            request = request.header(http::header::IF_MATCH, format!("\"{seen}\""));
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let sent = request.send().await.map_err(reqwest::Error::without_url);
        let answer = sent.with_context(|| format!("no answer from `{}`", self.url))?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(reqwest::Error::without_url);
        let body = body.with_context(|| format!("the answer of `{}` broke off", self.url))?;
        if body.is_empty() {
            return Ok((status, Value::Null));
        }
        let document = serde_json::from_slice(&body).ok();
        let document = document.with_context(|| {
            format!("`{}` answered {status} with something that is not JSON: is it the service?", self.url)
        })?;
        Ok((status, document))
    }
}

/// How long a service on this machine may take to answer whether it lives.
const HEALTH: Duration = Duration::from_secs(4);

/// Ask the service that listens at `address` whether it lives; its answer, or why there is none. A listener that serves
/// TLS is asked over TLS, as `name` where it has a public one: it may have a certificate for that alone. The certificate
/// is not judged: nothing is told to whoever answers, and the address is this machine's.
pub async fn ask_health(address: SocketAddr, name: Option<&str>) -> anyhow::Result<Value> {
    let mut answer = ask(address, &format!("http://{address}/healthz"), name).await;
    // Who refuses the connection would do so again; what serves TLS says so, or hangs up.
    if answer.as_ref().is_err_and(|error| !error.is_connect() && !error.is_timeout()) {
        let host = name.map_or_else(|| address.to_string(), |name| format!("{name}:{}", address.port()));
        let over_tls = ask(address, &format!("https://{host}/healthz"), name).await;
        // No answer at all is no TLS: then the first one tells more.
        if over_tls.as_ref().map_or_else(|error| error.status().is_some(), |_| true) {
            answer = over_tls;
        }
    }
    answer
        .map_err(|error| anyhow::Error::new(error.without_url()))
        .with_context(|| format!("no service lives at {address}"))
}

async fn ask(address: SocketAddr, url: &str, name: Option<&str>) -> reqwest::Result<Value> {
    // Already installed where this process has asked before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(HEALTH)
        .no_proxy();
    if let Some(name) = name {
        client = client.resolve(name, address);
    }
    client.build()?.get(url).send().await?.error_for_status()?.json().await
}

fn client() -> anyhow::Result<reqwest::Client> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(super::tls::config(&[])?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    Ok(client.build()?)
}
