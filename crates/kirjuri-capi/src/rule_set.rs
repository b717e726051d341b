//! `kirjuri_rule_set`: rules from wherever the caller says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kirjuri::{Pack, PackFile, PackSource, RuleSet, Schematron, SchematronOptions, SubordinateDocuments};
use kirjuri_rules::folder::{self, NamedDocuments};

use crate::abi::{KirjuriFile, KirjuriSource};
use crate::call::call;
use crate::failure::{Code, ErrorSlot, Failure};
use crate::handle::{self, Handle, Kind};
use crate::input;
use crate::ledger;
use crate::report::Report;

/// Rules, loaded and compiled.
#[derive(Debug)]
pub struct Rules {
    set: Arc<RuleSet>,
    /// The documents that documents name: none.
    documents: Arc<NamedDocuments>,
}

impl Kind for Rules {
    const MARK: u64 = 0x6b69_726a_2c8b_f04d;
}

impl Rules {
    pub(crate) fn set(&self) -> &RuleSet {
        &self.set
    }

    /// The rules for somebody who may need them longer.
    pub(crate) fn shared(&self) -> Arc<RuleSet> {
        Arc::clone(&self.set)
    }

    pub(crate) fn documents(&self) -> Arc<dyn SubordinateDocuments> {
        Arc::clone(&self.documents) as Arc<dyn SubordinateDocuments>
    }

    /// Whether a report was made with these rules.
    pub(crate) fn are_those_of(&self, report: &Report) -> bool {
        Arc::ptr_eq(&self.set, report.rules())
    }
}

