//! Verify services: a name, the purpose that it means, the length of its codes.

use serde_json::{Value, json};

use super::accounts::purpose_of;
use super::{Account, Fault, Form, Kind, Twilio, shapes, sid};
use crate::store::TwilioService;

/// Services of an environment.
const SERVICES_MAX: u32 = 100;

/// What a service could have at Twilio and can't have here. What is about calls is ignored: there are none.
const REFUSED: &[(&str, &str)] = &[
    ("CustomCodeEnabled", "codes are derived, never taken"),
    ("Psd2Enabled", "texts don't have amount and payee"),
    ("LookupEnabled", "numbers are looked up nowhere"),
    ("SkipSmsToLandlines", "numbers are looked up nowhere"),
    ("DoNotShareWarningEnabled", "write it into the environment's texts"),
    ("DefaultTemplateSid", "templates are the environment's, by purpose"),
    ("VerifyEventSubscriptionEnabled", "there are no event streams"),
    ("Push.", "there is no push"),
    ("Totp.", "there is no TOTP"),
    ("Passkeys.", "there are no passkeys"),
    ("Whatsapp.", "no connector serves that channel here"),
];

impl Twilio {
    /// Make a service.
    pub async fn create_service(&self, account: &Account, form: &Form, base: &str) -> Result<Value, Fault> {
        let name = friendly_name(form.required("FriendlyName", Kind::InvalidParameter)?)?;
        let now = self.clock.now();
        let mut service = TwilioService {
            sid: sid::fresh("VA"),
            environment: account.environment.clone(),
            purpose: purpose_of(&name),
            friendly_name: name,
            code_length: None,
            created_at: now,
            updated_at: now,
        };
        self.change(&mut service, form).await?;
        if !self.store.insert_twilio_service(service.clone(), SERVICES_MAX).await? {
            let full = format!("the environment has {SERVICES_MAX} services already");
            return Err(Fault::with(Kind::FeatureNotSupported, full));
        }
        self.shown_service(account, &service, base).await
    }

    /// Change a service.
    pub async fn update_service(
        &self,
        account: &Account,
        service_sid: &str,
        form: &Form,
        base: &str,
    ) -> Result<Value, Fault> {
        let mut service = self.service(account, service_sid).await?;
        if let Some(name) = form.get("FriendlyName", Kind::InvalidParameter)? {
            // The purpose stays: a new name must not change what people are sent.
            service.friendly_name = friendly_name(name)?;
        }
        self.change(&mut service, form).await?;
        service.updated_at = self.clock.now();
        if !self.store.update_twilio_service(service.clone()).await? {
            return Err(Fault::not_found(&format!("/Services/{service_sid}")));
        }
        self.shown_service(account, &service, base).await
    }

    /// One service.
    pub async fn fetch_service(&self, account: &Account, service_sid: &str, base: &str) -> Result<Value, Fault> {
        let service = self.service(account, service_sid).await?;
        self.shown_service(account, &service, base).await
    }

    /// A page of services.
    pub async fn list_services(&self, account: &Account, query: &Form, base: &str) -> Result<Value, Fault> {
        let size = page_size(query)?;
        let page = number(query, "Page")?.unwrap_or(0);
        let all = self.store.twilio_services(&account.environment).await?;
        let mut shown = Vec::new();
        for service in all.iter().skip(page.saturating_mul(size)).take(size) {
            shown.push(self.shown_service(account, service, base).await?);
        }
        let url = |page: usize| format!("{base}/v2/Services?PageSize={size}&Page={page}");
        let more = page.saturating_add(1).saturating_mul(size) < all.len();
        let meta = json!({
            "page": page, "page_size": size, "key": "services", "url": url(page), "first_page_url": url(0),
            "previous_page_url": page.checked_sub(1).map(url), "next_page_url": more.then(|| url(page + 1)),
        });
        Ok(json!({ "services": shown, "meta": meta }))
    }

    /// A service of the caller's environment.
    pub(super) async fn service(&self, account: &Account, service_sid: &str) -> Result<TwilioService, Fault> {
        let missing = || Fault::not_found(&format!("/Services/{service_sid}"));
        let found = sid::digits("VA", service_sid).map(|digits| format!("VA{digits}")).ok_or_else(missing)?;
        self.store.twilio_service(&account.environment, &found).await?.ok_or_else(missing)
    }

    async fn change(&self, service: &mut TwilioService, form: &Form) -> Result<(), Fault> {
        form.refuse(Kind::FeatureNotSupported, REFUSED)?;
        let Some(length) = form.get("CodeLength", Kind::InvalidParameter)? else { return Ok(()) };
        let length = length.parse::<u8>().ok().filter(|length| (4..=10).contains(length));
        let length = length.ok_or_else(|| Fault::with(Kind::InvalidParameter, "`CodeLength` is 4 to 10"))?;
        let least = self.policys_length(service).await?;
        if length < least {
            let why = format!("`CodeLength`: the environment's policy asks for {least} digits or more");
            return Err(Fault::with(Kind::InvalidParameter, why));
        }
        service.code_length = Some(length);
        Ok(())
    }

    async fn policys_length(&self, service: &TwilioService) -> Result<u8, Fault> {
        let length = self.otp.code_length(&service.environment, &service.purpose).await;
        length.map_err(|error| Fault::of_verify(error, "/Services", self.clock.now()))
    }

    async fn shown_service(&self, account: &Account, service: &TwilioService, base: &str) -> Result<Value, Fault> {
        let least = self.policys_length(service).await?;
        let length = service.code_length.unwrap_or(0).max(least);
        Ok(shapes::service(&account.sid, service, length, base))
    }
}

fn friendly_name(name: &str) -> Result<String, Fault> {
    if name.chars().count() > 32 || name.chars().any(char::is_control) {
        return Err(Fault::with(Kind::InvalidParameter, "`FriendlyName` has 1 to 32 characters"));
    }
    Ok(name.to_owned())
}

/// A whole number of a query.
pub(super) fn number(query: &Form, name: &str) -> Result<Option<usize>, Fault> {
    let Some(text) = query.get(name, Kind::UnknownParameters)? else { return Ok(None) };
    let bad = || Fault::with(Kind::UnknownParameters, format!("`{name}` is a whole number"));
    text.parse::<u32>().map(|number| Some(number as usize)).map_err(|_| bad())
}

/// `PageSize`: 50 unless given, at most 1000 as at Twilio.
pub(super) fn page_size(query: &Form) -> Result<usize, Fault> {
    Ok(number(query, "PageSize")?.unwrap_or(50).clamp(1, 1000))
}
