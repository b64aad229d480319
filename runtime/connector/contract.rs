//! The contract's words in our own types (`wit/connector.wit` says what each means). `bindings.rs` converts between
//! these and the generated ones, so that nothing else depends on the generator.

mod callback;
mod failure;
mod message;
mod report;
mod seen;
mod verification;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

pub use callback::{Answer, Callback, DeliveryReport, Handled, ReportStatus};
pub use failure::{Certainty, Failure, FailureKind};
pub use message::{Message, Money, Receipt, ReceiptStatus, Standing};
pub use report::{Ending, Report, Word};
pub use seen::{Exchange, Leak, LogLine};
pub use verification::{CheckRequest, CodeVerdict, StartRequest, Started};

/// What every export is told about the call itself.
#[derive(Clone, Debug)]
pub struct Call {
    /// Now, as the host sees it.
    pub issued_at: Timestamp,
    /// 32 lower-case hexadecimal digits, fresh for each call.
    pub nonce: String,
    /// Name of the environment.
    pub environment: String,
}

/// One named value: a template's parameter, or an entry of an `extra` list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Which export a call is for. A credential's binding names the exports that it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Export {
    /// Sending.
    Sms,
    /// Checking the account.
    Account,
    /// Reading a provider's callback.
    DeliveryReports,
    /// Starting verifications, and checking their codes.
    Verification,
}

impl Export {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Account => "account",
            Self::DeliveryReports => "delivery-reports",
            Self::Verification => "verification",
        }
    }
}
