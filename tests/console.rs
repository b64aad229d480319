//! The console, page by page, by what people see: roles and labels.

pub mod browser;

mod demo;
mod frame;
mod journey;
mod keyboard;
mod set_up;
mod texts;
mod watch;
