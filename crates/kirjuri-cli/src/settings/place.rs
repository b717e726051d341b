//! Where a setting was written: in which text, and at which bytes of it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use kirjuri_report::Fault;

/// What a text of settings is. A later one is stronger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    /// `kirjuri.toml`.
    File,
    /// A file named by `--config`.
    ConfigFile,
    /// `--config 'key=value'`.
    Config,
    /// An option of its own.
    Flag,
}

/// A text that settings are written in.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Source {
    pub(crate) kind: Kind,
    /// The path of a file, or the option.
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    /// What its relative paths start at; empty is the working folder.
    pub(crate) folder: PathBuf,
    /// How many sources are weaker.
    pub(crate) strength: usize,
}

impl Source {
    /// An option with its value.
    pub(crate) fn flag(name: &str, text: &str) -> Arc<Source> {
        let (name, text, folder) = (name.into(), text.into(), PathBuf::new());
        Arc::new(Source { kind: Kind::Flag, name, text, folder, strength: usize::MAX })
    }

    /// Some bytes of it.
    pub(crate) fn at(self: &Arc<Source>, span: Range<usize>) -> Place {
        Place { source: Arc::clone(self), span }
    }
}

/// Some bytes of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Range<usize>,
}

impl Place {
    /// What is wrong there.
    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        let (path, text) = (Arc::clone(&self.source.name), Arc::clone(&self.source.text));
        Fault { path, text, span: self.span.clone(), message: message.into(), help: None }
    }

    /// Where it is, for a line about it: a file with its line, or the option.
    pub(crate) fn shown(&self) -> String {
        let name = &self.source.name;
        match self.source.kind {
            Kind::File | Kind::ConfigFile => format!("{name}:{}", self.fault("").position().0),
            Kind::Config | Kind::Flag => name.to_string(),
        }
    }
}

/// A value and where it was written.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}
