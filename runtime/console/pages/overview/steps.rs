//! What is left to do in an environment, the most urgent first.

use maud::{Markup, html};

use crate::api::Parts;
use crate::audit::action;
use crate::console::refusal::Refusal;
use crate::console::words::overview::Step;
use crate::setup::ConnectorView;
use crate::store::{AuditFilter, EnvironmentRow};

/// The steps that are left.
pub(super) async fn left(
    parts: &Parts,
    row: &EnvironmentRow,
    active: Option<&ConnectorView>,
    has_sent: bool,
) -> Result<Vec<Step>, Refusal> {
    let env = &row.name;
    let is_inbox = active.is_some_and(|view| view.component.starts_with("inbox@"));
    let mut left = Vec::new();
    if active.is_none() {
        left.push(Step::Connector);
    }
    if parts.setup.policy(env).await?.0.destinations.is_closed(row.is_development()) {
        left.push(Step::Countries);
    }
    if is_inbox && !row.is_development() {
        left.push(Step::Real);
    }
    if active.is_some() && !has_sent && !was_tested(parts, env).await? {
        left.push(Step::Test);
    }
    if active.is_some() && !is_inbox && parts.config.server.public_url.is_none() {
        left.push(Step::Reports);
    }
    let keys = parts.store.keys().await?;
    if !keys.iter().any(|key| key.environment.as_ref() == Some(env) && key.revoked_at.is_none()) {
        left.push(Step::Key);
    }
    if parts.store.setting(env, "templates").await?.is_none() {
        left.push(Step::Texts);
    }
    if parts.setup.sign_in_experience_version(env).await? == 0 {
        left.push(Step::Experience);
    }
    Ok(left)
}

async fn was_tested(parts: &Parts, env: &str) -> Result<bool, Refusal> {
    let tests = AuditFilter {
        action: Some(action::TEST_SEND.to_owned()),
        environment: Some(env.to_owned()),
        limit: 1,
        ..AuditFilter::default()
    };
    Ok(!parts.audit.page(tests).await?.items.is_empty())
}

/// Where a step is done; none where a page can't do it.
pub(super) fn address(step: Step, env: &str, active: Option<&ConnectorView>) -> Option<String> {
    let at = format!("/console/environments/{env}");
    Some(match (step, active) {
        (Step::Test, Some(view)) => format!("{at}/connectors/{}#test-result", view.name),
        (Step::Connector | Step::Real | Step::Test, _) => format!("{at}/connectors"),
        (Step::Countries, _) => format!("{at}/policy#destinations"),
        (Step::Reports, _) => return None,
        (Step::Key, _) => "/console/keys".to_owned(),
        (Step::Texts, _) => format!("{at}/texts"),
        (Step::Experience, _) => format!("{at}/sign-in-experience"),
    })
}

/// The steps as a list.
pub(super) fn list(steps: &[Step], env: &str, active: Option<&ConnectorView>) -> Markup {
    html! {
        ul.left { @for step in steps {
            @let (what, why) = step.told();
            li {
                span aria-hidden="true" { "○" }
                div {
                    p { @match address(*step, env, active) { Some(href) => a href=(href) { (what) }, None => strong { (what) } } }
                    p.hint { (why) }
                }
            }
        } }
    }
}
