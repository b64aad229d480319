//! The console, page by page, by what people see: roles and labels.

pub mod browser;

mod approval;
mod audit;
mod components;
mod connector;
mod costs;
mod credentials;
mod demo;
mod environments;
mod frame;
mod guard;
mod inbox;
mod journey;
mod keyboard;
mod keys;
mod many;
mod messages;
mod overview;
mod phone;
mod policy;
mod set_up;
mod texts;
mod watch;
mod webhooks;
