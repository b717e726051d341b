//! Measures how many social-care documents the command checks in a second, beside a program that only reads them: the
//! event loop of quick-xml, base64 decoded, the JSON parsed by `serde_json`.
//!
//! ```text
//! cargo build --release -p kirjuri-cli && cargo run --release -p kirjuri-bench --bin social -- 20000
//! ```
//!
//! The documents are generated: a complete content of each of the national structures in turn, the same content as
//! readable XHTML, in a document with the header of real ones. Both contestants are processes of their own, take the same
//! files, are started anew in each round and use one thread; the figure is the median of the rounds. The command is looked
//! for beside this program.

#[path = "../../../../rules/tests/social/archive.rs"]
#[allow(dead_code)]
mod archive;
mod batch;
#[path = "../../../../rules/tests/sosmeta/fault.rs"]
#[allow(clippy::unwrap_used, dead_code)]
mod fault;
#[path = "../../../../rules/tests/sosmeta/generator.rs"]
#[allow(clippy::unwrap_used, dead_code)]
mod generator;

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::Event;

use batch::Batch;

/// Rounds of which the median is taken.
const ROUNDS: usize = 5;
/// Documents of each kind where no number is given.
const DOCUMENTS: usize = 20_000;
/// The argument with which this program is the contestant that only reads.
const READ: &str = "--read";

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some(READ) {
        let folder = arguments.next().ok_or("no folder")?;
        return read(Path::new(&folder));
    }
    let number = first.map_or(Ok(DOCUMENTS), |number| number.parse())?;
    let folder = env::temp_dir().join(format!("kirjuri-social-{}", std::process::id()));
    let measured = measure(&folder, number);
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path, number: usize) -> Result<(), Failure> {
    let own = env::current_exe()?;
    let command = own.with_file_name(format!("kirjuri{}", env::consts::EXE_SUFFIX));
    let mut out = io::stdout().lock();
    writeln!(out, "{number} documents a group, {ROUNDS} rounds, one thread, all packs")?;
    for (name, is_wanted) in [("all types", ""), ("daily notes", "1.2.246.537.6.1506.19")] {
        let folder = folder.join(name.replace(' ', "-"));
        fs::create_dir_all(&folder)?;
        let batch = Batch::new(is_wanted)?;
        let mut bytes = 0;
        for index in 0..number {
            let document = batch.document(index);
            bytes += document.len();
            fs::write(folder.join(format!("{index:06}.xml")), document)?;
        }
        let mut rounds = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let checked =
                seconds(Command::new(&command).args(["check", "--jobs", "1", "--fail-on", "never"]).arg(&folder))?;
            let read = seconds(Command::new(&own).arg(READ).arg(&folder))?;
            rounds.push([number as f64 / checked, number as f64 / read]);
        }
        let speed = |which: usize| median(rounds.iter().map(|round| round[which]));
        let ratio = median(rounds.iter().map(|round| round[0] / round[1]));
        let each: Vec<String> = rounds.iter().map(|round| format!("{:.3}", round[0] / round[1])).collect();
        writeln!(
            out,
            "{name}: {} structures, {:.1} kB a document; checked {:.0}/s, read {:.0}/s, ratio of the medians {:.3}, of the \
             rounds {ratio:.3} ({})",
            batch.structures(),
            bytes as f64 / 1e3 / number as f64,
            speed(0),
            speed(1),
            speed(0) / speed(1),
            each.join(", ")
        )?;
    }
    Ok(())
}

/// How long a command takes from its start to its end.
fn seconds(command: &mut Command) -> Result<f64, Failure> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(|error| format!("{}: {error}", Path::new(command.get_program()).display()))?;
    if !status.success() {
        return Err(format!("{:?}: {status}", command.get_program()).into());
    }
    Ok(start.elapsed().as_secs_f64())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The contestant: reads every file of a folder, and what it carries.
fn read(folder: &Path) -> Result<(), Failure> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        let text = String::from_utf8(fs::read(&path)?)?;
        let mut reader = Reader::from_str(&text);
        let mut coded = None;
        loop {
            match reader.read_event()? {
                Event::Eof => break,
                Event::Start(start) => {
                    coded = match start.local_name().as_ref() {
                        "json" => Some(true),
                        "text" => Some(false),
                        _ => None,
                    };
                }
                Event::Text(text) if coded.is_some() => {
                    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
                    let bytes = STANDARD.decode(digits).map_err(|error| error.to_string())?;
                    if coded == Some(true) {
                        black_box(serde_json::from_slice::<serde_json::Value>(&bytes)?);
                    } else {
                        black_box(bytes);
                    }
                    coded = None;
                }
                other => {
                    black_box(other);
                }
            }
        }
    }
    Ok(())
}
