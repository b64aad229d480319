//! A kind with the configuration's values in it. Pure.

use std::collections::BTreeMap;

use super::{Kind, Login};

type Fill<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

impl Kind {
    /// Fill `{config.x}` in wherever a template may stand; `{secret.x}` is left. Answers the field at fault.
    pub(in crate::credentials) fn filled(&self, fill: &Fill<'_>) -> Result<Self, String> {
        let mut kind = self.clone();
        let optional = |value: &mut Option<String>| value.as_mut().map_or(Ok(()), |value| set(value, fill));
        match &mut kind {
            Self::Basic { user, password } => [user, password].into_iter().try_for_each(|side| set(side, fill))?,
            Self::Hmac { chain, .. } => chain.iter_mut().try_for_each(|link| set(link, fill))?,
            Self::Digest { template, .. } => set(template, fill)?,
            Self::Jwt { kid, fixed, .. } => {
                optional(kid)?;
                all(fixed, fill)?;
            }
            Self::OAuth2 { token_url, client_id, scope, extra, .. } => {
                set(token_url, fill)?;
                set(client_id, fill)?;
                optional(scope)?;
                all(extra, fill)?;
            }
            Self::Session { login, .. } => login.fill(fill)?,
            Self::Mtls { certificate, ca, .. } => {
                set(certificate, fill)?;
                optional(ca)?;
            }
            Self::Verify { key, .. } => optional(key)?,
            Self::Bearer { .. }
            | Self::Header { .. }
            | Self::Query { .. }
            | Self::Form { .. }
            | Self::Path { .. }
            | Self::Json { .. }
            | Self::Xml { .. } => {}
        }
        Ok(kind)
    }
}

impl Login {
    fn fill(&mut self, fill: &Fill<'_>) -> Result<(), String> {
        set(&mut self.url, fill)?;
        [&mut self.headers, &mut self.form, &mut self.json].into_iter().try_for_each(|values| all(values, fill))
    }
}

fn set(value: &mut String, fill: &Fill<'_>) -> Result<(), String> {
    *value = fill(value)?;
    Ok(())
}

fn all(values: &mut BTreeMap<String, String>, fill: &Fill<'_>) -> Result<(), String> {
    values.values_mut().try_for_each(|value| set(value, fill))
}
