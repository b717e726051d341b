//! Measures how long a program waits that checks a document in its own process: opening the built-in rules, checking a
//! document, and checking a draft again after one field was edited.
//!
//! ```text
//! cargo run --release -p kirjuri-bench --bin latency
//! ```
//!
//! The documents are those of the corpus that are nearest to 30 kB, health and social care, each checked many times in
//! turn; without a corpus the fixtures stand in. The edits are of values all over each document, of a text that a social
//! document says twice, as JSON and for reading, and of fields that were not there before.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;
use std::{fs, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirjuri::{Draft, Limits, Pack, RuleSet};
use kirjuri_bench::{Group, options};

type Failure = Box<dyn Error>;
/// What makes edited documents of one.
type Edits = fn(&str) -> Vec<String>;

/// How often each document is checked; the first tenth warms up and is not counted.
const TIMES: usize = 2000;
/// Documents of each kind.
const DOCUMENTS: usize = 5;
/// Edits of each document and kind.
const EDITS: usize = 40;
/// How often each edit is checked.
const AGAIN: usize = 50;

fn main() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let opening = times(60, open)?;
    writeln!(out, "opening the built-in rules: {}", shown(&opening))?;
    let (rules, options, limits) = (open()?, options()?, Limits::default());
    for (name, documents) in [("health care", health()?), ("social care", social()?)] {
        let (mut first, mut draft) = (Vec::new(), Vec::new());
        for text in &documents {
            let check = || Ok(kirjuri::check(text.as_bytes(), &limits, &rules, &options)?);
            first.extend(times(TIMES, check)?);
            let check = || Ok(Draft::check(text.as_bytes(), &limits, &rules, &options)?);
            draft.extend(times(TIMES, check)?);
        }
        let kilobytes = documents.iter().map(String::len).sum::<usize>() as f64 / 1e3 / documents.len() as f64;
        writeln!(out, "{name}, {} documents of {kilobytes:.1} kB, all packs: {}", documents.len(), shown(&first))?;
        writeln!(out, "  as drafts: {}", shown(&draft))?;
        let kinds: [(&str, Edits); 3] =
            [("a value edited", values), ("a text edited in both its forms", twins), ("a field added", additions)];
        for (kind, edits) in kinds {
            let (mut again, mut ratios) = (Vec::new(), Vec::new());
            for text in &documents {
                let before = Draft::check(text.as_bytes(), &limits, &rules, &options)?;
                for edited in edits(text) {
                    if Draft::check(edited.as_bytes(), &limits, &rules, &options).is_err() {
                        continue;
                    }
                    // In turn, so that both meet the same machine.
                    let (mut each, mut afresh) = (Vec::new(), Vec::new());
                    for _ in 0..AGAIN {
                        let bytes = edited.as_bytes();
                        afresh.extend(times(1, || Ok(Draft::check(bytes, &limits, &rules, &options)?))?);
                        each.extend(times(1, || Ok(before.check_again(bytes, &limits, &rules, &options)?))?);
                    }
                    ratios.push(median(&each) / median(&afresh));
                    again.append(&mut each);
                }
            }
            if ratios.is_empty() {
                continue;
            }
            ratios.sort_unstable_by(f64::total_cmp);
            let at = |part: f64| ratios[((ratios.len() - 1) as f64 * part) as usize];
            let half = ratios.iter().filter(|ratio| **ratio <= 0.5).count();
            writeln!(
                out,
                "  again after {kind}: {}; of the first check {:.2} (median of {} edits; 90 % up to {:.2}, {half} at most \
                 half)",
                shown(&again),
                at(0.5),
                ratios.len(),
                at(0.9),
            )?;
        }
    }
    Ok(())
}

/// The built-in rules, as an embedding program opens them.
fn open() -> Result<RuleSet, Failure> {
    let packs = kirjuri_rules::names().map(|name| {
        let source = kirjuri_rules::source(name).ok_or("no such pack")?;
        Ok(Arc::new(Pack::load_proved(&source)?))
    });
    Ok(RuleSet::new(packs.collect::<Result<_, Failure>>()?))
}

/// Microseconds that something takes, each time; the first tenth is not counted.
fn times<T>(times: usize, mut what: impl FnMut() -> Result<T, Failure>) -> Result<Vec<f64>, Failure> {
    let mut taken = Vec::with_capacity(times);
    for number in 0..times {
        let start = Instant::now();
        // What it takes to let go of the result counts.
        drop(black_box(what()?));
        let microseconds = start.elapsed().as_nanos() as f64 / 1e3;
        if number >= times / 10 {
            taken.push(microseconds);
        }
    }
    Ok(taken)
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn shown(taken: &[f64]) -> String {
    let mut taken = taken.to_vec();
    taken.sort_unstable_by(f64::total_cmp);
    let at = |part: f64| taken[((taken.len() - 1) as f64 * part) as usize] / 1e3;
    format!("median {:.3} ms, 99 % within {:.3} ms ({} times)", at(0.5), at(0.99), taken.len())
}

/// The documents nearest to 30 kB.
fn nearest(mut documents: Vec<String>) -> Vec<String> {
    documents.sort_by_key(|text| text.len().abs_diff(30_000));
    documents.truncate(DOCUMENTS);
    documents
}

fn health() -> Result<Vec<String>, Failure> {
    let (rules, options) = (open()?, options()?);
    let group = Group::kanta()?;
    let is_checked = |text: &String| kirjuri::check(text.as_bytes(), &Limits::default(), &rules, &options).is_ok();
    Ok(nearest(group.documents.into_iter().map(|sample| sample.text).filter(is_checked).collect()))
}

/// The fixtures of social care, with texts as long as make 30 kB.
fn social() -> Result<Vec<String>, Failure> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/social");
    let mut paths: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| path.to_string_lossy().ends_with("-clean.xml"));
    paths.sort();
    let texts = paths.iter().map(fs::read_to_string).collect::<io::Result<Vec<_>>>()?;
    Ok(nearest(texts).into_iter().map(|text| lengthened(&text)).collect())
}

