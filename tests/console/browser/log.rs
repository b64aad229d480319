//! What the browser itself complains of: scripts that fail, files that are missing, what the policy blocked. A test fails
//! on each line that it did not announce.

use std::sync::Mutex;

use fantoccini::Client;
use serde_json::Value;

use super::driver;

/// A line that a test announced.
struct Announced {
    /// Each of these is in it.
    has: Vec<String>,
    must_come: bool,
    came: bool,
}

#[derive(Default)]
pub(super) struct Log {
    announced: Mutex<Vec<Announced>>,
}

impl Log {
    pub(super) fn announce(&self, has: &[&str], must_come: bool) {
        let has = has.iter().map(|word| (*word).to_owned()).collect();
        self.announced.lock().unwrap().push(Announced { has, must_come, came: false });
    }

    /// Nothing was complained of since the last time, except what was announced.
    pub(super) async fn check(&self, client: &Client) {
        let said = driver::console(client).await;
        let bad = |entry: &&Value| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING"));
        let lines = said.as_array().into_iter().flatten().filter(bad).map(|entry| {
            format!(
                "{}: {}",
                entry["source"].as_str().unwrap_or_default(),
                entry["message"].as_str().unwrap_or_default()
            )
        });
        let unannounced: Vec<String> = lines.filter(|line| !self.is_announced(line)).collect();
        assert!(unannounced.is_empty(), "the browser complains:\n  {}", unannounced.join("\n  "));
    }

    fn is_announced(&self, line: &str) -> bool {
        let mut announced = self.announced.lock().unwrap();
        let mut of: Vec<&mut Announced> =
            announced.iter_mut().filter(|one| one.has.iter().all(|word| line.contains(word.as_str()))).collect();
        // The same may be announced twice: one that has not come yet is meant.
        of.sort_by_key(|one| one.came);
        of.into_iter().next().map(|one| one.came = true).is_some()
    }

    /// All that must come came.
    pub(super) fn check_end(&self) {
        let announced = self.announced.lock().unwrap();
        let missing: Vec<_> = announced.iter().filter(|one| one.must_come && !one.came).map(|one| &one.has).collect();
        assert!(missing.is_empty(), "announced, but the browser said no such thing: {missing:?}");
    }
}
