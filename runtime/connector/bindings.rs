//! The generated types, and the way between them and ours. Nobody else sees them.

use std::collections::BTreeSet;

use wasmtime::component::{HasSelf, Instance, InstancePre, Linker};
use wasmtime::{Engine, Store};

mod callback;
mod verification;

use super::call::State;
use super::contract::{self, Call, Certainty, Export, FailureKind, Money, Pair, ReceiptStatus};

wasmtime::component::bindgen!({
    path: "wit",
    world: "connector-complete",
    imports: { "countersign:connector/http.send": async | trappable, default: trappable },
    exports: { default: async },
});

use self::exports::countersign::connector::{account, delivery_reports, sms};

pub(super) use self::countersign::connector::{common, credentials, http, log};

/// Two linkers: the contract alone, and the contract with what toolchains pull in of WASI. Linked to nothing that
/// leaves the sandbox: no folder, no environment, no socket (`call::state` builds the context so).
pub(super) fn linkers(engine: &Engine) -> wasmtime::Result<(Linker<State>, Linker<State>)> {
    let mut plain = Linker::new(engine);
    ConnectorComplete::add_to_linker::<_, HasSelf<State>>(&mut plain, |state| state)?;
    verification::add_to_linker(&mut plain)?;
    let mut wasi = plain.clone();
    wasmtime_wasi::p2::add_to_linker_async(&mut wasi)?;
    Ok((plain, wasi))
}

/// Where a component's exports are. It has one of `sms` and `verification`; the others are optional.
pub(super) struct Exported {
    sms: Option<sms::GuestIndices>,
    verification: Option<verification::Indices>,
    account: Option<account::GuestIndices>,
    reports: Option<delivery_reports::GuestIndices>,
}

impl Exported {
    pub(super) fn find(pre: &InstancePre<State>) -> wasmtime::Result<Self> {
        // What is optional may be absent. What is there is of the contract's type, or the component is refused.
        let exports = |interface: &str| {
            pre.component().get_export_index(None, format!("countersign:connector/{interface}@1.0.0")).is_some()
        };
        let verification = verification::Indices::find(pre)?;
        // Whatever sends nothing is told that it lacks `sms`.
        let sms = exports("sms") || verification.is_none();
        Ok(Self {
            sms: sms.then(|| sms::GuestIndices::new(pre)).transpose()?,
            verification,
            account: exports("account").then(|| account::GuestIndices::new(pre)).transpose()?,
            reports: exports("delivery-reports").then(|| delivery_reports::GuestIndices::new(pre)).transpose()?,
        })
    }

    /// Whether what an instance exports has the contract's types: names alone were looked up before.
    pub(super) fn fit(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<()> {
        self.sms.as_ref().map(|sms| sms.load(&mut *store, instance)).transpose()?;
        self.verification.as_ref().map(|verification| verification.fit(&mut *store, instance)).transpose()?;
        self.account.as_ref().map(|account| account.load(&mut *store, instance)).transpose()?;
        self.reports.as_ref().map(|reports| reports.load(&mut *store, instance)).transpose()?;
        Ok(())
    }

    pub(super) fn exports(&self) -> BTreeSet<Export> {
        let account = self.account.is_some().then_some(Export::Account);
        let reports = self.reports.is_some().then_some(Export::DeliveryReports);
        let verification = self.verification.is_some().then_some(Export::Verification);
        let sms = self.sms.is_some().then_some(Export::Sms);
        [sms, account, reports, verification].into_iter().flatten().collect()
    }

    pub(super) async fn send(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        call: &common::Call,
        config: &str,
        message: &contract::Message,
    ) -> wasmtime::Result<Result<contract::Receipt, contract::Failure>> {
        let guest = self.sms.as_ref().ok_or_else(|| missing("sms"))?.load(&mut *store, instance)?;
        let answer = guest.call_send(store, call, config, &lower_message(message)).await?;
        Ok(answer.map(lift_receipt).map_err(lift_failure))
    }

    pub(super) async fn check_account(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        call: &common::Call,
        config: &str,
    ) -> wasmtime::Result<Result<contract::Standing, contract::Failure>> {
        let guest = self.account.as_ref().ok_or_else(|| missing("account"))?.load(&mut *store, instance)?;
        let answer = guest.call_check(store, call, config).await?;
        let standing = |s: common::Standing| contract::Standing {
            name: s.name,
            balance: s.balance.map(lift_money),
            extra: lift_pairs(s.extra),
        };
        Ok(answer.map(standing).map_err(lift_failure))
    }
}

impl Exported {
    pub(super) async fn handle(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
        call: &common::Call,
        config: &str,
        callback: &contract::Callback,
    ) -> wasmtime::Result<Result<contract::Handled, contract::Failure>> {
        let guest = self.reports.as_ref().ok_or_else(|| missing("delivery-reports"))?.load(&mut *store, instance)?;
        let answer = guest.call_handle(store, call, config, &callback::lower(callback)).await?;
        Ok(answer.map(callback::lift).map_err(lift_failure))
    }

