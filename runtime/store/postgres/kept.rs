//! What is kept of one number.

use super::flight::Bounds;
use super::messages::{MESSAGE_COLUMNS, message_row};
use super::{Flight, Postgres, decisions, given, log, otp, webhooks};
use crate::store::{KeptOfNumber, Stored};

pub(super) async fn kept_of_number(
    store: &Postgres,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> Stored<KeptOfNumber> {
    let link = store.link().await?;
    let mut first = Flight::new();
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m WHERE environment = $1 AND number_index = $2
         ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    let newest = first.ask(sql, given![environment, number, most]);
    let verifications = otp::ask_verifications_of_number(&mut first, environment, number, most);
    let decided = decisions::ask_of_number(&mut first, environment, number, most);
    let events = webhooks::ask_events_of_number(&mut first, environment, number, most);
    let failures = otp::ask_failures(&mut first, environment, number, &[]);
    let answers = link.send(first, Bounds::default()).await?;
    let messages = answers.lines(newest).iter().map(message_row).collect::<Stored<Vec<_>>>()?;
    let ids: Vec<String> = messages.iter().map(|message| message.id.clone()).collect();
    let mut second = Flight::new();
    let seats = log::ask_histories(&mut second, &ids);
    let mut histories = log::histories_of(&link.send(second, Bounds::default()).await?, seats)?;
    let with_history = |row: crate::store::MessageRow| {
        let history = histories.remove(&row.id).unwrap_or_default();
        (row, history)
    };
    Ok(KeptOfNumber {
        messages: messages.into_iter().map(with_history).collect(),
        verifications: answers.lines(verifications).iter().map(otp::verification_row).collect::<Stored<_>>()?,
        decisions: decisions::read(&answers, decided)?,
        events: webhooks::events_of_number(&answers, events)?,
        failures: otp::failures(&answers, failures)?,
    })
}
