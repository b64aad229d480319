//! Messages: a text that goes out as it is, by whatever connector the environment's routes name.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::services::{number, page_size};
use super::times::span;
use super::{Account, Fault, Form, Kind, Twilio, shapes, sid};
use crate::egress::{Receiver, read_url};
use crate::otp::{Content, Follow, Message, Proof, Wait};
use crate::secret::Secret;
use crate::store::{Followed, FollowedFilter, MessageStatus};
use crate::texts;

/// What a message could have at Twilio and can't have here.
const REFUSED: &[(&str, &str)] = &[
    ("MediaUrl", "an SMS has no media"),
    ("ContentSid", "give a `Body`"),
    ("ContentVariables", "give a `Body`"),
    ("SendAt", "messages go out at once"),
    ("ScheduleType", "messages go out at once"),
    ("ApplicationSid", "give a `StatusCallback`"),
];
/// What asks for them, in the log.
const SOURCE: &str = "twilio";
/// The longest life of a message, in seconds: whoever wants to be reached later is asked again.
const LIFE_MAX: u32 = 3600;
/// The shortest one.
const LIFE_MIN: u32 = 60;

/// A page of messages.
pub struct Page {
    /// The messages.
    pub messages: Vec<Value>,
    /// `PageToken` of the next page, if there is one.
    pub next: Option<String>,
}

impl Twilio {
    /// Take a message. It goes out from the queue: what becomes of it is read, or told to its `StatusCallback`.
    pub async fn create_message(&self, account: &Account, form: &Form) -> Result<Value, Fault> {
        let to = form.required("To", Kind::ToMissing)?;
        let from = form.get("From", Kind::InvalidFrom)?;
        let pool = form.get("MessagingServiceSid", Kind::InvalidMessagingService)?;
        if from.is_none() && pool.is_none() {
            return Err(Fault::new(Kind::FromMissing));
        }
        if pool.is_some_and(|pool| sid::digits("MG", pool).is_none()) {
            return Err(Fault::new(Kind::InvalidMessagingService));
        }
        if from.is_some_and(|from| from.chars().count() > 64) {
            return Err(Fault::with(Kind::InvalidFrom, "`From` has at most 64 characters"));
        }
        form.refuse(Kind::UnknownParameters, REFUSED)?;
        let body = form.required("Body", Kind::BodyMissing)?;
        let callback = match form.get("StatusCallback", Kind::InvalidStatusCallback)? {
            Some(url) => Some(self.callback_address(account, url).await?),
            None => None,
        };
        let message = Message {
            to: to.to_owned(),
            purpose: texts::GENERIC.to_owned(),
            locale: "en".to_owned(),
            content: Content::Text(Secret::new(body.to_owned())),
            sender: from.filter(|_| account.use_from).map(str::to_owned),
            app_hash: None,
            client_ip: None,
            subject: None,
            proof: Proof::NoRoom,
            source: SOURCE.to_owned(),
            request: None,
            expires_in: life(form)?,
        };
        let follow = Follow {
            account: account.sid.clone(),
            sender: from.map(str::to_owned),
            sender_pool: pool.map(str::to_owned),
            callback,
        };
        let sent = self.otp.send_followed(&account.environment, message, Some(follow), Wait::ForQueue).await;
        let sent = sent.map_err(|error| Fault::of_messages(error, self.clock.now()))?;
        let mut made = self.followed(account, &sent.id, "/Messages.json").await?;
        // It may have gone out already. The answer is that to the request: it was taken.
        made.message.status = MessageStatus::Queued;
        let shown = self.otp.shown(&made).await.map_err(|error| Fault::of_messages(error, self.clock.now()))?;
        Ok(shapes::message(&account.sid, &made, &shown, &[]))
    }

    /// One message.
    pub async fn fetch_message(&self, account: &Account, message_sid: &str, path: &str) -> Result<Value, Fault> {
        let id = sid::message(message_sid).ok_or_else(|| Fault::not_found(path))?;
        let found = self.followed(account, &id, path).await?;
        self.shown_message(account, &found).await
    }

    /// Forget a message: its content is erased, and nobody is told of it any more. One that is under way stays.
    pub async fn delete_message(&self, account: &Account, message_sid: &str, path: &str) -> Result<(), Fault> {
        let id = sid::message(message_sid).ok_or_else(|| Fault::not_found(path))?;
        let found = self.followed(account, &id, path).await?;
        if matches!(found.message.status, MessageStatus::Queued | MessageStatus::Sending) {
            return Err(Fault::new(Kind::NotDeletable));
        }
        if self.store.unfollow(&account.environment, &id).await? { Ok(()) } else { Err(Fault::not_found(path)) }
    }

