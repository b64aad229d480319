//! What Twilio's clients send: `application/x-www-form-urlencoded`, keys in PascalCase. Pure.
//!
//! A key that is there twice could be read in two ways, so it is refused where it is read; an empty value is as good as
//! none, as Twilio has it.

use percent_encoding::percent_decode_str;

use super::fault::{Fault, Kind};

/// A form.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Read a body or a query.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let unreadable = || Fault::with(Kind::UnknownParameters, "the form is not percent-encoded UTF-8");
        let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
        let decode = |part: &str| {
            let spaced = part.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8().map(|text| text.into_owned()).map_err(|_| unreadable())
        };
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        };
        text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// A value, if it is there and not empty; `kind` is what is said of one that is there twice.
    pub fn get(&self, name: &str, kind: Kind) -> Result<Option<&str>, Fault> {
        let mut found = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let value = found.next();
        if found.next().is_some() {
            return Err(Fault::with(kind, format!("`{name}` is there twice")));
        }
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// A value that has to be there.
    pub fn required(&self, name: &str, kind: Kind) -> Result<&str, Fault> {
        self.get(name, kind)?.ok_or_else(|| Fault::with(kind, format!("`{name}` is missing")))
    }

    /// Refuse parameters that we have no equivalent of. `false` and an empty value ask for nothing.
    pub fn refuse(&self, kind: Kind, names: &[(&str, &str)]) -> Result<(), Fault> {
        for (name, why) in names {
            let is_it = |key: &str| key == *name || (name.ends_with('.') && key.starts_with(name));
            let asks = |value: &str| !matches!(value, "" | "false" | "{}");
            if self.0.iter().any(|(key, value)| is_it(key) && asks(value)) {
                let name = name.trim_end_matches('.');
                return Err(Fault::with(kind, format!("`{name}` has no equivalent here: {why}")));
            }
        }
        Ok(())
    }

    /// Every pair, without these keys: for the address of the next page.
    pub fn without<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.0.iter().filter(|(key, _)| !names.contains(&key.as_str()));
        pairs.map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_written() {
        let form = Form::parse(b"To=%2B14155550123&Body=a+b%20c%C3%A9&From=&DateSent%3C=2026-01-15").unwrap();
        let get = |name| form.get(name, Kind::InvalidParameter).unwrap();
        assert_eq!((get("To"), get("Body")), (Some("+14155550123"), Some("a b cé")));
        assert_eq!((get("From"), get("to"), get("DateSent<")), (None, None, Some("2026-01-15")));
        assert!(form.required("From", Kind::InvalidParameter).unwrap_err().message().contains("`From`"));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let form = Form::parse(b"To=%2B1&To=%2B2").unwrap();
        assert!(form.get("To", Kind::InvalidParameter).is_err());
        assert!(Form::parse(b"Body=%ff%fe").is_err() && Form::parse(&[0xff, 0xfe]).is_err());
        assert!(Form::parse(b"").unwrap().get("To", Kind::InvalidParameter).unwrap().is_none());
    }

    #[test]
    fn what_has_no_equivalent_is_named_and_false_asks_for_nothing() {
        let refused = |body: &[u8]| {
            let why = &[("CustomCode", "codes are derived"), ("Push.", "there is no push")];
            Form::parse(body).unwrap().refuse(Kind::FeatureNotSupported, why).err().map(|fault| fault.message())
        };
        assert!(refused(b"CustomCode=1234").unwrap().contains("`CustomCode`"));
        assert!(refused(b"Push.FcmCredentialSid=CR0").unwrap().contains("`Push`"));
        assert_eq!(refused(b"CustomCode=&Push.IncludeDate=false"), None);
    }
}
