//! What is measured on: the service in this process, on a folder of its own, with Twilio as its connector; and its peer.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::native::TWILIO;
use super::peer::Peer;
use super::rounds::Side;
use crate::app::{App, Replace};
use crate::clock::Clock;
use crate::config::Config;
use crate::connector::contract::{Message, Pair};
use crate::connector::serving::{Code, Serving};
use crate::secret::Secret;
use crate::setup::{PutConnector, Setup};

pub(super) const ENVIRONMENT: &str = "development";
pub(super) const HOST: &str = "api.twilio.com";
const SID: &str = "AC00000000000000000000000000000000";
const NAME: &str = "twilio";
/// No send takes that long: one that did would end the benchmark.
const WALL: Duration = Duration::from_secs(10);

pub(super) struct Rig {
    pub(super) app: App,
    pub(super) peer: Peer,
    pub(super) key: String,
    pub(super) serving: Arc<Serving>,
    pub(super) dir: tempfile::TempDir,
}

impl Rig {
    pub(super) async fn start(program: &Path) -> anyhow::Result<Self> {
        let peer = Peer::start(program).await?;
        let dir = tempfile::tempdir()?;
        let key = format!("cs_admin_{}", crate::random::hex::<16>());
        let mut config = Config::default();
        config.data.dir = dir.path().join("data");
        config.admin_key = Some(Secret::from(key.as_str()));
        config.master_key.key = Some(Secret::new(crate::random::hex::<32>()));
        config.egress.overrides = BTreeMap::from([(HOST.to_owned(), peer.provider.clone())]);
        let replace = Replace { compiler: Some(program.to_path_buf()), ..Replace::default() };
        let app = App::with(config, replace).await?;
        let twilio = json!({"account_sid": SID, "auth_token": crate::random::hex::<16>(), "from": "+14155550100"});
        let put =
            PutConnector { component: NAME.to_owned(), config: twilio, activate: true, ..PutConnector::default() };
        app.setup().put_connector(ENVIRONMENT, NAME, put).await?;
        let serving = Self::routed(app.setup()).context("the connector does not serve")?;
        serving.code.warm_up().await?;
        Ok(Self { app, peer, key, serving, dir })
    }

    fn routed(setup: &Setup) -> Option<Arc<Serving>> {
        setup.registry.routes(ENVIRONMENT)?.connectors.get(NAME).cloned()
    }

    /// The connector with the code of one side.
    pub(super) fn side(&self, side: Side) -> Serving {
        let code = match side {
            Side::Native => Code::Native(TWILIO),
            Side::Component => self.serving.code.clone(),
        };
        Serving { code, ..Serving::clone(&self.serving) }
    }
}

/// One send, which must be accepted.
pub(super) async fn send(serving: &Serving, message: &Message) -> anyhow::Result<()> {
    let report = serving.send(Clock::system().now(), message, WALL, false).await;
    let receipt = report.result.map_err(|failure| anyhow::anyhow!("a send failed: {}", failure.text))?;
    anyhow::ensure!(receipt.message_ids.len() == 1, "a receipt has one id");
    Ok(())
}

/// A message as the service would make it.
pub(super) fn message() -> Message {
    Message {
        to: "+14155550123".into(),
        calling_code: "1".into(),
        country: Some("US".into()),
        purpose: "sign-in".into(),
        locale: "en".into(),
        reference: "msg_01999999-9999-7999-8999-999999999999-00000000".into(),
        validity_seconds: 600,
        sender: None,
        text: "123456 is your Example code. It is valid for 10 minutes.".into(),
        template_id: None,
        template_locale: None,
        parameters: vec![Pair { name: "code".into(), value: "123456".into() }],
        callback_url: None,
        client_ip: None,
        extra: Vec::new(),
    }
}
