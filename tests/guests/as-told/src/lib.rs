//! Sends the request that its configuration describes, and names its credential in it.

use countersign_sdk::{
    Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange, parse_config,
};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, config: &str, _message: &Message) -> Result<Receipt, Failure> {
        #[derive(serde::Deserialize)]
        struct Config {
            method: String,
            url: String,
            headers: Vec<(String, String)>,
        }
        let config: Config = parse_config(config)?;
        let request = Request::new(&config.method, config.url).credential("token");
        let told = |request: Request, (name, value): (String, String)| request.header(&name, value);
        exchange(config.headers.into_iter().fold(request, told))?;
        Ok(accepted(ReceiptStatus::Accepted, "as told"))
    }
}

connector!(Guest, "connector", "../../../wit");
