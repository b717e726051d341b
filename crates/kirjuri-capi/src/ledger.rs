//! Keeps account of the memory of a call, by thread: how much it holds, whether that is too much, and what it may fall
//! back on when the system has no more.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;

use crate::reserve::{self, Reserve};

thread_local! {
    /// Of the call that runs on the thread. It allocates nothing, and nothing is done when the thread ends, so that the
    /// allocator may look at it at any time.
    static LEDGER: Ledger = const { Ledger::new() };
}

struct Ledger {
    is_open: Cell<bool>,
    /// Bytes allocated less bytes freed since the call began.
    held: Cell<i64>,
    limit: Cell<i64>,
    is_over_limit: Cell<bool>,
    is_out_of_memory: Cell<bool>,
    reserve: Cell<Reserve>,
}

impl Ledger {
    const fn new() -> Ledger {
        Ledger {
            is_open: Cell::new(false),
            held: Cell::new(0),
            limit: Cell::new(i64::MAX),
            is_over_limit: Cell::new(false),
            is_out_of_memory: Cell::new(false),
            reserve: Cell::new(Reserve::NONE),
        }
    }

    fn add(&self, bytes: usize) {
        // No allocation is larger than `isize::MAX`.
        let held = self.held.get().saturating_add(bytes as i64);
        self.held.set(held);
        if held > self.limit.get() {
            self.is_over_limit.set(true);
        }
    }

    fn subtract(&self, bytes: usize) {
        self.held.set(self.held.get().saturating_sub(bytes as i64));
    }

    /// Memory where the system has none, if a call runs.
    fn fall_back(&self, layout: Layout) -> *mut u8 {
        if !self.is_open.get() {
            return ptr::null_mut();
        }
        self.is_out_of_memory.set(true);
        let mut reserve = self.reserve.get();
        let memory = reserve.serve(layout);
        self.reserve.set(reserve);
        memory
    }
}

/// The account of a call, open until it is dropped. It stays on its thread.
pub(crate) struct Account {
    /// Within another call, whose account it is.
    is_inner: bool,
    stays: PhantomData<*const ()>,
}

/// Opens the account of a call that may hold so many bytes (0: any), with so many set aside. Nothing where the system does
/// not even have these.
pub(crate) fn open(limit: u64, reserve: usize) -> Option<Account> {
    LEDGER.with(|ledger| {
        let is_inner = ledger.is_open.get();
        if !is_inner {
            let set_aside = Reserve::set_aside(reserve, system_allocate)?;
            ledger.held.set(0);
            ledger.limit.set(if limit == 0 { i64::MAX } else { i64::try_from(limit).unwrap_or(i64::MAX) });
            ledger.is_over_limit.set(false);
            ledger.is_out_of_memory.set(false);
            ledger.reserve.set(set_aside);
            ledger.is_open.set(true);
        }
        Some(Account { is_inner, stays: PhantomData })
    })
}

impl Account {
    /// Whether the system had no memory for the call.
    pub(crate) fn is_out_of_memory(&self) -> bool {
        is_out_of_memory()
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        if self.is_inner {
            return;
        }
        LEDGER.with(|ledger| {
            ledger.is_open.set(false);
            ledger.reserve.replace(Reserve::NONE).leave();
        });
    }
}

/// Whether the system had no memory for the call that runs.
pub(crate) fn is_out_of_memory() -> bool {
    LEDGER.with(|ledger| ledger.is_open.get() && ledger.is_out_of_memory.get())
}

/// Whether the call that runs held more than its limit.
pub(crate) fn is_over_limit() -> bool {
    LEDGER.with(|ledger| ledger.is_open.get() && ledger.is_over_limit.get())
}

/// Memory of the system for a call, which tests make fail.
fn system_allocate(layout: Layout) -> *mut u8 {
    #[cfg(feature = "failing-allocator")]
    if failing::fails() {
        return ptr::null_mut();
    }
    // SAFETY: whoever asks has a layout that is not empty.
    unsafe { System.alloc(layout) }
}

/// Memory for anything that is written in Rust and linked with the library.
///
/// # Safety
/// The layout is not empty.
pub(crate) unsafe fn allocate(layout: Layout) -> *mut u8 {
    LEDGER.with(|ledger| {
        let is_open = ledger.is_open.get();
        let mut memory = if is_open {
            system_allocate(layout)
        } else {
            // SAFETY: the caller's promise.
            unsafe { System.alloc(layout) }
        };
        if memory.is_null() {
            memory = ledger.fall_back(layout);
        }
        if is_open && !memory.is_null() {
            ledger.add(layout.size());
        }
        #[cfg(feature = "failing-allocator")]
        failing::hold(if memory.is_null() { 0 } else { layout.size() as i64 });
        memory
    })
}

