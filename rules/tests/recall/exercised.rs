//! Counts how often each rule applies to some documents: those that never do are proved by nothing but their examples.

use std::path::{Path, PathBuf};
use std::{env, fs};

use kirjuri::{Limits, RuleSet};
use kirjuri_series::Collection;

use crate::base::options;

/// How often each rule applied, by number.
pub(crate) type Applied = Vec<u64>;

/// The fixtures, the faulty ones too; each folder is a batch.
pub(crate) fn by_fixtures(rules: &RuleSet) -> Applied {
    let folders = ["documents", "forms", "series", "social"].map(|name| root().join("fixtures").join(name));
    let mut applied = vec![0; rules.len()];
    folders.iter().for_each(|folder| count(rules, folder, &mut applied).unwrap());
    applied
}

/// The corpora, if they are there: in `KIRJURI_CORPUS`, else in `target/corpus`.
pub(crate) fn by_corpora(rules: &RuleSet) -> Option<Applied> {
    let corpus = env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
    let mut applied = vec![0; rules.len()];
    for folder in ["kanta/documents", "sosmeta/structures", "fhir-questionnaires"] {
        count(rules, &corpus.join(folder), &mut applied)?;
    }
    Some(applied)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The documents of a folder, as a batch; none where there is no such folder.
fn count(rules: &RuleSet, folder: &Path, applied: &mut Applied) -> Option<()> {
    let mut paths: Vec<_> = fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "xml" || ending == "json"));
    paths.sort();
    let (options, mut series) = (options(), Collection::default());
    for (number, path) in (0..).zip(paths) {
        let bytes = fs::read(&path).unwrap();
        let Ok(report) = kirjuri::check(&bytes, &Limits::default(), rules, &options) else { continue };
        for (rule, tally) in report.tallies {
            applied[rule.index()] += tally.applied;
        }
        series.take(number, &report.members).unwrap();
    }
    for (rule, tally) in series.judge(rules, &options).unwrap().tallies {
        applied[rule.index()] += tally.applied;
    }
    Some(())
}
