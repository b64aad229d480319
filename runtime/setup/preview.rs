//! What a message would say, before it is sent or even saved. It is composed by the function that composes what is
//! sent, so a preview never shows anything else than what goes out.

mod asked;
mod composed;
mod worst;

use serde::Serialize;
use utoipa::ToSchema;

use super::building::makes_codes;
use super::{Setup, SetupError};
use crate::connector::contract::Pair;
use crate::connector::manifest::Content;
use crate::connector::package::Package;
use crate::connector::reason::Reason;
use crate::connector::serving::Serving;
use crate::delivery::attempt;
use crate::texts::compose::Chosen;
use crate::texts::ending::Origin;
use crate::texts::{Autofill, Cheaper, Count, Mark, Shared, Sources};

pub use asked::{DraftTexts, PreviewTexts};
use composed::{of_provider, preview};
pub use worst::{Worst, WorstCase};

/// What the connectors would send.
#[derive(Debug, Serialize, ToSchema)]
pub struct Previews {
    /// One a connector, by name.
    pub previews: Vec<Preview>,
    /// What is worth knowing of texts that are not saved.
    pub warnings: Vec<Reason>,
    /// With `every`: what each text costs at worst.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<WorstCase>,
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
    /// The characters that cost: those that force UCS-2, or where none does, those that take two septets.
    pub marks: Vec<Mark>,
    /// What reads the same and costs less, where there is such a text.
    pub cheaper: Option<Cheaper>,
    /// Whether a phone can take the code out of it by itself.
    pub autofill: Autofill,
    /// The site that messages are bound to here, where one is known: by the environment's last line, else by that of
    /// another text. A text that is not bound could be bound to it.
    pub site: Option<Origin>,
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

/// A connector that is shown: one that serves, or one that is not saved.
struct Shown<'a> {
    name: Option<&'a str>,
    sources: Sources<'a>,
    /// Whether its provider makes the code, and with it the text.
    makes_codes: bool,
}

impl Setup {
    /// Show what connectors would send.
    pub async fn preview(&self, environment: &str, asked: PreviewTexts) -> Result<Previews, SetupError> {
        let row = self.environment(environment).await?;
        let app = &row.display_name;
        let country = asked.judge()?;
        let saved = self.shared_texts(&row.name).await?;
        let shared = asked.templates.as_ref().unwrap_or(&saved);
        let faults = asked.faults(app, shared);
        if !faults.is_empty() {
            return Err(SetupError::Refused { what: "the templates", reasons: faults });
        }
        let draft = match &asked.draft {
            Some(draft) => Some((draft, self.drafted(draft).await?)),
            None => None,
        };
        let routes = self.registry.routes(&row.name);
        let serving = routes.iter().flat_map(|routes| routes.connectors.values()).map(|serving| &**serving);
        let shown = match draft {
            Some((draft, (content, makes_codes))) => {
                let sources = Sources { own: &draft.templates, senders: &draft.senders, content, shared };
                vec![Shown { name: asked.connector.as_deref(), sources, makes_codes }]
            }
            None => serving_ones(serving.collect(), shared, asked.connector.as_deref())?,
        };
        let show = |shown: &Shown<'_>| {
            let preview = preview(shown.name, shown.sources, &asked, country.as_deref(), app);
            if shown.makes_codes { of_provider(preview) } else { preview }
        };
        Ok(Previews {
            previews: shown.iter().map(show).collect(),
            warnings: asked.warnings(app, shared),
            worst: asked.every.then(|| worst::of(&shown, &asked, country.as_deref(), app)),
        })
    }

    /// What a component that is not set up yet sends, and whether its provider makes the code.
    async fn drafted(&self, draft: &DraftTexts) -> Result<(Content, bool), SetupError> {
        let (id, version) =
            draft.component.split_once('@').map_or((draft.component.as_str(), None), |(id, v)| (id, Some(v)));
        let component = self.component_row(id, version).await?;
        let package = Package::from_json(&component.package)
            .map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
        Ok((package.manifest.content, makes_codes(&component)))
    }
}

/// Those that serve, by name; where none does, the environment's texts alone.
fn serving_ones<'a>(
    mut serving: Vec<&'a Serving>,
    shared: &'a Shared,
    only: Option<&'a str>,
) -> Result<Vec<Shown<'a>>, SetupError> {
    serving.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(name) = only {
        serving.retain(|serving| serving.name == name);
        if serving.is_empty() {
            return Err(SetupError::not_found("serving connector", name));
        }
    }
    if serving.is_empty() {
        let sources = Sources { own: &[], senders: &[], content: Content::Text, shared };
        return Ok(vec![Shown { name: None, sources, makes_codes: false }]);
    }
    let shown = serving.into_iter().map(|serving| Shown {
        name: Some(&serving.name),
        sources: attempt::sources(serving, shared),
        makes_codes: serving.makes_codes,
    });
    Ok(shown.collect())
}
