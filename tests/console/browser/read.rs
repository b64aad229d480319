//! What a test reads, and waits for.

use super::part::Part;
use serde_json::{Value, json};

impl Part {
    /// It is there.
    pub async fn is_shown(&self) {
        self.element().await;
    }

    /// It is not there, or soon no more.
    pub async fn is_gone(&self) {
        self.until(&format!("{} is gone", self.called()), async || match self.look().await {
            Ok(_) => Err("it is still there".to_owned()),
            Err(_) => Ok(()),
        })
        .await;
    }

    /// Whether it is there now.
    pub async fn is_there(&self) -> bool {
        self.look().await.is_ok()
    }

    /// What can be read in it, with spaces and line ends as one space.
    pub async fn text(&self) -> String {
        self.until(&self.called(), async || self.text_now().await).await
    }

    pub(super) async fn text_now(&self) -> Result<String, String> {
        let (element, _) = self.look().await?;
        let text = self.script(include_str!("text.js"), vec![json!(element)]).await;
        text.map(|text| text.as_str().unwrap_or_default().to_owned()).map_err(|error| error.to_string())
    }

    /// This text is in it, or soon will be.
    pub async fn see(&self, text: &str) {
        self.until(&format!("{} says \"{text}\"", self.called()), async || {
            let all = self.text_now().await?;
            if all.contains(text) { Ok(()) } else { Err(format!("it says:\n{all}")) }
        })
        .await;
    }

    /// This text is not in it, or soon no more.
    pub async fn do_not_see(&self, text: &str) {
        self.until(&format!("{} does not say \"{text}\"", self.called()), async || {
            let all = self.text_now().await?;
            if all.contains(text) { Err(format!("it says:\n{all}")) } else { Ok(()) }
        })
        .await;
    }

    /// The cells of a table's rows, as they are read.
    pub async fn rows(&self) -> Vec<Vec<String>> {
        self.until(&self.called(), async || {
            let (table, _) = self.look().await?;
            let rows = self.script(include_str!("rows.js"), vec![json!(table)]).await;
            rows.map(|rows| serde_json::from_value(rows).unwrap()).map_err(|error| error.to_string())
        })
        .await
    }

    /// What is filled in or chosen.
    pub async fn value(&self) -> String {
        match self.property("value").await.as_str() {
            Some(value) => value.to_owned(),
            // An editor has no value: what it shows is what it holds.
            None => self.text().await,
        }
    }

    /// Whether it is ticked.
    pub async fn is_ticked(&self) -> bool {
        self.property("checked").await == true
    }

    /// Whether it can be used.
    pub async fn is_enabled(&self) -> bool {
        self.until(&self.called(), async || Ok(self.look().await?.1)).await
    }

    /// A property of the element, as scripts see it.
    pub async fn property(&self, name: &str) -> Value {
        self.until(&self.called(), async || {
            let (element, _) = self.look().await?;
            let script = "return arguments[0][arguments[1]]";
            self.script(script, vec![json!(element), json!(name)]).await.map_err(|error| error.to_string())
        })
        .await
    }

    /// What it is drawn in: `light`, `dark`, or `light dark` for whatever the browser prefers.
    pub async fn scheme(&self) -> String {
        self.until(&self.called(), async || {
            let (element, _) = self.look().await?;
            let script = "return getComputedStyle(arguments[0]).colorScheme";
            let scheme = self.script(script, vec![json!(element)]).await.map_err(|error| error.to_string())?;
            Ok(scheme.as_str().unwrap_or_default().to_owned())
        })
        .await
    }

    /// An attribute of the element.
    pub async fn attribute(&self, name: &str) -> Option<String> {
        self.until(&self.called(), async || {
            let (element, _) = self.look().await?;
            element.attr(name).await.map_err(|error| error.to_string())
        })
        .await
    }
}
