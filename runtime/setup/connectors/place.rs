//! The place of a connector in its channel: who becomes active, who takes another's place, and what stays behind.

use super::PutConnector;
use crate::actor::Actor;
use crate::setup::{Setup, SetupError};
use crate::store::{Occasion, Why};

impl Setup {
    /// Of a connector that was saved before: it becomes the active one as one that is saved does.
    pub(super) async fn make_active(
        &self,
        environment: &str,
        name: &str,
        put: &PutConnector,
    ) -> Result<(), SetupError> {
        let channel = self.store.channel(environment, "sms").await?;
        let then = channel.clone().with(name, put.activate, put.replaces.as_deref());
        if !put.serve || then == channel {
            return Ok(());
        }
        self.store.put_channel(environment, "sms", then, self.occasion(put.by.clone(), Why::Save)).await?;
        self.refresh(environment).await
    }

    /// What the connector that was active until now would go on to send, though another one becomes active.
    pub(super) async fn left_to_the_old_one(
        &self,
        environment: &str,
        name: &str,
        put: &PutConnector,
    ) -> Result<Option<String>, SetupError> {
        let channel = self.store.channel(environment, "sms").await?;
        let Some(old) = channel.active.clone().filter(|old| old != name && put.serve && put.activate) else {
            return Ok(None);
        };
        let then = channel.with(name, true, put.replaces.as_deref());
        let named = then.routes.iter().position(|rule| rule.connectors().any(|named| *named == old));
        Ok(named.map(|index| {
            format!("rule {index} of the channel names `{old}` still: what it matches goes there as before; `replaces` takes its place in rules too")
        }))
    }

    pub(in crate::setup) fn occasion(&self, by: Option<Actor>, why: Why) -> Occasion {
        Occasion { at: self.clock.now(), by, why }
    }
}
