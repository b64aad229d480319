//! The console: what the API does, for people with a browser.
//!
//! A handler here calls the use cases that the API's handler calls, and nothing else: there is no SQL here, and nothing
//! that the API can't do. Every page works without JavaScript; with it, parts of pages are exchanged.

pub mod charts;
pub mod form;
pub mod texts;
pub mod words;
