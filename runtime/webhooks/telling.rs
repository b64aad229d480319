//! One call of a receiver.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

use super::event::{Event, TestData};
use super::schedule::{self, Came};
use super::{DeliveryView, EventType, WebhookError, Webhooks, signature};
use crate::clock::Timestamp;
use crate::egress::Receiver;
use crate::random;
use crate::store::{AfterTry, DueEvent, TestTold, Try, TryEnd, WebhookRow};
use crate::traces::{self, Said, Span};

/// How long a receiver may take.
const WALL: Duration = Duration::from_secs(15);

impl Webhooks {
    /// Tell it, and say what follows from what came of it.
    pub(super) async fn told(&self, due: &DueEvent) -> TryEnd {
        let span = traces::span_after(due.traceparent.as_deref(), &traces::WEBHOOK_DELIVER);
        span.say(Said::Environment(&due.webhook.environment));
        let (came, tried) = span.run(self.call(&due.webhook, &due.delivery, &due.body)).await;
        describe(&span, due, &came, &tried);
        let now = self.clock.now();
        let after = match &came {
            Came::Taken => AfterTry::Delivered,
            Came::Gone => AfterTry::GivenUp,
            Came::Failed(put_off) => {
                let chance = u16::from_be_bytes(random::bytes());
                schedule::again(due.round, *put_off, chance, now).map_or(AfterTry::GivenUp, AfterTry::Again)
            }
        };
        let disable = disable(&came, due.webhook.failing_since, now);
        let (webhook, delivery) = (due.webhook.id.clone(), due.delivery.clone());
        TryEnd { webhook, delivery, tried, after, disable }
    }

    /// Tell a test event at once, also to one that is disabled; answers what came back. It is tried once.
    pub async fn test(&self, environment: &str, id: &str) -> Result<DeliveryView, WebhookError> {
        let webhook = self.row(environment, id).await?;
        let (kind, timestamp) = (EventType::WebhookTest, self.clock.now());
        let data = TestData { environment: environment.to_owned(), webhook: webhook.id.clone() };
        let body = Event { kind, timestamp, data: &data }.body().unwrap_or_default();
        let fresh = |what: &str| format!("{what}_{}", Uuid::now_v7().simple());
        let delivery = fresh("whm");
        let (came, tried) = self.call(&webhook, &delivery, &body).await;
        let after = if came == Came::Taken { AfterTry::Delivered } else { AfterTry::GivenUp };
        let end = TryEnd { webhook: webhook.id.clone(), delivery: delivery.clone(), tried, after, disable: None };
        self.store.note_test(TestTold { environment: environment.to_owned(), event: fresh("evt"), body, end }).await?;
        self.delivery(&webhook.id, &delivery, webhook.enabled).await
    }

    async fn call(&self, webhook: &WebhookRow, id: &str, body: &str) -> (Came, Try) {
        let (at, begun) = (self.clock.now(), Instant::now());
        let answer = self.post(webhook, id, body, at).await;
        let elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (came, status, error) = match answer {
            Ok((status, put_off)) => {
                let came = schedule::came(status, put_off.as_deref(), self.clock.now());
                let error = (came != Came::Taken).then(|| words(status));
                (came, Some(status), error)
            }
            Err(error) => (Came::Failed(None), None, Some(error)),
        };
        (came, Try { at, elapsed_ms, status, error })
    }

    /// The status, and what `Retry-After` says; or why there is none, in words.
    async fn post(
        &self,
        webhook: &WebhookRow,
        id: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<(u16, Option<String>), String> {
        let development = self.is_development(&webhook.environment).await.map_err(|error| error.to_string())?;
        let url = Url::parse(&webhook.url).map_err(|error| format!("the URL can't be used: {error}"))?;
        let headers = self.headers(webhook, id, body, now)?;
        let receiver = Receiver { url: &url, development, plain: development };
        let answer = self.origins.post(receiver, headers, Bytes::from(body.to_owned()), WALL).await;
        let answer = answer.map_err(|fault| fault.to_string())?;
        let put_off = answer.headers.into_iter().find(|(name, _)| name == "retry-after").map(|(_, value)| value);
        Ok((answer.status, put_off))
    }

    fn headers(&self, webhook: &WebhookRow, id: &str, body: &str, now: Timestamp) -> Result<HeaderMap, String> {
        let keys = self.keys(webhook, now).map_err(|error| error.to_string())?;
        let seconds = now.as_millis() / 1000;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signature::sign(&keys, id, seconds, body)),
        ]
        .into_iter()
        .chain(traces::here().map(|parent| ("traceparent", parent)))
        {
            let value = HeaderValue::from_str(&value).map_err(|_| format!("{name} can't be written"))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(headers)
    }
}

fn describe(span: &Span, due: &DueEvent, came: &Came, tried: &Try) {
    let kind = EventType::ALL.into_iter().find(|kind| kind.as_str() == due.kind);
    if let Some(kind) = kind {
        span.say(Said::Event(kind.as_str()));
    }
    if let Some(status) = tried.status {
        span.say(Said::Status(status));
    }
    span.say(Said::Outcome(match came {
        Came::Taken => "taken",
        Came::Gone => "gone",
        Came::Failed(_) => "failed",
    }));
    if *came != Came::Taken {
        span.failed();
    }
}

fn words(status: u16) -> String {
    match status {
        300..400 => format!("the receiver answered {status}: redirects are not followed"),
        410 => "the receiver answered 410: nobody listens there any more".to_owned(),
        _ => format!("the receiver answered {status}"),
    }
}

/// Why the webhook is disabled by it, if it is.
fn disable(came: &Came, failing_since: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let failing = || failing_since.filter(|since| now.since(*since) >= schedule::FAILING_MAX);
    match came {
        Came::Taken => None,
        Came::Gone => Some("the receiver answered 410: nobody listens there any more".to_owned()),
        Came::Failed(_) => failing().map(|since| format!("it has taken nothing since {since}")),
    }
}
