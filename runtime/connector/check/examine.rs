//! Everything that is found without transcripts, in the order in which it makes sense: what the package says, whether
//! the component asks its provider at all, what it makes of a provider's faults, what its toolchain froze, what it costs.

use std::time::{Duration, Instant};

use super::frozen::{self, Made};
use super::rig::{Rig, Tried};
use super::scene::Scene;
use super::standard::{Reply, STANDARD};
use super::verdict::{Examined, Figures, Finding};
use super::{figures, judge, others, traps};
use crate::connector::contract::{Export, FailureKind, Receipt, Word};
use crate::connector::limits::Limits;
use crate::connector::package::Package;
use crate::connector::sandbox::Component;

/// An answer that is none of the standard faults, and says nothing: how a component is tried that nobody knows yet.
pub(super) const PLAIN: Reply = Reply::Answer(200, &[("content-type", "application/json")], b"{}");

/// A component that lets so many calls run to their deadline would do so with all of them.
const HUNG_MAX: u32 = 2;

/// A machine that does nothing else needs a hundredth of the first.
const ANSWER_MS: [u64; 2] = [400, 5_000];

/// How long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Of one call, in milliseconds.
    pub call_ms: u64,
    /// Of all of it. What was not tried by then is said.
    pub whole: Duration,
    /// Of a transcript's provider that never answers, in milliseconds. By this clock a busy machine may not have got the
    /// request to it: what fails so is played once more, with the second.
    pub answer_ms: [u64; 2],
}

impl Patience {
    /// On an author's machine.
    pub const AUTHOR: Self = Self { call_ms: 5_000, whole: Duration::from_secs(60), answer_ms: ANSWER_MS };
    /// In a service, for whoever uploads: a component that hangs must not hold anything up.
    pub const UPLOAD: Self = Self { call_ms: 500, whole: Duration::from_secs(5), answer_ms: ANSWER_MS };
}

/// A component that was loaded, with what is known of it.
pub struct Subject<'a> {
    /// The code.
    pub component: &'a Component,
    /// What it says of itself.
    pub package: &'a Package,
    /// The bytes that were uploaded.
    pub wasm: &'a [u8],
    /// How long compiling took.
    pub compile_ms: u64,
    /// What a call may use, unless the manifest asks for more.
    pub limits: &'a Limits,
}

/// Look at what can be looked at without transcripts, within these limits.
pub async fn examine(subject: &Subject<'_>, patience: Patience) -> Examined {
    let until = Instant::now() + patience.whole;
    let mut examined = Examined { package: super::package::lint(subject), ..Examined::default() };
    let figures = figures::sizes(subject);
    match Rig::new(subject, patience.call_ms) {
        Ok(rig) => {
            if let Err(why) = run(subject, &rig, until, &mut examined, figures).await {
                examined.traps.push(Finding::fault("run", format!("it can't be run any more: {why}")));
            }
        }
        Err(why) => examined.package.push(
            Finding::fault("example", format!("the example of the schema can't be used: {why}"))
                .hint("`examples[0]` is a configuration that works, with fake secrets"),
        ),
    }
    examined
}

async fn run(
    subject: &Subject<'_>,
    rig: &Rig<'_>,
    until: Instant,
    examined: &mut Examined,
    figures: Figures,
) -> Result<(), String> {
    let Some(begun) = begin(rig, &subject.package.manifest, &mut examined.traps).await? else { return Ok(()) };
    let Begun { scene, first, first_send_us } = begun;
    let late = |examined: &mut Examined| {
        let text = "there was no time for the rest: its calls take too long";
        examined.faults.push(Finding::warning("time", text).hint("`countersign check` has more patience"));
    };
    let mut hung = 0;
    for standard in STANDARD {
        if Instant::now() >= until || hung >= HUNG_MAX {
            late(examined);
            return Ok(());
        }
        let Tried { report, asked } = rig.send(&scene, standard.reply).await?;
        let timed_out = report.result.as_ref().is_err_and(|failure| failure.kind == FailureKind::Timeout);
        hung += u32::from(report.word == Word::None && timed_out);
        examined.faults.push(judge::send(standard, &report, &asked, subject.package.manifest.success));
    }
    others::callbacks(rig, &scene, until, &mut examined.faults).await?;
    others::account(rig, &scene, until, &mut examined.faults).await?;
    others::codes(rig, &scene, until, &mut examined.faults).await?;
    let later = scene.later();
    let second = rig.send(&later, PLAIN).await?;
    let source = traps::source(subject.package, rig.config(), [&scene, &later]);
    let early = Made { scene: &scene, exchanges: &first.report.exchanges };
    let late_made = Made { scene: &later, exchanges: &second.report.exchanges };
    examined.traps.push(frozen::clock(&early, &late_made, &source));
    examined.traps.push(frozen::randomness(&early, &late_made, &source));
    examined.traps.extend(traps::spoken(&scene, &first.report));
    if Instant::now() >= until {
        late(examined);
        return Ok(());
    }
    let measured = figures::measure(rig, &scene, Figures { first_send_us, ..figures }).await?;
    examined
        .traps
        .push(figures::cpu(measured.send_cpu_us, subject.package.manifest.limits.over(subject.limits).cpu_ms));
    examined.figures = Some(measured);
    Ok(())
}

/// A component that asked its provider.
struct Begun {
    scene: Scene,
    first: Tried<Receipt>,
    first_send_us: u64,
}

/// The first scene in which the component asks its provider. None if there is none: then nothing else can be tried, and
/// the trap that it is in is named.
async fn begin(
    rig: &Rig<'_>,
    manifest: &crate::connector::manifest::Manifest,
    found: &mut Vec<Finding>,
) -> Result<Option<Begun>, String> {
    let mut said = None;
    for scene in Scene::candidates(manifest) {
        let started = Instant::now();
        let first = rig.send(&scene, PLAIN).await?;
        let first_send_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (word, leak) = (first.report.word, first.report.leak.is_some());
        if !first.asked.is_empty() && !leak {
            found.push(match &first.report.result {
                Err(failure) if word == Word::None => judge::ended("trap", "200 with {}", failure),
                _ => Finding::ok("request", "it asks its provider before it says anything"),
            });
            return Ok(Some(Begun { scene, first, first_send_us }));
        }
        said = Some(first);
        if leak || matches!(word, Word::None | Word::FalseSuccess) {
            break;
        }
    }
    found.extend(said.map(|said| traps::silent(&said)));
    Ok(None)
}

/// Whether a component has this export.
pub(super) fn exports(rig: &Rig<'_>, export: Export) -> bool {
    rig.component.exports().contains(&export)
}
