//! The rules of documents whose paths have settings of their own.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use globset::{GlobBuilder, GlobMatcher};
use kirjuri::{RuleIndex, RuleSet, Selection, Severity};

use super::choice::{Findings, Ratings, critical};
use super::file::PathEntry;
use super::place::Placed;
use super::selector::{Exactness, Known, Selector};
use crate::cache::key::of_selection;

/// Which rules documents are asked whose paths have settings of their own.
#[derive(Debug, Default)]
pub(crate) struct PathRules {
    entries: Vec<Entry>,
    /// What sets are made from.
    rules: Option<(RuleSet, Selection)>,
    /// The sets that were made, by the numbers of the entries that hold together.
    made: Mutex<BTreeMap<Vec<usize>, Arc<OwnRules>>>,
}

/// The rules of some paths.
#[derive(Debug)]
pub(crate) struct OwnRules {
    pub(crate) rules: RuleSet,
    /// What a cache knows them by; made when it first asks.
    key: OnceLock<blake3::Hash>,
}

impl OwnRules {
    /// What a cache knows them by.
    pub(crate) fn key(&self) -> &blake3::Hash {
        self.key.get_or_init(|| of_selection(&self.rules))
    }
}

#[derive(Debug)]
struct Entry {
    globs: Vec<PathGlob>,
    /// What it changes: the severity of a rule, or that it is not asked.
    changes: Vec<(RuleIndex, Option<Severity>)>,
}

/// A glob on paths of documents.
#[derive(Debug)]
struct PathGlob {
    matcher: GlobMatcher,
    /// It has no slash, and is about the names of files.
    is_name: bool,
    /// The folder that it starts at.
    folder: PathBuf,
}

impl PathRules {
    pub(crate) fn new<'e>(
        entries: impl Iterator<Item = &'e PathEntry>,
        rules: &RuleSet,
        selection: &Selection,
        known: &Known<'_>,
        found: &mut Findings,
    ) -> PathRules {
        let entries: Vec<Entry> = entries.map(|entry| Entry::new(entry, rules, known, found)).collect();
        let rules = (!entries.is_empty()).then(|| (rules.clone(), selection.clone()));
        PathRules { entries, rules, made: Mutex::default() }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many entries give rules another severity.
    pub(crate) fn count_with_severities(&self) -> usize {
        let rates = |entry: &&Entry| entry.changes.iter().any(|(_, severity)| severity.is_some());
        self.entries.iter().filter(rates).count()
    }

    /// The rules of a document, where they are others than those of the run.
    pub(crate) fn of(&self, path: &str) -> Option<Arc<OwnRules>> {
        let (rules, selection) = self.rules.as_ref()?;
        let path = cleaned(path);
        let holds = |(_, entry): &(usize, &Entry)| entry.globs.iter().any(|glob| glob.is_match(&path));
        let holding: Vec<usize> = self.entries.iter().enumerate().filter(holds).map(|(number, _)| number).collect();
        if holding.is_empty() {
            return None;
        }
        // A thread that panicked has left the map whole: sets are only ever added.
        let mut made = self.made.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let set = made.entry(holding).or_insert_with_key(|holding| {
            let mut own = selection.clone();
            let changes = holding.iter().filter_map(|number| self.entries.get(*number)).flat_map(|it| &it.changes);
            for (rule, severity) in changes.filter(|(rule, _)| selection.get(*rule).is_some()) {
                own.set(*rule, *severity);
            }
            Arc::new(OwnRules { rules: rules.selected(&own), key: OnceLock::new() })
        });
        Some(Arc::clone(set))
    }

    /// Whether a document that was met was not asked a rule, by the settings of its path.
    pub(crate) fn have_left_out(&self, rule: RuleIndex) -> bool {
        let made = self.made.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        made.values().any(|set| !set.rules.get(rule).is_selected())
    }
}

