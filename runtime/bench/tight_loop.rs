//! One send after the other, answered in this process: what is left beside the sandbox is the host's own work.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::rig::{self, Rig};
use super::rounds::{Comparison, Side, Started, in_turn};
use super::{Options, peer};
use crate::connector::serving::Serving;
use crate::egress::{Grants, HostPattern, InternalHost, Request, Response};

/// The provider.
struct InProcess;

#[async_trait]
impl InternalHost for InProcess {
    async fn answer(&self, _request: Request) -> Response {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Response {
            status: 201,
            headers: vec![header("content-type", "application/json"), header("date", "Thu, 15 Jan 2026 12:00:00 GMT")],
            body: Bytes::from_static(peer::CREATED.as_bytes()),
        }
    }
}

pub(super) async fn measure(rig: &Rig, options: &Options) -> anyhow::Result<Comparison> {
    let grants = Grants {
        hosts: vec![HostPattern::parse(rig::HOST)?],
        development: true,
        internal: Some((rig::HOST.to_owned(), Arc::new(InProcess))),
    };
    let outlet = rig.app.setup().egress.outlet(grants)?;
    in_turn(options.rounds, options.sends, 1, async |side: Side, sends| {
        let serving = Serving { outlet: Arc::clone(&outlet), ..rig.side(side) };
        // On a thread of the runtime, as a send of the service is.
        tokio::spawn(async move {
            let message = rig::message();
            let started = Started::now();
            for _ in 0..sends {
                rig::send(&serving, &message).await?;
            }
            Ok(started.end(sends))
        })
        .await?
    })
    .await
}
