//! Why a set-up was refused.

use super::*;

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        let detail = error.to_string();
        match error {
            SetupError::Refused { what: "the component", reasons } => {
                Self::reasons("invalid-component", detail, &reasons)
            }
            SetupError::Refused { reasons, .. } => Self::reasons("invalid-field", detail, &reasons),
            SetupError::NotFound { .. } => Self::not_found(detail),
            SetupError::VersionTaken { .. } => Self::conflict("version-taken", detail),
            SetupError::ApprovalNeeded { digest, asks } => {
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "approval-needed", detail)
                    .with("approve", digest)
                    .with("asks", asks.clone());
                asks.iter().fold(problem, |problem, ask| problem.fault(Some("/approve"), ask, "approval-needed"))
            }
            SetupError::SecretRebound { fields } => {
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "secret-rebound", detail);
                fields.iter().fold(problem, |problem, field| {
                    problem.fault(
                        Some(&format!("/config/{field}")),
                        "give this secret again: it would go where it was not approved to go",
                        "secret-rebound",
                    )
                })
            }
            SetupError::NotPromoted { reasons, approvals } => {
                // The kind is that of the gravest fault: what to approve is the last thing to read.
                let has = |code: &str| reasons.iter().any(|reason| reason.code == code);
                let ours = |reason: &Reason| matches!(reason.code, "secret-rebound" | "approval-needed");
                let slug = match reasons.iter().all(ours) {
                    true if has("secret-rebound") => "secret-rebound",
                    true => "approval-needed",
                    false => "invalid-field",
                };
                let problem = Self::reasons(slug, detail, &reasons);
                let approve: BTreeMap<_, _> = approvals.iter().map(|(name, asked)| (name, &asked.digest)).collect();
                let asks: BTreeMap<_, _> = approvals.iter().map(|(name, asked)| (name, &asked.asks)).collect();
                if approvals.is_empty() {
                    problem
                } else {
                    problem.with("approve", json!(approve)).with("asks", json!(asks))
                }
            }
            SetupError::SecretErased { fields } => {
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "secret-erased", detail);
                fields.iter().fold(problem, |problem, field| {
                    problem.fault(Some(&format!("/config/{field}")), "this secret was erased", "secret-erased")
                })
            }
            SetupError::Stale { current, .. } => Self::conflict("stale-revision", detail).with("current", current),
            SetupError::StaleExperience { current, .. } => {
                Self::conflict("stale-revision", detail).with("current", current)
            }
            SetupError::Moved(_) => Self::conflict("stale-revision", detail),
            SetupError::NotDevelopment(_) => Self::conflict("not-development", detail),
            SetupError::Quarantined { .. } => Self::conflict("quarantined", detail),
            SetupError::InUse { by, .. } => Self::conflict("in-use", detail).with("used_by", by),
            SetupError::NoActiveConnector { needs, .. } => {
                let problem = Self::conflict("no-active-connector", detail);
                needs
                    .iter()
                    .fold(problem, |problem, need| problem.fault(need.pointer.as_deref(), &need.text, need.code))
            }
            SetupError::Store(error) => error.into(),
            SetupError::Load(_) | SetupError::Egress(_) | SetupError::Vault(_) => Self::internal(&detail),
        }
    }
}
