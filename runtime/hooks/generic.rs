//! Anything that can POST: the hook's mapping says where a call has what. JSON or a form.

use super::ask::{Ask, Same, Unread, word};
use super::fields::Fields;
use super::mapping::{Mapping, value};
use crate::secret::Secret;
use crate::texts::PURPOSES;

pub(super) fn ask(fields: &Fields, mapping: &Mapping) -> Result<Ask, Unread> {
    let of = |name: &str, place: Option<&String>| value(name, place.map(String::as_str), fields);
    let to = of("to", Some(&mapping.to))?.ok_or_else(|| missing("to", &mapping.to))?;
    let code = of("code", mapping.code.as_ref())?.map(Secret::new);
    let text = of("text", mapping.text.as_ref())?.map(Secret::new);
    let Some(said) = code.as_ref().or(text.as_ref()) else {
        let (name, place) =
            mapping.code.as_ref().map_or(("text", mapping.text.as_ref()), |place| ("code", Some(place)));
        return Err(missing(name, place.map(String::as_str).unwrap_or_default()));
    };
    let kind = of("purpose", mapping.purpose.as_ref())?.unwrap_or_default();
    let (same, same_for) = match of("id", mapping.id.as_ref())? {
        Some(id) => (vec![id.into_bytes()], Same::WhileItLives),
        None => {
            let parts = [to.as_str(), kind.as_str(), said.expose()];
            (parts.map(|part| part.as_bytes().to_vec()).to_vec(), Same::ForAMoment)
        }
    };
    Ok(Ask {
        purpose: word(&PURPOSES.iter().map(|purpose| (*purpose, *purpose)).collect::<Vec<_>>(), &kind),
        locale: of("locale", mapping.locale.as_ref())?,
        client_ip: of("client_ip", mapping.client_ip.as_ref())?.and_then(|ip| ip.trim().parse().ok()),
        subject: of("subject", mapping.subject.as_ref())?,
        expires_in: of("expires_in", mapping.expires_in.as_ref())?.and_then(|seconds| seconds.trim().parse().ok()),
        to,
        code,
        text,
        kind,
        same,
        same_for,
    })
}

/// Names the place in the call, where it is one.
fn missing(name: &str, place: &str) -> Unread {
    let pointer = if place.starts_with('/') { place } else { "" };
    Unread::new(pointer, &format!("is missing, or no text: the mapping takes `{name}` from it"))
}