    /// Where it starts verifications and checks their codes.
    pub(super) fn verification(&self) -> wasmtime::Result<&verification::Indices> {
        self.verification.as_ref().ok_or_else(|| missing("verification"))
    }
}

fn missing(export: &str) -> wasmtime::Error {
    wasmtime::Error::msg(format!("the component does not export `{export}`"))
}

/// The call record, with the time that is left.
pub(super) fn lower_call(call: &Call, deadline_ms: u64) -> common::Call {
    common::Call {
        issued_at: call.issued_at.as_millis(),
        nonce: call.nonce.clone(),
        environment: call.environment.clone(),
        deadline_ms: u32::try_from(deadline_ms).unwrap_or(u32::MAX),
    }
}

fn lower_message(m: &contract::Message) -> common::Message {
    let parameter = |pair: &Pair| common::Parameter { name: pair.name.clone(), value: pair.value.clone() };
    let field = |pair: &Pair| common::Field { name: pair.name.clone(), value: pair.value.clone() };
    common::Message {
        to: m.to.clone(),
        calling_code: m.calling_code.clone(),
        country: m.country.clone(),
        purpose: m.purpose.clone(),
        locale: m.locale.clone(),
        reference: m.reference.clone(),
        validity_seconds: m.validity_seconds,
        sender: m.sender.clone(),
        text: m.text.clone(),
        template_id: m.template_id.clone(),
        template_locale: m.template_locale.clone(),
        parameters: m.parameters.iter().map(parameter).collect(),
        callback_url: m.callback_url.clone(),
        client_ip: m.client_ip.clone(),
        extra: m.extra.iter().map(field).collect(),
    }
}

fn lift_receipt(receipt: common::Receipt) -> contract::Receipt {
    contract::Receipt {
        status: match receipt.status {
            common::ReceiptStatus::Accepted => ReceiptStatus::Accepted,
            common::ReceiptStatus::Queued => ReceiptStatus::Queued,
            common::ReceiptStatus::Other => ReceiptStatus::Other,
        },
        message_ids: receipt.message_ids,
        segments: receipt.segments,
        price: receipt.price.map(lift_money),
        extra: lift_pairs(receipt.extra),
    }
}

fn lift_money(money: common::Money) -> Money {
    Money { amount: money.amount, currency: money.currency }
}

fn lift_pairs(fields: Vec<common::Field>) -> Vec<Pair> {
    fields.into_iter().map(|field| Pair { name: field.name, value: field.value }).collect()
}

fn lift_kind(kind: common::FailureKind) -> FailureKind {
    use common::FailureKind as K;
    match kind {
        K::InvalidConfig => FailureKind::InvalidConfig,
        K::AuthenticationFailed => FailureKind::AuthenticationFailed,
        K::InsufficientFunds => FailureKind::InsufficientFunds,
        K::InvalidRecipient => FailureKind::InvalidRecipient,
        K::UnsupportedDestination => FailureKind::UnsupportedDestination,
        K::RecipientBlocked => FailureKind::RecipientBlocked,
        K::ContentRejected => FailureKind::ContentRejected,
        K::RateLimited => FailureKind::RateLimited,
        K::QuotaExceeded => FailureKind::QuotaExceeded,
        K::FraudBlocked => FailureKind::FraudBlocked,
        K::ProviderUnavailable => FailureKind::ProviderUnavailable,
        K::Timeout => FailureKind::Timeout,
        K::InvalidResponse => FailureKind::InvalidResponse,
        K::Other => FailureKind::Other,
    }
}

fn lift_failure(failure: common::Failure) -> contract::Failure {
    contract::Failure {
        kind: lift_kind(failure.kind),
        certainty: match failure.certainty {
            common::Certainty::NotSent => Certainty::NotSent,
            common::Certainty::Unknown => Certainty::Unknown,
        },
        provider_code: failure.provider_code,
        text: failure.text,
        retry_after_seconds: failure.retry_after_seconds,
        extra: lift_pairs(failure.extra),
    }
}

impl common::Host for State {}
