//! Traps that toolchains set and nobody sees: a success without a request, a code in a URL or in a log.

use super::rig::Tried;
use super::scene::Scene;
use super::verdict::Finding;
use crate::connector::contract::{Receipt, Report, Word};
use crate::connector::package::Package;

/// What a component may repeat without being frozen: its package, its configuration, the messages and the calls.
pub(super) fn source(package: &Package, config: &str, scenes: [&Scene; 2]) -> String {
    let files = package.to_json();
    let files = files.as_object().into_iter().flatten().filter_map(|(_, text)| text.as_str());
    let mut source = vec![config.to_owned()];
    for scene in scenes {
        let message = &scene.message;
        source.extend([&scene.nonce, &message.to, &message.reference, &message.text].map(Clone::clone));
        source.extend([&message.sender, &message.callback_url, &message.client_ip].into_iter().flatten().cloned());
    }
    source.extend(files.map(str::to_owned));
    source.join("\n")
}

/// Why a component did not get as far as its provider.
pub(super) fn silent(tried: &Tried<Receipt>) -> Finding {
    let Report { result, word, log, leak, .. } = &tried.report;
    let denied = tried.report.exchanges.iter().find_map(|exchange| exchange.fault.as_deref());
    match (result, word) {
        _ if leak.is_some() => {
            let text = leak.as_ref().map(ToString::to_string).unwrap_or_default();
            Finding::fault("leak", text).hint("name the credential in the request and leave its place empty")
        }
        (_, Word::FalseSuccess) => Finding::fault(
            "success-without-request",
            "it reported a success and asked nobody: nothing would be sent",
        )
        .hint(
            "`send` is probably an `async` function in an engine that does not wait for it (QuickJS): what it returns \
                 is a promise and no receipt. Write it without `async`: `http.send` waits by itself",
        ),
        (Err(failure), Word::None) => {
            let last = log.last().map(|line| format!("; the last line of its log: {}", short(&line.text)));
            let text = format!("it can't be run: {}{}", failure.text, last.unwrap_or_default());
            Finding::fault("trap", text).hint(
                "an exception that nobody catches, or a clock or random numbers that the toolchain stubbed out \
                 (`--stub-wasi`), end like this",
            )
        }
        (Err(failure), _) => {
            let what = denied.map_or_else(
                || format!("{}: {}", failure.kind.as_str(), failure.text),
                |why| format!("its request did not leave: {why}"),
            );
            Finding::fault("no-request", format!("it asked nobody, so that nothing could be tried; {}", short(&what)))
                .hint("`examples[0]` of the schema is a configuration with which it sends, `hosts` names where to")
        }
        (Ok(_), _) => Finding::fault("no-request", "it asked nobody, so that nothing could be tried"),
    }
}

/// Where the code went that it should not have gone.
pub(super) fn spoken(scene: &Scene, report: &Report<Receipt>) -> Vec<Finding> {
    let decoded = |url: &str| percent_encoding::percent_decode_str(url).decode_utf8_lossy().into_owned();
    let mut found = Vec::new();
    if let Some(exchange) = report.exchanges.iter().find(|exchange| decoded(&exchange.url).contains(scene.code)) {
        let text = format!(
            "the code stands in the URL of its {}, which proxies and providers write into their logs",
            exchange.method
        );
        found.push(Finding::warning("code-in-url", text).hint("POST it in a body, if the provider takes one"));
    }
    let digits = scene.message.to.trim_start_matches('+');
    if report.log.iter().any(|line| line.text.contains(scene.code) || line.text.contains(digits)) {
        let text = "it writes the number or the code into its log";
        found.push(Finding::warning("code-in-log", text).hint("a log says what happened, not to whom"));
    }
    if found.is_empty() {
        found.push(Finding::ok("code-in-url", "the code stands in no URL and in no log"));
    }
    found
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}
