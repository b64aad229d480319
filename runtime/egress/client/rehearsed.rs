//! A way out for one call, which meets a fault if one is injected there.

use std::sync::Arc;

use super::{FetchLimits, Meeting, Outlet};
use crate::clock::Timestamp;
use crate::egress::{Fault, Request, Response};

impl Outlet {
    /// The same for one call of a connector: with a fault, if one is injected there that this call is to meet.
    pub fn for_call(
        self: &Arc<Self>,
        environment: &str,
        connector: &str,
        country: Option<&str>,
        now: Timestamp,
    ) -> Arc<Self> {
        // Whatever the table says: nobody rehearses where real people wait.
        let fault = match self.grants.development {
            true => self.shared.rehearsals.next(environment, connector, country, now),
            false => None,
        };
        match fault {
            Some(fault) => Arc::new(Self { meeting: Some(Meeting::with(fault)), ..Self::clone(self) }),
            None => Arc::clone(self),
        }
    }

    /// The same call's other way out, such as one that identifies itself: it meets the same fault.
    pub fn also(&self, other: &Arc<Self>) -> Arc<Self> {
        match &self.meeting {
            Some(meeting) => Arc::new(Self { meeting: Some(meeting.clone()), ..Self::clone(other) }),
            None => Arc::clone(other),
        }
    }

    /// The injected fault that a request of this call met.
    pub fn met(&self) -> Option<String> {
        self.meeting.as_ref().and_then(Meeting::met)
    }

    /// Send a request and take the whole answer.
    pub async fn fetch(&self, request: Request, limits: FetchLimits) -> Result<Response, Fault> {
        let Some(meeting) = &self.meeting else { return self.fetch_really(request, limits).await };
        self.judge(&request.url)?;
        meeting.answer(self.fetch_really(request, limits), limits).await
    }

    /// Send a request for a token, which is the host's own.
    pub async fn fetch_token(&self, request: Request, limits: FetchLimits) -> Result<Response, Fault> {
        match &self.meeting {
            Some(meeting) if meeting.is_met_by_logins() => self.fetch(request, limits).await,
            _ => self.fetch_really(request, limits).await,
        }
    }
}
