//! Status callbacks: what becomes of a message, told to the address that its caller named.
//!
//! Promise: nobody who is slow to listen holds up a delivery. What is to be told is written down in the transaction that
//! changes the message's state, and told from there, apart from every send; at most a few at once to one host, one after
//! the other for one message. A receiver that fails is asked again a little later, and then no more.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::task::JoinHandle;
use url::{Url, form_urlencoded};

use super::{Twilio, shapes, sid, signature};
use crate::egress::{self, Receiver};
use crate::lanes::{self, Lanes, Tells};
use crate::store::{DueCallback, FollowedFilter, StoreError};
use crate::traces::Traces;

/// How long bad news waits: the next connector may have the message in hand a moment later.
const NEGATIVE_WAIT_MS: u64 = 2_000;
/// How long a receiver may take.
const WALL: Duration = Duration::from_secs(10);
/// When a receiver that failed is asked again.
const AGAIN: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120)];
/// Calls at once.
const AT_ONCE_MAX: usize = 64;
/// Calls at once to one host.
const OF_HOST_MAX: usize = 8;
/// How many are looked at: more than can run, so that one host's backlog hides no other's.
const LOOKED_AT: u32 = 2_000;

/// Start the task; abort the handle to end it.
pub fn start(twilio: Arc<Twilio>, traces: &Traces) -> JoinHandle<()> {
    lanes::start(twilio, Lanes::new(AT_ONCE_MAX, OF_HOST_MAX), traces)
}

/// A lane for each host.
impl Tells for Twilio {
    type Due = (DueCallback, Option<Url>);
    type Key = i64;

    const WHAT: &'static str = "status callbacks";

    async fn due(&self) -> Result<Vec<Self::Due>, StoreError> {
        let due = self.store.due_callbacks(self.clock.now(), NEGATIVE_WAIT_MS, LOOKED_AT).await?;
        let url = |due: &DueCallback| Url::parse(self.otp.callback_url(due).ok()?.expose()).ok();
        let with_url = |due: DueCallback| {
            let url = url(&due);
            (due, url)
        };
        Ok(due.into_iter().map(with_url).collect())
    }

    async fn lane(&self, (due, url): &Self::Due) -> Option<(i64, String)> {
        let Some(url) = url else {
            self.settle(due, false).await;
            return None;
        };
        Some((due.id, url.host_str().unwrap_or_default().to_owned()))
    }

    async fn tell(&self, (due, url): Self::Due) -> bool {
        let again = match url {
            Some(url) => self.told(&due, url).await,
            None => false,
        };
        self.settle(&due, again).await
    }
}

impl Twilio {
    async fn settle(&self, due: &DueCallback, again: bool) -> bool {
        let wait = AGAIN.get(due.tries as usize).filter(|_| again);
        if again && wait.is_none() {
            tracing::warn!(message = due.message_id, "a status callback is given up");
        }
        let again_at = wait.map(|wait| self.clock.now().plus(*wait));
        let settled = self.store.settle_callback(due.id, again_at).await;
        if let Err(error) = &settled {
            tracing::error!(message = due.message_id, %error, "that a status was told could not be noted");
        }
        settled.is_ok()
    }

    /// Tell it; answers whether it is worth another try.
    async fn told(&self, due: &DueCallback, url: Url) -> bool {
        let Some((headers, body)) = self.written(due, &url).await else { return false };
        let development = self.is_development(&due.environment).await.unwrap_or(false);
        let host = url.host_str().unwrap_or_default();
        let receiver = Receiver { url: &url, development, plain: true };
        match self.origins.post(receiver, headers, body, WALL).await.map(|answer| answer.status) {
            Ok(status @ (429 | 500..)) => {
                tracing::warn!(message = due.message_id, host, status, "a status callback was not taken");
                true
            }
            Ok(_) => false,
            Err(egress::Fault::Denied(why)) => {
                tracing::warn!(message = due.message_id, host, why, "a status callback is not permitted");
                false
            }
            Err(fault) => {
                tracing::warn!(message = due.message_id, host, %fault, "a status callback did not get through");
                true
            }
        }
    }

    /// Headers and body; none where nobody is to be told any more.
    async fn written(&self, due: &DueCallback, url: &Url) -> Option<(HeaderMap, Bytes)> {
        let credential = self.store.twilio_credential(&due.account).await.ok()??;
        let token = self.token(&credential)?;
        let filter = FollowedFilter {
            environment: due.environment.clone(),
            id: Some(due.message_id.clone()),
            limit: 1,
            ..FollowedFilter::default()
        };
        let followed = self.store.followed(filter).await.ok()?.pop()?;
        let attempts = self.store.attempts(&due.message_id).await.ok()?;
        let (sid, status) = (sid::of_message(&due.message_id), shapes::message_status(due.status).to_owned());
        let mut parameters = vec![
            ("AccountSid", due.account.clone()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("From", followed.sender.clone().unwrap_or_default()),
            ("MessageSid", sid.clone()),
            ("MessageStatus", status.clone()),
            ("SmsSid", sid),
            ("SmsStatus", status),
            ("To", self.otp.shown(&followed).await.ok()?.to),
        ];
        if let Some(pool) = &followed.sender_pool {
            parameters.push(("MessagingServiceSid", pool.clone()));
        }
        if let Some((code, words)) = shapes::message_error(due.status, &attempts) {
            parameters.push(("ErrorCode", code.to_string()));
            parameters.push(("ErrorMessage", words.to_owned()));
        }
        let signed = signature::sign(token.expose(), url.as_str(), &parameters)?;
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8"));
        headers.insert(HeaderName::from_static(signature::HEADER), HeaderValue::from_str(&signed).ok()?);
        headers.insert("i-twilio-idempotency-token", HeaderValue::from_str(&idempotency(due)).ok()?);
        Some((headers, Bytes::from(body)))
    }
}

/// The same for every try, so that a receiver can tell a repetition.
fn idempotency(due: &DueCallback) -> String {
    format!("{}-{}", sid::of_message(&due.message_id), shapes::message_status(due.status))
}
