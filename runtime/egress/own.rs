//! The command line's own calls: to a service that the operator names.

use anyhow::Context as _;
use http::StatusCode;
use serde_json::Value;
use url::Url;

/// POST a component; answers status and body.
pub async fn post_wasm(url: Url, key: &str, wasm: Vec<u8>) -> anyhow::Result<(u16, String)> {
    let client = client()?;
    let shown = url.to_string();
    let sent = client.post(url).bearer_auth(key).header("content-type", "application/wasm").body(wasm).send().await;
    let answer = sent.map_err(reqwest::Error::without_url).with_context(|| format!("no answer from `{shown}`"))?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// One of a service's callers, over connections that it keeps.
pub struct Caller {
    client: reqwest::Client,
    url: String,
    key: String,
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
}

fn client() -> anyhow::Result<reqwest::Client> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(super::tls::config(&[])?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    Ok(client.build()?)
}
