//! Webhooks.

use crate::store::DeliveryStatus;

pub(in crate::console) const LEAD: &str = "Your application is told what happened, signed as Standard Webhooks says, and asked again for three days until it takes it.";
pub(in crate::console) const NONE: &str = "Nobody is told anything yet.";
pub(in crate::console) const TABLE: &str = "Webhooks";
pub(in crate::console) const COLUMNS: [&str; 4] = ["Address", "Events", "State", "Changed"];
pub(in crate::console) const ADD: &str = "Add a webhook";
pub(in crate::console) const ADD_NOW: &str = "Add webhook";
pub(in crate::console) const ADDED: &str =
    "The webhook is there. Copy its secret now, for your receiver's library: it is not shown again.";
pub(in crate::console) const URL: &str = "Address";
pub(in crate::console) const URL_HINT: &str = "Such as https://shop.example/webhooks/countersign.";
pub(in crate::console) const DESCRIPTION: &str = "What it is for";
pub(in crate::console) const EVENTS: &str = "Events";
pub(in crate::console) const EVENTS_HINT: &str =
    "With none ticked it is told everything, also what later versions add.";
pub(in crate::console) const ALL_EVENTS: &str = "all of them";
pub(in crate::console) const ENABLED: &str = "It is told what happens";
pub(in crate::console) const ENABLED_HINT: &str = "What happens while it is off is not told later.";
pub(in crate::console) const SETTINGS: &str = "Settings";
pub(in crate::console) const SAVE: &str = "Save";
pub(in crate::console) const SAVED: &str = "Saved. It holds for what happens from now on.";
pub(in crate::console) const DELETED: &str = "The webhook is deleted.";
pub(in crate::console) const RETRIED: &str = "The event is told again now.";
pub(in crate::console) const ON: &str = "On";
pub(in crate::console) const OFF: &str = "Off";
pub(in crate::console) const DISABLED: &str = "Switched off by the service";
pub(in crate::console) const FAILING: &str = "Fails";
pub(in crate::console) const LOG: &str = "What it was told";
pub(in crate::console) const LOG_EMPTY: &str = "Nothing that is kept stands so.";
pub(in crate::console) const LOG_COLUMNS: [&str; 5] = ["Happened", "Event", "State", "Last try", "Action"];
pub(in crate::console) const LOG_STATES: &str = "Which of them";
pub(in crate::console) const ALL: &str = "All";
pub(in crate::console) const NOT_TRIED: &str = "not tried yet";
pub(in crate::console) const AGAIN: &str = "Tell again";
pub(in crate::console) const TEST: &str = "Try it";
pub(in crate::console) const TEST_TEXT: &str = "Tells it the event webhook.test, once, and shows what came back.";
pub(in crate::console) const TEST_NOW: &str = "Send a test";
pub(in crate::console) const TEST_BUSY: &str = "Sending…";
pub(in crate::console) const SECRET: &str = "Secret";
pub(in crate::console) const ROTATE_TEXT: &str = "A new one is made. For 24 hours its calls carry a signature by the old one, too, so that your receiver can be changed without a gap.";
pub(in crate::console) const ROTATE: &str = "Replace the secret";
pub(in crate::console) const ROTATED: &str =
    "The new secret. Copy it now: it is not shown again. The old one signs beside it for 24 hours.";
pub(in crate::console) const DELETE: &str = "Delete";
pub(in crate::console) const DELETE_NOW: &str = "Delete webhook";
pub(in crate::console) const DELETE_TEXT: &str =
    "It is told nothing any more, not even what it was still to be told, and its log goes.";
pub(in crate::console) const KEEP: &str = "Keep it";
pub(in crate::console) const FACTS_FAILING: &str = "Takes nothing since";
pub(in crate::console) const FACTS_DROPPED: &str = "Events that it will never get";
pub(in crate::console) const FACTS_OLD_SECRET: &str = "Old secret signs until";
pub(in crate::console) const FACTS_MADE: &str = "Made";

pub(in crate::console) fn state(status: DeliveryStatus) -> (&'static str, &'static str) {
    match status {
        DeliveryStatus::Pending => ("warn", "Waits"),
        DeliveryStatus::Delivered => ("good", "Taken"),
        DeliveryStatus::Failed => ("bad", "Given up"),
    }
}

pub(in crate::console) fn answered(status: u16) -> String {
    format!("status {status}")
}

pub(in crate::console) fn tested(taken: bool, what: &str) -> String {
    if taken { format!("It took the test: {what}.") } else { format!("It did not take the test: {what}.") }
}

pub(in crate::console) fn disabled(why: &str) -> String {
    format!("The service switched this webhook off: {why}. Mend the receiver, tick \"{ENABLED}\" and save.")
}

pub(in crate::console) fn delete_title(url: &str) -> String {
    format!("Delete the webhook to {url}")
}
