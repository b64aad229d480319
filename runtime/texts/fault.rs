//! Why a text can't be saved, or a message can't be composed of it.

use super::PURPOSE_FORM;
use super::render::TEXT_CHARS_MAX;

/// Why a text can't be saved or used. Quotes templates and names, never a code or a number.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TextError {
    /// Neither of the two ways.
    #[error("a template has `text`, `template_id` or both")]
    Nothing,
    /// A field that must not be empty, or is too long.
    #[error("`{0}` must have 1 to 200 characters")]
    Field(&'static str),
    /// Nobody could ever ask for it.
    #[error("a purpose {PURPOSE_FORM}")]
    Purpose,
    /// Not a language.
    #[error("`{0}` is not a BCP 47 language tag, such as `en` or `pt-BR`")]
    Locale(String),
    /// Which of the two would be used?
    #[error("entry {0} is for the same purpose and locale; one entry can have both `text` and `template_id`")]
    Twice(usize),
    /// The engine's complaint; it quotes the template, which holds no secret.
    #[error("the text can't be rendered: {0}")]
    Render(String),
    /// A text without the code is of no use to anybody.
    #[error("the text does not contain {{{{ code }}}}, whatever `minutes` is")]
    NoCode,
    /// A registered template without the code neither.
    #[error("`parameters` does not name `code`")]
    NoCodeParameter,
    /// Longer than can be sent.
    #[error("the text has {0} characters; at most {TEXT_CHARS_MAX} can be sent")]
    TooLong(usize),
    /// A character that no phone shows.
    #[error("the text has a control character at {0}; only line breaks can be sent")]
    Control(usize),
    /// The service writes the last line.
    #[error("the text ends in `{0}`: leave that line out and set `ending`, so that it is written right and last")]
    OwnEnding(String),
    /// Not a host as a browser compares it.
    #[error("`{host}` is not the host of an https origin{hint}")]
    Host {
        /// What was given.
        host: String,
        /// What it should have been, where that can be told.
        hint: String,
    },
    /// Not an app's hash.
    #[error("`app_hash` is 11 characters of A-Z, a-z, 0-9, + and /")]
    AppHash,
    /// Android would not hand it to the app.
    #[error("with the app's hash it has {0} bytes; Android hands an app at most 140")]
    TooLongForApp(usize),
    /// The browser would not find its end.
    #[error("a code with white space can't stand in an origin-bound line")]
    CodeInLine,
    /// A connector that sends registered templates only.
    #[error("this connector sends registered templates only, and has none for `{purpose}` in `{locale}`")]
    NoTemplateId {
        /// What for.
        purpose: String,
        /// In which language.
        locale: String,
    },
    /// The same, asked to send somebody's own text.
    #[error("this connector sends registered templates only, and can't send a text of your own")]
    OwnText,
    /// A registered template needs a value that nobody gave.
    #[error("the registered template takes `{0}`, which the message does not have")]
    MissingParameter(String),
}

impl TextError {
    /// Where in a template the fault is, as the rest of a JSON Pointer.
    pub fn place(&self) -> &'static str {
        match self {
            Self::Field("template_id") => "/template_id",
            Self::Field("template_locale") => "/template_locale",
            Self::Field("parameters") | Self::NoCodeParameter => "/parameters",
            Self::Field("purpose") | Self::Purpose => "/purpose",
            Self::Locale(_) => "/locale",
            Self::Render(_) | Self::NoCode | Self::TooLong(_) | Self::Control(_) | Self::OwnEnding(_) => "/text",
            Self::TooLongForApp(_) => "/text",
            Self::Host { .. } | Self::AppHash | Self::CodeInLine => "/ending",
            _ => "",
        }
    }
}
