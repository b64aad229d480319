//! The command line's own call: a component to a service that the operator names.

use anyhow::Context as _;
use url::Url;

/// POST a component; answers status and body.
pub async fn post_wasm(url: Url, key: &str, wasm: Vec<u8>) -> anyhow::Result<(u16, String)> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(super::tls::config(&[])?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let shown = url.to_string();
    let sent = client.post(url).bearer_auth(key).header("content-type", "application/wasm").body(wasm).send().await;
    let answer = sent.map_err(reqwest::Error::without_url).with_context(|| format!("no answer from `{shown}`"))?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
