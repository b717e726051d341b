//! Memory set aside for a call, from which it is served when the system has no more.
//!
//! What a call makes may outlive it: a structure of a rule set that was read for the first time, and stays. So a reserve
//! is given back when the call has ended *and* nothing of it is in use. Whoever frees, on whatever thread, has to find
//! out whether it is of a reserve: the few that were ever touched stand in a table, and while there is none, which is
//! always but for a moment, one look at a number is all it takes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many calls can be out of memory at a time, or have left something of their reserve in use.
const REGIONS: usize = 64;

/// Sizes of blocks are powers of two.
const CLASSES: usize = usize::BITS as usize;

/// The smallest block, and how all blocks are aligned at least.
const LEAST: usize = 16;

/// The reserve of a call.
#[derive(Clone, Copy)]
pub(crate) struct Reserve {
    start: *mut u8,
    size: usize,
    /// Its number in the table, once something was taken from it.
    region: Option<usize>,
}

/// A reserve that was touched.
#[derive(Clone, Copy)]
struct Region {
    start: *mut u8,
    size: usize,
    /// Bytes from the start that were ever taken.
    taken: usize,
    /// Blocks in use, and one while the call runs. A region without any is free for the next.
    users: usize,
    /// Of each class, the first block that was given back; in it, the next.
    free: [*mut u8; CLASSES],
}

impl Region {
    const NONE: Region =
        Region { start: ptr::null_mut(), size: 0, taken: 0, users: 0, free: [ptr::null_mut(); CLASSES] };

    fn has(&self, memory: *mut u8) -> bool {
        self.users > 0 && memory.addr().wrapping_sub(self.start.addr()) < self.size
    }

    fn take(&mut self, layout: Layout) -> *mut u8 {
        let Some((class, block)) = class(layout) else { return ptr::null_mut() };
        let first = self.free[class];
        // Blocks are aligned as the first one who took them asked for.
        if !first.is_null() && first.addr().is_multiple_of(layout.align()) {
            // SAFETY: a block that was given back holds the next one.
            self.free[class] = unsafe { ptr::read(first.cast::<*mut u8>()) };
            self.users += 1;
            return first;
        }
        let next = self.start.addr().saturating_add(self.taken);
        let Some(aligned) = next.checked_next_multiple_of(layout.align().max(LEAST)) else { return ptr::null_mut() };
        let begin = aligned - self.start.addr();
        match begin.checked_add(block) {
            Some(end) if end <= self.size => {
                self.taken = end;
                self.users += 1;
                #[cfg(feature = "failing-allocator")]
                crate::ledger::failing::SERVED.fetch_max(end as u64, Ordering::Relaxed);
                // SAFETY: it lies in the reserve.
                unsafe { self.start.add(begin) }
            }
            _ => ptr::null_mut(),
        }
    }

    fn give_back(&mut self, memory: *mut u8, layout: Layout) {
        if let Some((class, _)) = class(layout) {
            // SAFETY: the block is large enough for a pointer, aligned for one, and nobody's.
            unsafe { ptr::write(memory.cast::<*mut u8>(), self.free[class]) };
            self.free[class] = memory;
        }
    }
}

/// The class and the size of the block for a layout.
fn class(layout: Layout) -> Option<(usize, usize)> {
    let block = layout.size().max(LEAST).checked_next_power_of_two()?;
    Some((block.trailing_zeros() as usize, block))
}

/// The reserves that were touched.
struct Table {
    /// Those in use, to be asked without the lock.
    used: AtomicUsize,
    is_locked: AtomicBool,
    regions: UnsafeCell<[Region; REGIONS]>,
}

// SAFETY: the regions are looked at only under the lock.
unsafe impl Sync for Table {}

static TABLE: Table = Table {
    used: AtomicUsize::new(0),
    is_locked: AtomicBool::new(false),
    regions: UnsafeCell::new([Region::NONE; REGIONS]),
};

impl Table {
    /// Does something with the regions. It takes a few instructions and cannot panic or allocate: an allocator can wait
    /// in no other way.
    fn with<T>(&self, what: impl FnOnce(&mut [Region; REGIONS]) -> T) -> T {
        while self.is_locked.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            spin_loop();
        }
        // SAFETY: nobody else has the lock.
        let result = what(unsafe { &mut *self.regions.get() });
        self.is_locked.store(false, Ordering::Release);
        result
    }

    /// Whether any reserve was touched. Whoever asks about memory of a reserve has been given it, and with that the
    /// knowledge that there is one.
    fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed) > 0
    }

    /// Takes one user from a region; its memory, if that was the last.
    fn leave(&self, region: &mut Region) -> Option<(*mut u8, usize)> {
        region.users = region.users.saturating_sub(1);
        if region.users > 0 {
            return None;
        }
        let (start, size) = (region.start, region.size);
        *region = Region::NONE;
        self.used.fetch_sub(1, Ordering::Relaxed);
        Some((start, size))
    }
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.max(LEAST), LEAST).ok()
}

