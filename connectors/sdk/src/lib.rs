//! Writing a connector in Rust: provider knowledge, and nothing else.
//!
//! A connector is two pure functions and a table: *build the request*, *read the reply*, and the provider's codes.
//! Pure functions are tested natively, without a sandbox; the component as a whole is tested by transcripts.
//!
//! ```ignore
//! use countersign_sdk::*;
//!
//! struct Example;
//!
//! impl Connector for Example {
//!     fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
//!         let config: Config = parse_config(config)?;
//!         let request = Request::post("https://api.example.com/messages").credential("key").json(&body(&config, message));
//!         reply(exchange(request)?)
//!     }
//! }
//!
//! connector!(Example, "connector");
//! ```
//!
//! Secrets never come here: name a credential of `connector.toml` with [`Request::credential`] and leave its place in
//! the request empty. There is no clock: use [`Call::issued_at`]. Nothing survives a call.

pub mod encoding;
mod failure;
mod http;
mod moment;
mod report;
mod settings;
pub mod signing;
pub mod text;
mod word;

#[cfg(target_family = "wasm")]
mod allocator;
#[cfg(target_family = "wasm")]
pub mod panic;

#[doc(hidden)]
pub use wit_bindgen;

#[doc(hidden)]
pub mod host {
    wit_bindgen::generate!({
        path: ["../../wit", "../../wit/verification"],
        world: "countersign:verification/words",
        generate_all,
    });
}

pub use failure::{CodeTable, Fail, failure, kind_of, kind_of_status};
pub use host::countersign::connector::common::{
    Answer, Call, Callback, Certainty, Failure, FailureKind, Field, Handled, Header, Message, Money, Parameter,
    Receipt, ReceiptStatus, Report, ReportStatus, Standing,
};
pub use host::countersign::connector::credentials;
pub use host::countersign::connector::log::{Level, write as log};
pub use host::countersign::verification::types::{Attempt, Request as StartRequest, Started, Verdict};
pub use http::{Request, Response, exchange};
pub use moment::Moment;
pub use report::{
    field_of, handled, handled_saying, header_of, not_signed, query_of, report, report_by_reference, unreadable,
};
pub use settings::parse_config;
pub use word::{Word, word};

/// Sending: every connector does this.
pub trait Connector {
    /// Ask the provider to send `message`, once. `config` is the configuration as JSON, without its secrets.
    fn send(call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure>;
}

/// Checking the account, for providers that can tell.
pub trait Account {
    /// Are the credentials good? Sends nothing.
    fn check(call: &Call, config: &str) -> Result<Standing, Failure>;
}

/// Reading delivery reports, for providers that call back. Nothing else is available here than [`signing::verify`].
pub trait Reports {
    /// Read one callback. A report whose signature was not verified moves no state.
    fn handle(call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure>;
}

/// Having the provider make, send and check the codes: what a connector does in place of [`Connector`].
pub trait Verification {
    /// Ask the provider to make a code and to send it, once.
    fn start(call: &Call, config: &str, request: &StartRequest) -> Result<Started, Failure>;
    /// Ask the provider whether a code is right, once. [`Verdict::Approved`] only for an answer that says so.
    fn check(call: &Call, config: &str, attempt: &Attempt) -> Result<Verdict, Failure>;
}

/// A start with its id, as most providers give it.
pub fn started(id: impl Into<String>) -> Started {
    Started { id: id.into(), expires_in_seconds: None, segments: None, price: None, extra: Vec::new() }
}

/// A receipt with one id, as most providers give it.
pub fn accepted(status: ReceiptStatus, id: impl Into<String>) -> Receipt {
    Receipt { status, message_ids: vec![id.into()], segments: None, price: None, extra: Vec::new() }
}

/// The standing of an account that tells its balance: a decimal, and an ISO 4217 currency.
pub fn balance(amount: impl Into<String>, currency: impl Into<String>) -> Standing {
    let money = Money { amount: amount.into(), currency: currency.into() };
    Standing { name: None, balance: Some(money), extra: Vec::new() }
}

/// The standing of an account that counts in no currency: messages or credits that are left.
pub fn credits(left: impl Into<String>) -> Standing {
    Standing { name: None, balance: None, extra: vec![Field { name: "credits".to_owned(), value: left.into() }] }
}

/// One of the message's `extra` values, such as `dlt-entity-id`.
pub fn extra_of<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.extra.iter().find(|field| field.name == name).map(|field| field.value.as_str())
}

/// The values of the message's template as a JSON object, for providers that send registered templates.
pub fn values_as_json(message: &Message) -> String {
    let pairs = message.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.value.clone().into()));
    serde_json::Value::Object(pairs.collect()).to_string()
}

