//! The components that come with this binary: the folders of `connectors/`, built and packed by `build.rs`.

/// Id and packed component, by id.
pub fn all() -> &'static [(&'static str, &'static [u8])] {
    include!(concat!(env!("OUT_DIR"), "/builtin.rs"))
}

/// Whether an id belongs to a built-in component: then no upload may have it.
pub fn is_reserved(id: &str) -> bool {
    all().iter().any(|(builtin, _)| *builtin == id)
}
