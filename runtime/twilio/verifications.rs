//! Verifications and their checks.
//!
//! | Twilio | here |
//! |---|---|
//! | a second create for a pending number: the same SID and code | a resend, without cooldown; the caps hold |
//! | two creates for a number at once: 60212 | the second is refused while the first is being made |
//! | the sixth check: 60202 until the life is over | the verification is exhausted, and says so as long |
//! | approved, canceled, expired, never existed: 20404 | so, in every case, and without a reason |

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::fault::of_unsent;
use super::{Account, Fault, Form, Kind, Twilio, shapes, sid};
use crate::otp::{Check, Create, OtpError, Proof, Service, VerificationView, Wait};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::{MessageFilter, MessageStatus, TwilioService, VerificationStatus};

/// What a verification could have at Twilio and can't have here. `SendDigits` is about calls, `RiskCheck` about Twilio's
/// own judgement: nothing is lost without them.
const REFUSED: &[(&str, &str)] = &[
    ("CustomCode", "codes are derived, never taken"),
    ("CustomMessage", "texts are the environment's templates"),
    ("CustomFriendlyName", "`{{ app }}` in a text is the environment's display name"),
    ("TemplateSid", "templates are the environment's, by purpose"),
    ("TemplateCustomSubstitutions", "a template has the code, its minutes, the app and the purpose"),
    ("RateLimits", "limits are the environment's policy"),
    ("Amount", "texts don't have amount and payee"),
    ("Payee", "texts don't have amount and payee"),
    ("ChannelConfiguration", "channels are the environment's"),
];
/// Messages that are shown of a verification.
const ATTEMPTS_MAX: u32 = 100;

impl Twilio {
    /// Send a code, or a pending one again.
    pub async fn create_verification(
        &self,
        account: &Account,
        service_sid: &str,
        form: &Form,
        base: &str,
    ) -> Result<Value, Fault> {
        let service = self.service(account, service_sid).await?;
        let request = request(form, &service)?;
        let to = self.number(&request.to)?;
        let path = format!("/Services/{service_sid}/Verifications");
        let fault = |error| Fault::of_verify(error, &path, self.clock.now());
        let Some(_in_hand) = self.take(&service.sid, self.otp.number_index(&to)) else {
            return Err(Fault::later(Kind::ConcurrentRequests, 1));
        };
        let (environment, ours) = (&account.environment, ours(&service));
        let newest = self.otp.newest_in(environment, &service.sid, &to).await.map_err(fault)?;
        let again = match newest.filter(|newest| newest.status == VerificationStatus::Pending) {
            Some(pending) => {
                match self.otp.resend_in(environment, &ours, &pending.id, &Proof::NoRoom, Wait::ForOutcome).await {
                    Ok(view) => Some(view),
                    // It ended between the look and the resend.
                    Err(OtpError::NotPending(_)) => None,
                    Err(error) => return Err(fault(error)),
                }
            }
            None => None,
        };
        let view = match again {
            Some(view) => view,
            None => self.otp.create_in(environment, &ours, request, Wait::ForOutcome).await.map_err(fault)?,
        };
        let failure = view.delivery.failure.as_ref().filter(|_| view.delivery.status == MessageStatus::Refused);
        match failure.and_then(|failure| of_unsent(failure.kind)) {
            Some(fault) => Err(fault),
            None => self.shown(account, &service, view, base).await,
        }
    }

    /// One verification, by its SID or its number.
    pub async fn fetch_verification(
        &self,
        account: &Account,
        (service_sid, key): (&str, &str),
        base: &str,
    ) -> Result<Value, Fault> {
        let service = self.service(account, service_sid).await?;
        let path = format!("/Services/{service_sid}/Verifications/{key}");
        let view = self.living(account, &service, key, &path).await?;
        self.shown(account, &service, view, base).await
    }

    /// End a verification: `Status=canceled`, or `approved` where its caller was convinced in another way.
    pub async fn update_verification(
        &self,
        account: &Account,
        (service_sid, key): (&str, &str),
        form: &Form,
        base: &str,
    ) -> Result<Value, Fault> {
        let service = self.service(account, service_sid).await?;
        let path = format!("/Services/{service_sid}/Verifications/{key}");
        let status = form.required("Status", Kind::InvalidParameter)?;
        let found = self.living(account, &service, key, &path).await?;
        let done = match status {
            "canceled" => self.otp.cancel(&account.environment, &found.id).await,
            "approved" => self.otp.approve(&account.environment, &found.id).await,
            _ => return Err(Fault::with(Kind::InvalidParameter, "`Status` is `canceled` or `approved`")),
        };
        let view = done.map_err(|error| Fault::of_verify(error, &path, self.clock.now()))?;
        self.shown(account, &service, view, base).await
    }

