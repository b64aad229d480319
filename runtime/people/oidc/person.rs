//! Whom the provider means.

use serde_json::{Map, Value};

use super::exchange::Told;
use super::{Oidc, OidcError};
use crate::actor::{Actor, ActorKind};
use crate::clock::Timestamp;
use crate::config::OidcConfig;
use crate::keys::Role;
use crate::people::users::is_address;
use crate::random;
use crate::store::{UserChange, UserRow};

impl Oidc {
    /// The user of our list, bound to what the provider calls him.
    pub(super) async fn person(&self, told: Told, now: Timestamp) -> Result<Actor, OidcError> {
        let roles = given(&self.config, &told.more);
        let store = &self.people.store;
        let issuer = self.config.issuer.as_str();
        let known = store.user_by_subject(issuer, &told.subject).await?;
        if roles.as_ref().is_some_and(Vec::is_empty) {
            if let Some(user) = known.filter(|user| !user.roles.is_empty()) {
                // Where he is signed in already, he may do no more than here.
                store.update_user(UserRow { roles: Vec::new(), ..user }, now).await?;
            }
            return Err(OidcError::NoRole);
        }
        let user = match known {
            Some(user) => user,
            None => self.bound(issuer, &told, roles.as_deref(), now).await?,
        };
        if user.disabled_at.is_some() {
            return Err(OidcError::Disabled);
        }
        let words: Option<Vec<String>> = roles.map(|roles| roles.iter().map(ToString::to_string).collect());
        if let Some(roles) = words.filter(|roles| *roles != user.roles) {
            let changed = store.update_user(UserRow { roles, ..user.clone() }, now).await?;
            if changed != UserChange::Done {
                return Err(OidcError::Unknown);
            }
        }
        Ok(Actor { kind: ActorKind::User, id: user.id, name: user.name })
    }

    /// At a first sign-in: by the address. Where groups give roles, whoever has one is added to the list.
    async fn bound(
        &self,
        issuer: &str,
        told: &Told,
        roles: Option<&[Role]>,
        now: Timestamp,
    ) -> Result<UserRow, OidcError> {
        let email = told.email.as_deref().filter(|email| told.is_verified && is_address(email));
        let email = email.ok_or(OidcError::Unverified)?;
        let store = &self.people.store;
        let user = match (store.user_by_email(email).await?, roles) {
            (Some(user), _) => user,
            (None, None) => return Err(OidcError::Unknown),
            (None, Some(roles)) => {
                let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(100).collect::<String>();
                let name = told.name.as_deref().map(|name| plain(name.trim())).filter(|name| !name.is_empty());
                let name = name.unwrap_or_else(|| plain(email));
                let user = UserRow {
                    id: format!("usr_{}", random::hex::<8>()),
                    name,
                    email: email.to_owned(),
                    roles: roles.iter().map(ToString::to_string).collect(),
                    subject: None,
                    created_at: now,
                    disabled_at: None,
                };
                if !store.insert_user(user.clone()).await? {
                    return Err(OidcError::OtherAccount);
                }
                user
            }
        };
        if user.disabled_at.is_some() {
            return Err(OidcError::Disabled);
        }
        if user.subject.is_some() || !store.bind_user(&user.id, issuer, &told.subject).await? {
            return Err(OidcError::OtherAccount);
        }
        Ok(UserRow { subject: Some((issuer.to_owned(), told.subject.clone())), ..user })
    }
}

/// The roles of somebody's groups; none if groups give no roles here.
fn given(config: &OidcConfig, claims: &Map<String, Value>) -> Option<Vec<Role>> {
    let claim = claims.get(config.roles_claim.as_ref()?);
    let groups: Vec<&str> = match claim {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    };
    let mut roles: Vec<Role> = groups.iter().filter_map(|group| config.roles.get(*group)).flatten().copied().collect();
    roles.sort_unstable();
    roles.dedup();
    Some(roles)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn roles(claim: &Value) -> Option<Vec<Role>> {
        let text = r#"
            issuer = "https://id.example.com"
            client_id = "countersign"
            roles_claim = "groups"
            roles = { ops = ["operate", "viewer"], dev = ["upload", "viewer"] }
        "#;
        given(&toml::from_str(text).unwrap(), &Map::from_iter([("groups".to_owned(), claim.clone())]))
    }

    #[test]
    fn the_roles_of_all_groups_count_each_once() {
        assert_eq!(roles(&json!(["ops", "dev", "other"])), Some(vec![Role::Upload, Role::Operate, Role::Viewer]));
        assert_eq!(roles(&json!("ops")), Some(vec![Role::Operate, Role::Viewer]));
        for odd in [json!([]), json!(null), json!(1), json!({"ops": true}), json!([["ops"]]), json!("Ops")] {
            assert_eq!(roles(&odd), Some(vec![]), "{odd}");
        }
    }
}
