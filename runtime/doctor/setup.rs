//! Whether anybody may manage the service, and whether production could send.

use super::Finding;
use super::connectors::Used;
use super::store::Opened;
use crate::config::Config;

/// Look at both.
pub(super) async fn examine(opened: &Opened, config: &Config, used: &[Used]) -> Vec<Finding> {
    let dir = config.data.dir.display();
    let mut findings = vec![match opened.store.admin_key_exists().await {
        Ok(true) => Finding::ok("admin key", "there is one"),
        Ok(false) => Finding::fail(
            "admin key",
            "none is valid: nobody can manage this service",
            format!("countersign keys new --data {dir}"),
        ),
        Err(error) => Finding::fail("admin key", error.to_string(), "see `database`"),
    }];
    for environment in opened.store.environments().await.unwrap_or_default() {
        if !environment.is_development() {
            let here = used.iter().filter(|used| used.environment.name == environment.name);
            findings.push(judge(&environment.name, &here.collect::<Vec<_>>()));
        }
    }
    findings
}

/// An environment that is not for development.
fn judge(environment: &str, used: &[&Used]) -> Finding {
    let check = format!("environment {environment}");
    let Some(active) = used.iter().find(|used| used.active) else {
        return Finding::warn(
            &check,
            "no connector is active: no code is sent there",
            "promote one from development, or set one up and activate it",
        );
    };
    let broken = used.iter().find_map(|used| used.broken.as_ref().map(|why| (used, why)));
    match broken {
        Some((used, why)) => {
            Finding::fail(&check, format!("{}: {why}", used.told()), "save the connector again with what is missing")
        }
        None => Finding::ok(&check, format!("`{}` is active, its secrets are set", active.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::doctor::Status;
    use crate::store::EnvironmentRow;

    fn used(active: bool, broken: Option<&str>) -> Used {
        let environment = EnvironmentRow {
            name: "production".into(),
            kind: "production".into(),
            display_name: String::new(),
            created_at: Timestamp::from_millis(0),
        };
        Used { environment, name: "main".into(), active, hosts: Vec::new(), broken: broken.map(str::to_owned) }
    }

    #[test]
    fn production_needs_an_active_connector_and_every_one_in_use_its_secrets() {
        let (good, bad, spare) = (used(true, None), used(true, Some("no secret")), used(false, Some("no secret")));
        assert_eq!(judge("production", &[]).status, Status::Warn);
        assert_eq!(judge("production", &[&good]).status, Status::Ok);
        assert_eq!(judge("production", &[&bad]).status, Status::Fail);
        assert_eq!(judge("production", &[&good, &spare]).status, Status::Fail);
    }
}
