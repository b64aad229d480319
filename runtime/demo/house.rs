//! Accounts and sessions of one environment's demo: in memory, few, the oldest goes first.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::Flow;
use super::password::Password;
use crate::clock::Timestamp;
use crate::random;

const ACCOUNTS_MAX: usize = 1_000;
const SESSIONS_MAX: usize = 2_000;
const WRONG_KEPT_MAX: usize = 2_000;
/// A session that was not used for so long is over.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// Wrong passwords in a row for one name, until it has to wait.
const WRONG_MAX: u32 = 5;
const WRONG_WAIT: Duration = Duration::from_secs(60);

/// Somebody's account.
#[derive(Clone, Default)]
pub(super) struct Account {
    /// His number, which he has proven to be his.
    pub(super) phone: Option<String>,
    /// His e-mail address or the name that he chose.
    pub(super) name: Option<String>,
    /// His password.
    pub(super) password: Option<Password>,
}

/// What a browser has come to.
#[derive(Clone, Default)]
pub(super) struct Session {
    /// Who is signed in.
    pub(super) account: Option<u64>,
    /// The code that was sent last.
    pub(super) pending: Option<Pending>,
    /// What a right code has allowed.
    pub(super) proven: Option<Proven>,
    /// When it was used last.
    pub(super) seen: Option<Timestamp>,
}

/// A code that was sent.
#[derive(Clone)]
pub(super) struct Pending {
    /// For what.
    pub(super) flow: Flow,
    /// The verification: the browser never learns its id.
    pub(super) verification: String,
    /// The number.
    pub(super) to: String,
    /// When it may be sent again.
    pub(super) resend_after: Timestamp,
    /// Whether no message left.
    pub(super) is_unsent: bool,
    /// Whether its length is a provider's.
    pub(super) any_length: bool,
}

/// What a right code has allowed.
#[derive(Clone)]
pub(super) enum Proven {
    /// The number is his, and nobody's account has it.
    Stranger(String),
    /// The account is his, and he may set another password.
    Reset(u64),
}

/// Accounts and sessions.
#[derive(Default)]
pub(super) struct House {
    accounts: BTreeMap<u64, Account>,
    next: u64,
    sessions: HashMap<String, Session>,
    wrong: HashMap<String, (u32, Timestamp)>,
}

impl House {
    /// The session of this token.
    pub(super) fn session(&mut self, token: &str, now: Timestamp) -> Option<Session> {
        let session = self.sessions.get_mut(token)?;
        if session.seen.is_none_or(|seen| now.since(seen) > IDLE) {
            self.sessions.remove(token);
            return None;
        }
        session.seen = Some(now);
        Some(session.clone())
    }

    /// Keep a session under a token of its own, and end the one that it follows: whoever knew that token before shares
    /// nothing of what it has become.
    pub(super) fn begin(&mut self, before: Option<&str>, mut session: Session, now: Timestamp) -> String {
        if let Some(before) = before {
            self.sessions.remove(before);
        }
        if self.sessions.len() >= SESSIONS_MAX {
            let oldest = self.sessions.iter().min_by_key(|(_, session)| session.seen).map(|(token, _)| token.clone());
            oldest.map(|token| self.sessions.remove(&token));
        }
        session.seen = Some(now);
        let token = random::hex::<16>();
        self.sessions.insert(token.clone(), session);
        token
    }

    /// End a session.
    pub(super) fn end(&mut self, token: &str) {
        self.sessions.remove(token);
    }

    /// Make an account.
    pub(super) fn add(&mut self, account: Account) -> u64 {
        if self.accounts.len() >= ACCOUNTS_MAX {
            self.accounts.pop_first();
        }
        self.next += 1;
        self.accounts.insert(self.next, account);
        self.next
    }

    /// An account.
    pub(super) fn account(&self, id: u64) -> Option<&Account> {
        self.accounts.get(&id)
    }

    /// An account, to change it.
    pub(super) fn account_mut(&mut self, id: u64) -> Option<&mut Account> {
        self.accounts.get_mut(&id)
    }

    /// Whose number it is.
    pub(super) fn of_number(&self, number: &str) -> Option<u64> {
        self.find(|account| account.phone.as_deref() == Some(number))
    }

    /// Whose name it is, however it is written.
    pub(super) fn of_name(&self, name: &str) -> Option<u64> {
        let name = name.to_lowercase();
        self.find(|account| account.name.as_ref().is_some_and(|own| own.to_lowercase() == name))
    }

    fn find(&self, is_it: impl Fn(&Account) -> bool) -> Option<u64> {
        self.accounts.iter().find(|(_, account)| is_it(account)).map(|(id, _)| *id)
    }

    /// How many seconds this name has to wait before its next password, whether or not anybody has it.
    pub(super) fn must_wait(&self, name: &str, now: Timestamp) -> Option<u64> {
        let Some((count, last)) = self.wrong.get(name) else {
            // Where so many names are tried that no more can be counted, nobody new tries.
            let is_full = self.wrong.len() >= WRONG_KEPT_MAX
                && self.wrong.values().all(|(_, last)| now.since(*last) < WRONG_WAIT);
            return is_full.then_some(WRONG_WAIT.as_secs());
        };
        let left = last.plus(WRONG_WAIT).since(now);
        (*count >= WRONG_MAX && !left.is_zero()).then(|| left.as_millis().div_ceil(1000).try_into().unwrap_or(1))
    }

    /// Count a password, before it is judged: many at once are many tries.
    pub(super) fn tried(&mut self, name: &str, now: Timestamp) {
        if self.wrong.len() >= WRONG_KEPT_MAX {
            self.wrong.retain(|_, (_, last)| now.since(*last) < WRONG_WAIT);
        }
        if self.wrong.len() < WRONG_KEPT_MAX {
            let (count, last) = self.wrong.entry(name.to_owned()).or_insert((0, now));
            (*count, *last) = (count.saturating_add(1), now);
        }
    }

    /// Forget wrong ones after a right one.
    pub(super) fn was_right(&mut self, name: &str) {
        self.wrong.remove(name);
    }
}

#[cfg(test)]
mod tests;
