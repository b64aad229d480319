//! Where in a request a value stands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One place: `{ header = "authorization" }`, `{ xml = "/request/sign", attribute = "value" }`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Place {
    /// A header.
    Header {
        /// Its name.
        header: String,
    },
    /// A parameter of the query.
    Query {
        /// Its name.
        query: String,
    },
    /// A field of an `application/x-www-form-urlencoded` body.
    Form {
        /// Its name.
        form: String,
    },
    /// A member of a JSON body.
    Json {
        /// JSON Pointer (RFC 6901).
        json: String,
    },
    /// The text of an element of an XML body, or an attribute of it.
    Xml {
        /// Local names from the root: `/Envelope/Header/Security/Password`. Exactly one element is of that path.
        xml: String,
        /// The attribute, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attribute: Option<String>,
    },
    /// A segment of the path.
    Path {
        /// Its index, from 0.
        path: usize,
    },
}

impl Place {
    /// The header that it is, in lower case.
    pub fn header(&self) -> Option<String> {
        match self {
            Self::Header { header } => Some(header.to_ascii_lowercase()),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { header } if header.eq_ignore_ascii_case("authorization") => {
                f.write_str("the Authorization header")
            }
            Self::Header { header } => write!(f, "the header {header}"),
            Self::Query { query } => write!(f, "the query parameter {query}"),
            Self::Form { form } => write!(f, "the form field {form}"),
            Self::Json { json } => write!(f, "the JSON member {json}"),
            Self::Xml { xml, attribute: None } => write!(f, "the XML element {xml}"),
            Self::Xml { xml, attribute: Some(name) } => write!(f, "the attribute {name} of the XML element {xml}"),
            Self::Path { path } => write!(f, "segment {path} of the path"),
        }
    }
}
