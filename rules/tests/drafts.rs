//! Checking a draft again after an edit finds what checking it afresh finds.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Draft, Limits, LintOptions, Pack, RuleSet};

fn rules() -> RuleSet {
    let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
    RuleSet::new(kirjuri_rules::names().map(pack).collect())
}

fn options() -> LintOptions {
    LintOptions::as_of(Date::new(2026, 11, 22).unwrap())
}

/// The documents of a folder, by name.
fn documents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "xml" || ending == "json"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn fixtures(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    documents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder))
}

/// Random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// What people and programs do to a document while it is written: one character in, out or another, a word, an attribute or
/// an element gone, a value swapped for another of the document.
fn edited(text: &str, random: &mut Random) -> String {
    let mut at = random.below(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, behind) = text.split_at(at);
    let without_first = |text: &str| text.chars().skip(1).collect::<String>();
    // Most of a document is markup; what is to be changed is mostly a value.
    let value = |random: &mut Random, new: &str| {
        let values: Vec<(usize, usize)> = text
            .match_indices(['"', '>'])
            .filter_map(|(start, mark)| {
                let end = text[start + 1..].find(if mark == ">" { '<' } else { '"' })?;
                (end > 0).then_some((start + 1, start + 1 + end))
            })
            .collect();
        match values.get(random.below(values.len())) {
            Some(&(start, end)) => format!("{}{new}{}", &text[..start], &text[end..]),
            None => text.to_owned(),
        }
    };
    match random.below(8) {
        0 => format!("{before}{}", without_first(behind)),
        1 => format!("{before}7{behind}"),
        2 => format!("{before}ä{}", without_first(behind)),
        3 => value(random, "20260305"),
        4 => value(random, "1.2.246.10.99999984.10.1"),
        5 => value(random, "x"),
        6 => {
            // An element without its content.
            let Some(start) = behind.find("<").map(|found| at + found) else { return text.to_owned() };
            match text[start..].find("/>") {
                Some(end) if !text[start + 1..start + end].contains(['<', '>']) => {
                    format!("{}{}", &text[..start], &text[start + end + 2..])
                }
                _ => text.to_owned(),
            }
        }
        _ => format!("{before} {behind}"),
    }
}

/// An edit of what the first element carries in base64, if any does.
fn edited_inside(text: &str, random: &mut Random) -> Option<String> {
    let mut carried: Vec<(usize, usize)> = Vec::new();
    for name in ["json>", "text "] {
        for (start, _) in text.match_indices(name) {
            let start = start + text[start..].find('>')? + 1;
            let end = start + text[start..].find('<')?;
            if end - start > 40 {
                carried.push((start, end));
            }
        }
    }
    let &(start, end) = carried.get(random.below(carried.len()))?;
    let dense: String = text[start..end].split_ascii_whitespace().collect();
    let inside = String::from_utf8(STANDARD.decode(dense).ok()?).ok()?;
    Some(format!("{}{}{}", &text[..start], STANDARD.encode(edited(&inside, random)), &text[end..]))
}

/// Edits a document many times, each edit on top of those before, and compares; returns how many edits left a document that
/// can be checked.
fn compare(path: &Path, bytes: &[u8], rules: &RuleSet, edits: usize, random: &mut Random) -> usize {
    let (limits, options) = (Limits::default(), options());
    let Ok(mut draft) = Draft::check(bytes, &limits, rules, &options) else { return 0 };
    let Ok(mut text) = String::from_utf8(bytes.to_vec()) else { return 0 };
    let mut checked = 0;
    for number in 0..edits {
        let inside = (number % 2 == 0).then(|| edited_inside(&text, random)).flatten();
        let after = inside.unwrap_or_else(|| edited(&text, random));
        let again = draft.check_again(after.as_bytes(), &limits, rules, &options);
        let afresh = Draft::check(after.as_bytes(), &limits, rules, &options);
        match (again, afresh) {
            (Ok(again), Ok(afresh)) => {
                assert_eq!(again.report(), afresh.report(), "{} after edit {number}:\n{after}", path.display());
                checked += 1;
                // What makes most of the document unreadable for the rules is not built upon.
                if afresh.report().tallies.len() * 2 > draft.report().tallies.len() {
                    (draft, text) = (again, after);
                }
            }
            (Err(again), Err(afresh)) => assert_eq!(again, afresh, "{} after edit {number}", path.display()),
            (again, afresh) => panic!("{}: {:?} but {:?}", path.display(), again.err(), afresh.err()),
        }
    }
    checked
}

#[test]
fn an_edited_draft_is_checked_as_if_it_were_new() {
    let (rules, mut random) = (rules(), Random(0x9E37_79B9_7F4A_7C15));
    let mut all = fixtures("documents");
    all.extend(fixtures("social"));
    let checked: usize = all.iter().map(|(path, bytes)| compare(path, bytes, &rules, 8, &mut random)).sum();
    eprintln!("{checked} edits of {} documents compared", all.len());
    assert!(checked > all.len() * 4, "only {checked} edits left something to be checked");
}

