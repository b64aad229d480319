//! How a page looks, and whether everybody can use it: in light, in dark, on a phone.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use base64::Engine as _;
use serde_json::{Value, json};

use super::Browser;
use super::driver::devtools;
use crate::support::{guests, within};

/// axe-core 4.14.1, MPL-2.0, as published.
const AXE: &str = include_str!("../axe.min.js");

/// Names that pictures have: of two with one name, one would be lost.
static TAKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl Browser {
    /// axe finds nothing in the page as it is now.
    pub async fn axe(&self, name: &str) {
        let script = format!("{AXE}\n{}", include_str!("axe.js"));
        let found = within("axe", self.client.execute_async(&script, vec![])).await.unwrap();
        let lines: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert!(found.is_array() && lines.is_empty(), "axe, on {name}:\n{}", lines.join("\n"));
    }

    /// In light, in dark and 390 px wide: axe finds nothing, nothing scrolls sideways. The pictures are for people, in
    /// `target/screenshots`.
    pub async fn looks(&self, name: &str) {
        let is_new = TAKEN.lock().unwrap().insert(name.to_owned());
        assert!(is_new, "two pictures are called \"{name}\"");
        for (kind, scheme, width) in [("light", "light", 1280), ("dark", "dark", 1280), ("phone", "light", 390)] {
            self.show_as(scheme, width).await;
            let picture = format!("{name}-{kind}");
            self.picture(&picture).await;
            let wide = self.script(include_str!("wide.js"), vec![]).await.unwrap();
            assert_eq!(wide, json!([]), "{picture} scrolls sideways");
            self.axe(&picture).await;
        }
        devtools(&self.client, "Emulation.clearDeviceMetricsOverride", json!({})).await;
        devtools(&self.client, "Emulation.setEmulatedMedia", json!({"features": []})).await;
    }

    async fn show_as(&self, scheme: &str, width: u32) {
        // Without motion: axe would measure a colour on its way to another.
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        devtools(&self.client, "Emulation.setEmulatedMedia", json!({"features": features})).await;
        let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        devtools(&self.client, "Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// The whole page as a picture.
    pub async fn picture(&self, name: &str) {
        let size = devtools(&self.client, "Page.getLayoutMetrics", json!({})).await;
        let (width, height) = (&size["cssContentSize"]["width"], &size["cssContentSize"]["height"]);
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let how = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let taken = devtools(&self.client, "Page.captureScreenshot", how).await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(taken["data"].as_str().unwrap()).unwrap();
        let folder = guests::root().join("target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(Path::new(name).with_extension("png")), bytes).unwrap();
    }
}
