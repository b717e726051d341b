//! `kirjuri codes`: published code sets become indexed files, and what is in them is shown.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::codes::{self, CodeIndex, CodeLibrary, CodeTable, ImportOptions, base_of};
use kirjuri::identifiers::Date;
use kirjuri::{CodeSet, Language};

use crate::arguments::{
    CodesArguments, CodesCheckArguments, CodesImportArguments, CodesListArguments, CodesShowArguments, PackArguments,
};
use crate::check::today;
use crate::{Failure, Status, packs};

/// What the names of indexed files end in.
const ENDING: &str = "codes";
/// The largest published file that is read, and the largest indexed one: what does not fit is not a code set.
const LARGEST: u64 = 1 << 30;
/// The codes of a kind of oddity that are named.
const NAMED: usize = 10;

fn unreadable(path: &Path, faults: impl IntoIterator<Item = String>) -> Failure {
    let name = path.display().to_string();
    let faults = faults.into_iter().map(|fault| format!("{name}:{fault}")).collect();
    Failure::Input { name, faults }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: &dyn std::fmt::Display| unreadable(path, [format!(" {error}")]);
    let denied = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => failed(&"there is no such file or folder"),
        io::ErrorKind::PermissionDenied => failed(&"the file may not be read"),
        kind => failed(&kind),
    };
    let length = fs::metadata(path).map_err(denied)?.len();
    if length > LARGEST {
        return Err(failed(&"the file is larger than 1 GiB"));
    }
    fs::read(path).map_err(denied)
}

/// Makes the indexed files. Nothing is written unless all files can be read.
///
/// # Errors
/// What is wrong with the published files, by file, line and column.
pub(crate) fn import(arguments: &CodesImportArguments) -> Result<Status, Failure> {
    let mut tables: BTreeMap<String, CodeTable> = BTreeMap::new();
    let mut err = anstream::stderr().lock();
    if arguments.oid.is_some() && arguments.files.len() > 1 {
        return Err(Failure::Message(
            "--oid names one code set, and several files are given: import them one by one".into(),
        ));
    }
    for path in &arguments.files {
        let mut options = ImportOptions::default();
        options.oid.clone_from(&arguments.oid);
        options.name.clone_from(&arguments.name);
        options.complete = !arguments.incomplete;
        options.columns = arguments.columns.clone().unwrap_or_default();
        // The name alone: folders are of this machine, and the same file gives the same bytes.
        options.source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of_file = |error: &codes::ImportError| if error.line > 0 { error.to_string() } else { format!(" {error}") };
        let nothing = |faults: Vec<String>| Failure::Import { faults };
        let bytes = read(path).map_err(|failure| match failure {
            Failure::Input { faults, .. } => nothing(faults),
            failure => failure,
        })?;
        let made = codes::import(&bytes, &options).map_err(|errors| {
            nothing(errors.0.iter().map(|error| format!("{}:{}", path.display(), of_file(error))).collect())
        })?;
        for unused in &made.unused {
            writeln!(err, "{}: not used: {unused}", path.display())?;
        }
        for table in made.tables {
            match tables.get_mut(&table.oid) {
                None => drop(tables.insert(table.oid.clone(), table)),
                // Parts of a set, as value sets give them, add up.
                Some(known) if !known.complete && !table.complete => {
                    known.source.extend(table.source);
                    known.rows.extend(table.rows);
                }
                Some(known) => {
                    let (oid, first) = (&table.oid, known.source.join(", "));
                    let message = format!("{} and {first} both have the code set {oid}", path.display());
                    return Err(Failure::Message(message));
                }
            }
        }
    }
    let is_file = arguments.into.extension().is_some_and(|ending| ending == ENDING);
    if is_file && tables.len() > 1 {
        let message = format!("{} code sets do not go into one file: give a folder with --into", tables.len());
        return Err(Failure::Message(message));
    }
    let day =
        arguments.imported.or_else(today).ok_or_else(|| Failure::Message("no day is known: give --imported".into()))?;
    let made: Vec<(PathBuf, Vec<u8>)> = tables
        .values()
        .map(|table| {
            let path = match is_file {
                true => arguments.into.clone(),
                false => arguments.into.join(format!("{}.{ENDING}", table.oid)),
            };
            let bytes = table.to_bytes(day).map_err(|error| Failure::Message(error.to_string()))?;
            Ok((path, bytes))
        })
        .collect::<Result<_, Failure>>()?;
    let mut out = anstream::stdout().lock();
    let mut is_any_complete = false;
    for (path, bytes) in made {
        let failed = |error| Failure::Message(format!("{} could not be written: {error}", path.display()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, &bytes).map_err(failed)?;
        let index = CodeIndex::parse(bytes).map_err(|error| unreadable(&path, [format!(" {error}")]))?;
        writeln!(out, "{}: {}", path.display(), summary(&index))?;
        write_oddities(&index, &path, &mut err)?;
        is_any_complete |= index.is_complete();
    }
    if is_any_complete {
        writeln!(
            out,
            "Complete: a code that is not there is unknown in documents up to the day of the import. Use --incomplete for a \
             file of some of the codes."
        )?;
    }
    Ok(Status::Clean)
}

/// A set in a line.
fn summary(index: &CodeIndex) -> String {
    let complete = if index.is_complete() { "complete" } else { "incomplete" };
    let noun = if index.len() == 1 { "code" } else { "codes" };
    format!(
        "{} {}, {} {noun}, {complete}, imported {}",
        index.oid(),
        index.name(),
        index.len(),
        written(index.imported())
    )
}

fn written(day: Option<Date>) -> String {
    day.map(Date::iso).unwrap_or_default()
}

/// The indexed files that some paths stand for: files as they are named, and in folders those with the ending.
fn indexed_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed = |error| Failure::Message(format!("{} cannot be read: {error}", path.display()));
        let mut inside = inside(path).map_err(failed)?;
        if inside.is_empty() {
            let message = format!("there is no imported code set (.{ENDING}) in the folder {}", path.display());
            return Err(Failure::Message(message));
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

/// The indexed files in a folder, in no order.
pub(crate) fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut inside = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?.path();
        inside.extend(entry.extension().is_some_and(|ending| ending == ENDING).then_some(entry));
    }
    Ok(inside)
}

