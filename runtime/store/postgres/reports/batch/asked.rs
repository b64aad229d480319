//! What is read of messages that reports speak of.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::attempts;
use super::super::super::flight::{Flight, Seat};
use super::super::super::given::given;
use super::super::super::webhooks::outbox;
use super::super::Place;
use super::WAITING_MAX;
use crate::store::{NewReport, Subject};

pub(in super::super) struct Asked {
    pub(super) messages: Vec<(String, attempts::Asked, Seat, Seat)>,
    pub(super) known: Seat,
    pub(super) waiting: Vec<(Place, Seat)>,
    pub(super) wanted: BTreeMap<String, Seat>,
}

/// Lock the messages and read how they stand, and what is kept of them.
pub(in super::super) fn ask(flight: &mut Flight, reports: &[NewReport], messages: &BTreeSet<String>) -> Asked {
    let kept = "SELECT count(*) FROM reports WHERE message_id = $1";
    let messages = messages.iter().map(|message| {
        let standing = attempts::ask(flight, message);
        let newer = attempts::ask_newer(flight, message);
        (message.clone(), standing, newer, flight.ask(kept, given![message]))
    });
    let messages = messages.collect();
    let digests: Vec<Vec<u8>> = reports.iter().map(|report| report.digest.to_vec()).collect();
    let known = flight.ask("SELECT digest FROM reports WHERE digest = ANY($1)", given![digests]);
    let places: BTreeSet<Place> = reports
        .iter()
        .filter(|report| matches!(report.subject, Subject::ProviderIds(_)))
        .map(|report| (report.environment.clone(), report.connector.clone()))
        .collect();
    let sql = "SELECT count(*) FROM (SELECT 1 FROM reports WHERE environment = $1 AND connector = $2
               AND message_id IS NULL LIMIT $3) w";
    let waiting = places.into_iter().map(|place| {
        let seat = flight.ask(sql, given![&place.0, &place.1, WAITING_MAX]);
        (place, seat)
    });
    let waiting = waiting.collect();
    let environments: BTreeSet<&String> = reports.iter().map(|report| &report.environment).collect();
    let wanted = environments.into_iter().map(|environment| (environment.clone(), outbox::ask(flight, environment)));
    Asked { messages, known, waiting, wanted: wanted.collect() }
}
