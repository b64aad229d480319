//! What callers were told of each verification, what they asked without an answer, and what may therefore be found.

use std::sync::Arc;

use futures_util::StreamExt as _;
use serde_json::Value;

use super::callers::Door;

/// Checks that a verification permits.
pub const CHECKS: u32 = 5;

#[derive(Debug)]
pub struct Entry {
    id: String,
    code: String,
    /// Wrong codes that were sent, and that were answered as counted.
    wrong_sent: u32,
    wrong_counted: u32,
    /// Right codes that were sent.
    right_sent: u32,
    /// Answers `approved`.
    pub approved: u32,
    cancel_sent: bool,
    canceled: bool,
    /// Answers in all.
    pub answers: u32,
    /// Whether a kill cut a request off.
    pub was_cut: bool,
    /// Its status when it was last looked at.
    seen: String,
}

impl Entry {
    pub fn new(id: &str, code: &str) -> Self {
        assert!(code.len() == 6, "{code}");
        Self {
            id: id.to_owned(),
            code: code.to_owned(),
            wrong_sent: 0,
            wrong_counted: 0,
            right_sent: 0,
            approved: 0,
            cancel_sent: false,
            canceled: false,
            answers: 1,
            was_cut: false,
            seen: "pending".to_owned(),
        }
    }

    pub fn is_pending(&self) -> bool {
        self.seen == "pending"
    }

    fn heard<T>(&mut self, answer: Option<T>) -> Option<T> {
        self.answers += u32::from(answer.is_some());
        self.was_cut |= answer.is_none();
        answer
    }

    pub async fn wrong(&mut self, door: &Door) -> Option<()> {
        self.wrong_sent += 1;
        let wrong = if self.code == "000000" { "000001" } else { "000000" };
        let answer = door.check(&self.id, wrong).await;
        let (status, told) = self.heard(answer)?;
        if status == 200 {
            self.wrong_counted += 1;
            let left = told["attempts_left"].as_u64().unwrap();
            assert!(left <= u64::from(CHECKS - self.wrong_counted), "{told} after {self:?}");
        } else {
            assert!(status == 409 && !self.may_only_be("pending"), "{told} after {self:?}");
        }
        Some(())
    }

    pub async fn right(&mut self, door: &Door) -> Option<()> {
        self.right_sent += 1;
        let answer = door.check(&self.id, &self.code).await;
        self.judge_right(answer)
    }

    /// Two callers with the right code at once.
    pub async fn right_twice(&mut self, door: &Door) -> Option<()> {
        self.right_sent += 2;
        let (one, two) = tokio::join!(door.check(&self.id, &self.code), door.check(&self.id, &self.code));
        let (one, two) = (self.judge_right(one), self.judge_right(two));
        one.and(two)
    }

    fn judge_right(&mut self, answer: Option<(u16, Value)>) -> Option<()> {
        let ended = self.canceled || self.wrong_counted >= CHECKS;
        let (status, told) = self.heard(answer)?;
        if status == 200 {
            assert_eq!(told["status"], "approved", "{self:?}");
            self.approved += 1;
            assert!(self.approved == 1 && !ended, "accepted twice, or after its end: {self:?}");
        } else {
            assert_eq!(status, 409, "{told} after {self:?}");
        }
        Some(())
    }

    pub async fn cancel(&mut self, door: &Door) -> Option<()> {
        self.cancel_sent = true;
        let answer = door.post(&format!("/v1/verifications/{}/cancel", self.id), &Value::Null).await;
        let (status, told) = self.heard(answer)?;
        self.canceled |= status == 200;
        assert!(status == 200 || (status == 409 && !self.may_only_be("pending")), "{told} after {self:?}");
        Some(())
    }

    /// Whether nothing but `status` fits what was asked and told so far.
    fn may_only_be(&self, status: &str) -> bool {
        let may: Vec<_> =
            ["pending", "approved", "canceled", "attempts_exhausted"].into_iter().filter(|s| self.fits(s)).collect();
        may == [status]
    }

    /// Whether `status` fits. What was answered must be so; what was asked without an answer may be so.
    fn fits(&self, status: &str) -> bool {
        let exhausted = self.wrong_counted >= CHECKS;
        match status {
            "approved" => self.right_sent > 0 && !self.canceled && !exhausted,
            "canceled" => self.cancel_sent && self.approved == 0 && !exhausted,
            "attempts_exhausted" => self.wrong_sent >= CHECKS && self.approved == 0 && !self.canceled,
            "pending" => self.approved == 0 && !self.canceled && !exhausted,
            _ => false,
        }
    }

    async fn look(mut self, door: &Door) -> Self {
        let (found, shown) = door.get(&format!("/v1/verifications/{}", self.id)).await.expect("the service serves");
        assert_eq!(found, 200, "a verification that was answered is gone: {self:?}");
        let (status, left) = (shown["status"].as_str().unwrap(), shown["attempts_left"].as_u64().unwrap());
        assert!(self.fits(status), "{status} after {self:?}");
        assert_eq!(shown["delivery"]["status"], "accepted", "as its 201 said: {self:?}");
        assert!(self.seen == "pending" || self.seen == status, "{status} after it was {}: {self:?}", self.seen);
        let used = u64::from(CHECKS) - left;
        let range = u64::from(self.wrong_counted)..=u64::from(self.wrong_sent);
        assert!(range.contains(&used), "{used} wrong codes counted: {self:?}");
        self.seen = status.to_owned();
        self
    }
}

/// What the service says after a kill must fit what was told before it.
pub async fn compare(door: &Arc<Door>, entries: Vec<Entry>, cycle: u32) -> Vec<Entry> {
    let looked = futures_util::stream::iter(entries).map(|entry| entry.look(door)).buffer_unordered(8);
    let looked: Vec<Entry> = looked.collect().await;
    println!("kill {cycle}: {} verifications are as they were told", looked.len());
    looked
}

/// At the end each right code is presented once more, to every verification there ever was: only a pending one takes it.
pub async fn finish(door: &Arc<Door>, entries: Vec<Entry>) -> Vec<Entry> {
    let finish = |entry: Entry| async move {
        let mut entry = entry.look(door).await;
        let (was_pending, before) = (entry.is_pending(), entry.approved);
        entry.right(door).await.expect("the service serves");
        assert_eq!(entry.approved, before + u32::from(was_pending), "{entry:?}");
        entry.look(door).await
    };
    futures_util::stream::iter(entries).map(finish).buffer_unordered(8).collect().await
}
