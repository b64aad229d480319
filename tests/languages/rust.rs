use super::{checks, new};

#[test]
fn a_new_connector_in_rust_passes_as_it_is() {
    let (_scratch, dir) = new("rust");
    checks(&dir, None);
}