/// Make a component of a type: `connector!(Type, "connector")`, or one of the worlds for a type that is more than a
/// [`Connector`]: `"connector-with-account"` ([`Account`]), `"connector-with-reports"` ([`Reports`]),
/// `"connector-complete"` (both). The second argument is the world of `wit/connector.wit` that names what it exports;
/// a third says where that folder is, from the crate's own.
///
/// A type whose provider makes the codes is a [`Verification`] instead: `"verification"`, or
/// `"verification-with-account"`. A third and a fourth argument say where `wit` and `wit/verification` are.
#[macro_export]
macro_rules! connector {
    ($type:ident, "verification") => {
        $crate::connector!($type, "verification", "../../wit", "../../wit/verification");
    };
    ($type:ident, "verification", $wit:literal, $verification:literal) => {
        $crate::connector!(@verifier $type, "countersign:verification/verifier", $wit, $verification);
    };
    ($type:ident, "verification-with-account") => {
        $crate::connector!($type, "verification-with-account", "../../wit", "../../wit/verification");
    };
    ($type:ident, "verification-with-account", $wit:literal, $verification:literal) => {
        $crate::connector!(@verifier $type, "countersign:verification/verifier-with-account", $wit, $verification);
        $crate::connector!(@account $type);
    };
    (@verifier $type:ident, $world:literal, $wit:literal, $verification:literal) => {
        $crate::connector!(@bindings $world, [$wit, $verification],
            "countersign:verification/types@1.0.0": countersign_sdk::host::countersign::verification::types);
        #[cfg(target_family = "wasm")]
        impl bindings::exports::countersign::verification::verification::Guest for $type {
            fn start(call: $crate::Call, config: String, request: $crate::StartRequest) -> Result<$crate::Started, $crate::Failure> {
                $crate::panic::hook();
                <$type as $crate::Verification>::start(&call, &config, &request)
            }

            fn check(call: $crate::Call, config: String, attempt: $crate::Attempt) -> Result<$crate::Verdict, $crate::Failure> {
                $crate::panic::hook();
                <$type as $crate::Verification>::check(&call, &config, &attempt)
            }
        }
        #[cfg(target_family = "wasm")]
        bindings::export!($type with_types_in bindings);
        $crate::connector!(@used <$type as $crate::Verification>::start);
        $crate::connector!(@used <$type as $crate::Verification>::check);
    };
    ($type:ident, $world:tt) => {
        $crate::connector!($type, $world, "../../wit");
    };
    ($type:ident, "connector", $wit:literal) => {
        $crate::connector!(@make $type, "connector", $wit);
    };
    ($type:ident, "connector-with-account", $wit:literal) => {
        $crate::connector!(@make $type, "connector-with-account", $wit);
        $crate::connector!(@account $type);
    };
    ($type:ident, "connector-with-reports", $wit:literal) => {
        $crate::connector!(@make $type, "connector-with-reports", $wit);
        $crate::connector!(@reports $type);
    };
    ($type:ident, "connector-complete", $wit:literal) => {
        $crate::connector!(@make $type, "connector-complete", $wit);
        $crate::connector!(@account $type);
        $crate::connector!(@reports $type);
    };
    (@make $type:ident, $world:literal, $wit:literal) => {
        $crate::connector!(@bindings $world, [$wit]);
        #[cfg(target_family = "wasm")]
        impl bindings::exports::countersign::connector::sms::Guest for $type {
            fn send(call: $crate::Call, config: String, message: $crate::Message) -> Result<$crate::Receipt, $crate::Failure> {
                $crate::panic::hook();
                <$type as $crate::Connector>::send(&call, &config, &message)
            }
        }
        #[cfg(target_family = "wasm")]
        bindings::export!($type with_types_in bindings);
        $crate::connector!(@used <$type as $crate::Connector>::send);
    };
    // Where it is built for tests, nothing exports it, and the compiler would call all of it dead.
    (@used $function:expr) => {
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            let _ = $function;
        };
    };
    (@account $type:ident) => {
        #[cfg(target_family = "wasm")]
        impl bindings::exports::countersign::connector::account::Guest for $type {
            fn check(call: $crate::Call, config: String) -> Result<$crate::Standing, $crate::Failure> {
                $crate::panic::hook();
                <$type as $crate::Account>::check(&call, &config)
            }
        }
        $crate::connector!(@used <$type as $crate::Account>::check);
    };
    (@reports $type:ident) => {
        #[cfg(target_family = "wasm")]
        impl bindings::exports::countersign::connector::delivery_reports::Guest for $type {
            fn handle(call: $crate::Call, config: String, callback: $crate::Callback) -> Result<$crate::Handled, $crate::Failure> {
                $crate::panic::hook();
                <$type as $crate::Reports>::handle(&call, &config, &callback)
            }
        }
        $crate::connector!(@used <$type as $crate::Reports>::handle);
    };
    // Only where it is linked into a component: the names of its exports are none that a native linker takes.
    (@bindings $world:literal, [$($wit:literal),+] $(, $more:literal : $path:path)?) => {
        #[cfg(target_family = "wasm")]
        #[allow(missing_docs, unsafe_code, unreachable_pub, clippy::all, reason = "generated")]
        mod bindings {
            $crate::wit_bindgen::generate!({
                path: [$($wit),+],
                world: $world,
                runtime_path: "countersign_sdk::wit_bindgen::rt",
                with: {
                    "countersign:connector/common@1.0.0": countersign_sdk::host::countersign::connector::common,
                    "countersign:connector/http@1.0.0": countersign_sdk::host::countersign::connector::http,
                    "countersign:connector/credentials@1.0.0": countersign_sdk::host::countersign::connector::credentials,
                    "countersign:connector/log@1.0.0": countersign_sdk::host::countersign::connector::log,
                    $($more: $path,)?
                },
            });
        }
    };
}
