//! Connectors without code: `provider.toml` says what the one request is and what its answers mean.
//!
//! The file is read and judged here, with every fault named by its field and line, and what it comes to is put into the
//! generic guest (`connectors/generic`), which is in this binary: no toolchain is needed to make such a component, and
//! the same file makes the same bytes. From there on it is a component like any other.

mod answer;
mod faults;
mod name;
mod request;
#[allow(unreachable_pub, missing_docs, reason = "the guest's own file, which says what each is")]
#[path = "../../../connectors/generic/src/shape.rs"]
mod shape;
mod template;
mod tree;
mod weld;

use serde_json::Value;

use self::faults::Reader;
use super::super::manifest::Manifest;
use super::super::reason::Reason;

pub use shape::Provider;

/// The file, beside `connector.toml`.
pub const FILE: &str = "provider.toml";

/// The guest, as a core module (`build.rs`).
const GENERIC: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/generic.wasm"));

/// What a guest parses in each call is bounded.
const SHAPE_BYTES_MAX: usize = 256 << 10;

/// Read the file, and judge it by the manifest and the form beside it. Every fault is listed at once.
pub fn read(text: &str, manifest: &Manifest, schema: &Value) -> Result<Provider, Vec<Reason>> {
    let document = toml::de::DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| faults::line(text, span.start));
        vec![Reason::new("provider", format!("{FILE}, line {line}: {}", error.message()))]
    })?;
    let reader = Reader::new(text, manifest, schema);
    let root = reader.root(&document);
    root.only(&["request", "answer", "codes", "statuses"]);
    let request = request::read(&root);
    let answer = answer::read(&root);
    let faults = reader.into_faults();
    match request {
        Some(request) if faults.is_empty() => Ok(Provider { request, answer }),
        _ => Err(faults),
    }
}

/// The component of a provider: the generic guest with it in its memory.
pub(super) fn component(provider: &Provider) -> anyhow::Result<Vec<u8>> {
    let data = serde_json::to_vec(provider)?;
    anyhow::ensure!(data.len() <= SHAPE_BYTES_MAX, "{FILE} says more than a connector can hold: make it smaller");
    let module = weld::weld(GENERIC, &data)?;
    Ok(super::encode::component(&module)?.into_owned())
}
