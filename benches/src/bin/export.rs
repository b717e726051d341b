//! Makes exports of any size out of the synthetic documents, to measure what a run takes of time and memory.
//!
//! ```text
//! cargo run --release -p kirjuri-bench --bin export -- files FOLDER 100000
//! cargo run --release -p kirjuri-bench --bin export -- records FILE 4000000000
//! cargo run --release -p kirjuri-bench --bin export -- lines FILE 4000000000
//! ```
//!
//! `files` writes so many documents, a thousand in a folder; `records` one XML file of at least so many bytes that holds
//! them (`--record ClinicalDocument`); `lines` one with a document on each line. The documents are those of
//! `fixtures/documents`, one after the other, each with its number in a comment, so that no two are alike.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let usage = "what to make (files, records or lines), where, and how much";
    let what = arguments.next().ok_or(usage)?;
    let target = arguments.next().ok_or(usage)?;
    let amount: u64 = arguments.next().ok_or(usage)?.parse()?;
    let target = Path::new(&target);
    let mut documents = documents()?;
    match what.as_str() {
        "files" => files(target, amount, &documents),
        "records" => {
            // A declaration stands at the start of a file only.
            documents.iter_mut().for_each(|text| *text = without_declaration(text).to_owned());
            let around = [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<export xmlns:unused=\"urn:example:unused\">\n",
                "</export>\n",
            ];
            stream(target, amount, &documents, around)
        }
        "lines" => {
            documents.iter_mut().for_each(|text| *text = text.replace(['\r', '\n'], " "));
            stream(target, amount, &documents, ["", ""])
        }
        _ => Err(usage.into()),
    }
}

/// The clinical documents among the fixtures that are in UTF-8, as an export is that holds them all.
fn documents() -> Result<Vec<String>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/documents");
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, Failure>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "xml"));
    paths.sort();
    let texts = paths.into_iter().map(|path| Ok(String::from_utf8(fs::read(path)?).ok()));
    let texts = texts.collect::<Result<Vec<_>, Failure>>()?;
    let texts: Vec<_> = texts.into_iter().flatten().filter(|text| text.contains("<ClinicalDocument")).collect();
    if texts.is_empty() { Err("there is no document among the fixtures".into()) } else { Ok(texts) }
}

fn without_declaration(text: &str) -> &str {
    let text = text.trim_start_matches('\u{FEFF}');
    match text.strip_prefix("<?xml ").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.trim_start(),
        None => text,
    }
}

/// Writes a document with its number behind its root element.
fn write(out: &mut dyn Write, documents: &[String], number: u64) -> Result<u64, Failure> {
    let document = &documents[usize::try_from(number)? % documents.len()];
    // Within the root, so that it is of the record.
    let (inside, end) = document.rsplit_once("</").ok_or("a document has no end tag")?;
    let text = format!("{inside}<!-- {number} --></{}\n", end.trim_end());
    out.write_all(text.as_bytes())?;
    Ok(text.len() as u64)
}

fn files(target: &Path, amount: u64, documents: &[String]) -> Result<(), Failure> {
    for number in 0..amount {
        let folder = target.join(format!("{:04}", number / 1000));
        if number % 1000 == 0 {
            fs::create_dir_all(&folder)?;
        }
        let mut text = Vec::new();
        write(&mut text, documents, number)?;
        fs::write(folder.join(format!("document-{number:07}.xml")), text)?;
    }
    Ok(())
}

fn stream(target: &Path, amount: u64, documents: &[String], [before, behind]: [&str; 2]) -> Result<(), Failure> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(target)?);
    out.write_all(before.as_bytes())?;
    let (mut written, mut number) = (before.len() as u64, 0);
    while written < amount {
        written += write(&mut out, documents, number)?;
        number += 1;
    }
    out.write_all(behind.as_bytes())?;
    out.flush()?;
    Ok(())
}
