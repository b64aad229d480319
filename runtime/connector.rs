//! Connectors.

pub mod contract;