    /// A page of messages, newest first.
    pub async fn list_messages(&self, account: &Account, query: &Form) -> Result<Page, Fault> {
        let size = page_size(query)?;
        let get = |name| query.get(name, Kind::UnknownParameters);
        let to = get("To")?.map(|to| {
            let number = crate::phone::PhoneNumber::parse(to);
            number.map_err(|error| Fault::of_messages(error.into(), self.clock.now()))
        });
        let moment = |name: &'static str| {
            let read = |text| span(text).ok_or_else(|| Fault::with(Kind::UnknownParameters, "`DateSent` is a date"));
            get(name)?.map(read).transpose()
        };
        let (on, before, after) = (moment("DateSent")?, moment("DateSent<")?, moment("DateSent>")?);
        let before_id = match get("PageToken")? {
            None => None,
            Some(token) => Some(
                sid::message(token)
                    .ok_or_else(|| Fault::with(Kind::UnknownParameters, "`PageToken` is none that this list gave"))?,
            ),
        };
        let filter = FollowedFilter {
            environment: account.environment.clone(),
            id: None,
            before: before_id,
            number_index: to.transpose()?.map(|to| self.otp.number_index(&to)),
            sender: get("From")?.map(str::to_owned),
            from: on.or(after).map(|(from, _)| from),
            until: on.map(|(_, until)| until).or(before.map(|(from, _)| from)),
            limit: u32::try_from(size + 1).unwrap_or(1001),
        };
        let mut rows = self.store.followed(filter).await?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next = rows.last().filter(|_| more).map(|row| sid::of_message(&row.message.id));
        let mut messages = Vec::with_capacity(rows.len());
        for row in &rows {
            messages.push(self.shown_message(account, row).await?);
        }
        Ok(Page { messages, next })
    }

    /// The document of a page, with the address of the next one.
    pub async fn list_document(&self, account: &Account, query: &Form) -> Result<Value, Fault> {
        let (size, page) = (page_size(query)?, number(query, "Page")?.unwrap_or(0));
        let Page { messages, next } = self.list_messages(account, query).await?;
        let kept = query.without(&["Page", "PageToken", "PageSize"]);
        let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        let rest = if rest.is_empty() { rest } else { format!("&{rest}") };
        let base = format!("/2010-04-01/Accounts/{}/Messages.json?PageSize={size}", account.sid);
        let start = page.saturating_mul(size);
        Ok(json!({
            "page": page, "page_size": size, "start": start, "end": (start + messages.len()).saturating_sub(1),
            "uri": format!("{base}&Page={page}{rest}"), "first_page_uri": format!("{base}&Page=0{rest}"),
            "previous_page_uri": null,
            "next_page_uri": next.map(|token| format!("{base}&Page={}&PageToken={token}{rest}", page + 1)),
            "messages": messages,
        }))
    }

    /// The caller's account.
    pub fn account(&self, account: &Account) -> Value {
        shapes::account(&account.sid, &account.environment)
    }

    async fn followed(&self, account: &Account, id: &str, path: &str) -> Result<Followed, Fault> {
        let filter = FollowedFilter {
            environment: account.environment.clone(),
            id: Some(id.to_owned()),
            limit: 1,
            ..FollowedFilter::default()
        };
        self.store.followed(filter).await?.pop().ok_or_else(|| Fault::not_found(path))
    }

    async fn shown_message(&self, account: &Account, found: &Followed) -> Result<Value, Fault> {
        let shown = self.otp.shown(found).await.map_err(|error| Fault::of_messages(error, self.clock.now()))?;
        let attempts = self.store.attempts(&found.message.id).await?;
        Ok(shapes::message(&account.sid, found, &shown, &attempts))
    }

    /// An address to be told at, in the one spelling that is signed and called.
    async fn callback_address(&self, account: &Account, text: &str) -> Result<String, Fault> {
        let url = read_url(text).map_err(|why| Fault::with(Kind::InvalidStatusCallback, why))?;
        let development = self.is_development(&account.environment).await?;
        let judged = self.origins.judge(Receiver { url: &url, development, plain: true });
        judged.map_err(|fault| Fault::with(Kind::InvalidStatusCallback, fault.to_string()))?;
        Ok(url.into())
    }

    pub(super) async fn is_development(&self, environment: &str) -> Result<bool, Fault> {
        let found = self.store.environment(environment).await?;
        Ok(found.is_some_and(|environment| environment.kind == "development"))
    }
}

/// `ValidityPeriod`, as far as a message lives here.
fn life(form: &Form) -> Result<u32, Fault> {
    let Some(text) = form.get("ValidityPeriod", Kind::UnknownParameters)? else { return Ok(LIFE_MAX) };
    let seconds = text.parse::<u32>().ok().filter(|seconds| (1..=36_000).contains(seconds));
    let bad = || Fault::with(Kind::UnknownParameters, "`ValidityPeriod` is 1 to 36000 seconds");
    Ok(seconds.ok_or_else(bad)?.clamp(LIFE_MIN, LIFE_MAX))
}
