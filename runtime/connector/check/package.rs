//! What a package says of its component: not what is refused (`Package::lint` does that), but what an operator or an
//! author would want to know before he relies on it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::examine::Subject;
use super::verdict::{Finding, bytes};
use crate::connector::contract::Export;
use crate::connector::package::Package;
use crate::connector::reason::Reason;

/// What loads slowly and compiles for seconds.
const SIZE_LARGE: usize = 8 << 20;
/// A README that says what an operator needs is longer.
const README_CHARS_MIN: usize = 200;
/// How many fields a finding names.
const NAMED_MAX: usize = 6;

/// Why a component is refused, each reason a fault.
pub(super) fn refused(reasons: Vec<Reason>) -> Vec<Finding> {
    reasons.into_iter().map(|reason| Finding::fault(reason.code, reason.to_string())).collect()
}

/// Of a package that is not refused.
pub(super) fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let package = subject.package;
    let mut found = vec![Finding::ok("manifest", "manifest, schema and credentials are sound")];
    found.extend(described(&package.schema));
    found.extend(hosts(package));
    found.extend(unused(package));
    found.push(readme(&package.readme));
    found.push(logo(package.logo.as_deref()));
    found.push(exports(subject));
    found.extend(contract(subject));
    if subject.wasm.len() > SIZE_LARGE {
        let text = format!(
            "it has {}: its first compile takes seconds, and every upload and start carries it",
            bytes(subject.wasm.len() as u64)
        );
        found.push(Finding::warning("size", text).hint("a smaller engine, or less of its standard library"));
    }
    found
}

/// A form is made of titles and descriptions.
fn described(schema: &Value) -> Option<Finding> {
    let properties = schema.get("properties").and_then(Value::as_object)?;
    let lacks = |property: &Value, word: &str| {
        property.get(word).and_then(Value::as_str).is_none_or(|text| text.trim().is_empty())
    };
    let bare = properties.iter().filter(|(_, property)| lacks(property, "title") || lacks(property, "description"));
    let bare: Vec<&str> = bare.map(|(name, _)| name.as_str()).collect();
    if bare.is_empty() {
        return Some(Finding::ok("schema", "every field of the form has a title and a description"));
    }
    let text = format!("fields without a title or a description: {}", named(&bare));
    Some(Finding::warning("schema", text).hint("a form is made of them, and whoever fills it has nothing else to read"))
}

fn hosts(package: &Package) -> Vec<Finding> {
    let manifest = &package.manifest;
    let mut found = Vec::new();
    if manifest.hosts.is_empty() {
        found.push(Finding::warning("hosts", "`hosts` is empty: it reaches nobody"));
    }
    for host in &manifest.hosts {
        let whole = host.starts_with("{config.") && host.ends_with('}') && host.matches('{').count() == 1;
        if whole {
            let text = format!(
                "`{host}` is whatever address the configuration names: a number, a text and a credential go there"
            );
            found.push(
                Finding::warning("hosts", text)
                    .hint("right for a gateway of the operator's own; a provider has a name"),
            );
        } else if host.contains('*') {
            let text = format!("`{host}` is every host of that domain, also one that shows others what it is sent");
            found.push(
                Finding::warning("hosts", text)
                    .hint("name the hosts, or let a field of the configuration choose: `{config.region}`"),
            );
        }
        if host.starts_with("http://") {
            let text = format!("`{host}` is reached without TLS: codes go there in clear");
            found.push(Finding::warning("hosts", text).hint("https, if the provider has it"));
        }
    }
    let fields = package.schema.get("properties").and_then(Value::as_object);
    let known = |field: &str| fields.is_some_and(|fields| fields.contains_key(field));
    let credentials = serde_json::to_string(&manifest.credentials).unwrap_or_default();
    let missing: BTreeSet<&str> = manifest
        .hosts
        .iter()
        .map(String::as_str)
        .chain([credentials.as_str()])
        .flat_map(placeholders)
        .filter(|field| !known(field))
        .collect();
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.into_iter().collect();
        let text = format!("hosts and credentials name fields that the schema does not have: {}", named(&missing));
        found.push(Finding::warning("hosts", text).hint("a host or credential whose field is not set is not there"));
    }
    if found.is_empty() {
        found.push(Finding::ok("hosts", format!("it reaches {}", named(&manifest.hosts))));
    }
    found
}

