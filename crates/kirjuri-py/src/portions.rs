//! Checks what an iterable gives, some documents at a time, in threads and while other Python code runs.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};

use kirjuri::RuleSet;
use kirjuri_report::{Batch, InputError, NotChecked};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyIterator, PyString};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::checked::Checked;
use crate::document::Item;
use crate::options::{Interrupted, Options, not_checked};
use crate::signals::{PAUSE, Stop, raised};

/// Documents whose results are held before they are handed on, in the end: enough to keep all threads at work.
const LARGEST: usize = 256;
/// Bytes of documents that are held at most before they are checked, whatever they are.
const HELD: usize = 64 << 20;
/// More threads than any machine has documents for.
const MOST_THREADS: i64 = 1024;

/// The documents of an iterable, and what is known of them so far.
pub(crate) struct Portions {
    rules: Arc<RuleSet>,
    options: Options,
    stop: Arc<Stop>,
    pool: ThreadPool,
    /// None when it has ended.
    iterator: Option<Py<PyIterator>>,
    /// What the iterable raised, until the documents before that have been handed on.
    failed: Option<PyErr>,
    batch: Batch,
    /// Documents of the next portion. The first is small, so that a slow iterable shows its first results soon.
    size: usize,
    taken: u64,
}

impl Portions {
    pub(crate) fn new(
        rules: &Arc<RuleSet>,
        mut options: Options,
        iterable: &Bound<'_, PyAny>,
        threads: Option<i64>,
    ) -> PyResult<Portions> {
        let threads = match threads {
            // As many as the machine runs at once.
            None => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            Some(threads @ 1..=MOST_THREADS) => usize::try_from(threads).unwrap_or(1),
            Some(threads) => {
                let message = format!("threads is from 1 to {MOST_THREADS}, or None for all there are; not {threads}");
                return Err(PyValueError::new_err(message));
            }
        };
        let iterator = iterator_of(iterable)?.unbind();
        let pool = ThreadPoolBuilder::new().num_threads(threads).thread_name(|number| format!("kirjuri-{number}"));
        let pool = pool
            .build()
            .map_err(|error| PyRuntimeError::new_err(format!("the threads could not be started: {error}")))?;
        let stop = Arc::new(Stop::default());
        options.lint.interrupt = Some(Arc::clone(&stop) as Arc<dyn kirjuri::Interrupt>);
        let batch = Batch::new(rules, options.lint.as_of);
        Ok(Portions {
            rules: Arc::clone(rules),
            options,
            stop,
            pool,
            iterator: Some(iterator),
            failed: None,
            batch,
            size: (2 * threads).min(LARGEST),
            taken: 0,
        })
    }

    /// What came of the next documents; nothing when there are none left.
    ///
    /// # Errors
    /// What the iterable or the handler of a signal raised, or a document that is none; there is nothing behind that.
    pub(crate) fn next(&mut self, py: Python<'_>) -> PyResult<VecDeque<Checked>> {
        let items = self.take(py);
        if items.is_empty() {
            return self.failed.take().map_or_else(|| Ok(VecDeque::new()), Err);
        }
        let Portions { rules, options, stop, pool, .. } = self;
        let results = py.detach(|| check_all(&items, rules, options, stop, pool));
        let results = results.inspect_err(|_| self.iterator = None)?;
        let named = items.into_iter().map(|item| item.name).zip(results);
        let Portions { rules, options, batch, .. } = self;
        Ok(named.map(|(name, result)| Checked::new(rules, options, batch, name, result)).collect())
    }

    /// Takes some documents from the iterable.
    fn take(&mut self, py: Python<'_>) -> Vec<Item> {
        let (mut items, mut held) = (Vec::new(), 0_usize);
        let Some(iterator) = &self.iterator else { return items };
        let mut iterator = iterator.bind(py).clone();
        while items.len() < self.size && held < HELD {
            let item = match iterator.next() {
                Some(given) => given.and_then(|given| Item::of(&given, self.taken)),
                None => {
                    self.iterator = None;
                    break;
                }
            };
            match item {
                Ok(item) => {
                    self.taken = self.taken.saturating_add(1);
                    held = held.saturating_add(item.source.held());
                    items.push(item);
                }
                Err(error) => {
                    (self.iterator, self.failed) = (None, Some(error));
                    break;
                }
            }
        }
        self.size = (2 * self.size).min(LARGEST);
        items
    }
}

/// The iterator of an iterable; what is one document, and not many, is told apart.
fn iterator_of<'py>(iterable: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    let is_text = iterable.is_instance_of::<PyString>();
    if is_text || iterable.is_instance_of::<PyBytes>() || iterable.is_instance_of::<PyByteArray>() {
        return Err(PyTypeError::new_err("many documents are an iterable of bytes or paths; one is for check"));
    }
    if iterable.hasattr("__fspath__")? {
        return Err(PyTypeError::new_err(
            "many documents are an iterable of bytes or paths; of a folder, sorted(path.rglob(\"*.xml\"))",
        ));
    }
    iterable.try_iter()
}

/// What came of the bytes of a document.
type Linted = Result<kirjuri::Report, NotChecked>;

/// Checks documents in the threads of the pool, while this one looks out for signals.
fn check_all(
    items: &[Item],
    rules: &RuleSet,
    options: &Options,
    stop: &Stop,
    pool: &ThreadPool,
) -> PyResult<Vec<Linted>> {
    let (sender, receiver) = sync_channel(1);
    let mut stopped = None;
    let results = pool.in_place_scope(|scope| {
        scope.spawn(move |_| {
            let check = |buffer: &mut Vec<u8>, item: &Item| check_one(item, rules, options, buffer);
            let results: Result<Vec<Linted>, Interrupted> = items.par_iter().map_init(Vec::new, check).collect();
            // Nobody listens only where a panic goes on anyway.
            let _ = sender.send(results);
        });
        loop {
            match receiver.recv_timeout(PAUSE) {
                Ok(results) => break Some(results),
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if stopped.is_none() => {
                    stopped = raised();
                    if stopped.is_some() {
                        stop.raise();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    });
    match (stopped.or_else(raised), results) {
        (Some(error), _) => Err(error),
        (None, Some(Ok(results))) => Ok(results),
        (None, _) => Err(PyRuntimeError::new_err("the check was stopped")),
    }
}

fn check_one(item: &Item, rules: &RuleSet, options: &Options, buffer: &mut Vec<u8>) -> Result<Linted, Interrupted> {
    if options.lint.interrupt.as_ref().is_some_and(|interrupt| interrupt.is_raised()) {
        return Err(Interrupted);
    }
    let bytes = match item.source.bytes(buffer, &options.limits) {
        Ok(bytes) => bytes,
        Err(kind) => return Ok(Err(NotChecked::Unreadable(InputError::File(kind)))),
    };
    match kirjuri::check(bytes, &options.limits, rules, &options.lint) {
        Ok(report) => Ok(Ok(report)),
        Err(unchecked) => not_checked(unchecked).map(Err),
    }
}