/// Where rules come from.
enum Source<'c> {
    BuiltIn(&'c str),
    Folder(&'c str),
    Schema { path: &'c str, options: SchematronOptions },
    PackFiles { name: &'c str, files: &'c [KirjuriFile] },
    SchemaFiles { name: &'c str, files: &'c [KirjuriFile], options: SchematronOptions },
}

impl<'c> Source<'c> {
    /// # Safety
    /// As the header says; what it names lives as long as `'c`.
    unsafe fn of(source: &KirjuriSource) -> Result<Source<'c>, Failure> {
        // SAFETY: the caller's.
        let (name, phase) = unsafe { (input::text(source.name)?, input::text(source.phase)?) };
        // SAFETY: the caller's.
        let files = unsafe { input::array(source.files, source.file_count) }?;
        let mut options = SchematronOptions::default();
        options.phase = (!phase.is_empty()).then(|| phase.to_owned());
        let is_schema = matches!(source.kind, 3 | 5);
        if source.reserved != 0 || (!is_schema && !phase.is_empty()) {
            return Err(Failure::argument("`phase` is about schemas, and `reserved` is 0"));
        }
        if files.is_empty() == matches!(source.kind, 4 | 5) {
            return Err(Failure::argument("`files` are those of the kinds of sources that end in FILES"));
        }
        if name.is_empty() && source.kind != 1 {
            return Err(Failure::argument("a source other than the built-in packs has a `name`"));
        }
        match source.kind {
            1 => Ok(Source::BuiltIn(name)),
            2 => Ok(Source::Folder(name)),
            3 => Ok(Source::Schema { path: name, options }),
            4 => Ok(Source::PackFiles { name, files }),
            5 => Ok(Source::SchemaFiles { name, files, options }),
            _ => Err(Failure::argument("there is no such kind of source")),
        }
    }

    /// # Safety
    /// As [`Source::of`].
    unsafe fn open(&self, opened: &mut Opened) -> Result<(), Failure> {
        match self {
            Source::BuiltIn("") => kirjuri_rules::names().try_for_each(|name| opened.add_built_in(name)),
            Source::BuiltIn(name) => opened.add_built_in(name),
            Source::Folder(path) => {
                let source = folder::read_folder(Path::new(path))
                    .map_err(|unread| Failure::new(Code::UnreadableFile, unread.to_string()))?;
                opened.add(folder::load_proving(&source).map_err(|errors| Failure::of_pack(&errors))?)
            }
            Source::Schema { path, options } => {
                let path = Path::new(path);
                std::fs::metadata(path)
                    .map_err(|error| Failure::new(Code::UnreadableFile, format!("{}: {error}", path.display())))?;
                let loaded = folder::load_schema(path, &NamedDocuments::default(), options);
                opened.add_schema(loaded.map_err(|errors| Failure::of_pack(&errors))?)
            }
            Source::PackFiles { name, files } => {
                let mut source = PackSource { name: (*name).to_owned(), files: Vec::new() };
                for file in *files {
                    // SAFETY: the caller's.
                    let (path, text) = unsafe { (input::text(file.path)?, input::text(file.text)?) };
                    source.files.push(PackFile { path: path.to_owned(), text: text.to_owned().into() });
                }
                opened.add(folder::load_proving(&source).map_err(|errors| Failure::of_pack(&errors))?)
            }
            Source::SchemaFiles { name, files, options } => {
                let mut known = BTreeMap::new();
                for file in *files {
                    // SAFETY: the caller's.
                    let path = unsafe { input::text(file.path) }?;
                    // SAFETY: the caller's.
                    let bytes = unsafe { input::bytes(file.text.data, file.text.length) }?;
                    known.insert(path.to_owned(), bytes.to_vec());
                }
                let loaded = Schematron::load(&known, name, options);
                opened.add_schema(loaded.map_err(|errors| Failure::of_pack(&errors))?)
            }
        }
    }
}

/// What was opened so far.
#[derive(Default)]
struct Opened {
    packs: Vec<Arc<Pack>>,
    schemas: Vec<Arc<Schematron>>,
}

impl Opened {
    fn add_built_in(&mut self, name: &str) -> Result<(), Failure> {
        let Some(source) = kirjuri_rules::source(name) else {
            let meant = kirjuri_rules::nearest(name).map(|known| format!("; did you mean `{known}`?"));
            let message = format!("there is no built-in pack of that name{}", meant.unwrap_or_default());
            return Err(Failure::new(Code::NotFound, message));
        };
        // The built-in packs are proved when the library is tested.
        self.add(Pack::load_proved(&source).map_err(|errors| Failure::of_pack(&errors))?)
    }

    fn add(&mut self, pack: Pack) -> Result<(), Failure> {
        self.know(&pack.id)?;
        self.packs.push(Arc::new(pack));
        Ok(())
    }

    fn add_schema(&mut self, schema: Schematron) -> Result<(), Failure> {
        self.know(&schema.id)?;
        self.schemas.push(Arc::new(schema));
        Ok(())
    }

    /// The name begins the ids of all rules, so that there can be one of each.
    fn know(&self, id: &str) -> Result<(), Failure> {
        // What is being opened without memory is not opened to its end.
        if ledger::is_out_of_memory() {
            return Err(Failure::new(Code::OutOfMemory, ""));
        }
        let mut known = self.packs.iter().map(|pack| &pack.id).chain(self.schemas.iter().map(|schema| &schema.id));
        match known.any(|known| known == id) {
            true => Err(Failure::argument(format!("two packs or schemas are called `{id}`"))),
            false => Ok(()),
        }
    }
}

/// Set aside to open rules, so that the pack that is being opened can be opened to its end. Measured by
/// `tests/memory.rs` with every allocation taken from the reserve: 8 MB for the largest built-in pack; 20 MB for the
/// same pack, two megabytes of text, from a folder, with its examples run.
const RESERVE: usize = 48 << 20;

/// One of several sources, which are as far apart as the first is large: an older program's are nearer to each other.
///
/// # Safety
/// There are more than `number` sources.
unsafe fn given(sources: *const KirjuriSource, number: usize) -> Result<KirjuriSource, Failure> {
    // SAFETY: the caller's.
    let stride = unsafe { input::size_of_given(sources) }?;
    let Some(offset) = stride.checked_mul(number).filter(|&offset| isize::try_from(offset).is_ok()) else {
        return Err(Failure::argument("there cannot be so many sources"));
    };
    // SAFETY: as far as the sources go.
    let source = unsafe { sources.byte_add(offset) };
    // SAFETY: the caller's.
    let given = unsafe { input::given(source) }?;
    if given.size != stride {
        return Err(Failure::argument("all sources of one call have the same `size`"));
    }
    Ok(given)
}

/// `kirjuri_rule_set_open` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_rule_set_open(
    sources: *const KirjuriSource,
    count: usize,
    error: ErrorSlot,
) -> *mut Handle<Rules> {
    call(error, 0, RESERVE, || {
        let mut opened = Opened::default();
        if count == 0 {
            // SAFETY: it names no memory.
            unsafe { Source::BuiltIn("").open(&mut opened) }?;
        }
        for number in 0..count {
            // SAFETY: the caller keeps the header.
            unsafe { Source::of(&given(sources, number)?)?.open(&mut opened) }?;
        }
        let set = RuleSet::new(opened.packs).with_schemas(opened.schemas);
        Ok(Handle::new(Rules { set: Arc::new(set), documents: Arc::default() }))
    })
}

/// `kirjuri_rule_set_rule_count` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_rule_set_rule_count(rules: *const Handle<Rules>) -> usize {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(rules) }.map_or(0, |rules| rules.set.len())
}

/// `kirjuri_rule_set_free` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_rule_set_free(rules: *mut Handle<Rules>) {
    // SAFETY: the caller keeps the header.
    unsafe { handle::free(rules) };
}
