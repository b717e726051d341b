//! Proves the checks of document structures: for every structure of the pack a complete document is made, which passes,
//! and for every required field, condition, code set, pattern and type of it a mutant, which gives exactly its finding at
//! its place. The counts are those of `counts.txt`; `UPDATE=1` rewrites it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod codes;
mod fault;
mod generator;
mod mutant;
mod oracle;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fault::{Fault, fault, faults, faults_in, options, parsed};
use kirjuri::structure::{CompiledStructure, StructureCheck};
use kirjuri::{Document, Finding, Pack, RuleSet, Unchecked};
use oracle::Oracle;
use serde_json::Value;

/// Mutants of a kind.
#[derive(Clone, Copy, Default)]
struct Count {
    mutants: usize,
    caught: usize,
    /// Mutants without the finding they are to give.
    missed: usize,
    /// Findings beside those.
    extra: usize,
    /// Mutants that are settled: another field was changed so that no condition fails because of the first change.
    settled: usize,
}

#[derive(Default)]
struct Counts {
    documents: usize,
    clean: usize,
    mutants: BTreeMap<&'static str, Count>,
    /// Conditions that no change tried makes fail.
    unbroken: usize,
    /// Conditions that fail only where required fields are missing as well.
    implied: usize,
    /// Documents and mutants whose report has the same findings. Without the member that names the structure there is none.
    reported: usize,
    compared: usize,
    /// What went wrong, for whoever has to mend it.
    complaints: Vec<String>,
}

