//! What a message would say, before it is sent or even saved. It is composed by the function that composes what is
//! sent, so a preview never shows anything else than what goes out.

mod asked;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::connector::contract::Pair;
use crate::connector::manifest::Content;
use crate::connector::reason::Reason;
use crate::connector::serving::Serving;
use crate::delivery::attempt;
use crate::texts::compose::Chosen;
use crate::texts::lint::{self, SAMPLE_CODE};
use crate::texts::{self, Count, Ending, Sources, Values, Wanted, segments};

pub use asked::PreviewTexts;

/// What the connectors would send.
#[derive(Debug, Serialize, ToSchema)]
pub struct Previews {
    /// One a connector, by name.
    pub previews: Vec<Preview>,
    /// What is worth knowing of texts that are not saved.
    pub warnings: Vec<Reason>,
}

/// What one connector would send.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The connector; none where none serves, and the environment's texts are shown alone.
    pub connector: Option<String>,
    /// What its component sends: `text`, `template-id` or `either`.
    #[schema(value_type = String)]
    pub content: Content,
    /// Where the text is from.
    pub template: Option<Chosen>,
    /// Where the registered template is from; none for a sender's.
    pub registered: Option<Chosen>,
    /// The text with a sample code. A connector that sends the registered template does not send it.
    pub text: String,
    /// How the text is encoded and how many parts it takes.
    #[serde(flatten)]
    pub count: Count,
    /// The last line that is added.
    pub ending: Option<String>,
    /// The registered template.
    pub template_id: Option<String>,
    /// Its language there.
    pub template_locale: Option<String>,
    /// Its values, in order.
    #[schema(value_type = Vec<Object>)]
    pub parameters: Vec<Pair>,
    /// Who it comes from.
    pub sender: Option<String>,
    /// Regulatory ids.
    #[schema(value_type = Vec<Object>)]
    pub extra: Vec<Pair>,
    /// What is worth knowing of it.
    pub warnings: Vec<Reason>,
    /// Why it could not be sent: the connector would be passed over, as after `invalid-config`.
    pub failure: Option<String>,
}

impl Setup {
    /// Show what connectors would send.
    pub async fn preview(&self, environment: &str, asked: PreviewTexts) -> Result<Previews, SetupError> {
        let row = self.environment(environment).await?;
        let app = &row.display_name;
        let country = asked.judge()?;
        let faults = asked.templates.as_ref().map(|texts| texts.faults(app)).unwrap_or_default();
        if !faults.is_empty() {
            let deeper =
                |reason: Reason| Reason { pointer: reason.pointer.map(|p| format!("/templates{p}")), ..reason };
            let reasons = faults.into_iter().map(deeper).collect();
            return Err(SetupError::Refused { what: "the templates", reasons });
        }
        let saved = self.shared_texts(&row.name).await?;
        let shared = asked.templates.as_ref().unwrap_or(&saved);
        let routes = self.registry.routes(&row.name);
        let all = routes.iter().flat_map(|routes| routes.connectors.values());
        let mut serving: Vec<&Serving> = all.map(|serving| &**serving).collect();
        serving.sort_by(|one, other| one.name.cmp(&other.name));
        if let Some(name) = &asked.connector {
            serving.retain(|serving| serving.name == *name);
            if serving.is_empty() {
                return Err(SetupError::not_found("serving connector", name));
            }
        }
        let show = |name: Option<&str>, sources| preview(name, sources, &asked, country.as_deref(), app);
        let mut previews = Vec::with_capacity(serving.len());
        for serving in serving {
            let shown = show(Some(&serving.name), attempt::sources(serving, shared));
            previews.push(if serving.makes_codes { of_provider(shown) } else { shown });
        }
        if previews.is_empty() {
            previews.push(show(None, Sources { own: &[], senders: &[], content: Content::Text, shared }));
        }
        Ok(Previews { previews, warnings: asked.templates.as_ref().map(|t| t.warnings(app)).unwrap_or_default() })
    }
}

fn preview(
    name: Option<&str>,
    sources: Sources<'_>,
    asked: &PreviewTexts,
    country: Option<&str>,
    app: &str,
) -> Preview {
    let purpose = &asked.purpose;
    let values = Values { code: Some(SAMPLE_CODE), minutes: 10, app, purpose, parameters: &asked.parameters };
    let (locale, app_hash) = (asked.locale.as_str(), asked.app_hash.as_deref());
    let wanted = Wanted { locale, country, values, text: None, app_hash, sender: None };
    let made = texts::compose(sources, &wanted);
    let (made, failure) = match made {
        Ok(made) => (Some(made), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let text = made.as_ref().map(|made| made.text.clone()).unwrap_or_default();
    let warnings = made.as_ref().map(|made| warnings(sources, made, asked, app)).unwrap_or_default();
    Preview {
        connector: name.map(str::to_owned),
        content: sources.content,
        count: segments::count(&text),
        text,
        warnings,
        failure,
        template: made.as_ref().and_then(|made| made.text_from.clone()),
        registered: made.as_ref().and_then(|made| made.id_from.clone()),
        ending: made.as_ref().and_then(|made| made.ending.clone()),
        template_id: made.as_ref().and_then(|made| made.template_id.clone()),
        template_locale: made.as_ref().and_then(|made| made.template_locale.clone()),
        parameters: made.as_ref().map(|made| made.parameters.clone()).unwrap_or_default(),
        sender: made.as_ref().and_then(|made| made.sender.clone()),
        extra: made.map(|made| made.extra).unwrap_or_default(),
    }
}

/// Of a connector whose provider makes the code: of ours it gets who sends, and no text.
fn of_provider(shown: Preview) -> Preview {
    let text = "its provider makes the code and the text: none of these texts is sent";
    Preview {
        template: None,
        registered: None,
        text: String::new(),
        count: segments::count(""),
        ending: None,
        template_id: None,
        template_locale: None,
        parameters: Vec::new(),
        warnings: vec![Reason::new("code-by-provider", text)],
        failure: None,
        ..shown
    }
}

/// Of the text, where a text is what is sent; else that an ending can't be added to a registered template.
fn warnings(sources: Sources<'_>, made: &texts::Composed, asked: &PreviewTexts, app: &str) -> Vec<Reason> {
    let registered = made.template_id.is_some() && sources.content != Content::Text;
    let ends = sources.shared.ending.as_ref().is_some_and(|ending| *ending != Ending::None);
    if registered && (asked.app_hash.is_some() || ends) {
        let text = "the provider sends its registered template, to which no ending can be added: register it with one";
        return vec![Reason::at("no-ending", "/template_id", text)];
    } else if registered {
        return Vec::new();
    }
    let body = made.ending.as_ref().and_then(|line| made.text.strip_suffix(line.as_str())).unwrap_or(&made.text);
    lint::this_text(body, &made.text, made.ending.is_some(), None, app, "/text")
}
