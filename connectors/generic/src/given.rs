//! The provider that was put into this module, where its heap would begin: `countersign build` writes a length and as
//! many bytes of JSON there (`runtime/connector/package/provider/weld.rs`). Nothing else uses that memory, since the
//! SDK's allocator has an arena of its own and takes new pages for more.
#![expect(unsafe_code, reason = "memory beyond the linker's own; this is all of it")]

use core::ptr::with_exposed_provenance;

unsafe extern "C" {
    static __heap_base: u8;
}

/// Where the length stands: a multiple of this.
const ALIGNED: usize = 8;

/// The provider, as JSON. Of a module that has none, nothing.
pub(crate) fn provider() -> &'static [u8] {
    let at = (&raw const __heap_base).expose_provenance().next_multiple_of(ALIGNED);
    // SAFETY: `countersign build` made memory up to the end of these bytes; where it did not, there are zeros up to the
    // end of the page, or the access traps.
    unsafe {
        let length = with_exposed_provenance::<u32>(at).read_volatile();
        core::slice::from_raw_parts(with_exposed_provenance(at + 4), length as usize)
    }
}
