//! What an application's own endpoint is asked, and what it answers: `{"ok": true}` or `{"ok": false}`. Pure.

use serde::Deserialize;
use serde_json::json;

use super::Doubt;
use super::checking::{Asker, Came};
use crate::secret::Secret;

#[derive(Deserialize)]
struct Answer {
    ok: bool,
}

/// The question: never with the number or the code.
pub(super) fn body(token: &Secret<String>, asker: Asker<'_>) -> String {
    let Asker { environment, purpose, country, client } = asker;
    let mut body =
        json!({"attestation": token.expose(), "environment": environment, "purpose": purpose, "country": country});
    if let (Some(client), Some(object)) = (client, body.as_object_mut()) {
        object.insert("client_ip".to_owned(), json!(client));
    }
    body.to_string()
}

/// What an answer says; none where it is no such answer.
pub(super) fn read(body: &[u8]) -> Option<Came> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    Some(if answer.ok { Came::Passed } else { Came::Doubted(Doubt::Rejected) })
}