#[test]
fn edited_drafts_of_real_documents_are_checked_as_if_they_were_new() {
    let Some(corpus) = corpus() else { return };
    let (rules, mut random) = (rules(), Random(0x2545_F491_4F6C_DD1D));
    let mut all = documents(&corpus.join("kanta/documents"));
    all.extend(documents(&corpus.join("fhir-questionnaires")).into_iter().take(12));
    let checked: usize = all.iter().map(|(path, bytes)| compare(path, bytes, &rules, 15, &mut random)).sum();
    eprintln!("{checked} edits of {} documents compared", all.len());
    assert!(checked > all.len() * 6, "only {checked} edits left something to be checked");
}

#[test]
fn a_draft_that_is_not_edited_is_what_it_was() {
    let rules = rules();
    for (path, bytes) in fixtures("social") {
        let (limits, options) = (Limits::default(), options());
        let draft = Draft::check(&bytes, &limits, &rules, &options).unwrap();
        let again = draft.check_again(&bytes, &limits, &rules, &options).unwrap();
        assert_eq!(again.report(), draft.report(), "{}", path.display());
        // On another day other rules may be in force: nothing is taken over.
        let later = LintOptions::as_of(Date::new(2020, 1, 1).unwrap());
        let (again, afresh) = (
            draft.check_again(&bytes, &limits, &rules, &later).unwrap(),
            Draft::check(&bytes, &limits, &rules, &later).unwrap(),
        );
        assert_eq!(again.report(), afresh.report(), "{}", path.display());
    }
}

#[test]
fn a_draft_whose_own_date_is_edited_is_judged_by_the_new_day() {
    let rules = rules();
    let mut options = LintOptions::default();
    options.as_of = AsOf::Document(Date::new(2026, 11, 22));
    let limits = Limits::default();
    for (path, bytes) in fixtures("social").into_iter().step_by(8) {
        let text = String::from_utf8(bytes).unwrap();
        // Not that of a frame around the document.
        let (root, start) = (text.find("<ClinicalDocument").unwrap(), "<effectiveTime value=\"");
        let at = root + text[root..].find(start).unwrap() + start.len();
        let (before, behind) = text.split_at(at);
        let (_, rest) = behind.split_once('"').unwrap();
        let mut draft = Draft::check(text.as_bytes(), &limits, &rules, &options).unwrap();
        for date in ["20200101", "20200101", "20191231235959+0200", "", "2020", "20300101"] {
            let edited = format!("{before}{date}\"{rest}");
            let again = draft.check_again(edited.as_bytes(), &limits, &rules, &options).unwrap();
            let afresh = Draft::check(edited.as_bytes(), &limits, &rules, &options).unwrap();
            assert_eq!(again.report(), afresh.report(), "{} {date:?}", path.display());
            let day = date.get(..8).and_then(Date::parse);
            assert_eq!(afresh.report().own_date, day, "{} {date:?}", path.display());
            draft = again;
        }
    }
}

/// Every element of a document that has an element inside, cut out as a document of its own, with the offset of what it
/// starts with and the bytes of the declarations it was given.
fn fragments(text: &str) -> Vec<(String, usize, usize, usize)> {
    let document = kirjuri::Document::parse(text.as_bytes(), &Limits::default()).unwrap();
    let tag = document.start_tag_span(document.root_element());
    let declarations: String = text[tag.range()]
        .split_whitespace()
        .filter(|word| word.starts_with("xmlns"))
        .map(|word| format!(" {}", word.trim_end_matches('>')))
        .collect();
    let has_element = |node| document.children(node).any(|child| document.is_element(child));
    let elements = document.descendants(document.root_element());
    let elements = elements.filter(|node| document.is_element(*node) && has_element(*node));
    elements
        .map(|node| {
            let span = document.span(node).range();
            let source = &text[span.clone()];
            let name = source.find([' ', '>', '\n', '\r', '\t']).unwrap();
            let own: Vec<&str> = source[..source.find('>').unwrap()].split_whitespace().collect();
            let is_new = |word: &&str| !own.iter().any(|own| own.split('=').next() == word.split('=').next());
            let added: String = declarations.split(' ').filter(is_new).map(|word| format!(" {word}")).collect();
            (format!("{}{added}{}", &source[..name], &source[name..]), span.start, name, added.len())
        })
        .collect()
}

