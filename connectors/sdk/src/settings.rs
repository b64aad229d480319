//! The configuration, as a connector's own type.

use serde::de::DeserializeOwned;

use crate::{Failure, FailureKind, failure};

/// Read the configuration. The host has judged it by the schema already: a fault here is one of the connector, so it
/// names the field.
pub fn parse_config<T: DeserializeOwned>(config: &str) -> Result<T, Failure> {
    serde_json::from_str(config)
        .map_err(|error| failure(FailureKind::InvalidConfig, format!("the configuration does not fit: {error}")))
}
