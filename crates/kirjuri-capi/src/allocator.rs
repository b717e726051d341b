//! The allocator of the process's Rust code: the system's, with an account kept by thread while a call runs.
//!
//! Rust ends a process whose allocation fails. A library must not: so a call sets memory aside before it begins, is
//! served from that once the system has no more, and is stopped at the next occasion.

use std::alloc::{GlobalAlloc, Layout};

use crate::ledger;

#[derive(Debug)]
struct Accounting;

#[global_allocator]
static ALLOCATOR: Accounting = Accounting;

// SAFETY: memory is the system's or a reserve's, never both; it is as large and as aligned as was asked for, and stays
// until it is given back. Nothing unwinds, and nothing in here allocates.
unsafe impl GlobalAlloc for Accounting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { ledger::allocate(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { ledger::free(memory, layout) };
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { ledger::reallocate(memory, layout, size) }
    }
}
