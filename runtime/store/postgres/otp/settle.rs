//! What the delivery of a verification's last message came to.

use serde_json::{Value, json};

use super::super::Postgres;
use super::super::flight::Flight;
use super::super::given::given;
use super::row;
use crate::store::words::word;
use crate::store::{MessageStatus, SettledDelivery, Stored};

pub(in crate::store::postgres) async fn settle_delivery(store: &Postgres, settled: SettledDelivery) -> Stored<()> {
    let mut flight = Flight::new();
    // A report that moves the message holds its row as well: it comes before this, or after.
    flight.ask("SELECT 1 FROM messages WHERE id = $1 FOR UPDATE", given![&settled.message_id]);
    // A resend may have been faster, and so may a report: what the verification shows is its newest message, and what a
    // provider said of it in the end.
    let sql = "UPDATE verifications SET ambiguous_failover_used = ambiguous_failover_used OR $3,
               delivery = CASE WHEN coalesce(delivery::jsonb ->> 'message', $6) <> $6 THEN delivery
                 ELSE CASE (SELECT m.status FROM messages m WHERE m.id = $6)
                   WHEN $8 THEN $9 WHEN $10 THEN $11 ELSE $2 END END,
               expires_at = least(expires_at, $7),
               resend_after = CASE WHEN $4 THEN $5 ELSE resend_after END WHERE id = $1";
    let (delivered, undelivered) = (MessageStatus::Delivered, MessageStatus::Undelivered);
    let given = given![
        &settled.verification_id,
        row::shown(&settled.delivery),
        settled.ambiguous_failover_used,
        settled.refused,
        settled.now,
        &settled.message_id,
        settled.ends_at,
        word(&delivered),
        row::shown(&with_status(&settled.delivery, delivered)),
        word(&undelivered),
        row::shown(&with_status(&settled.delivery, undelivered)),
    ];
    flight.ask(sql, given);
    store.begin().await?.commit(flight).await.map(|_| ())
}

fn with_status(delivery: &Value, status: MessageStatus) -> Value {
    let mut delivery = delivery.clone();
    if let Some(object) = delivery.as_object_mut() {
        object.insert("status".to_owned(), json!(status));
    }
    delivery
}