/// Gives memory back.
///
/// # Safety
/// It is of [`allocate`] or [`reallocate`], with this layout, and nobody uses it any more.
pub(crate) unsafe fn free(memory: *mut u8, layout: Layout) {
    LEDGER.with(|ledger| {
        if ledger.is_open.get() {
            ledger.subtract(layout.size());
        }
    });
    #[cfg(feature = "failing-allocator")]
    failing::hold(-(layout.size() as i64));
    if !reserve::take_back(memory, layout) {
        // SAFETY: it is of no reserve, so it is of the system.
        unsafe { System.dealloc(memory, layout) };
    }
}

/// Makes memory larger or smaller.
///
/// # Safety
/// As [`free`]; the new size is not 0, and not too large for the layout's alignment.
pub(crate) unsafe fn reallocate(memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    // SAFETY: the caller's promise on the new size.
    let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
    let moved = if reserve::is_of_one(memory) {
        // It may be of an earlier call, and the system may have memory again.
        // SAFETY: the caller's promise.
        unsafe { allocate(wanted) }
    } else {
        let grown = LEDGER.with(|ledger| {
            #[cfg(feature = "failing-allocator")]
            if ledger.is_open.get() && failing::fails() {
                return ptr::null_mut();
            }
            // SAFETY: it is of no reserve, so it is of the system, and the rest is the caller's promise.
            let grown = unsafe { System.realloc(memory, layout, size) };
            if !grown.is_null() && ledger.is_open.get() {
                ledger.subtract(layout.size());
                ledger.add(size);
            }
            grown
        });
        if !grown.is_null() {
            #[cfg(feature = "failing-allocator")]
            failing::hold(size as i64 - layout.size() as i64);
            return grown;
        }
        LEDGER.with(|ledger| {
            // Asking the system for what it has just refused would ask it twice.
            let moved = ledger.fall_back(wanted);
            if !moved.is_null() {
                ledger.add(size);
                #[cfg(feature = "failing-allocator")]
                failing::hold(size as i64);
            }
            moved
        })
    };
    if !moved.is_null() {
        // SAFETY: both have so many bytes, and the new memory is not part of the old.
        unsafe { ptr::copy_nonoverlapping(memory, moved, size.min(layout.size())) };
        // SAFETY: the caller's promise.
        unsafe { free(memory, layout) };
    }
    moved
}

/// Makes allocations fail, for tests.
#[cfg(feature = "failing-allocator")]
pub(crate) mod failing {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    thread_local! {
        static ASKED: Cell<u64> = const { Cell::new(0) };
        static FIRST: Cell<u64> = const { Cell::new(0) };
        static LAST: Cell<u64> = const { Cell::new(0) };
    }

    /// What all handles and all else in the process hold.
    static HELD: AtomicI64 = AtomicI64::new(0);
    /// The most bytes that a reserve ever served.
    pub(crate) static SERVED: AtomicU64 = AtomicU64::new(0);

    pub(super) fn hold(bytes: i64) {
        HELD.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts an allocation; whether it is one that has to fail.
    pub(super) fn fails() -> bool {
        let number = ASKED.get().saturating_add(1);
        ASKED.set(number);
        FIRST.get() <= number && number <= LAST.get()
    }

    fn set(first: u64, last: u64) {
        ASKED.set(0);
        FIRST.set(first);
        LAST.set(last);
    }

    /// Makes the n-th allocation from now fail that functions of the library make on this thread; 0: none.
    #[unsafe(no_mangle)]
    pub extern "C" fn kirjuri_test_fail_allocation(n: u64) {
        set(n, n);
    }

    /// As `kirjuri_test_fail_allocation`, and all that follow; 0: none.
    #[unsafe(no_mangle)]
    pub extern "C" fn kirjuri_test_fail_allocations_from(n: u64) {
        set(n, if n == 0 { 0 } else { u64::MAX });
    }

    /// How many allocations were asked for since one was last made to fail, on this thread.
    #[unsafe(no_mangle)]
    pub extern "C" fn kirjuri_test_allocations() -> u64 {
        ASKED.get()
    }

    /// How many bytes the library holds for all threads.
    #[unsafe(no_mangle)]
    pub extern "C" fn kirjuri_test_held() -> i64 {
        HELD.load(Ordering::Relaxed)
    }

    /// The most bytes that were taken from a reserve since this was last asked.
    #[unsafe(no_mangle)]
    pub extern "C" fn kirjuri_test_reserve_used() -> u64 {
        SERVED.swap(0, Ordering::Relaxed)
    }
}

#[cfg(all(test, feature = "failing-allocator"))]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_call_left_in_its_reserve_grows_where_the_system_has_memory_again() {
        let account = open(0, 1 << 16).unwrap();
        failing::kirjuri_test_fail_allocations_from(1);
        let mut kept: Vec<u8> = Vec::with_capacity(100);
        failing::kirjuri_test_fail_allocations_from(0);
        assert!(account.is_out_of_memory());
        drop(account);
        let account = open(0, 1 << 16).unwrap();
        assert!(reserve::is_of_one(kept.as_mut_ptr()));
        kept.reserve_exact(4000);
        assert!(!account.is_out_of_memory());
        assert!(!reserve::is_of_one(kept.as_mut_ptr()));
        drop(account);
    }
}
