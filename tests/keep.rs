//! Keeping what must not be lost: backups and restores, data of other versions, how long things are kept.

mod fixture;
