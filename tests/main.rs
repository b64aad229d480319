//! The integration tests: the real service on a real socket, with real components in the real sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "a test reports by panicking, and starts processes with an environment"
)]

/// Starting the service, the provider that it sends to, the guests.
mod support;

/// The storage interface itself, over each store.
mod store;

/// Creating, checking, resending, canceling; limits; idempotency.
mod otp;

/// What is answered as any other and never sent.
mod suppressed;

/// The defence against SMS pumping: refusals, decisions, money.
mod guard;

/// Proofs that a person asks, before a message goes out.
mod attestation;

/// Recorded traffic, and other rules tried on it.
mod replay;

/// Price lists: what they hold, and what holds by them.
mod prices;

/// What was sent, what it took, what it cost.
mod bill;

/// Numbers that are locked, and their release.
mod locks;

/// Traces: what a collector gets, and what it must not.
mod traces;

/// Senders that send so many messages a minute.
mod throughput;

/// Where messages may go, and how many a day to a country.
mod destinations;

/// What messages say, and how many parts that takes.
mod texts;

/// Uploading, setting up, testing, rolling back, deleting; approvals and kept secrets.
mod registry;

/// From one environment to another, in one step: what goes, what stays, what is refused.
mod promotion;

/// After "accepted": what providers report, forged, doubled, late and out of order; failover and resend.
mod reports;

/// Figures of sends, and the log: filters, pages both ways, a table to keep.
mod statistics;

/// Traffic that brings its own codes: the same limits, its outcomes, and what silence means.
mod own_codes;

/// Providers that make and check the codes themselves.
mod verification;

/// Reviewer numbers: fixed codes that end, nothing sent, every use seen.
mod reviewers;

/// Messages that wait in the queue: taken at once, sent once, also after a crash.
mod outbox;

/// A failed send as a transcript: kept redacted and in memory, replayed by `check`, nobody's number, code or text in it.
mod failures;

/// Fault rehearsal: injected at egress, in development only, seen for what it is.
mod faults;

/// The drill: traffic leaves a failing provider as fast as is promised.
mod drill;

/// What follows from each outcome: the README's table, row by row.
mod outcomes;

/// Rules, weights, breakers, trials; what became of messages.
mod routes;

/// A set-up as files: exported, planned, applied, twice, half-way, and all that can be wrong with them.
mod files;
/// Identity servers that send their codes through an address of their own: who they are, what they say, sent once.
mod hooks;

/// By what people sign in, which purposes are open, and what sign-in depends on.
mod sign_in;

/// The demo application, served by the binary and as an example over the API.
mod demo;

/// Swapping the active connector while codes flow.
mod swap;

/// What served when, by whom; sends in flight at a swap; what differs; one connector in another's place.
mod switches;

/// Who did what: each change under its word, no secret in any, and none that can be changed.
mod audit;

/// Hostile guests, one each.
mod sandbox;

/// What stands between a guest and a secret: markers, tokens, certificates, masks, quarantine, approvals.
mod wall;

/// Behind a proxy, and from a chosen address.
mod egress_proxy;

/// What the host signs, against the providers' own SDKs; what it verifies, against forgeries.
mod signing;

/// The connector host used as a library: the cache, the bounded compiler, what is freed.
mod library;

/// Every connector against its transcripts, and transcripts that must fail.
mod connectors;

/// The connectors that come with the binary: the catalogue, and that what it says is true.
mod catalogue;

/// What the providers' own SDKs send is what the connectors send.
mod recorded;

/// `countersign check`, and the same at an upload: a component with a fault of each kind, and the verdict that names it.
mod check;

/// Connectors in every language, by `countersign new` and as examples.
mod languages;

/// Logto's own connectors, adapted: on the wire what they put there under Node.
mod adapt;
/// Publishing and installing through an index: signatures, proofs, and who can change what.
mod index;

/// The `http` connector: where its credential goes, and that every character arrives.
mod http_connector;

/// What every answer has: problems, ids, hosts, keys, docs, the inbox page.
mod api;

/// Metrics: what is counted, who may read it, and the files for Prometheus and Grafana.
mod metrics;

/// Who may use the console: keys, links, sessions, users, identity providers.
mod people;

/// TLS on the listener: certificate files, what is spoken, who dawdles.
mod tls;

/// ACME against an authority of the tests' own: orders, renewals, and what goes wrong.
mod acme;

/// Behind a proxy: whose word on the client counts; nginx with the example.
mod proxy;

/// Twilio's own words, over the wire and by its own SDKs with another base URL.
mod twilio;

/// The application is told what happened: every event, signatures, retries, kills, and who may not be called.
mod webhooks;

/// The binary: first start, keys, rotation, upload, watch, kill -9.
mod cli;

/// What a container needs: a health check, a master key from outside, uploads that fit into its memory.
mod container;

/// The examples of running it for good: files that agree with the program, and a page that says what was run.
mod deployment;

/// `countersign doctor`: a healthy installation, and each check made to fail.
mod doctor;

/// A PostgreSQL database as the store: starting over it, its loss, the commands beside it.
mod database;

/// From a data folder to a PostgreSQL database: all of it, or nothing starts over it.
mod migrate_store;

// Several nodes over one PostgreSQL database.
mod nodes;

/// Faults among several nodes for real, and a judge of everything that was done and told meanwhile.
mod cluster;

/// kill -9 a hundred times under load: what was answered is there, and nothing is done twice.
mod crash;

/// Power lost at any moment, as a recorded disk may have been left.
mod power;

/// Keeping it: backup and restore, data of other versions, retention, erasure.
mod keep;

/// What a first start makes beside its database, on disk in the right order.
mod durable;

/// An author's loop: from a save to the new code in use, and a failed send as a transcript.
mod dev;

/// A made-up market of providers: what the library's decisions are worth on bad days, beside blind failover.
mod market;

/// The benchmark measures something; how much is no test's business.
mod bench;
/// Requests that race for one verification.
mod races;

/// The reference of the manifest: every example of it is one.
mod manifest_reference;

/// The contract: it only grows, and what was built for it still runs.
mod contract;
