//! The whole service over HTTP: its callers and its provider in a process of their own, so that what is counted here
//! is the service alone.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::peer::Load;
use super::rig::{ENVIRONMENT, Rig};
use super::rounds::{Comparison, Side, Started, in_turn};
use super::{CALLERS, Options};
use crate::clock::Clock;
use crate::connector::registry::{Registry, Routes};
use crate::connector::serving::Serving;

pub(super) async fn measure(rig: Rig, options: &Options) -> anyhow::Result<Comparison> {
    let sides = [Side::Native, Side::Component].map(|side| (side, Arc::new(rig.side(side))));
    let registry = Arc::clone(&rig.app.setup().registry);
    let Rig { app, mut peer, key, serving, dir: _dir } = rig;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(app.run(listener, async move {
        // An end of the benchmark without a word is a word too.
        let _ = stopped.await;
    }));
    let mut first = 0;
    let compared = in_turn(options.rounds, (options.sends / 5).max(1), CALLERS, async |side: Side, sends| {
        let (_, chosen) = sides.iter().find(|(known, _)| *known == side).context("there are two sides")?;
        route(&registry, &serving, chosen)?;
        let load = Load { url: url.clone(), key: key.clone(), callers: CALLERS, sends, first };
        first += sends;
        let started = Started::now();
        peer.send(&load).await?;
        Ok(started.end(sends))
    })
    .await;
    drop(stop);
    running.await??;
    compared
}

/// Let a side serve: in this registry only, which no request and no row of the store can fill with native code.
fn route(registry: &Registry, serving: &Serving, chosen: &Arc<Serving>) -> anyhow::Result<()> {
    let now = registry.routes(ENVIRONMENT).context("nothing serves")?;
    let mut connectors = now.connectors.clone();
    connectors.insert(serving.name.clone(), Arc::clone(chosen));
    let routes = Routes {
        active: now.active.clone(),
        fallback: now.fallback.clone(),
        rules: now.rules.clone(),
        canary: now.canary.clone(),
        connectors,
        texts: now.texts.clone(),
        display_name: now.display_name.clone(),
        ..Routes::default()
    };
    registry.replace(ENVIRONMENT, routes, Clock::system().now());
    Ok(())
}