    /// Check a code.
    pub async fn check(&self, account: &Account, service_sid: &str, form: &Form) -> Result<Value, Fault> {
        let service = self.service(account, service_sid).await?;
        form.refuse(Kind::FeatureNotSupported, &[("Amount", "texts don't have it"), ("Payee", "texts don't have it")])?;
        let code = form.required("Code", Kind::InvalidParameter)?;
        if !(4..=16).contains(&code.chars().count()) {
            return Err(Fault::with(Kind::InvalidParameter, "`Code` has 4 to 10 characters"));
        }
        let path = format!("/Services/{service_sid}/VerificationCheck");
        let sid = form.get("VerificationSid", Kind::InvalidParameter)?;
        let to = form.get("To", Kind::InvalidParameter)?;
        let key = sid.or(to);
        let key = key.ok_or_else(|| Fault::with(Kind::InvalidParameter, "`To` or `VerificationSid` is missing"))?;
        let found = self.living(account, &service, key, &path).await?;
        if found.status == VerificationStatus::AttemptsExhausted {
            return Err(Fault::later(Kind::MaxChecks, found.expires_at.since(self.clock.now()).as_secs().max(1)));
        }
        let to = to.filter(|_| sid.is_some()).map(str::to_owned);
        let presented = Check { code: Secret::new(code.to_owned()), to, purpose: None, subject: None };
        let checked = match self.otp.check(&account.environment, &found.id, presented).await {
            // Another check was faster.
            Err(OtpError::NotPending(VerificationStatus::AttemptsExhausted)) => {
                return Err(Fault::new(Kind::MaxChecks));
            }
            Err(OtpError::Mismatch(_)) => {
                return Err(Fault::with(Kind::InvalidParameter, "`To` is not what the verification was made for"));
            }
            other => other.map_err(|error| Fault::of_verify(error, &path, self.clock.now()))?,
        };
        let view = VerificationView { updated_at: self.clock.now(), ..found };
        Ok(shapes::check(&account.sid, &service.sid, &view, checked.approved))
    }

    /// A verification that Twilio would still show: pending, or used up and not yet over.
    async fn living(
        &self,
        account: &Account,
        service: &TwilioService,
        key: &str,
        path: &str,
    ) -> Result<VerificationView, Fault> {
        let fault = |error| Fault::of_verify(error, path, self.clock.now());
        let found = match sid::verification(key) {
            Some(id) => match self.otp.get(&account.environment, &id).await {
                Err(OtpError::NotFound(_)) => None,
                other => Some(other.map_err(fault)?).filter(|view| view.service.as_ref() == Some(&service.sid)),
            },
            None if key.starts_with("VE") => None,
            None => {
                let to = self.number(key)?;
                self.otp.newest_in(&account.environment, &service.sid, &to).await.map_err(fault)?
            }
        };
        let lives = |view: &VerificationView| match view.status {
            VerificationStatus::Pending => true,
            VerificationStatus::AttemptsExhausted => self.clock.now() < view.expires_at,
            _ => false,
        };
        found.filter(lives).ok_or_else(|| Fault::not_found(path))
    }

    fn number(&self, to: &str) -> Result<PhoneNumber, Fault> {
        PhoneNumber::parse(to).map_err(|error| Fault::of_verify(error.into(), "", self.clock.now()))
    }

    async fn shown(
        &self,
        account: &Account,
        service: &TwilioService,
        view: VerificationView,
        base: &str,
    ) -> Result<Value, Fault> {
        let filter = MessageFilter {
            environment: account.environment.clone(),
            verification_id: Some(view.id.clone()),
            limit: ATTEMPTS_MAX,
            ..MessageFilter::default()
        };
        let mut messages = self.store.messages(filter).await?;
        messages.reverse();
        Ok(shapes::verification(&account.sid, &service.sid, &view, &messages, base))
    }
}

fn ours(service: &TwilioService) -> Service {
    Service { name: Some(service.sid.clone()), code_length: service.code_length, without_cooldown: true }
}

fn request(form: &Form, service: &TwilioService) -> Result<Create, Fault> {
    let get = |name| form.get(name, Kind::InvalidParameter);
    let to = form.required("To", Kind::InvalidParameter)?;
    match form.required("Channel", Kind::InvalidParameter)? {
        "sms" | "auto" => {}
        channel @ ("call" | "email" | "whatsapp" | "sna" | "rcs") => {
            return Err(Fault::with(Kind::ChannelDisabled, format!("`{channel}`; this service sends `sms`")));
        }
        _ => return Err(Fault::with(Kind::InvalidParameter, "`Channel` is `sms`")),
    }
    form.refuse(Kind::FeatureNotSupported, REFUSED)?;
    let client_ip = get("DeviceIp")?
        .map(|ip| ip.parse::<IpAddr>().map_err(|_| Fault::with(Kind::InvalidParameter, "`DeviceIp` is an IP address")));
    Ok(Create {
        to: to.to_owned(),
        purpose: service.purpose.clone(),
        locale: get("Locale")?.unwrap_or("en").to_owned(),
        client_ip: client_ip.transpose()?,
        subject: None,
        metadata: get("Tags")?.map(tags).transpose()?,
        app_hash: get("AppHash")?.map(str::to_owned),
        suppressed: false,
        proof: Proof::NoRoom,
    })
}

/// `Tags`: a JSON map of at most 10 keys and 128 characters each.
fn tags(text: &str) -> Result<Value, Fault> {
    let refuse = || Fault::with(Kind::InvalidParameter, "`Tags` is a JSON map of at most 10 texts of 128 characters");
    let map: Map<String, Value> = serde_json::from_str(text).map_err(|_| refuse())?;
    let short = |text: &str| text.chars().count() <= 128;
    let fits = map.len() <= 10 && map.iter().all(|(key, value)| short(key) && value.as_str().is_some_and(short));
    if fits { Ok(json!({ "tags": map })) } else { Err(refuse()) }
}
