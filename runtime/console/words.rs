//! All wording of the console, one file a page, so that it can be read, and one day translated, in one place.

pub(in crate::console) mod about;
pub(in crate::console) mod audit;
pub(in crate::console) mod charts;
pub(in crate::console) mod common;
pub(in crate::console) mod components;
pub(in crate::console) mod connectors;
pub(in crate::console) mod costs;
pub(in crate::console) mod environments;
pub(in crate::console) mod faults;
pub(in crate::console) mod form;
pub(in crate::console) mod guard;
pub(in crate::console) mod inbox;
pub(in crate::console) mod keys;
pub(in crate::console) mod messages;
pub(in crate::console) mod nav;
pub(in crate::console) mod overview;
pub(in crate::console) mod people;
pub(in crate::console) mod policy;
pub(in crate::console) mod revisions;
pub(in crate::console) mod set_up;
pub(in crate::console) mod sign_in;
pub(in crate::console) mod sign_in_experience;
pub(in crate::console) mod texts;
pub(in crate::console) mod webhooks;
