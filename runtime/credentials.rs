//! Credentials: used by connectors, never read by them.
//!
//! A manifest *declares* how a credential is used (`declaration`, `kind`, `place`); a configuration *resolves* that to a
//! binding: one place, in requests to certain hosts, methods and paths (`binding`). The host *places* what it has into
//! the final request, if the request lies inside the binding (`placement`), *signs* what the guest says and puts the
//! result where the guest's marker stands (`signing`, `markers`), and *fetches* tokens (`tokens`, `login`). Below that
//! wall hangs a `net`: whatever comes back or goes out is searched. A revision's `wallet` holds all of it. At rest
//! secrets are sealed (`vault`).

mod binding;
mod declaration;
mod keyring;
mod kind;
mod login;
mod markers;
mod net;
mod place;
mod placement;
mod signing;
mod tokens;
mod vault;
mod wallet;

pub use binding::{Binding, ResolveError, fill, resolve};
pub use declaration::Declaration;
pub use keyring::Keyring;
pub use kind::{Kind, LIFE_SECONDS_MAX};
pub use markers::Markers;
pub use net::{Hit, MASKED_BYTES_MIN, Net, QUARANTINE_BYTES_MIN};
pub use place::Place;
pub use placement::{PlaceError, judge, place, place_token, replace_marker};
pub use signing::{SignError, check_material, digest, hmac_sha256, sign, token, verify};
pub use tokens::{TokenError, Tokens};
pub(crate) use vault::hmac;
pub use vault::{MasterKey, MasterKeyError, Vault, VaultError};
pub use wallet::{Wallet, identity};
