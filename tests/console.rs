//! The console, page by page, by what people see: roles and labels.

pub mod browser;

mod audit;
mod frame;
mod messages;
mod overview;
mod watch;
