//! The preview: the demo's own page, with values that need not be saved, in a frame that can do nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::form;
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::prefs::Theme;
use crate::console::refusal::Refusal;
use crate::console::visit::Visit;
use crate::console::words::{common, sign_in_experience as words};
use crate::demo::{self, Flow, Here, Shown};
use crate::otp::sign_in::SignInExperience;

/// What of the demo is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    flow: Flow,
    theme: Theme,
}

impl Sight {
    /// Of a form or an address.
    pub(super) fn of(posted: &Posted) -> Self {
        let theme = posted.get("theme").and_then(|word| Theme::ALL.into_iter().find(|theme| theme.as_str() == word));
        let flow = posted.get("flow").and_then(Flow::parse);
        Self { flow: flow.unwrap_or(Flow::SignIn), theme: theme.unwrap_or_default() }
    }

    /// As a part of an address.
    pub(super) fn query(self) -> String {
        format!("flow={}&theme={}", self.flow.as_str(), self.theme.as_str())
    }
}

/// Which page, and how it is lit.
pub(super) fn choices(sight: &Sight) -> Markup {
    html! {
        fieldset.choices { legend { (words::PAGE) }
            @for flow in Flow::ALL {
                label { input type="radio" name="flow" value=(flow.as_str()) checked[flow == sight.flow]; (words::flow(flow)) }
            }
        }
        fieldset.choices { legend { (common::THEME) }
            @for theme in Theme::ALL {
                label { input type="radio" name="theme" value=(theme.as_str()) checked[theme == sight.theme]; (common::theme(theme)) }
            }
        }
    }
}

/// The frame.
pub(super) fn panel(env: &str, experience: &SignInExperience, sight: &Sight) -> Markup {
    let src = format!("{}/preview?{}&{}", super::address(env), sight.query(), query(experience));
    html! {
        div #preview {
            iframe sandbox="" src=(src) title={ (words::PREVIEW) ": " (words::flow(sight.flow)) } {}
        }
    }
}

/// What the pages follow, under the names of the form's fields.
fn query(experience: &SignInExperience) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("/sign_up/identifier", experience.sign_up.identifier.as_str());
    query.append_pair("/sign_in/identifier", experience.sign_in.identifier.as_str());
    for flow in Flow::ALL {
        query.append_pair("purpose", flow.purpose());
        if experience.is_open(flow.purpose()) {
            query.append_pair(&format!("/purposes/{}", flow.purpose()), "true");
        }
    }
    if let Some(accent) = &experience.branding.accent {
        query.append_pair("/branding/accent", accent);
    }
    query.finish()
}

/// The frame for what the form says now.
pub(super) async fn frame(visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let query = Posted::parse(visit.query.as_bytes());
    Ok(panel(&env, &form::read(&query).experience, &Sight::of(&query)).into_response())
}

/// The page within the frame: of production too, to look at.
pub(super) async fn preview(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let query = Posted::parse(visit.query.as_bytes());
    let look = Here(Arc::clone(&parts)).look_of(&env).await?;
    let mut look = look.ok_or_else(|| ApiError::not_found("there is no such environment"))?;
    look.experience = form::read(&query).experience;
    let sight = Sight::of(&query);
    let theme = (sight.theme != Theme::System).then(|| sight.theme.as_str());
    Ok(demo::preview(&Shown { environment: env, look, theme, ..Shown::default() }, sight.flow))
}
