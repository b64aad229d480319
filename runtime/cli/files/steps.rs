//! The steps of a plan, in an order in which each is valid: who is named is there, who sends is set up before he is
//! asked, and nobody goes while something needs him.

use http::Method;
use serde_json::{Map, Value, json};

use super::service::{Refusal, Service};
use super::show::plain;
use super::told::{ConnectorPart, Step, Told};

/// One call.
pub(super) struct Do {
    /// What is done, for people.
    pub(super) what: String,
    action: Action,
    method: Method,
    path: String,
    if_match: Option<u64>,
    body: Value,
}

/// What kind of call.
enum Action {
    /// A document is written.
    Write,
    /// A channel is written; the trial that runs there goes on.
    WriteChannel,
    /// Something goes.
    Delete,
}

impl Do {
    /// Make the call; answers what is worth telling of it.
    pub(super) async fn act(&self, service: &Service) -> anyhow::Result<Result<String, Refusal>> {
        let body = match self.action {
            Action::Write => Some(self.body.clone()),
            Action::WriteChannel => Some(with_trial(&self.body, &service.get(&self.path).await?)),
            Action::Delete => None,
        };
        let answer = service.send(self.method.clone(), &self.path, self.if_match, body.as_ref()).await?;
        let secret = |answer: &Value| answer.get("secret").and_then(Value::as_str).map(str::to_owned);
        Ok(answer.map(|answer| match (answer.get("revision").and_then(Value::as_u64), secret(&answer)) {
            (Some(revision), _) => format!(": revision {revision}"),
            (None, Some(secret)) => format!(": its calls are signed with {secret}, which is not shown again"),
            (None, None) => String::new(),
        }))
    }
}

/// A channel that is written ends the trial that its document does not name.
fn with_trial(channel: &Value, there: &Value) -> Value {
    let mut sent = channel.clone();
    if let (Some(sent), Some(canary)) = (sent.as_object_mut(), there.get("canary").filter(|canary| !canary.is_null())) {
        sent.insert("canary".to_owned(), canary.clone());
    }
    sent
}

/// The steps for one environment. `wanted` is what the plan was asked for.
pub(super) fn steps(told: &Told, wanted: &Map<String, Value>) -> Vec<Do> {
    let name = &told.environment;
    let at = format!("/v1/environments/{name}");
    let part = |name: &str| wanted.get(name).cloned().unwrap_or_default();
    let put = |what: &str, path: String, body: Value| Do {
        what: format!("{name}: {what}"),
        action: Action::Write,
        method: Method::PUT,
        path,
        if_match: None,
        body,
    };
    let mut steps = Vec::new();
    let (kind, display_name) = (part("kind"), part("display_name"));
    match told.settings.action {
        Step::Create => {
            let body = json!({"name": name, "kind": kind, "display_name": display_name});
            steps.push(Do { method: Method::POST, ..put("environment", "/v1/environments".into(), body) });
        }
        Step::Change => {
            steps.push(put("environment", at.clone(), json!({"kind": kind, "display_name": display_name})));
        }
        Step::Unchanged | Step::Delete => {}
    }
    let differs = |part: &Option<super::told::Part>| part.as_ref().is_some_and(|part| part.action != Step::Unchanged);
    if differs(&told.templates) {
        steps.push(put("templates", format!("{at}/templates"), part("templates")));
    }
    for connector in in_order(told, wanted) {
        let body = part("connectors").get(&connector.name).cloned().unwrap_or_default();
        let path = format!("{at}/connectors/{}", connector.name);
        // What was planned is what was seen: whoever changed it since is not overwritten.
        let if_match = Some(connector.revision);
        steps.push(Do { if_match, ..put(&format!("connector {}", connector.name), path, body) });
    }
    for (connector, _) in told.prices.iter().filter(|(_, part)| part.action != Step::Unchanged) {
        let body = part("prices").get(connector).cloned().unwrap_or_default();
        steps.push(put(&format!("prices of {connector}"), format!("{at}/connectors/{connector}/prices"), body));
    }
    if differs(&told.policy) {
        steps.push(put("policy", format!("{at}/policy"), part("policy")));
    }
    if differs(&told.channel) {
        let channel = put("channel sms", format!("{at}/channels/sms"), part("channel"));
        steps.push(Do { action: Action::WriteChannel, ..channel });
    }
    if differs(&told.sign_in_experience) {
        steps.push(put("sign-in experience", format!("{at}/sign-in-experience"), part("sign_in_experience")));
    }
    let webhooks = part("webhooks");
    let listed = webhooks.as_array().into_iter().flatten();
    for (webhook, body) in told.webhooks.iter().zip(listed) {
        let what = format!("webhook {}", plain(&webhook.url));
        let path = format!("{at}/webhooks/{}", webhook.id.as_deref().unwrap_or_default());
        match webhook.part.action {
            Step::Create => {
                let create = put(&what, format!("{at}/webhooks"), body.clone());
                steps.push(Do { method: Method::POST, ..create });
            }
            Step::Change => steps.push(put(&what, path, body.clone())),
            Step::Unchanged | Step::Delete => {}
        }
    }
    for webhook in told.webhooks.iter().filter(|webhook| webhook.part.action == Step::Delete) {
        let delete = put(&format!("webhook {} deleted", plain(&webhook.url)), String::new(), Value::Null);
        let path = format!("{at}/webhooks/{}", webhook.id.as_deref().unwrap_or_default());
        steps.push(Do { action: Action::Delete, method: Method::DELETE, path, ..delete });
    }
    for connector in told.connectors.iter().filter(|one| one.action == Step::Delete) {
        let delete = put(&format!("connector {} deleted", connector.name), String::new(), Value::Null);
        let path = format!("{at}/connectors/{}", connector.name);
        steps.push(Do { action: Action::Delete, method: Method::DELETE, path, ..delete });
    }
    steps
}

/// The active one first: the first connector of an environment becomes it, if only until the channel is written.
fn in_order<'a>(told: &'a Told, wanted: &Map<String, Value>) -> Vec<&'a ConnectorPart> {
    let active = wanted.get("channel").and_then(|channel| channel.get("active")).and_then(Value::as_str);
    let mut changed: Vec<&ConnectorPart> =
        told.connectors.iter().filter(|one| matches!(one.action, Step::Create | Step::Change)).collect();
    changed.sort_by_key(|one| active != Some(one.name.as_str()));
    changed
}
