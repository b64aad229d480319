//! Memory for one call: taken from an arena and given back by nobody, since the instance is dropped with the call.
//!
//! The general allocator grows memory in every send, which costs the host two system calls each; this one costs none
//! while the arena lasts, and saved a third of a send's CPU time when it was measured.
#![expect(unsafe_code, reason = "an allocator is unsafe by its interface; this is all of it")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;

const ARENA_BYTES: usize = 256 * 1024;
const PAGE_BYTES: usize = 65_536;

struct Bump {
    arena: UnsafeCell<[u8; ARENA_BYTES]>,
    state: UnsafeCell<State>,
}

struct State {
    /// First free address; 0 before the first allocation.
    next: usize,
    end: usize,
}

// SAFETY: a component's instance has one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static ALLOCATOR: Bump =
    Bump { arena: UnsafeCell::new([0; ARENA_BYTES]), state: UnsafeCell::new(State { next: 0, end: 0 }) };

// SAFETY: blocks are disjoint (next only grows past them), aligned, and inside the arena or memory that was grown for
// them; a block is reused only when it is the last one and its owner gave it back.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = unsafe { &mut *self.state.get() };
        if state.end == 0 {
            state.next = self.arena.get() as usize;
            state.end = state.next + ARENA_BYTES;
        }
        let start = state.next.next_multiple_of(layout.align());
        let Some(end) = start.checked_add(layout.size()) else { return ptr::null_mut() };
        if end <= state.end {
            state.next = end;
            return start as *mut u8;
        }
        let pages = (layout.size() + layout.align()).div_ceil(PAGE_BYTES).max(4);
        let grown = core::arch::wasm32::memory_grow(0, pages);
        if grown == usize::MAX {
            return ptr::null_mut();
        }
        let start = (grown * PAGE_BYTES).next_multiple_of(layout.align());
        state.next = start + layout.size();
        state.end = (grown + pages) * PAGE_BYTES;
        start as *mut u8
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = unsafe { &mut *self.state.get() };
        if block as usize + layout.size() == state.next {
            state.next = block as usize;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let state = unsafe { &mut *self.state.get() };
        // The last block grows where it is: a buffer that is written to is almost always the last one.
        if block as usize + layout.size() == state.next && block as usize + size <= state.end {
            state.next = block as usize + size;
            return block;
        }
        if size <= layout.size() {
            return block;
        }
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size());
            }
            moved
        }
    }
}