#[test]
fn what_is_found_in_a_fragment_is_found_in_the_whole() {
    let (rules, limits, mut options) = (rules(), Limits::default(), options());
    options.draft = true;
    let (mut cut, mut judged, mut found) = (0, 0, 0);
    for (path, bytes) in fixtures("documents") {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let whole = kirjuri::check(text.as_bytes(), &limits, &rules, &options).unwrap();
        assert!(!whole.extent.is_fragment);
        let all: Vec<(String, usize)> = whole
            .findings
            .iter()
            .map(|finding| (rules.id(finding.rule), finding.place.start))
            .chain(whole.missing.iter().map(|missing| (rules.id(missing.rule), missing.place.start)))
            .collect();
        for (fragment, start, name, added) in fragments(&text) {
            let report = kirjuri::check(fragment.as_bytes(), &limits, &rules, &options);
            let Ok(report) = report else { continue };
            assert!(report.extent.is_fragment, "{fragment}");
            cut += 1;
            judged += usize::from(!report.tallies.is_empty());
            let places = report.findings.iter().map(|finding| (finding.rule, finding.place.start));
            let places = places.chain(report.missing.iter().map(|missing| (missing.rule, missing.place.start)));
            for (rule, at) in places {
                found += 1;
                let at = start + if at > name { at - added } else { at };
                let known = all.contains(&(rules.id(rule), at));
                assert!(known, "{}: {} at {at} of {fragment}", path.display(), rules.id(rule));
            }
        }
    }
    eprintln!("{cut} fragments, {judged} with a rule to ask, {found} found");
    assert!(cut > 300 && judged > cut / 3 && found > 30);
}

/// Wherever somebody has stopped to write, nothing is wrong yet in what will be clean.
#[test]
fn nothing_is_wrong_in_the_beginning_of_a_clean_document() {
    let (rules, limits, mut options) = (rules(), Limits::default(), options());
    options.draft = true;
    let (mut cuts, mut checked, mut missing) = (0, 0, 0);
    let clean = ["documents", "social"].into_iter().flat_map(fixtures);
    for (path, bytes) in clean.filter(|(path, _)| path.to_string_lossy().contains("-clean.")) {
        for end in (1..bytes.len()).step_by(53) {
            cuts += 1;
            let Ok(report) = kirjuri::check(&bytes[..end], &limits, &rules, &options) else { continue };
            checked += 1;
            missing += report.missing.len();
            assert!(report.extent.unfinished.is_some(), "{} up to {end}", path.display());
            let found: Vec<String> = report.findings.iter().map(|finding| rules.id(finding.rule)).collect();
            assert!(found.is_empty(), "{} up to {end}: {found:?}", path.display());
            let failed: u64 = report.tallies.iter().map(|(_, tally)| tally.failed).sum();
            assert_eq!(failed, 0, "{} up to {end}", path.display());
        }
    }
    eprintln!("{cuts} beginnings, {checked} checked, {missing} missing");
    assert!(checked * 10 > cuts * 9 && missing > cuts, "{checked} of {cuts} checked, {missing} missing");
}

/// What is found in the beginning of a document is found in the whole.
fn compare_beginnings(all: &[(PathBuf, Vec<u8>)], cuts: usize) -> (usize, usize) {
    let (rules, limits, mut options) = (rules(), Limits::default(), options());
    options.draft = true;
    let at = |finding: &kirjuri::Finding| {
        let place = &finding.place;
        (rules.id(finding.rule), place.start, place.inner.as_ref().map(|inner| inner.start))
    };
    let (mut checked, mut early) = (0, 0);
    for (path, bytes) in all {
        let Ok(whole) = kirjuri::check(bytes, &limits, &rules, &options) else { continue };
        let whole: Vec<_> = whole.findings.iter().map(at).collect();
        for end in (1..bytes.len()).step_by(bytes.len() / cuts + 1) {
            let Ok(cut) = kirjuri::check(&bytes[..end], &limits, &rules, &options) else { continue };
            checked += 1;
            early += cut.findings.len();
            for finding in cut.findings.iter().map(at) {
                assert!(whole.contains(&finding), "{} up to {end}: {finding:?}", path.display());
            }
        }
    }
    eprintln!("{checked} beginnings, {early} findings");
    (checked, early)
}

#[test]
fn what_is_complete_is_judged_before_the_rest_is_written_and_nothing_else() {
    let mut all = fixtures("documents");
    all.extend(fixtures("social"));
    let (checked, early) = compare_beginnings(&all, 23);
    assert!(checked > all.len() * 20 && early > all.len(), "{early} findings in {checked} beginnings");
}

#[test]
fn nothing_else_is_found_in_the_beginnings_of_real_documents() {
    let Some(corpus) = corpus() else { return };
    let mut all = documents(&corpus.join("kanta/documents"));
    all.extend(documents(&corpus.join("sosmeta/structures")).into_iter().step_by(10));
    all.extend(documents(&corpus.join("fhir-questionnaires")).into_iter().step_by(8));
    let (checked, _) = compare_beginnings(&all, 17);
    assert!(checked > all.len() * 10, "{checked} beginnings of {}", all.len());
}

/// The folder of real documents, if it is there.
fn corpus() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = env::var_os("KIRJURI_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
    if !corpus.is_dir() {
        eprintln!("skipped: there is no corpus");
        return None;
    }
    Some(corpus)
}
