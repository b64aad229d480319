//! What a test does, as a person does it: with a pointer and with keys.

use std::path::Path;

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use serde_json::json;

use super::driver::devtools;
use super::part::Part;

/// How often Tab is pressed before something counts as out of reach.
const TABS_MAX: usize = 200;

impl Part {
    /// Do something with the element as soon as it is there and can be used. A page that is exchanged meanwhile is
    /// asked again.
    async fn with(&self, what: &str, act: impl AsyncFn(&Element) -> Result<(), CmdError>) {
        self.until(&format!("{what} {}", self.called()), async || {
            let (element, is_enabled) = self.look().await?;
            if !is_enabled {
                return Err("it is disabled".to_owned());
            }
            // What sticks to the window's edge would lie above it otherwise.
            let _ = self.script("arguments[0].scrollIntoView({block: 'center'})", vec![json!(element)]).await;
            act(&element).await.map_err(|error| error.to_string())
        })
        .await;
        self.log.check(&self.client).await;
    }

    /// Press it with the pointer. What it leads to is loaded afterwards.
    pub async fn click(&self) {
        self.with("click", async |element| element.click().await).await;
    }

    /// Replace what is in it.
    pub async fn fill(&self, text: &str) {
        self.with("fill", async |element| {
            if element.attr("contenteditable").await?.is_some() {
                element.click().await?;
                self.chord(Key::Control, 'a').await?;
                self.stroke(Key::Delete.into()).await?;
                devtools(&self.client, "Input.insertText", json!({"text": text})).await;
                return Ok(());
            }
            element.clear().await?;
            element.send_keys(text).await
        })
        .await;
    }

    /// Choose from a list what is called so.
    pub async fn choose(&self, label: &str) {
        self.with("choose from", async |element| {
            let options = element.find_all(Locator::Css("option")).await?;
            let mut there = Vec::new();
            for option in options {
                let text = option.prop("label").await?.unwrap_or_default();
                if text.trim() == label {
                    return option.click().await;
                }
                there.push(text);
            }
            panic!("{} has no choice \"{label}\". There is: {there:?}", self.called())
        })
        .await;
    }

    /// Tick a box, or take one of several.
    pub async fn tick(&self) {
        self.with("tick", async |element| if element.is_selected().await? { Ok(()) } else { element.click().await })
            .await;
    }

    /// Take the tick out.
    pub async fn untick(&self) {
        self.with("untick", async |element| if element.is_selected().await? { element.click().await } else { Ok(()) })
            .await;
    }

    /// Choose a file.
    pub async fn upload(&self, file: &Path) {
        self.with("choose a file in", async |element| element.send_keys(file.to_str().unwrap()).await).await;
    }

    /// Press a key where the focus is.
    pub async fn press(&self, key: Key) {
        self.stroke(key.into()).await.unwrap();
        self.log.check(&self.client).await;
    }

    /// Press a key while another is held.
    pub async fn press_with(&self, held: Key, key: impl Into<char>) {
        self.chord(held, key.into()).await.unwrap();
        self.log.check(&self.client).await;
    }

    /// Type where the focus is.
    pub async fn type_keys(&self, text: &str) {
        for key in text.chars() {
            self.stroke(key).await.unwrap();
        }
        self.log.check(&self.client).await;
    }

    /// What has the focus, by its name.
    pub async fn focused(&self) -> String {
        let script = async || self.script(include_str!("focused.js"), vec![]).await.map_err(|error| error.to_string());
        self.until("the focus", script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Press Tab until what is called so has the focus.
    pub async fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..TABS_MAX {
            self.stroke(Key::Tab.into()).await.unwrap();
            let focused = self.focused().await;
            // A field's name ends in whether it is needed.
            let rest = focused.strip_prefix(name).map(str::trim);
            if rest.is_some_and(|rest| matches!(rest, "" | "Required" | "Optional")) {
                return;
            }
            passed.push(focused);
        }
        passed.dedup();
        panic!("Tab does not reach \"{name}\". It passed: {passed:?}")
    }

    async fn stroke(&self, key: char) -> Result<(), CmdError> {
        let keys = KeyActions::new("keys".to_owned());
        let keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.client.perform_actions(keys).await
    }

    async fn chord(&self, held: Key, key: char) -> Result<(), CmdError> {
        let held = char::from(held);
        let keys = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value: held });
        let keys = keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        self.client.perform_actions(keys.then(KeyAction::Up { value: held })).await
    }
}
