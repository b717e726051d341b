//! Measures how near parsing and linting come to the bare event loop of quick-xml, and what a second thread brings.
//!
//! Everything is measured side by side in one run, in turns, so that a machine that grows slower or faster on the way
//! does so for all. The ratios are of the same round, and the figure is the median of the rounds. A time by itself
//! would say more of the machine than of the program.

use std::error::Error;
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};
use std::{env, fs, io};

use kirjuri::{LintOptions, RuleSet};
use kirjuri_bench::{Group, all_packs, event_loop, kanta_header, options, parse, parse_and_lint};
use rayon::ThreadPool;
use rayon::prelude::*;

/// Rounds of which the median is taken.
const ROUNDS: usize = 11;
/// The least time one contestant runs in a round, so that neither clock nor scheduler matters.
const TURN: Duration = Duration::from_millis(250);
/// The least time a run takes with one thread, so that starting a second one does not matter.
const THREADED: Duration = Duration::from_millis(1200);

fn main() -> Result<(), Box<dyn Error>> {
    let date = env::args().nth(1).unwrap_or_else(|| "not given".into());
    let (group, rules, options) = (Group::kanta()?, kanta_header()?, options()?);
    let megabytes = group.bytes() as f64 / 1e6;
    let mut out = io::stdout().lock();
    writeln!(out, "date       {date}")?;
    writeln!(out, "machine    {}", machine())?;
    let (read, malformed) = (group.documents.len(), group.malformed);
    writeln!(out, "documents  {read} of {}, {megabytes:.3} MB; {malformed} malformed left out", group.name)?;
    writeln!(out, "rules      {}", rules.len())?;
    writeln!(out, "rounds     {ROUNDS}, each contestant at least {} ms a round", TURN.as_millis())?;
    writeln!(out)?;

    let read = || {
        for sample in &group.documents {
            black_box(event_loop(&sample.text));
        }
    };
    let parsed = || {
        for sample in &group.documents {
            black_box(parse(&sample.bytes));
        }
    };
    let linted = || {
        for sample in &group.documents {
            black_box(parse_and_lint(&sample.bytes, &rules, &options));
        }
    };
    let contestants: [(&str, &dyn Fn()); 3] = [("event loop", &read), ("parse", &parsed), ("parse and lint", &linted)];
    let repetitions = contestants.map(|(_, turn)| repetitions(turn, TURN));
    let mut rounds: Vec<[f64; 3]> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push(round(contestants, repetitions, megabytes));
    }
    for (index, (name, _)) in contestants.iter().enumerate() {
        line(&mut out, &format!("{name}, MB/s"), rounds.iter().map(|round| round[index]), 0)?;
    }
    line(&mut out, "parse ÷ event loop", rounds.iter().map(|round| round[1] / round[0]), 3)?;
    line(&mut out, "parse and lint ÷ event loop", rounds.iter().map(|round| round[2] / round[0]), 3)?;

    let all = all_packs()?;
    writeln!(out, "\nall packs  {} rules", all.len())?;
    for group in [Group::health()?, Group::social()?] {
        with_all(&mut out, &group, &all, &options)?;
    }
    writeln!(out)?;

    let pools = [pool(1)?, pool(2)?];
    let batch = |pool: &ThreadPool, times: usize| {
        let all: Vec<&[u8]> = (0..times).flat_map(|_| group.documents.iter().map(|it| &it.bytes[..])).collect();
        let start = Instant::now();
        let findings: usize = pool.install(|| all.par_iter().map(|it| parse_and_lint(it, &rules, &options)).sum());
        black_box(findings);
        start.elapsed()
    };
    let times = repetitions_for(|times| batch(&pools[0], times), THREADED);
    let mut speedups = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let [one, two] = [&pools[0], &pools[1]].map(|pool| batch(pool, times).as_secs_f64());
        speedups.push(one / two);
    }
    line(&mut out, "two threads ÷ one thread", speedups, 3)?;
    Ok(())
}

/// Every built-in pack on, beside the event loop. What social-care documents carry in base64 is opened and checked by the
/// one and skipped by the other.
fn with_all(out: &mut impl Write, group: &Group, rules: &RuleSet, options: &LintOptions) -> io::Result<()> {
    let megabytes = group.bytes() as f64 / 1e6;
    let read = || {
        for sample in &group.documents {
            black_box(event_loop(&sample.text));
        }
    };
    let linted = || {
        for sample in &group.documents {
            black_box(parse_and_lint(&sample.bytes, rules, options));
        }
    };
    let contestants: [(&str, &dyn Fn()); 2] = [("event loop", &read), ("parse and lint", &linted)];
    let repetitions = contestants.map(|(_, turn)| repetitions(turn, TURN));
    let rounds: Vec<[f64; 2]> = (0..ROUNDS).map(|_| round(contestants, repetitions, megabytes)).collect();
    let name = format!("{}, {} documents", group.name, group.documents.len());
    writeln!(out, "{name}, {megabytes:.3} MB")?;
    line(out, "  parse and lint, MB/s", rounds.iter().map(|round| round[1]), 0)?;
    line(out, "  parse and lint ÷ event loop", rounds.iter().map(|round| round[1] / round[0]), 3)
}

/// The megabytes a second of each contestant in a round.
fn round<const N: usize>(contestants: [(&str, &dyn Fn()); N], repetitions: [usize; N], megabytes: f64) -> [f64; N] {
    let mut round = [0.0; N];
    for ((speed, (_, turn)), times) in round.iter_mut().zip(contestants).zip(repetitions) {
        *speed = megabytes * times as f64 / time(turn, times).as_secs_f64();
    }
    round
}

/// How often a turn must be repeated to take so long.
fn repetitions(turn: &dyn Fn(), least: Duration) -> usize {
    repetitions_for(|times| time(turn, times), least)
}

fn repetitions_for(run: impl Fn(usize) -> Duration, least: Duration) -> usize {
    let mut times = 1;
    while run(times) < least {
        times *= 2;
    }
    times
}

fn time(turn: &dyn Fn(), times: usize) -> Duration {
    let start = Instant::now();
    (0..times).for_each(|_| turn());
    start.elapsed()
}

fn pool(threads: usize) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build()
}

/// Median, least and most.
fn line(out: &mut impl Write, name: &str, values: impl IntoIterator<Item = f64>, digits: usize) -> io::Result<()> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let (least, median, most) = match values.as_slice() {
        [] => return Ok(()),
        all => (all[0], all[all.len() / 2], all[all.len() - 1]),
    };
    writeln!(out, "{name:28} {median:8.digits$}   ({least:.digits$} to {most:.digits$})")
}

/// The processor and how many the system shows.
fn machine() -> String {
    let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |line: &str| line.split_once(':').map(|(_, value)| value.trim().to_owned());
    let models: Vec<String> = known.lines().filter(|line| line.starts_with("model name")).filter_map(value).collect();
    match models.first() {
        Some(model) => format!("{model}, {} cores", models.len()),
        None => "unknown".into(),
    }
}