/// Fields of `{config.NAME}` and `{secret.NAME}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("{config.").skip(1).chain(text.split("{secret.").skip(1));
    after.filter_map(|rest| rest.split(['}', ':']).next()).filter(|field| !field.is_empty())
}

/// Secrets that no credential uses, and credentials of exports that are not there.
fn unused(package: &Package) -> Vec<Finding> {
    let manifest = &package.manifest;
    let used: BTreeSet<String> = manifest.credentials.values().flat_map(|declared| declared.kind.secrets()).collect();
    let idle: Vec<&String> = manifest.secrets.iter().filter(|secret| !used.contains(*secret)).collect();
    if idle.is_empty() {
        return Vec::new();
    }
    let text = format!("secrets that no credential uses: {}", named(&idle));
    vec![
        Finding::warning("secrets", text)
            .hint("the connector never reads them: bind them under [credentials], or leave them out"),
    ]
}

fn readme(readme: &str) -> Finding {
    let words: String = readme.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let chars = words.chars().filter(|c| !c.is_whitespace()).count();
    let hint = "where an account and its credentials come from, what each field is, what the provider's errors mean";
    match chars {
        0 => Finding::warning("readme", "README.md says nothing").hint(hint),
        1..README_CHARS_MIN => Finding::warning("readme", "README.md says little").hint(hint),
        _ => Finding::ok("readme", "README.md is there"),
    }
}

fn logo(logo: Option<&str>) -> Finding {
    let Some(svg) = logo else { return Finding::ok("logo", "it has no logo") };
    let shapes = ["<path", "<rect", "<circle", "<ellipse", "<polygon", "<polyline", "<line ", "<text"];
    let head = svg.split('>').next().unwrap_or_default();
    if !shapes.iter().any(|shape| svg.contains(shape)) {
        return Finding::warning("logo", "logo.svg shows nothing");
    }
    if !head.contains("viewBox") {
        return Finding::warning("logo", "logo.svg has no viewBox")
            .hint("without one it is cut off rather than scaled");
    }
    Finding::ok("logo", "the logo is made of shapes alone")
}

/// The contract's version that it needs, where the manifest names an older one.
fn contract(subject: &Subject<'_>) -> Option<Finding> {
    let manifest = &subject.package.manifest;
    let needs = subject.component.exports().contains(&Export::Verification) && manifest.contract.minor == 0;
    needs.then(|| {
        let text = format!("it exports `verification`, which is of contract 1.1, and names `{}`", manifest.contract);
        Finding::warning("contract", text)
            .hint("`contract = \"1.1.0\"`: a host that serves 1.0 alone then says why it refuses it")
    })
}

/// What it exports, and what the manifest says about exports that are not there.
fn exports(subject: &Subject<'_>) -> Finding {
    let exported = subject.component.exports();
    let names: Vec<&str> = exported.iter().map(|export| export.as_str()).collect();
    for (name, declared) in &subject.package.manifest.credentials {
        let absent = declared.exports.iter().find(|export| !exported.contains(*export));
        if let Some(absent) = absent {
            let absent = absent.as_str();
            let text = format!(
                "credential `{name}` is for `{absent}`, which it does not export; it exports {}",
                named(&names)
            );
            return Finding::warning("exports", text).hint("export it, in the world of wit/connector.wit that has it");
        }
    }
    let unknown = crate::connector::inspect::exported(subject.wasm).into_iter().find(|export| {
        let known = [Export::Sms, Export::Account, Export::DeliveryReports];
        let of_verification = *export == "countersign:verification/verification@1.0.0";
        // A name without a package is a toolchain's own: componentize-py leaves one for its runtime.
        export.contains(':')
            && !of_verification
            && !known.iter().any(|known| *export == format!("countersign:connector/{}@1.0.0", known.as_str()))
    });
    match unknown {
        Some(unknown) => Finding::warning("exports", format!("it exports `{unknown}`, which this host does not call"))
            .hint("the contract has sms, account, delivery-reports and verification"),
        None => Finding::ok("exports", format!("it exports {}", named(&names))),
    }
}

fn named(names: &[impl AsRef<str>]) -> String {
    let shown: Vec<&str> = names.iter().take(NAMED_MAX).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