#[test]
fn every_mutant_of_a_complete_document_gives_exactly_its_finding() {
    let pack = Arc::new(Pack::load(&codes::with_codes(kirjuri_rules::source("sosmeta").unwrap())).unwrap());
    let structures = structures(&pack);
    assert_eq!(structures.len(), 202);
    let rules = RuleSet::new(vec![pack]);
    let oracle = Oracle::find();
    let (next, counts) = (AtomicUsize::new(0), Mutex::new(Counts::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(compiled) = structures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let own = prove(compiled, &rules, oracle.as_ref());
                    counts.lock().unwrap().add(own);
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap();
    let table = counts.table();
    println!("{table}");
    if oracle.is_some() {
        println!("{} documents and mutants compared with the published schemas", counts.compared);
        // An oracle that was not asked agrees with everything.
        let made = counts.mutants.values().map(|count| count.mutants).sum::<usize>();
        assert_eq!(counts.compared, counts.documents + made);
    }
    let shown: Vec<&str> = counts.complaints.iter().take(30).map(String::as_str).collect();
    assert!(shown.is_empty(), "{} complaints\n{}", counts.complaints.len(), shown.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sosmeta/counts.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(&path).unwrap(), "UPDATE=1 rewrites {}", path.display());
}

/// The structures of the pack, ready for checking.
fn structures(pack: &Pack) -> Vec<Arc<CompiledStructure>> {
    let structures = pack.structures();
    structures.entries().map(|entry| Arc::clone(structures.get(&entry.oid).unwrap().unwrap())).collect()
}

/// What the report on a document has; none where the document cannot be told to be of the structure, since it lacks the
/// member that names it.
fn reported(compiled: &CompiledStructure, rules: &RuleSet, document: &Document, value: &Value) -> Option<Vec<Fault>> {
    let report = match kirjuri::lint(document, rules, &options()) {
        Ok(report) => report,
        Err(Unchecked::NoPackApplies) => return None,
        Err(error) => panic!("{error}"),
    };
    let fault = |finding: &Finding| {
        let name = rules.rule(finding.rule).1.name.as_str();
        let check = StructureCheck::ALL.into_iter().find(|check| name == check.name());
        let check = check.unwrap_or_else(|| panic!("{name} at {}", finding.place.path));
        let fields = finding.subject.as_ref().map(|subject| subject.fields().to_vec()).unwrap_or_default();
        fault(compiled, value, check, &finding.place, fields)
    };
    Some(report.findings.iter().map(fault).collect())
}

/// Makes the document of a structure and its mutants, and compares what is found with what should be.
fn prove(compiled: &CompiledStructure, rules: &RuleSet, oracle: Option<&Oracle>) -> Counts {
    let oid = &compiled.structure().oid;
    let schema = oracle.map(|oracle| oracle.schema(oid));
    let mut counts = Counts { documents: 1, ..Counts::default() };
    let draft = match generator::complete(compiled) {
        Ok(draft) => draft,
        Err(left) => {
            counts.complaints.push(format!("{oid}: no document passes: {left:?}"));
            return counts;
        }
    };
    counts.clean = 1;
    let compare = |counts: &mut Counts, document: &Document, value: &Value, found: &[Fault]| {
        match reported(compiled, rules, document, value) {
            Some(reported) if reported == found => counts.reported += 1,
            Some(reported) => counts.complaints.push(format!("{oid}: the report has {reported:?}, not {found:?}")),
            None if value.get(compiled.structure().root_key()).is_some_and(Value::is_object) => {
                counts.complaints.push(format!("{oid}: a document of it is not reported on"));
            }
            None => {}
        }
        let Some(schema) = &schema else { return };
        counts.compared += 1;
        let (theirs, ours) = oracle::difference(schema, value, found);
        if !theirs.is_empty() || !ours.is_empty() {
            counts.complaints.push(format!("{oid}: only the schema says {theirs:?}, only we say {ours:?}: {found:?}"));
        }
    };
    compare(&mut counts, &parsed(&draft.document), &draft.document, &[]);
    let (mutants, unbroken) = mutant::mutants(compiled, &draft);
    counts.unbroken = unbroken.len();
    for mutant in &mutants {
        let mut value = &mutant.document;
        let mut document = parsed(value);
        let mut found = faults_in(compiled, &document, value);
        let settled = (found.len() > 1 + mutant.implied).then(|| mutant::settled(compiled, &draft, mutant)).flatten();
        if let Some(settled) = &settled {
            value = settled;
            document = parsed(value);
            found = faults_in(compiled, &document, value);
        }
        compare(&mut counts, &document, value, &found);
        let is_caught = found.contains(&mutant.expected);
        let count = counts.mutants.entry(mutant.kind).or_default();
        count.mutants += 1;
        count.settled += usize::from(settled.is_some());
        count.caught += usize::from(is_caught);
        count.missed += usize::from(!is_caught);
        counts.implied += usize::from(mutant.implied > 0);
        let extra = found.len() - usize::from(is_caught) - mutant.implied;
        count.extra += extra;
        if extra > 0 || !is_caught {
            counts.complaints.push(format!("{oid}: {}: {:?}, not {found:?}", mutant.kind, mutant.expected));
        }
    }
    counts.complaints.extend(unbroken.iter().map(|fault| format!("{oid}: cannot be made to fail: {fault:?}")));
    counts
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.documents += other.documents;
        self.clean += other.clean;
        self.unbroken += other.unbroken;
        self.implied += other.implied;
        self.reported += other.reported;
        self.compared += other.compared;
        self.complaints.extend(other.complaints);
        for (kind, count) in other.mutants {
            let sum = self.mutants.entry(kind).or_default();
            sum.mutants += count.mutants;
            sum.caught += count.caught;
            sum.missed += count.missed;
            sum.extra += count.extra;
            sum.settled += count.settled;
        }
    }

    fn table(&self) -> String {
        let mut table = String::new();
        writeln!(table, "complete documents  {}, without findings {}", self.documents, self.clean).unwrap();
        writeln!(table, "conditions that nothing tried makes fail  {}", self.unbroken).unwrap();
        writeln!(table, "conditions that fail only with required fields missing  {}", self.implied).unwrap();
        writeln!(table, "documents and mutants with the same findings in their report  {}\n", self.reported).unwrap();
        writeln!(table, "{:<28}{:>8}{:>8}{:>8}{:>8}{:>9}", "mutants", "made", "caught", "missed", "extra", "settled")
            .unwrap();
        let mut all = Count::default();
        let mut row = |name: &str, count: &Count| {
            let Count { mutants, caught, missed, extra, settled } = count;
            writeln!(table, "{name:<28}{mutants:>8}{caught:>8}{missed:>8}{extra:>8}{settled:>9}").unwrap();
        };
        for (kind, count) in &self.mutants {
            row(kind, count);
            all.mutants += count.mutants;
            all.caught += count.caught;
            all.missed += count.missed;
            all.extra += count.extra;
            all.settled += count.settled;
        }
        row("all", &all);
        table
    }
}