fn give_back(memory: Option<(*mut u8, usize)>) {
    let Some((start, size)) = memory else { return };
    let Some(layout) = layout(size) else { return };
    // SAFETY: it was allocated so, and nobody uses it.
    unsafe { System.dealloc(start, layout) };
}

impl Reserve {
    /// No memory.
    pub(crate) const NONE: Reserve = Reserve { start: ptr::null_mut(), size: 0, region: None };

    /// Sets so many bytes aside, if the system has them. They are not touched: where memory is given page by page, it
    /// costs an entry in a table.
    pub(crate) fn set_aside(size: usize, allocate: impl FnOnce(Layout) -> *mut u8) -> Option<Reserve> {
        let start = allocate(layout(size)?);
        (!start.is_null()).then_some(Reserve { start, size, region: None })
    }

    /// Memory of the reserve; null where it has no more.
    pub(crate) fn serve(&mut self, layout: Layout) -> *mut u8 {
        let Reserve { start, size, region } = self;
        TABLE.with(|regions| {
            if region.is_none() {
                let Some(number) = regions.iter().position(|region| region.users == 0) else { return ptr::null_mut() };
                regions[number] = Region { start: *start, size: *size, users: 1, ..Region::NONE };
                TABLE.used.fetch_add(1, Ordering::Relaxed);
                *region = Some(number);
            }
            let region = region.and_then(|number| regions.get_mut(number));
            region.map_or(ptr::null_mut(), |region| region.take(layout))
        })
    }

    /// The call has ended.
    pub(crate) fn leave(self) {
        if self.start.is_null() {
            return;
        }
        give_back(match self.region {
            None => Some((self.start, self.size)),
            Some(number) => TABLE.with(|regions| TABLE.leave(regions.get_mut(number)?)),
        });
    }
}

/// Whether memory is of a reserve.
pub(crate) fn is_of_one(memory: *mut u8) -> bool {
    TABLE.is_used() && TABLE.with(|regions| regions.iter().any(|region| region.has(memory)))
}

/// Takes memory back that is of a reserve; else false.
pub(crate) fn take_back(memory: *mut u8, layout: Layout) -> bool {
    if !TABLE.is_used() {
        return false;
    }
    let taken = TABLE.with(|regions| {
        let region = regions.iter_mut().find(|region| region.has(memory))?;
        region.give_back(memory, layout);
        Some(TABLE.leave(region))
    });
    match taken {
        None => false,
        Some(last) => {
            give_back(last);
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SAFETY: the layout is not empty.
    const SYSTEM: fn(Layout) -> *mut u8 = |layout| unsafe { System.alloc(layout) };

    fn of(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap_or(Layout::new::<u8>())
    }

    /// Memory that another thread may free.
    struct Block(*mut u8, Layout);

    // SAFETY: nobody else has it.
    unsafe impl Send for Block {}

    #[test]
    fn what_outlives_its_call_is_freed_on_any_thread() {
        let Some(mut reserve) = Reserve::set_aside(1 << 14, SYSTEM) else { return };
        let mut blocks = Vec::new();
        for (size, align) in [(1, 1), (24, 8), (100, 64), (4096, 16), (24, 8)] {
            let layout = of(size, align);
            let memory = reserve.serve(layout);
            assert!(!memory.is_null() && memory.addr().is_multiple_of(align) && is_of_one(memory));
            // SAFETY: it has so many bytes.
            unsafe { ptr::write_bytes(memory, 0xa5, size) };
            blocks.push(Block(memory, layout));
        }
        assert!(reserve.serve(of(1 << 14, 16)).is_null(), "there is not so much");
        let mut other = 0_u64;
        assert!(!is_of_one((&raw mut other).cast()) && !take_back((&raw mut other).cast(), of(8, 8)));
        // A block that was given back is served again.
        if let Some(Block(memory, layout)) = blocks.pop() {
            assert!(take_back(memory, layout));
            assert_eq!(reserve.serve(layout), memory);
            blocks.push(Block(memory, layout));
        }
        reserve.leave();
        let free = move || {
            for Block(memory, layout) in blocks {
                assert!(take_back(memory, layout));
            }
        };
        assert!(std::thread::spawn(free).join().is_ok());
        assert!(!TABLE.is_used(), "the reserve is given back");
    }
}
