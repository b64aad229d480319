use countersign_sdk::{Call, Connector, Failure, Message, Receipt, ReceiptStatus, Request, accepted, connector, exchange};

struct Guest;

impl Connector for Guest {
    fn send(_call: &Call, _config: &str, message: &Message) -> Result<Receipt, Failure> {
        let request = Request::post("https://api.example.com/send").header("x-connector", env!("CARGO_PKG_NAME"));
        let answer = exchange(request.credential("token").form([("to", &message.to), ("text", &message.text)]))?;
        if !answer.is_success() {
            let (kind, certainty) = countersign_sdk::kind_of_status(answer.status);
            return Err(Failure { certainty, ..countersign_sdk::failure(kind, "refused") });
        }
        Ok(accepted(ReceiptStatus::Accepted, &message.reference))
    }
}

connector!(Guest, "connector", "../../../wit");
