//! Users: who is on the list, and who may put whom there.
//!
//! The threat: somebody who may set up connectors makes himself more than he is, by way of another person. So nobody gives
//! a role that he lacks, and nobody makes a link for, gives another address to, or lets in again, who has one that he lacks:
//! with any of these he could sign in as that person. Nor does he keep a way in from before that person had it: whoever is
//! given a role signs in anew, unless it was the identity provider that let him in.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{INVITATION_LIFE, People, PeopleError};
use crate::keys::Role;
use crate::random;
use crate::secret::Secret;
use crate::store::{UserChange, UserRow};

/// A user as somebody writes him.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserInput {
    /// For people.
    pub name: String,
    /// Where he is known at the identity provider; no two users have the same.
    pub email: String,
    /// What he may do: no more than you.
    pub roles: Vec<Role>,
    /// He may not sign in, and is signed out everywhere.
    #[serde(default)]
    pub disabled: bool,
}

impl UserInput {
    fn checked(mut self) -> Result<Self, PeopleError> {
        let refuse = |field, text: &str| Err(PeopleError::Field(field, text.to_owned()));
        self.name = self.name.trim().to_owned();
        self.email = self.email.trim().to_lowercase();
        self.roles.sort_unstable();
        self.roles.dedup();
        if !(1..=100).contains(&self.name.chars().count()) || self.name.chars().any(char::is_control) {
            return refuse("/name", "has 1 to 100 characters");
        }
        if !is_address(&self.email) {
            return refuse("/email", "is no e-mail address");
        }
        if self.roles.is_empty() {
            return refuse("/roles", "give at least one");
        }
        Ok(self)
    }
}

pub(super) fn is_address(text: &str) -> bool {
    let has_two_parts = text.split_once('@').is_some_and(|(who, host)| {
        !who.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    has_two_parts && text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

impl People {
    /// Every user, by name.
    pub async fn users(&self) -> Result<Vec<UserRow>, PeopleError> {
        Ok(self.store.users().await?)
    }

    /// One user.
    pub async fn user(&self, id: &str) -> Result<UserRow, PeopleError> {
        self.store.user(id).await?.ok_or(PeopleError::Missing("user"))
    }

    /// Add a user, on the word of somebody with these roles.
    pub async fn add_user(&self, own: &[Role], input: UserInput) -> Result<UserRow, PeopleError> {
        let input = input.checked()?;
        covers(own, &input.roles)?;
        let now = self.clock.now();
        let user = UserRow {
            id: format!("usr_{}", random::hex::<8>()),
            name: input.name,
            email: input.email,
            roles: words(&input.roles),
            subject: None,
            created_at: now,
            disabled_at: input.disabled.then_some(now),
        };
        if self.store.insert_user(user.clone()).await? { Ok(user) } else { Err(taken()) }
    }

    /// Change a user, on the word of somebody with these roles. With another address he is another person to the identity
    /// provider, and is bound anew.
    pub async fn change_user(&self, own: &[Role], id: &str, input: UserInput) -> Result<UserRow, PeopleError> {
        let input = input.checked()?;
        let before = self.user(id).await?;
        let had = roles(&before);
        let is_moved = input.email != before.email;
        let is_let_in = before.disabled_at.is_some() && !input.disabled;
        let given: Vec<Role> = match is_moved || is_let_in {
            true => input.roles.iter().chain(&had).copied().collect(),
            false => input.roles.iter().filter(|role| !had.contains(role)).copied().collect(),
        };
        covers(own, &given)?;
        let disabled_at = input.disabled.then(|| before.disabled_at.unwrap_or_else(|| self.clock.now()));
        let user = UserRow {
            name: input.name,
            email: input.email,
            roles: words(&input.roles),
            subject: before.subject.clone().filter(|_| !is_moved),
            disabled_at,
            ..before
        };
        match self.store.update_user(user.clone(), self.clock.now()).await? {
            UserChange::Done => Ok(user),
            UserChange::Missing => Err(PeopleError::Missing("user")),
            UserChange::Taken => Err(taken()),
        }
    }

    /// Delete a user; he is signed out everywhere.
    pub async fn remove_user(&self, id: &str) -> Result<(), PeopleError> {
        if self.store.delete_user(id).await? { Ok(()) } else { Err(PeopleError::Missing("user")) }
    }

    /// A link that signs a user in once, on the word of somebody with these roles.
    pub async fn invite(&self, own: &[Role], id: &str) -> Result<Secret<String>, PeopleError> {
        let user = self.user(id).await?;
        covers(own, &roles(&user))?;
        if user.disabled_at.is_some() {
            return Err(PeopleError::Disabled);
        }
        Ok(self.link(Some(id), INVITATION_LIFE).await?)
    }
}

/// The roles of a user, as far as this version knows them.
pub fn roles(user: &UserRow) -> Vec<Role> {
    user.roles.iter().filter_map(|role| role.parse().ok()).collect()
}

fn words(roles: &[Role]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn covers(own: &[Role], given: &[Role]) -> Result<(), PeopleError> {
    given.iter().find(|role| !own.contains(role)).map_or(Ok(()), |role| Err(PeopleError::Lacks(*role)))
}

fn taken() -> PeopleError {
    PeopleError::Field("/email", "another user has this address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_a_name_an_address_and_a_role() {
        let input = |name: &str, email: &str, roles: &[Role]| {
            UserInput { name: name.into(), email: email.into(), roles: roles.into(), disabled: false }.checked()
        };
        let fine = input(" Ada ", " Ada@Example.COM ", &[Role::Viewer, Role::Upload, Role::Viewer]).unwrap();
        assert_eq!((fine.name.as_str(), fine.email.as_str()), ("Ada", "ada@example.com"));
        assert_eq!(fine.roles, [Role::Upload, Role::Viewer]);
        for (name, email, roles) in [
            ("", "a@b", &[Role::Viewer][..]),
            ("a\nb", "a@b", &[Role::Viewer]),
            (&"x".repeat(101), "a@b", &[Role::Viewer]),
            ("A", "", &[Role::Viewer]),
            ("A", "@b", &[Role::Viewer]),
            ("A", "a@", &[Role::Viewer]),
            ("A", "a@b@c", &[Role::Viewer]),
            ("A", "a b@c", &[Role::Viewer]),
            ("A", &format!("{}@b", "x".repeat(300)), &[Role::Viewer]),
            ("A", "a@b", &[]),
        ] {
            assert!(input(name, email, roles).is_err(), "{name:?} {email:?}");
        }
    }
}
