//! Credentials: used by connectors, never read by them.
//!
//! A manifest *declares* how a credential is used (`declaration`); a configuration *resolves* that to a binding: one
//! place, in requests to certain hosts, methods and paths (`binding`); the host *places* the secret into the final
//! request, if the request lies inside the binding (`placement`). At rest secrets are sealed (`vault`).

mod binding;
mod declaration;
mod keyring;
mod placement;
mod vault;

pub use binding::{Binding, ResolveError, fill, resolve};
pub use declaration::{Declaration, Kind};
pub use keyring::Keyring;
pub use placement::{PlaceError, Placed, place};
pub(crate) use vault::hmac;
pub use vault::{MasterKey, MasterKeyError, Vault, VaultError};
