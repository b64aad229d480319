//! The optional exports against what they may meet: callbacks that no provider wrote, and an account check whose
//! provider is in trouble.

use std::time::Instant;

use super::examine::{PLAIN, exports};
use super::judge;
use super::rig::Rig;
use super::scene::Scene;
use super::standard::{Reply, STANDARD};
use super::verdict::Finding;
use crate::connector::contract::{Callback, Export, Pair, Word};

/// Bodies that anybody can send to a callback's address.
const BODIES: [(&str, &[u8]); 4] = [
    ("an empty body", b""),
    ("truncated JSON", b"[{\"id\": \"4f6b"),
    ("an HTML page", b"<html><body>hello</body></html>"),
    ("bytes that are no text", b"\xff\xfeu\0n\0g\0\xfc\0l\0t\0i\0g\0"),
];

/// No callback traps it, and none is taken for the provider's.
pub(super) async fn callbacks(
    rig: &Rig<'_>,
    scene: &Scene,
    until: Instant,
    found: &mut Vec<Finding>,
) -> Result<(), String> {
    if !exports(rig, Export::DeliveryReports) {
        return Ok(());
    }
    for (name, body) in BODIES {
        if Instant::now() >= until {
            return Ok(());
        }
        let callback = Callback {
            method: "POST".to_owned(),
            url: "https://otp.example.com/callbacks/check/connector/0".to_owned(),
            headers: vec![Pair { name: "content-type".to_owned(), value: "application/octet-stream".to_owned() }],
            body: body.to_vec(),
        };
        let report = rig.read_callback(scene, &callback).await?;
        if let (Err(failure), Word::None) = (&report.result, report.word) {
            found.push(judge::ended("callback", &format!("a callback with {name}"), failure));
            return Ok(());
        }
    }
    found.push(Finding::ok("callback", "callbacks that no provider wrote: read or refused, without a trap"));
    Ok(())
}

/// No answer traps it, and none of a provider in trouble says anything of a code: above all not that it is right.
pub(super) async fn codes(
    rig: &Rig<'_>,
    scene: &Scene,
    until: Instant,
    found: &mut Vec<Finding>,
) -> Result<(), String> {
    if !exports(rig, Export::Verification) {
        return Ok(());
    }
    let refusal = ("401", Reply::Answer(401, &[], b""));
    let plain = ("200 with {}", PLAIN);
    let all = STANDARD.iter().map(|standard| (standard.name, standard.reply)).chain([refusal, plain]);
    let mut careless = None;
    for (name, reply) in all {
        if Instant::now() >= until {
            break;
        }
        let tried = rig.check_code(scene, reply).await?;
        if let Some(fault) = judge::check(name, &tried.report, &tried.asked) {
            found.push(fault);
            return Ok(());
        }
        careless = careless.or_else(|| judge::careless(name, &tried.report, scene.code));
    }
    let right = || Finding::ok("check", "check of a code: a failure wherever the provider said nothing of it");
    found.push(careless.unwrap_or_else(right));
    Ok(())
}

/// No answer traps it, and none but a good one says that the account is good.
pub(super) async fn account(
    rig: &Rig<'_>,
    scene: &Scene,
    until: Instant,
    found: &mut Vec<Finding>,
) -> Result<(), String> {
    if !exports(rig, Export::Account) {
        return Ok(());
    }
    let refusal = ("401", Reply::Answer(401, &[], b""), false);
    let standard = STANDARD.iter().map(|standard| (standard.name, standard.reply, standard.is_good_status()));
    for (name, reply, is_good) in standard.chain([refusal]) {
        if Instant::now() >= until {
            return Ok(());
        }
        let tried = rig.check_account(scene, reply).await?;
        let name = format!("account check, {name}");
        match (&tried.report.result, tried.report.word) {
            (Err(failure), Word::None) => found.push(judge::ended("account", &name, failure)),
            (Ok(_), _) if tried.asked.is_empty() => {
                found.push(Finding::fault("account", "the account check found the account good and asked nobody"));
            }
            (Ok(_), _) if !is_good => {
                found.push(
                    Finding::fault("account", format!("{name}: it found the account good"))
                        .hint("look at the status before anything else"),
                );
            }
            _ => continue,
        }
        return Ok(());
    }
    found.push(Finding::ok("account", "account check: a failure wherever the provider did not say yes"));
    Ok(())
}
