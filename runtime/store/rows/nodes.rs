//! Nodes that share a store.

/// A node, as it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// Of this start: 32 hexadecimal digits.
    pub id: String,
    /// What its operator may call it: the machine's name and the process.
    pub name: String,
    /// The program's version.
    pub version: String,
}

/// A node that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivingNode {
    /// What it says of itself.
    pub node: NodeRow,
    /// Environments in which it is not in step with what was saved there.
    pub behind: Vec<String>,
}

/// How often what serves in an environment has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The environment, which may be gone.
    pub environment: String,
    /// So often.
    pub number: u64,
}

/// How something is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// By nobody else.
    Alone,
    /// Beside others that hold it so.
    Beside,
}

/// Something that one at a time has, on whatever node; dropped, it is free.
pub struct Held(Option<Box<dyn Send + Sync>>);

impl Held {
    /// Held by what this is.
    pub fn by(what: impl Send + Sync + 'static) -> Self {
        Self(Some(Box::new(what)))
    }

    /// There is one node, which sees to it itself.
    pub fn alone() -> Self {
        Self(None)
    }

    /// Whether other nodes are kept from it.
    pub fn is_shared(&self) -> bool {
        self.0.is_some()
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Held").field(&self.is_shared()).finish()
    }
}