fn load(path: &Path) -> Result<CodeIndex, Failure> {
    CodeIndex::parse(read(path)?).map_err(|error| unreadable(path, [format!(" {error}")]))
}

/// The imported code sets that were asked for.
///
/// # Errors
/// A file that cannot be used, and two of one OID.
pub(crate) fn library(arguments: &CodesArguments) -> Result<Arc<CodeLibrary>, Failure> {
    let mut library = CodeLibrary::default();
    let mut places: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in indexed_files(&arguments.codes)? {
        // A file that is named beside its folder is one file.
        if places.values().any(|known| *known == path) {
            continue;
        }
        let set = Arc::new(load(&path)?);
        let oid = set.oid().to_owned();
        if library.insert(set).is_err() {
            let first = places.get(&oid).map(|path| path.display().to_string()).unwrap_or_default();
            return Err(Failure::Message(format!("{first} and {} both have the code set {oid}", path.display())));
        }
        places.insert(oid, path);
    }
    Ok(Arc::new(library))
}

/// A code set that is known, and whose it is.
enum Known<'k> {
    Own(&'k str, &'k CodeSet),
    Imported(&'k CodeIndex),
}

impl Known<'_> {
    fn oid(&self) -> &str {
        match self {
            Known::Own(_, set) => &set.oid,
            Known::Imported(set) => set.oid(),
        }
    }

    /// Name, how many codes, whether all, and where from.
    fn line(&self) -> String {
        let (name, count, complete, origin) = match self {
            Known::Own(pack, set) => (&*set.name, set.len(), set.complete, format!("pack {pack}")),
            Known::Imported(set) => {
                let origin = format!("imported {} from {}", written(set.imported()), set.source().join(", "));
                (set.name(), set.len(), set.is_complete(), origin)
            }
        };
        let complete = if complete { "complete" } else { "incomplete" };
        format!("{count:>7} {complete:10}  {name} ({origin})")
    }
}

/// All sets, by OID; an imported one before those of packs.
fn known<'k>(loaded: &'k packs::Packs, library: &'k CodeLibrary) -> Vec<Known<'k>> {
    let own = loaded.packs.iter().flat_map(|pack| pack.code_sets().iter().map(|set| Known::Own(&pack.id, set)));
    let mut all: Vec<Known<'_>> = library.iter().map(|set| Known::Imported(set)).chain(own).collect();
    // Stable: those of one OID stay in that order.
    all.sort_by(|a, b| a.oid().cmp(b.oid()));
    all
}

/// Lists the code sets.
///
/// # Errors
/// What is wrong with a pack or an indexed file.
pub(crate) fn list(arguments: &CodesListArguments) -> Result<Status, Failure> {
    let (loaded, library) =
        (packs::load_named(&arguments.packs, &PackArguments::default())?, library(&arguments.codes)?);
    let mut out = anstream::stdout().lock();
    for set in known(&loaded, &library) {
        writeln!(out, "{:32} {}", set.oid(), set.line())?;
    }
    Ok(Status::Clean)
}

