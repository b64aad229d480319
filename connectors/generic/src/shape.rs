//! What `provider.toml` comes to when it has been read and judged: what the guest works by.
//!
//! Stands alone: `runtime/connector/package/provider.rs` includes this very file, reads an author's text into it and
//! hands it to the guest as JSON. So nothing is judged twice, and the guest knows no TOML.

use serde::{Deserialize, Serialize};

/// One request, and what its answers mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    pub request: Request,
    pub answer: Answer,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub method: String,
    /// The field of the configuration whose URL `url` goes on from.
    pub base: Option<String>,
    pub url: Template,
    pub query: Vec<Pair>,
    pub headers: Vec<Pair>,
    pub content_type: String,
    pub body: Body,
    pub credentials: Vec<Credential>,
    pub signed: Vec<Signed>,
}

/// A named value, left out where an optional value of it is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    pub name: String,
    pub value: Template,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Body {
    None,
    Form(Vec<Pair>),
    Json(Tree),
    Xml(Template),
    Text(Template),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Tree {
    Object(Vec<(String, Tree)>),
    Array(Vec<Tree>),
    /// JSON as it is written.
    Fixed(String),
    /// A string.
    Text(Template),
    /// A value that is JSON itself: a number, true, an object.
    Raw(Value),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    pub name: String,
    /// Used where the operator set it, and else not missed.
    pub optional: bool,
}

/// A credential that signs, and what it signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signed {
    pub credential: String,
    pub how: How,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum How {
    Sign(Template),
    Digest(Vec<Pair>),
    Token(Vec<Pair>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template(pub Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    Text(String),
    Value(Value),
}

/// The first of these that is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    pub sources: Vec<Source>,
    /// Where none is: leave the whole entry out, or refuse.
    pub optional: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub of: Of,
    pub filters: Vec<Filter>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Of {
    Literal(String),
    Config(String),
    To,
    CallingCode,
    Country,
    Purpose,
    Locale,
    Reference,
    ValiditySeconds,
    Sender,
    Text,
    TemplateId,
    TemplateLocale,
    CallbackUrl,
    ClientIp,
    Parameters,
    Parameter(String),
    Extra(String),
    IssuedAt,
    Nonce,
    Environment,
    Signed(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Filter {
    /// Without the leading `+`.
    Digits,
    /// Without the `+` and the country's calling code.
    National,
    /// Whole minutes, rounded up.
    Minutes,
    AtMost(u64),
    Unix,
    UnixMs,
    Iso,
    IsoBasic,
    HttpDate,
    Uuid,
    /// A JSON number.
    Number,
    /// true or false.
    Boolean,
    /// The parameters as an object.
    Object,
    /// The parameters' values as an array.
    Values,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Any of them is a yes.
    pub success: Vec<Rule>,
    pub queued: Option<Check>,
    pub message_id: Option<Place>,
    pub segments: Option<Place>,
    pub amount: Option<Place>,
    pub currency: Option<Currency>,
    pub code: Option<Place>,
    pub text: Option<Place>,
    pub retry_after: Option<Place>,
    pub codes: Vec<(String, Meaning)>,
    pub statuses: Vec<(Range, Meaning)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub statuses: Vec<Range>,
    pub check: Option<Check>,
}

/// First and last status.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Range(pub u16, pub u16);

/// Everything at a place is one of these; anything at all is good if there are none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub at: Place,
    pub is: Vec<String>,
}

/// A place of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// Tokens of a JSON Pointer; `*` is every element.
    Json(Vec<String>),
    /// Local names from the root.
    Xml {
        path: Vec<String>,
        attribute: Option<String>,
    },
    /// The first group, or the whole match.
    Regex(String),
    Header(String),
    Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Currency {
    Always(String),
    At(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Meaning {
    pub kind: Kind,
    /// As the status says where it is left open.
    pub certainty: Option<Certainty>,
}

/// The contract's kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    InvalidConfig,
    AuthenticationFailed,
    InsufficientFunds,
    InvalidRecipient,
    UnsupportedDestination,
    RecipientBlocked,
    ContentRejected,
    RateLimited,
    QuotaExceeded,
    FraudBlocked,
    ProviderUnavailable,
    Timeout,
    InvalidResponse,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    NotSent,
    Unknown,
}

/// Longest piece of an answer that an expression is matched against, in bytes: its time grows with both.
pub const MATCHED_BYTES_MAX: usize = 8 << 10;
/// Largest compiled expression, in bytes.
pub const REGEX_BYTES_MAX: usize = 10 << 10;
