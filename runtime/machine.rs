//! What the machine, or the container that looks like one, gives to a process. Read from the kernel; pure beyond that.

pub mod memory;
pub mod open_files;
pub mod ports;
