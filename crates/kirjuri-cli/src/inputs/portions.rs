//! Documents on their way from the one who reads files to those who check them, a bounded number at a time.

use std::sync::mpsc::SyncSender;

use kirjuri_report::{InputError, NotChecked};

use super::{Content, Item};

/// Documents whose results are held before they are reported.
const MOST_DOCUMENTS: usize = 128;
/// Bytes of documents that are held; one alone may have more. A portion is checked while two wait and one is read.
const MOST_BYTES: usize = 8 << 20;
/// Portions that wait.
pub(super) const MOST_WAITING: usize = 2;

/// Some documents, in their order.
#[derive(Default)]
pub(super) struct Portion {
    pub(super) items: Vec<Item>,
    /// Members of archives that were passed by, since the portion before.
    pub(super) ignored: u64,
}

/// Nobody waits for documents any more.
#[derive(Debug)]
pub(super) struct Gone;

/// Where documents go that have been read.
pub(super) struct Sink {
    sender: SyncSender<Portion>,
    portion: Portion,
    bytes: usize,
}

impl Sink {
    pub(super) fn new(sender: SyncSender<Portion>) -> Sink {
        Sink { sender, portion: Portion::default(), bytes: 0 }
    }

    /// Hands a document on.
    pub(super) fn put(&mut self, name: String, content: Content) -> Result<(), Gone> {
        let bytes = content.held();
        if self.bytes.saturating_add(bytes) > MOST_BYTES && !self.portion.items.is_empty() {
            self.send()?;
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.portion.items.push(Item { name, content });
        if self.portion.items.len() >= MOST_DOCUMENTS || self.bytes >= MOST_BYTES { self.send() } else { Ok(()) }
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
        self.bytes = 0;
        self.sender.send(std::mem::take(&mut self.portion)).map_err(|_| Gone)
    }
}
