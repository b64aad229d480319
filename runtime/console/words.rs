//! All wording of the console, one file a page, so that it can be read, and one day translated, in one place.

pub(in crate::console) mod common;
pub(in crate::console) mod keys;
pub(in crate::console) mod nav;
pub(in crate::console) mod people;
pub(in crate::console) mod sign_in;
