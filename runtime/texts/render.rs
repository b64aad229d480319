//! From a template to a text: minijinja, with little of it switched on.
//!
//! Promise: what stands in the template goes out as it stands, nothing is escaped, and no template takes more time or
//! memory than a text is worth: no loops, no assignments, no files, six filters, bounded steps. A value never begins a
//! line of its own, so that nobody's name can write the line that a browser reads the code from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, filters};

use super::fault::TextError;
use super::template::Template;
use crate::connector::contract::Pair;

const BUILT_IN: &str = "{{ code }} is your verification code. It is valid for {{ minutes }} minutes.";

/// What a template may cost to render, in the engine's steps: a text needs dozens.
const STEPS_MAX: u64 = 20_000;

/// The longest text that is sent, in characters: ten parts of a concatenated SMS.
pub const TEXT_CHARS_MAX: usize = 1530;

/// The longest template.
const SOURCE_CHARS_MAX: usize = 4000;

/// Statements that a text may have. Assignments and loops can grow a value beyond every bound.
const STATEMENTS: &[&str] = &["if", "elif", "else", "endif"];

/// What a text may speak of.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// The code, for a message that carries one.
    pub code: Option<&'a str>,
    /// What is left of the code's life, in whole minutes, at least 1.
    pub minutes: u32,
    /// The environment's display name.
    pub app: &'a str,
    /// The message's purpose.
    pub purpose: &'a str,
    /// The caller's own parameters, which can't shadow the four above.
    pub parameters: &'a [Pair],
}

impl Values<'_> {
    /// By name, as a registered template gets them.
    pub fn by_name(&self) -> BTreeMap<&str, Cow<'_, str>> {
        let own = self.parameters.iter().map(|pair| (pair.name.as_str(), Cow::from(pair.value.as_str())));
        let mut values: BTreeMap<&str, Cow<'_, str>> = own.collect();
        values.extend(self.code.map(|code| ("code", code.into())));
        values.insert("minutes", self.minutes.to_string().into());
        values.insert("app", self.app.into());
        values.insert("purpose", self.purpose.into());
        values
    }

    /// As a text gets them: each on one line, and `minutes` a number, so that a text can say "1 minute".
    fn context(&self) -> Value {
        let mut values: BTreeMap<String, Value> =
            self.by_name().into_iter().map(|(name, value)| (name.to_owned(), Value::from(one_line(&value)))).collect();
        values.insert("minutes".to_owned(), Value::from(self.minutes));
        Value::from_pairs(values)
    }
}

fn one_line(value: &str) -> String {
    value.chars().map(|c| if is_break(c) { ' ' } else { c }).collect()
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The text of a template, or the built-in one, without white space at its ends: there it is paid for and unseen.
pub fn render(template: Option<&Template>, values: &Values<'_>) -> Result<String, TextError> {
    let source = template.and_then(|t| t.text.as_deref()).unwrap_or(BUILT_IN);
    permitted(source)?;
    let text = engine().render_str(source, values.context()).map_err(|e| TextError::Render(complaint(&e)))?;
    let text = text.replace("\r\n", "\n").trim().to_owned();
    let chars = text.chars().count();
    if let Some(at) = text.chars().position(|c| is_break(c) && c != '\n') {
        Err(TextError::Control(at + 1))
    } else if chars > TEXT_CHARS_MAX {
        Err(TextError::TooLong(chars))
    } else if values.code.is_some_and(|code| !text.contains(&one_line(code))) {
        Err(TextError::NoCode)
    } else {
        Ok(text)
    }
}

fn engine() -> Environment<'static> {
    let mut engine = Environment::empty();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(STEPS_MAX));
    engine.add_filter("upper", filters::upper);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("title", filters::title);
    engine.add_filter("capitalize", filters::capitalize);
    engine.add_filter("trim", filters::trim);
    engine.add_filter("default", filters::default);
    engine.add_test("defined", minijinja::tests::is_defined);
    engine
}

/// What grows a value is refused before the engine sees it: statements but for conditions, and repetition.
fn permitted(source: &str) -> Result<(), TextError> {
    let refuse = |text: String| Err(TextError::Render(text));
    let chars = source.chars().count();
    if chars > SOURCE_CHARS_MAX {
        return refuse(format!("a template has at most {SOURCE_CHARS_MAX} characters, this one {chars}"));
    }
    for statement in source.split("{%").skip(1) {
        let word: String = statement
            .trim_start_matches(['-', '+'])
            .trim_start()
            .chars()
            .take_while(|c| c.is_ascii_alphabetic() || *c == '_')
            .collect();
        if !STATEMENTS.contains(&word.as_str()) {
            return refuse(format!("`{{% {word} %}}` is not for texts; there are {}", STATEMENTS.join(", ")));
        }
    }
    let inside =
        |(open, close)| source.split(open).skip(1).map(move |rest: &str| rest.split(close).next().unwrap_or(rest));
    if inside(("{{", "}}")).chain(inside(("{%", "%}"))).any(|expression| expression.contains('*')) {
        return refuse("a text can't multiply".to_owned());
    }
    Ok(())
}

/// The engine's words without the values that its debug output would show.
fn complaint(error: &minijinja::Error) -> String {
    let what: Cow<'_, str> = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()).into(),
        None => error.kind().to_string().into(),
    };
    match error.line() {
        Some(line) => format!("{what} (line {line})"),
        None => what.into_owned(),
    }
}

#[cfg(test)]
mod tests;
