//! Every connector without code: one request and what its answers mean, as `provider.toml` says.
//!
//! `countersign build` reads and judges that file and puts what it comes to into this module ([`shape`]); what arrives
//! here is right by its shape. So there is one guest for all of them, and no toolchain is needed to make another.

mod answer;
mod fill;
mod find;
mod request;
#[allow(unreachable_pub, missing_docs, reason = "public where it is included")]
mod shape;

#[cfg(target_family = "wasm")]
mod given;

use countersign_sdk::{Call, Connector, Failure, FailureKind as K, Message, Receipt, connector, exchange, failure};
use shape::Provider;

struct Generic;

impl Connector for Generic {
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let provider = provider()?;
        let values = fill::Values::new(call, config, message, &provider.request.signed)?;
        answer::reply(&provider.answer, &exchange(request::build(&provider.request, &values)?)?)
    }
}

connector!(Generic, "connector");

fn provider() -> Result<Provider, Failure> {
    #[cfg(target_family = "wasm")]
    let bytes = given::provider();
    #[cfg(not(target_family = "wasm"))]
    let bytes = b"";
    serde_json::from_slice(bytes)
        .map_err(|error| failure(K::InvalidConfig, format!("this component has no provider in it: {error}")))
}