/// What a document carries in base64, in its order: where it stands, and what it says.
fn carried(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('>').map(|open| at + open + 1) {
        let end = text[open..].find('<').map_or(text.len(), |end| open + end);
        let dense: String = text[open..end].split_ascii_whitespace().collect();
        if dense.len() > 200
            && let Some(inside) = STANDARD.decode(&dense).ok().and_then(|bytes| String::from_utf8(bytes).ok())
        {
            found.push((open..end, inside));
        }
        at = end.max(open);
    }
    found
}

/// The document with something done to all that it carries.
fn with_carried(text: &str, edit: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut edited = text.to_owned();
    let carried = carried(text);
    let mut is_edited = false;
    for (range, inside) in carried.iter().rev() {
        if let Some(inside) = edit(inside) {
            edited.replace_range(range.clone(), &STANDARD.encode(inside));
            is_edited = true;
        }
    }
    is_edited.then_some(edited)
}

/// The longest texts that are said as JSON and for reading.
fn said_twice(text: &str) -> Vec<String> {
    let carried = carried(text);
    let Some((_, json)) = carried.iter().find(|(_, inside)| inside.trim_start().starts_with('{')) else {
        return Vec::new();
    };
    let others: Vec<&String> = carried.iter().map(|(_, inside)| inside).filter(|inside| *inside != json).collect();
    let mut strings: Vec<&str> = json.split('"').skip(1).step_by(2).collect();
    strings.retain(|said| said.len() > 20 && others.iter().any(|other| other.contains(&format!(">{said}<"))));
    strings.sort_by_key(|said| std::cmp::Reverse(said.len()));
    strings.dedup();
    strings.into_iter().map(str::to_owned).collect()
}

/// The document with its longest text so long that it has 30 kB.
fn lengthened(text: &str) -> String {
    let Some(said) = said_twice(text).into_iter().next() else { return text.to_owned() };
    // Base64 takes four bytes for three, and the text stands twice.
    let more = 30_000_usize.saturating_sub(text.len()) * 3 / 8;
    let sentence =
        " Sovittiin, että seuraava tapaaminen pidetään kotona kahden viikon kuluttua ja että asiasta kerrotaan.";
    let long = format!("{said}{}", sentence.repeat(more / sentence.len()));
    with_carried(text, |inside| inside.contains(&said).then(|| inside.replacen(&said, &long, 1)))
        .unwrap_or_else(|| text.to_owned())
}

/// Edits of values all over the document: a character more.
fn values(text: &str) -> Vec<String> {
    let found: Vec<usize> = text
        .match_indices(['"', '>'])
        .filter_map(|(start, mark)| {
            let length = text[start + 1..].find(if mark == ">" { '<' } else { '"' })?;
            let value = &text[start + 1..start + 1 + length];
            let is_value = !value.contains(['=', '<', '>', '?']) && !value.trim().is_empty() && length < 200;
            is_value.then_some(start + 1 + length)
        })
        .collect();
    // Those at the beginning are names of namespaces.
    let found = &found[found.len().min(8)..];
    let chosen = found.iter().step_by(found.len() / EDITS + 1);
    chosen.map(|&end| format!("{}7{}", &text[..end], &text[end..])).collect()
}

/// Edits of texts that a document says twice: a word more, in both places.
fn twins(text: &str) -> Vec<String> {
    let edit = |said: String| {
        with_carried(text, |inside| {
            inside.contains(&said).then(|| inside.replacen(&said, &format!("{said} Lopuksi."), 1))
        })
    };
    said_twice(text).into_iter().take(EDITS).filter_map(edit).collect()
}

/// Fields that were not there: a second given name, an address, and so on, as elements behind others of their kind.
fn additions(text: &str) -> Vec<String> {
    let places: Vec<usize> = ["</given>", "</family>", "</name>", "</assignedPerson>", "</addr>"]
        .iter()
        .flat_map(|end| text.match_indices(*end).map(|(at, end)| at + end.len()))
        .collect();
    let chosen = places.iter().step_by(places.len() / EDITS + 1);
    chosen.map(|&at| format!("{}<telecom value=\"tel:0401234567\"/>{}", &text[..at], &text[at..])).collect()
}
