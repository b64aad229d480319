//! What a page says while faults are injected: whoever sees sends fail has to know that it is a rehearsal.

use maud::html;

use crate::api::Parts;
use crate::console::shell::{self, Notice};
use crate::console::words::faults as words;

/// One notice for each fault of an environment, or of one connector of it.
pub(in crate::console::pages) fn notices(parts: &Parts, env: &str, connector: Option<&str>) -> Vec<Notice> {
    let on = parts.setup.faults_now(env).into_iter();
    let own = on.filter(|fault| connector.is_none_or(|connector| connector == fault.connector));
    let told =
        |fault| Notice::Warn(html! { (words::on(&fault)) " " (words::UNTIL) " " (shell::time_of(fault.until)) "." });
    own.map(told).collect()
}
