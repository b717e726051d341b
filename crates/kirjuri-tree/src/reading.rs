//! How a document is read, beside the limits.

use std::fmt;

use crate::Limits;

/// Whether to go on: asked now and then while a document is read, or rules are run over it, by whoever may want to stop.
pub trait Interrupt: fmt::Debug + Send + Sync {
    /// Whether to stop. Once it has said so, it goes on saying so.
    fn is_raised(&self) -> bool;
}

/// How to read a document.
#[derive(Clone, Copy, Default, Debug)]
pub struct Reading<'i> {
    /// How much of it is read before it is refused.
    pub limits: Limits,
    /// Asked every few thousand nodes.
    pub interrupt: Option<&'i dyn Interrupt>,
    /// Takes a document that ends before it is complete, as one that is still being written does: what is open at its end
    /// is closed there, and [`Document::unfinished`](crate::Document::unfinished) says what is missing.
    pub unfinished: bool,
}

impl Reading<'_> {
    /// A whole document, read to its end within some limits.
    pub fn within(limits: &Limits) -> Reading<'static> {
        Reading { limits: *limits, interrupt: None, unfinished: false }
    }
}
