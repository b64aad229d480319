//! What a connector did in the last day. Where that is much, it is counted when the page is there, by its own address.

use maud::{Markup, html};

use crate::api::Parts;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::visit::Visit;
use crate::console::words::revisions as words;
use crate::store::RevisionFigures;

/// Whether everything is to be counted, however long that takes.
pub(super) fn is_counted(visit: &Visit) -> bool {
    Posted::parse(visit.query.as_bytes()).has("counted")
}

/// The page's own address, with everything counted.
pub(super) fn counted(visit: &Visit) -> String {
    let and = if visit.query.is_empty() { "" } else { "&" };
    format!("{}?{}{and}counted=1", visit.path, visit.query)
}

/// How its revisions did; none where that is counted later.
pub(super) async fn figures(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    name: &str,
) -> Result<Option<Vec<RevisionFigures>>, Refusal> {
    let statistics = parts.statistics();
    if !is_counted(visit) && !statistics.is_quick(env, None, None).await? {
        return Ok(None);
    }
    Ok(Some(statistics.connector(env, name, None).await?.revisions))
}

/// How much it sent: the least that it is, until all of it is counted.
pub(super) async fn sent(parts: &Parts, visit: &Visit, env: &str, name: &str) -> Result<Markup, Refusal> {
    let statistics = parts.statistics();
    let all = |sent| html! { div #sent { p { (words::sent_lately(sent)) } } };
    if is_counted(visit) {
        return Ok(all(statistics.connector(env, name, None).await?.sent));
    }
    let lately = statistics.sent_lately(env, name).await?;
    if lately.is_all {
        return Ok(all(lately.sent));
    }
    let meanwhile = html! { p { (words::sent_at_least(lately.sent)) } };
    Ok(shell::later("sent", &counted(visit), words::COUNT_SENT, &meanwhile))
}
