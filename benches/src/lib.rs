//! What is measured, and on which documents: the same for the benches and for the ratios.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use kirjuri::{Document, Limits, LintOptions, Pack, RuleSet};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Documents that are measured together.
#[derive(Debug)]
pub struct Group {
    /// Name of the group.
    pub name: &'static str,
    /// The documents by path.
    pub documents: Vec<Sample>,
    /// How many files were left out because they are malformed: a reader that stops early has nothing to show.
    pub malformed: usize,
}

/// A document in the forms in which the contestants take it.
#[derive(Debug)]
pub struct Sample {
    /// Where it lies.
    pub path: PathBuf,
    /// As it came.
    pub bytes: Vec<u8>,
    /// Decoded, without a byte order mark: the event loop reads text and is not asked to decode it.
    pub text: String,
}

impl Group {
    /// The group `name`: the XML files below `folder` in the corpus, or `None` where there is no corpus.
    ///
    /// The corpus is in the folder of the environment variable `KIRJURI_CORPUS`, else in `target/corpus`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of_corpus(name: &'static str, folder: &str) -> io::Result<Option<Group>> {
        let corpus = env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
        let folder = corpus.join(folder);
        if !folder.is_dir() {
            return Ok(None);
        }
        Group::read(name, &folder).map(Some)
    }

    /// The project's own synthetic documents, which stand in where there is no corpus.
    ///
    /// # Errors
    /// As [`Group::of_corpus`].
    pub fn of_fixtures() -> io::Result<Group> {
        Group::read("fixtures", &root().join("fixtures/documents"))
    }

    /// The Finnish prescriptions and archive documents of the corpus, else the fixtures.
    ///
    /// # Errors
    /// As [`Group::of_corpus`].
    pub fn kanta() -> io::Result<Group> {
        Group::of_corpus("kanta", "kanta/documents")?.map_or_else(Group::of_fixtures, Ok)
    }

    /// The large American documents of the corpus, if it is there.
    ///
    /// # Errors
    /// As [`Group::of_corpus`].
    pub fn onc_ccda() -> io::Result<Option<Group>> {
        Group::of_corpus("onc-ccda", "onc-ccda")
    }

    /// Documents of health care: those of [`Group::kanta`], and the clean ones of the fixtures, which have more in their
    /// bodies.
    ///
    /// # Errors
    /// As [`Group::of_corpus`].
    pub fn health() -> io::Result<Group> {
        let (mut group, fixtures) = (Group::kanta()?, Group::of_fixtures()?.clean(|name| !name.starts_with("social")));
        match group.name {
            "fixtures" => return Ok(fixtures),
            _ => group.documents.extend(fixtures.documents),
        }
        Ok(Group { name: "kanta and clean fixtures", ..group })
    }

    /// Documents of social care: the clean ones of the fixtures.
    ///
    /// # Errors
    /// As [`Group::of_corpus`].
    pub fn social() -> io::Result<Group> {
        Ok(Group::read("social care", &root().join("fixtures/social"))?.clean(|_| true))
    }

    /// Those that are to have no findings, of the names that are wanted.
    fn clean(mut self, is_wanted: impl Fn(&str) -> bool) -> Group {
        self.documents.retain(|sample| {
            let name = sample.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            name.ends_with("-clean") && is_wanted(name)
        });
        self
    }

    fn read(name: &'static str, folder: &Path) -> io::Result<Group> {
        let mut paths = Vec::new();
        collect(folder, &mut paths)?;
        paths.sort();
        let files = paths.len();
        let mut documents = Vec::with_capacity(files);
        for path in paths {
            documents.extend(Sample::read(path)?);
        }
        Ok(Group { name, malformed: files - documents.len(), documents })
    }

    /// How many bytes the documents have as they came.
    pub fn bytes(&self) -> u64 {
        self.documents.iter().map(|sample| sample.bytes.len() as u64).sum()
    }
}

impl Sample {
    /// Reads a file; `None` where it is malformed.
    fn read(path: PathBuf) -> io::Result<Option<Sample>> {
        let bytes = fs::read(&path)?;
        let text = Document::parse(&bytes, &Limits::default()).ok().map(|document| document.text().to_owned());
        Ok(text.map(|text| Sample { path, bytes, text }))
    }
}

/// Reads every event of a text with quick-xml as it comes, borrowing all and keeping nothing: the least that a reader
/// built on it can take. Returns how many there were.
///
/// # Panics
/// When quick-xml refuses the text; a measurement of half a document would be no measurement.
#[allow(clippy::unwrap_used)]
pub fn event_loop(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut events = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return events,
            event => {
                std::hint::black_box(event);
                events += 1;
            }
        }
    }
}

/// Parses a document.
///
/// # Panics
/// When it is no document.
#[allow(clippy::unwrap_used)]
pub fn parse(bytes: &[u8]) -> Document {
    Document::parse(bytes, &Limits::default()).unwrap()
}

/// Parses a document, runs the rules and returns how many findings there are.
///
/// # Panics
/// When it is no document.
pub fn parse_and_lint(bytes: &[u8], rules: &RuleSet, options: &LintOptions) -> usize {
    match kirjuri::check(bytes, &Limits::default(), rules, options) {
        Ok(report) => report.findings.len(),
        Err(kirjuri::Unchecked::NoPackApplies) => 0,
        Err(unchecked) => panic!("{unchecked}"),
    }
}

/// The rules that are measured.
///
/// # Errors
/// When the pack does not load.
pub fn kanta_header() -> io::Result<RuleSet> {
    let source = kirjuri_rules::source("kanta-header").ok_or(io::ErrorKind::NotFound)?;
    Ok(RuleSet::new(vec![Pack::load(&source).map_err(io::Error::other)?.into()]))
}

/// All built-in packs, opened as the command opens them.
///
/// # Errors
/// When a pack does not load.
pub fn all_packs() -> io::Result<RuleSet> {
    let sources = kirjuri_rules::names().filter_map(kirjuri_rules::source);
    let packs = sources.map(|source| Ok(Pack::load_proved(&source).map_err(io::Error::other)?.into()));
    Ok(RuleSet::new(packs.collect::<io::Result<Vec<_>>>()?))
}

/// Judged by a fixed day, as the command judges by today.
///
/// # Errors
/// Never: the day exists.
pub fn options() -> io::Result<LintOptions> {
    kirjuri::identifiers::Date::new(2026, 1, 1)
        .map(LintOptions::as_of)
        .ok_or_else(|| io::Error::other("there is no such day"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "xml") {
            paths.push(path);
        }
    }
    Ok(())
}
