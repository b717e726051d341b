//! Documents on their way from the one who reads files to those who check them, a bounded number at a time.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use kirjuri_report::{InputError, NotChecked};

use super::{Content, Item};

/// Documents of a portion for each thread that checks it: so many that no thread waits long for the last of the others.
const MOST_DOCUMENTS: usize = 64;
/// Bytes of documents in a portion for each thread, and at most; one document alone may have more.
const MOST_BYTES: usize = 512 << 10;
const MOST_BYTES_OF_ALL: usize = 16 << 20;
/// Portions that wait, while one is checked and one is read.
const MOST_WAITING: usize = 1;
/// Bytes of documents that wait or are checked while another is read. Ordinary portions stay below that; of large documents
/// one is checked, and the next one is read when that is done.
const MOST_AHEAD: usize = 64 << 20;

/// The two ends of the way, to so many threads.
pub(super) fn channel(threads: usize) -> (Sink, Portions) {
    let (sender, receiver) = sync_channel(MOST_WAITING);
    let ahead = Arc::new(Ahead::default());
    let sink = Sink {
        sender,
        ahead: Arc::clone(&ahead),
        portion: Portion::default(),
        most_documents: threads.saturating_mul(MOST_DOCUMENTS),
        most_bytes: threads.saturating_mul(MOST_BYTES).min(MOST_BYTES_OF_ALL),
    };
    (sink, Portions { receiver, ahead, taken: 0 })
}

/// How much is on its way, or checked at the moment.
#[derive(Default, Debug)]
struct Ahead {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default, Debug)]
struct State {
    bytes: usize,
    /// Nobody waits for documents any more.
    is_gone: bool,
}

impl Ahead {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for more.
    fn wait(&self) -> Result<(), Gone> {
        let is_full = |state: &mut State| !state.is_gone && state.bytes > MOST_AHEAD;
        let state = self.changed.wait_while(self.state(), is_full).unwrap_or_else(PoisonError::into_inner);
        if state.is_gone { Err(Gone) } else { Ok(()) }
    }

    fn add(&self, bytes: usize) {
        let mut state = self.state();
        state.bytes = state.bytes.saturating_add(bytes);
    }

    fn take(&self, bytes: usize) {
        let mut state = self.state();
        state.bytes = state.bytes.saturating_sub(bytes);
        self.changed.notify_all();
    }
}

/// Where documents come from that have been read.
#[derive(Debug)]
pub(super) struct Portions {
    receiver: Receiver<Portion>,
    ahead: Arc<Ahead>,
    /// Bytes of the portion that was taken last.
    taken: usize,
}

impl Portions {
    /// The next portion, once all of the one before is done with; none behind the last.
    pub(super) fn next(&mut self) -> Option<Portion> {
        self.ahead.take(std::mem::take(&mut self.taken));
        let portion = self.receiver.recv().ok()?;
        self.taken = portion.bytes;
        Some(portion)
    }
}

impl Drop for Portions {
    fn drop(&mut self) {
        self.ahead.state().is_gone = true;
        self.ahead.changed.notify_all();
    }
}

/// Some documents, in their order.
#[derive(Default)]
pub(super) struct Portion {
    pub(super) items: Vec<Item>,
    /// Members of archives that were passed by, since the portion before.
    pub(super) ignored: u64,
    bytes: usize,
}

/// Nobody waits for documents any more.
#[derive(Debug)]
pub(super) struct Gone;

/// Where documents go that have been read.
pub(super) struct Sink {
    sender: SyncSender<Portion>,
    ahead: Arc<Ahead>,
    portion: Portion,
    most_documents: usize,
    most_bytes: usize,
}

impl Sink {
    /// Hands a document on.
    pub(super) fn put(&mut self, name: String, content: Content) -> Result<(), Gone> {
        let bytes = content.held();
        if self.portion.bytes.saturating_add(bytes) > self.most_bytes && !self.portion.items.is_empty() {
            self.send()?;
        }
        self.portion.bytes = self.portion.bytes.saturating_add(bytes);
        self.portion.items.push(Item { name, content });
        if self.portion.items.len() >= self.most_documents || self.portion.bytes >= self.most_bytes {
            self.send()
        } else {
            Ok(())
        }
    }

    /// Hands on that something cannot be read.
    pub(super) fn put_unreadable(&mut self, name: &str, error: InputError) -> Result<(), Gone> {
        self.put(name.to_owned(), Content::Unchecked(NotChecked::Unreadable(error)))
    }

    /// Counts a member of an archive that is no document.
    pub(super) fn ignore(&mut self) {
        self.portion.ignored = self.portion.ignored.saturating_add(1);
    }

    /// Hands on what is left.
    pub(super) fn finish(mut self) -> Result<(), Gone> {
        if self.portion.items.is_empty() && self.portion.ignored == 0 { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Gone> {
        let portion = std::mem::take(&mut self.portion);
        self.ahead.add(portion.bytes);
        self.sender.send(portion).map_err(|_| Gone)?;
        // What comes next may be large, and is read whole before anybody can tell.
        self.ahead.wait()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    /// Hands on documents of some sizes; the most that was there at once, the one that is being read included.
    fn most_at_once(sizes: &[usize]) -> usize {
        let (mut sink, mut portions) = channel(16);
        let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut seen = 0;
        thread::scope(|scope| {
            let (held, most) = (&held, &most);
            scope.spawn(move || {
                for &size in sizes {
                    most.fetch_max(held.fetch_add(size, Ordering::SeqCst) + size, Ordering::SeqCst);
                    let content = Content::Held { bytes: vec![0; size], around: None };
                    sink.put(size.to_string(), content).unwrap();
                }
                sink.finish().unwrap();
            });
            while let Some(portion) = portions.next() {
                thread::sleep(std::time::Duration::from_millis(5));
                seen += portion.items.len();
                held.fetch_sub(portion.bytes, Ordering::SeqCst);
            }
        });
        assert_eq!(seen, sizes.len());
        most.into_inner()
    }

    #[test]
    fn large_documents_do_not_wait_beside_each_other() {
        const LARGE: usize = MOST_AHEAD + 1;
        const HALF: usize = MOST_AHEAD / 2 + 1;
        const PORTION: usize = 16 * MOST_BYTES;
        for (sizes, expected) in [
            (vec![LARGE; 5], LARGE),
            (vec![HALF; 6], 2 * HALF),
            (vec![PORTION, LARGE, PORTION, LARGE, 1, LARGE], 2 * PORTION + LARGE),
        ] {
            let found = most_at_once(&sizes);
            assert!(found <= expected, "{found} of {expected}: {sizes:?}");
        }
    }

    #[test]
    fn who_reads_ends_when_nobody_waits_any_more() {
        let (mut sink, mut portions) = channel(2);
        let reader = thread::spawn(move || {
            let put = |size| Content::Held { bytes: vec![0; size], around: None };
            (0..9).any(|_| sink.put("a".into(), put(MOST_AHEAD + 1)).is_err())
        });
        drop(portions.next());
        drop(portions);
        assert!(reader.join().unwrap());
    }
}
