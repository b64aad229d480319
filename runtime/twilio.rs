//! Twilio's own words over our use cases: whoever speaks Verify v2 or Messages changes a base URL, and gains routing and
//! failover.
//!
//! A façade and nothing more: codes, limits, lives and deliveries are those of [`crate::otp`]. Here stand Twilio's names
//! for them ([`sid`]), its forms ([`form`]), its errors ([`fault`]), its shapes, and its status callbacks ([`callbacks`]).
//! What we have no equivalent of is refused by name: silently dropping a parameter would be a lie.

mod accounts;
pub mod callbacks;
pub mod fault;
pub mod form;
mod messages;
mod services;
mod shapes;
pub mod sid;
mod signature;
mod times;
mod verifications;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::credentials::Vault;
use crate::egress::Origins;
use crate::otp::Otp;
use crate::store::Store;

pub use accounts::{Account, MadeCredential, NewCredential};
pub use fault::{Fault, Kind};
pub use form::Form;
pub use messages::Page;

/// A number in a service.
type Number = (String, [u8; 32]);

/// The use cases.
pub struct Twilio {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    otp: Arc<Otp>,
    origins: Arc<Origins>,
    clock: Clock,
    /// Numbers that a verification is being made for.
    in_hand: Arc<Mutex<HashSet<Number>>>,
}

impl Twilio {
    /// Over these parts.
    pub fn new(store: Arc<dyn Store>, vault: Arc<Vault>, otp: Arc<Otp>, origins: Arc<Origins>, clock: Clock) -> Self {
        Self { store, vault, otp, origins, clock, in_hand: Arc::default() }
    }

    /// Take a number in hand; none while another request has it.
    fn take(&self, service: &str, number: [u8; 32]) -> Option<InHand> {
        let number = (service.to_owned(), number);
        let mut all = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(number.clone()).then(|| InHand { all: Arc::clone(&self.in_hand), number })
    }
}

/// A number that is let go with this.
struct InHand {
    all: Arc<Mutex<HashSet<Number>>>,
    number: Number,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
