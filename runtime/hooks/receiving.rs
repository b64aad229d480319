//! From a call to a message: known, read, sent once.

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::ask::{Ask, Unread};
use super::credential::Call;
use super::fields::Fields;
use super::saving::read;
use super::{Document, HookError, Hooks, Sender, generic, kratos, logto, supabase, zitadel};
use crate::otp::{Message, NamedRequest, Proof, SentMessage, Wait};
use crate::store::MessageStatus;
use crate::texts;

/// Supabase and Zitadel give up after 5 s: by then the answer is there, and what is written goes on.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A hook whose sender is known.
#[derive(Debug)]
pub struct Known {
    /// Who calls.
    pub sender: Sender,
    environment: String,
    name: String,
    document: Document,
}

impl Hooks {
    /// The hook of this address, if the call is its sender's. Who is not is never told what was wrong.
    pub async fn known(&self, environment: &str, name: &str, call: &Call) -> Result<Known, HookError> {
        let row = self.store.hook(environment, name).await?.ok_or(HookError::Stranger)?;
        let (sender, document) = read(&row);
        self.credentials(&row)?.judge(sender, document.mapping.as_ref(), call, self.clock.now())?;
        Ok(Known { sender, environment: row.environment, name: row.name, document })
    }

    /// Send what a call asks for; a call that comes again, or twice at once, is sent once and answered alike.
    pub async fn send(&self, known: &Known, call: &Call) -> Result<SentMessage, HookError> {
        let fields = Fields::read(call.content_type(), &call.body)?;
        let ask = match known.sender {
            Sender::Logto => logto::ask(&fields, &call.body)?,
            Sender::Supabase => supabase::ask(&fields, &call.body)?,
            Sender::Kratos => kratos::ask(&fields)?,
            Sender::Zitadel => zitadel::ask(&fields)?,
            Sender::Generic => generic::ask(&fields, &known.document.mapping.clone().unwrap_or_default())?,
        };
        drop(fields);
        let life = ask.life(&known.document, known.sender);
        let request = NamedRequest { name: request(&ask), same_for: Some(ask.same_for(life)) };
        let purpose = Some(ask.purpose(&known.document)).filter(|purpose| texts::is_purpose(purpose));
        let message = Message {
            purpose: purpose.unwrap_or_else(|| texts::GENERIC.to_owned()),
            locale: ask.locale(&known.document),
            client_ip: ask.client_ip.filter(|ip| is_a_persons(*ip)),
            subject: ask.subject.filter(|subject| (1..=256).contains(&subject.len())),
            to: ask.to,
            content: Ask::content(ask.code, ask.text, known.document.content)
                .ok_or_else(|| Unread::new("", "there is no code and no text in it"))?,
            sender: None,
            app_hash: None,
            proof: Proof::NoRoom,
            source: format!("hook:{}", known.name),
            request: Some(request),
            expires_in: life,
        };
        let wait = Wait::AtMost(ANSWER_WITHIN);
        let sent = self.otp.send_message(&known.environment, message, wait).await?;
        Ok(if sent.repeated { self.settled(known, sent).await? } else { sent })
    }

    /// What became of a message that another call of the same ask is sending, once that is known or the time is over.
    async fn settled(&self, known: &Known, mut sent: SentMessage) -> Result<SentMessage, HookError> {
        let end = tokio::time::Instant::now() + ANSWER_WITHIN;
        while matches!(sent.delivered.status, MessageStatus::Queued | MessageStatus::Sending)
            && tokio::time::Instant::now() < end
        {
            tokio::time::sleep(LOOK_AGAIN).await;
            let row = self.store.message(&known.environment, &sent.id).await?;
            sent.delivered.status = row.map_or(MessageStatus::Unknown, |row| row.status);
        }
        Ok(sent)
    }
}

/// A sender behind a proxy may tell the proxy's address: one count for everybody would lock everybody out.
fn is_a_persons(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()),
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified())
        }
    }
}

/// What makes it this ask, in a form that holds no number and no code for anybody who reads it: only its index is kept.
fn request(ask: &Ask) -> String {
    let mut hash = Sha256::new();
    for part in &ask.same {
        // Each with its length, so that no two asks look alike.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_address_is_no_persons() {
        let is = |text: &str| is_a_persons(text.parse().unwrap());
        assert!(is("192.0.2.7") && is("2001:db8::1"));
        for own in [
            "127.0.0.1",
            "10.0.0.5",
            "172.18.0.3",
            "192.168.1.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.5",
            "0.0.0.0",
        ] {
            assert!(!is(own), "{own}");
        }
    }
}
