//! The console in a real browser. A suite of its own beside `it`: each test drives a Chromium, and is compiled quickly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "a test reports by panicking; of the shared support, this suite needs a part"
)]

/// Starting the service and the provider that it sends to.
mod support;

/// A browser, and what the console does in it: a file a page.
mod console;
