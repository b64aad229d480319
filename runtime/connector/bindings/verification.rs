//! The second package: providers that make and check the codes. Where its export is, and the way between its generated
//! types and ours.

use wasmtime::Store;
use wasmtime::component::{HasSelf, Instance, InstancePre, Linker};

use super::{common, lift_failure, lift_money, lift_pairs};
use crate::connector::call::State;
use crate::connector::contract::{self, CheckRequest, CodeVerdict, Pair, StartRequest};

wasmtime::component::bindgen!({
    path: ["wit", "wit/verification"],
    world: "countersign:verification/verifier",
    imports: { default: trappable },
    exports: { default: async },
    with: {
        "countersign:connector/common": crate::connector::bindings::countersign::connector::common,
        "countersign:connector/http": crate::connector::bindings::countersign::connector::http,
        "countersign:connector/credentials": crate::connector::bindings::countersign::connector::credentials,
        "countersign:connector/log": crate::connector::bindings::countersign::connector::log,
    },
});

use self::countersign::verification::types;
use self::exports::countersign::verification::verification;

/// What the package adds to the imports of a connector: its words.
pub(super) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    types::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}

impl types::Host for State {}

/// Where the export is.
pub(in crate::connector) struct Indices(verification::GuestIndices);

impl Indices {
    /// None where a component does not export it.
    pub(super) fn find(pre: &InstancePre<State>) -> wasmtime::Result<Option<Self>> {
        let name = "countersign:verification/verification@1.0.0";
        let exports = pre.component().get_export_index(None, name).is_some();
        exports.then(|| verification::GuestIndices::new(pre).map(Self)).transpose()
    }

    /// Whether what an instance exports has the contract's types.
    pub(super) fn fit(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<()> {
        self.0.load(store, instance).map(|_| ())
    }

    pub(in crate::connector) async fn start(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        call: &common::Call,
        config: &str,
        request: &StartRequest,
    ) -> wasmtime::Result<Result<contract::Started, contract::Failure>> {
        let guest = self.0.load(&mut *store, instance)?;
        let answer = guest.call_start(store, call, config, &lower_request(request)).await?;
        Ok(answer.map(lift_started).map_err(lift_failure))
    }

    pub(in crate::connector) async fn check(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        call: &common::Call,
        config: &str,
        asked: &CheckRequest,
    ) -> wasmtime::Result<Result<CodeVerdict, contract::Failure>> {
        let guest = self.0.load(&mut *store, instance)?;
        let attempt = types::Attempt {
            id: asked.id.clone(),
            to: asked.to.clone(),
            code: asked.code.expose().clone(),
            reference: asked.reference.clone(),
        };
        let answer = guest.call_check(store, call, config, &attempt).await?;
        Ok(answer.map(lift_verdict).map_err(lift_failure))
    }
}

fn lower_request(r: &StartRequest) -> types::Request {
    let field = |pair: &Pair| common::Field { name: pair.name.clone(), value: pair.value.clone() };
    types::Request {
        to: r.to.clone(),
        calling_code: r.calling_code.clone(),
        country: r.country.clone(),
        purpose: r.purpose.clone(),
        locale: r.locale.clone(),
        reference: r.reference.clone(),
        validity_seconds: r.validity_seconds,
        sender: r.sender.clone(),
        client_ip: r.client_ip.clone(),
        app_hash: r.app_hash.clone(),
        code_length: r.code_length,
        previous: r.previous.clone(),
        extra: r.extra.iter().map(field).collect(),
    }
}

fn lift_started(started: types::Started) -> contract::Started {
    contract::Started {
        id: started.id,
        expires_in_seconds: started.expires_in_seconds,
        segments: started.segments,
        price: started.price.map(lift_money),
        extra: lift_pairs(started.extra),
    }
}

fn lift_verdict(verdict: types::Verdict) -> CodeVerdict {
    match verdict {
        types::Verdict::Approved => CodeVerdict::Approved,
        types::Verdict::Wrong => CodeVerdict::Wrong,
        types::Verdict::Expired => CodeVerdict::Expired,
        types::Verdict::TooMany => CodeVerdict::TooMany,
        types::Verdict::Gone => CodeVerdict::Gone,
        types::Verdict::Other => CodeVerdict::Other,
    }
}
