//! Bird: the SMS API, `POST https://{region}.platform.bird.com/v1/sms/messages`, and the Channels API,
//! `POST https://api.bird.com/workspaces/{workspace}/channels/{channel}/messages`.
//! <https://bird.com/docs/send-a-message> and <https://docs.bird.com/api/channels-api>

mod channels;
mod report;
mod sms;

use countersign_sdk::{
    Account, Call, Callback, Connector, Failure, Handled, Message, Receipt, Reports, Request, Response, Standing,
    connector, exchange, parse_config, word,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Config {
    api: Api,
    #[serde(default)]
    region: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    workspace_id: String,
    #[serde(default)]
    channel_id: String,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Api {
    Sms,
    Channels,
}

struct Bird;

impl Connector for Bird {
    fn send(_call: &Call, config: &str, message: &Message) -> Result<Receipt, Failure> {
        let config: Config = parse_config(config)?;
        match config.api {
            Api::Sms => sms::reply(&exchange(sms::request(&config, message))?),
            Api::Channels => channels::reply(&exchange(channels::request(&config, message)?)?),
        }
    }
}

impl Account for Bird {
    /// There is no balance: the workspace's or the channel's name says that the key is good.
    fn check(_call: &Call, config: &str) -> Result<Standing, Failure> {
        let config: Config = parse_config(config)?;
        let (url, credential, refusal): (_, _, fn(&Response) -> Failure) = match config.api {
            Api::Sms => (sms::resource(&config, "workspace"), "workspace", sms::refusal),
            Api::Channels => (channels::resource(&config), "channel_details", channels::refusal),
        };
        let response = exchange(Request::get(url).credential(credential))?;
        let told = response.value();
        if !response.is_success() || word(&told, "/id").is_none() {
            return Err(refusal(&response));
        }
        Ok(Standing { name: word(&told, "/name"), balance: None, extra: Vec::new() })
    }
}

impl Reports for Bird {
    fn handle(call: &Call, config: &str, callback: &Callback) -> Result<Handled, Failure> {
        report::handle(&parse_config(config)?, call, callback)
    }
}

connector!(Bird, "connector-complete");
