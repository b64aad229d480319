//! Faults that are injected.

use crate::setup::FaultView;

pub(in crate::console) const UNTIL: &str = "It ends by itself, at the latest at";

/// What is going on.
pub(in crate::console) fn on(fault: &FaultView) -> String {
    let (connector, kind) = (&fault.connector, &fault.fault.kind);
    let calls = if fault.percent == 100 { "every call".to_owned() } else { format!("{} of 100 calls", fault.percent) };
    let whom = if fault.countries.is_empty() { String::new() } else { format!(" to {}", fault.countries.join(", ")) };
    format!(
        "Fault rehearsal: {calls}{whom} of {connector} is given the injected fault \u{201c}{kind}\u{201d}. The provider has nothing to do with it."
    )
}
