//! Measures imported code sets: making an indexed file, loading it, and looking codes up.
//!
//! ```text
//! cargo run --release -p kirjuri-bench --bin codes
//! ```
//!
//! The set is made here: 200,000 codes of the forms that national sets have, with names in three languages, a short name
//! and days in force. Codes are looked up in an order that has nothing to do with theirs, so that each comes from memory.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};
use std::{env, fs, io, process};

use kirjuri::codes::{CodeIndex, CodeLibrary, CodeRow, CodeTable};
use kirjuri::identifiers::{Date, Timestamp};

const CODES: usize = 200_000;
/// How often the file is loaded.
const LOADS: usize = 40;
/// Batches of lookups of each kind, and lookups in a batch: short, so that what else the machine does is in few of them.
const BATCHES: usize = 1000;
const BATCH: usize = 2000;
const OID: &str = "1.2.246.10.99999984.5.1.2026";

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let day = Date::new(2026, 1, 1).ok_or("there is such a day")?;
    let table = table();
    let start = Instant::now();
    let bytes = table.to_bytes(day)?;
    let megabytes = bytes.len() as f64 / 1e6;
    writeln!(out, "indexing {CODES} codes: {:.0} ms, {megabytes:.1} MB", milliseconds(start.elapsed()))?;

    let path = env::temp_dir().join(format!("kirjuri-bench-{}.codes", process::id()));
    fs::write(&path, &bytes)?;
    let (mut reading, mut parsing) = (Vec::new(), Vec::new());
    for _ in 0..LOADS {
        let start = Instant::now();
        let bytes = fs::read(&path)?;
        reading.push(start.elapsed());
        black_box(CodeIndex::parse(bytes)?);
        parsing.push(start.elapsed());
    }
    fs::remove_file(&path)?;
    let (read, loaded) = (median(&mut reading), median(&mut parsing));
    let least = parsing.iter().min().copied().unwrap_or_default();
    writeln!(
        out,
        "loading the file: median {:.1} ms (of which reading {:.1} ms), least {:.1} ms, of {LOADS}",
        milliseconds(loaded),
        milliseconds(read),
        milliseconds(least)
    )?;

    let mut library = CodeLibrary::default();
    library.insert(CodeIndex::parse(bytes)?.into()).map_err(|_| "the only set")?;
    let set = library.get(OID).ok_or("the set is there")?;
    let codes: Vec<&str> = table.rows.iter().map(|row| &*row.code).collect();
    let others: Vec<String> = codes.iter().map(|code| format!("{code}X")).collect();
    let others: Vec<&str> = others.iter().map(|code| &**code).collect();
    let time = Timestamp::parse("20240115").map_err(|_| "a day")?;
    writeln!(out, "a lookup, the median of {BATCHES} batches of {BATCH}:")?;
    writeln!(
        out,
        "  a code of the set: {:.0} ns",
        each(&codes, |code| library.get(OID).is_some_and(|set| set.contains(code)))
    )?;
    writeln!(
        out,
        "  a code it has not: {:.0} ns",
        each(&others, |code| library.get(OID).is_some_and(|set| set.contains(code)))
    )?;
    writeln!(out, "  in force on a day: {:.0} ns", each(&codes, |code| set.may_be_active(code, &time)))?;
    writeln!(
        out,
        "  its name:          {:.0} ns",
        each(&codes, |code| set.display(code, kirjuri::Language::Swedish).is_some())
    )?;
    Ok(())
}

fn table() -> CodeTable {
    let row = |number: usize| CodeRow {
        code: match number % 3 {
            0 => format!("{}{:04}.{}", char::from(b'A' + (number % 26) as u8), number / 26, number % 10),
            1 => format!("{number:06}"),
            _ => format!("1.2.246.10.{:07}.10.{number}", number * 37 % 9_999_991),
        },
        from: Date::new(1996 + (number % 25) as u16, 1, 1),
        to: Date::new(2023, 12, 31).filter(|_| number.is_multiple_of(7)),
        fi: Some(format!("Koodin {number} suomenkielinen nimi")),
        sv: Some(format!("Kodens svenska namn nummer {number}")),
        en: Some(format!("The English name of code number {number}")),
        also: vec![format!("Koodi {number}")],
    };
    CodeTable {
        oid: OID.into(),
        name: "Mittaus".into(),
        version: Some("2026".into()),
        complete: true,
        source: vec!["made here".into()],
        rows: (0..CODES).map(row).collect(),
    }
}

/// Nanoseconds that a question takes, the median of all batches; asked of the codes in steps that visit all of them in no
/// order.
fn each(codes: &[&str], mut question: impl FnMut(&str) -> bool) -> f64 {
    let mut place = 0;
    let mut batches = Vec::with_capacity(BATCHES);
    for _ in 0..BATCHES {
        // A prime that does not divide the number of codes. The codes asked for are at hand, as those of a document are.
        let asked: Vec<String> = (0..BATCH)
            .map(|_| {
                place = (place + 77_773) % codes.len();
                codes[place].to_owned()
            })
            .collect();
        let start = Instant::now();
        for code in &asked {
            black_box(question(black_box(code)));
        }
        batches.push(start.elapsed());
    }
    median(&mut batches).as_nanos() as f64 / BATCH as f64
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
