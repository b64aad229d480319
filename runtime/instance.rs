//! Which process this is: a random id of each start, at `/healthz` for whoever asks, and in the data folder for a command
//! beside it. So `doctor` can tell whether the answer under an address is this service's or a stranger's.

use std::path::{Path, PathBuf};

use crate::random;

const FILE: &str = "instance";

/// A start of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// 32 lower-case hexadecimal digits. No secret.
    pub id: String,
    /// The process.
    pub pid: u32,
}

impl Instance {
    /// Of this process.
    pub fn new() -> Self {
        Self { id: random::hex::<16>(), pid: std::process::id() }
    }

    /// Leave it in the data folder, in place of the last start's. It may be lost with the power: so is the process.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        std::fs::write(file(dir), format!("{} {}\n", self.id, self.pid))
    }

    /// The one that was left last, whether it lives or not.
    pub fn read(dir: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(file(dir)).ok()?;
        let (id, pid) = text.trim().split_once(' ')?;
        let plain = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self { id: id.to_owned(), pid: pid.parse().ok()? }).filter(|_| plain)
    }
}

impl Default for Instance {
    fn default() -> Self {
        Self::new()
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_start_is_read_back_and_nonsense_is_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Instance::read(dir.path()), None);
        let one = Instance::new();
        one.write(dir.path()).unwrap();
        let two = Instance::new();
        two.write(dir.path()).unwrap();
        assert_ne!(one.id, two.id);
        assert_eq!(Instance::read(dir.path()), Some(two));
        for text in ["", "x", "0123 4", "zz0102030405060708090a0b0c0d0e0f 5"] {
            std::fs::write(file(dir.path()), text).unwrap();
            assert_eq!(Instance::read(dir.path()), None, "{text}");
        }
    }
}