/// Shows a code set, or a code in all versions of it.
///
/// # Errors
/// As [`list`], and that nobody knows the set or the code.
pub(crate) fn show(arguments: &CodesShowArguments) -> Result<Status, Failure> {
    let (loaded, library) =
        (packs::load_named(&arguments.packs, &PackArguments::default())?, library(&arguments.codes)?);
    let all = known(&loaded, &library);
    let oid = &*arguments.oid;
    let is_version = |set: &&Known<'_>| base_of(set.oid()) == Some(oid);
    let mut sets: Vec<&Known<'_>> = all.iter().filter(|set| set.oid() == oid || is_version(set)).collect();
    if sets.is_empty() {
        // What the code system has in other versions is told as that.
        let base = base_of(oid).unwrap_or(oid);
        let others: Vec<&str> =
            all.iter().map(Known::oid).filter(|other| *other == base || base_of(other) == Some(base)).collect();
        let others = if others.is_empty() { String::new() } else { format!("; known of it: {}", others.join(", ")) };
        return Err(Failure::Message(format!("no pack and no imported file has the code set {oid}{others}")));
    }
    let mut out = anstream::stdout().lock();
    let mut found = false;
    if let Some(code) = &arguments.code {
        sets.retain(|set| match set {
            Known::Own(_, set) => set.contains(code),
            Known::Imported(set) => set.contains(code),
        });
    }
    for set in sets {
        writeln!(out, "{} {}", set.oid(), set.line().trim_start())?;
        found = true;
        let Some(code) = &arguments.code else { continue };
        match set {
            Known::Own(_, set) => {
                let names = Language::ALL.map(|language| (language, set.display(code, language)));
                write_code(&mut out, code, names, &[], set.validity(code))?;
            }
            Known::Imported(set) => {
                for record in set.records_of(code) {
                    let names = Language::ALL.map(|language| (language, record.name(language)));
                    let also: Vec<&str> = record.also().collect();
                    write_code(&mut out, code, names, &also, (record.from(), record.to()))?;
                }
            }
        }
    }
    match (found, &arguments.code) {
        (false, Some(code)) => Err(Failure::Message(format!("the code set {oid} has no code `{code}` that is known"))),
        _ => Ok(Status::Clean),
    }
}

fn write_code(
    out: &mut impl Write,
    code: &str,
    names: [(Language, Option<&str>); 3],
    also: &[&str],
    validity: (Option<Date>, Option<Date>),
) -> Result<(), Failure> {
    writeln!(out, "  {code}")?;
    for (language, name) in names {
        writeln!(out, "    {language}: {}", name.unwrap_or("not known"))?;
    }
    if !also.is_empty() {
        writeln!(out, "    also: {}", also.join("; "))?;
    }
    let said = match validity {
        (None, None) => "not known".to_owned(),
        (Some(from), None) => format!("from {}", written(Some(from))),
        (None, Some(to)) => format!("until {}", written(Some(to))),
        (Some(from), Some(to)) => format!("{} to {}", written(Some(from)), written(Some(to))),
    };
    writeln!(out, "    in force: {said}")?;
    Ok(())
}

/// Looks indexed files over.
///
/// # Errors
/// That there are no files.
pub(crate) fn check(arguments: &CodesCheckArguments) -> Result<Status, Failure> {
    let mut status = Status::Clean;
    let (mut out, mut err) = (anstream::stdout().lock(), anstream::stderr().lock());
    for path in indexed_files(&arguments.files)? {
        match load(&path) {
            Ok(index) => {
                writeln!(out, "{}: {}", path.display(), summary(&index))?;
                if write_oddities(&index, &path, &mut out)? {
                    status = status.max(Status::Found);
                }
            }
            Err(Failure::Input { faults, .. }) => {
                status = Status::Failed;
                faults.iter().try_for_each(|fault| writeln!(err, "{fault}"))?;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(status)
}

/// Says what is odd in a set, each kind with its first codes; whether there was something.
fn write_oddities(index: &CodeIndex, path: &Path, out: &mut impl Write) -> Result<bool, Failure> {
    let oddities = index.oddities();
    for kind in codes::OddityKind::ALL {
        let odd: Vec<&str> = oddities.iter().filter(|it| it.kind == kind).map(|it| &*it.code).collect();
        if odd.is_empty() {
            continue;
        }
        let named: Vec<String> = odd.iter().take(NAMED).map(|code| format!("`{code}`")).collect();
        let more = if odd.len() > NAMED { ", …" } else { "" };
        writeln!(out, "{}: {kind} ({}): {}{more}", path.display(), odd.len(), named.join(", "))?;
    }
    Ok(!oddities.is_empty())
}