impl Entry {
    fn new(entry: &PathEntry, rules: &RuleSet, known: &Known<'_>, found: &mut Findings) -> Entry {
        let globs = entry.globs.iter().filter_map(|glob| PathGlob::new(glob, found)).collect();
        let is_on_series = |index| rules.get(index).is_on_series();
        let mut told_apart = |selector: &Placed<Selector>, index| {
            let is_on_series = is_on_series(index);
            if is_on_series && selector.value.exactness() == Exactness::Name {
                let message = "the rule asks over many documents, so that it is not one of a path";
                found.faults.push(selector.place.fault(message));
            }
            !is_on_series
        };
        let mut named: Vec<(RuleIndex, &Placed<Selector>)> = Vec::new();
        let (mut faults, mut notes) = (Vec::new(), Vec::new());
        for selector in &entry.ignore {
            let rules = known.find(selector, &mut faults, &mut notes).into_iter();
            named.extend(rules.filter(|rule| told_apart(selector, *rule)).map(|rule| (rule, selector)));
        }
        for (selector, _) in &entry.severity {
            known.find(selector, &mut Vec::new(), &mut Vec::new()).into_iter().for_each(|rule| {
                told_apart(selector, rule);
            });
        }
        found.faults.append(&mut faults);
        found.notes.append(&mut notes);
        let ratings = Ratings::of(entry.severity.iter(), known, found);
        let mut changes = Vec::new();
        for (index, rule) in known.rules().filter(|(index, _)| !is_on_series(*index)) {
            changes.extend(ratings.of_rule(index, rule, found).map(|severity| (index, severity)));
            let ignored: Vec<_> = named.iter().filter(|(of, _)| *of == index).map(|(_, selector)| *selector).collect();
            let by_name = ignored.iter().find(|selector| selector.value.exactness() == Exactness::Name);
            match (rule.is_safety_critical, by_name) {
                _ if ignored.is_empty() => {}
                (false, _) => changes.push((index, None)),
                (true, Some(selector)) => found.faults.push(critical(selector, rule)),
                (true, None) => drop(found.kept.insert(index)),
            }
        }
        Entry { globs, changes }
    }
}

impl PathGlob {
    fn new(glob: &Placed<String>, found: &mut Findings) -> Option<PathGlob> {
        let written = glob.value.strip_prefix("./").unwrap_or(&glob.value);
        // A folder stands for all that is in it.
        let whole = if written.ends_with('/') { format!("{written}**") } else { written.to_owned() };
        match GlobBuilder::new(&whole).literal_separator(true).build() {
            Ok(built) if !whole.is_empty() => {
                let (matcher, folder) = (built.compile_matcher(), glob.place.source.folder.clone());
                Some(PathGlob { matcher, is_name: !whole.contains('/'), folder: absolute(&folder) })
            }
            Ok(_) => {
                found.faults.push(glob.place.fault("the glob is empty"));
                None
            }
            Err(error) => {
                found.faults.push(glob.place.fault(format!("the glob is malformed: {}", error.kind())));
                None
            }
        }
    }

    /// Whether it is about a document whose whole path is given.
    fn is_match(&self, path: &Path) -> bool {
        if self.is_name {
            return path.file_name().is_some_and(|name| self.matcher.is_match(name));
        }
        path.strip_prefix(&self.folder).is_ok_and(|path| self.matcher.is_match(path)) || self.matcher.is_match(path)
    }
}

/// The whole path of a document, with `/` between folders.
fn cleaned(path: &str) -> PathBuf {
    match cfg!(windows) {
        true => absolute(Path::new(&path.replace('\\', "/"))),
        false => absolute(Path::new(path)),
    }
}

/// A path from the root, without `.` and `..`, as it is written: nothing is looked up.
fn absolute(path: &Path) -> PathBuf {
    let mut whole = std::env::current_dir().unwrap_or_default();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            // A path from the root takes the place of the working folder.
            part => whole.push(part),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::super::place::Source;
    use super::*;

    #[test]
    fn a_glob_is_about_paths_from_the_folder_of_the_settings_or_about_names() {
        for (glob, path, expected) in [
            ("notes/**", "notes/a.xml", true),
            ("notes/**", "notes/deep/a.xml", true),
            ("notes/**", "other/notes/a.xml", false),
            ("**/notes/*", "other/notes/a.xml", true),
            ("notes/", "notes/deep/a.xml", true),
            ("notes/*", "notes/deep/a.xml", false),
            ("./notes/*", "notes/a.xml", true),
            ("notes/*", "./x/../notes/a.xml", true),
            ("notes/*", "../notes/a.xml", false),
            ("a*.xml", "anywhere/at/all/a1.xml", true),
            ("a*.xml", "a/b.xml", false),
            ("export.zip!notes/*.xml", "export.zip!notes/a.xml", true),
            ("*.xml", "export.zip!notes/a.xml", true),
            ("{old,new}/*.xml", "new/a.xml", true),
            ("/data/**", "/data/a/b.xml", true),
            ("/data/**", "data/a/b.xml", false),
        ] {
            let source = Source::flag("kirjuri.toml", "");
            let mut found = Findings::default();
            let glob = PathGlob::new(&Placed { value: glob.to_owned(), place: source.at(0..0) }, &mut found).unwrap();
            assert_eq!(glob.is_match(&cleaned(path)), expected, "{glob:?} {path}");
            assert!(found.faults.is_empty());
        }
    }
}
