//! Counts what was planted and what was found, by rule and by pack, and writes it out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use kirjuri::RuleSet;

use crate::base::Base;
use crate::fault::Fault;

/// A fault at a place, and what is found since it is there.
pub(crate) struct Planted<'f> {
    pub(crate) fault: &'f Fault,
    pub(crate) document: &'f str,
    pub(crate) found: BTreeMap<String, u64>,
}

/// What one rule came to.
#[derive(Clone, Copy, Default)]
struct Count {
    /// How many faults it should find.
    planted: u64,
    /// How many of these it found.
    found: u64,
    /// How many findings it had in all since faults were planted.
    findings: u64,
    /// How many of these were not about the fault.
    stray: u64,
}

pub(crate) struct Account<'f> {
    counts: BTreeMap<String, Count>,
    /// Rule, fault, documents.
    missed: BTreeMap<(String, &'f str), BTreeSet<String>>,
    stray: BTreeMap<(String, &'f str), BTreeSet<String>>,
    /// The kinds of faults, and at how many places each was planted.
    pub(crate) kinds: Vec<(&'f Fault, usize)>,
}

impl<'f> Account<'f> {
    pub(crate) fn new(rules: &RuleSet) -> Account<'f> {
        let ids = rules.rules().map(|(pack, rule)| (pack.rule_id(rule), Count::default()));
        Account { counts: ids.collect(), missed: BTreeMap::new(), stray: BTreeMap::new(), kinds: Vec::new() }
    }

    pub(crate) fn add(&mut self, planted: &Planted<'f>) {
        let Planted { fault, document, found } = planted;
        for rule in &fault.expect {
            let count = self.counts.get_mut(rule).unwrap();
            count.planted += 1;
            match found.contains_key(rule) {
                true => count.found += 1,
                false => {
                    self.missed.entry((rule.clone(), &fault.name)).or_default().insert((*document).to_owned());
                }
            }
        }
        for (rule, times) in found {
            let count = self.counts.entry(rule.clone()).or_default();
            count.findings += times;
            if !fault.expect.contains(rule) && !fault.also.contains(rule) {
                count.stray += times;
                self.stray.entry((rule.clone(), &fault.name)).or_default().insert((*document).to_owned());
            }
        }
    }

    fn by_pack(&self) -> BTreeMap<&str, Count> {
        let mut packs: BTreeMap<&str, Count> = BTreeMap::new();
        for (rule, count) in &self.counts {
            let Some((pack, _)) = rule.split_once('/') else { continue };
            let all = packs.entry(pack).or_default();
            all.planted += count.planted;
            all.found += count.found;
            all.findings += count.findings;
            all.stray += count.stray;
        }
        packs
    }

    /// Of every pack that something was planted for, recall and precision.
    pub(crate) fn packs(&self) -> BTreeMap<&str, (f64, f64)> {
        let packs = self.by_pack().into_iter().filter(|(_, count)| count.planted > 0);
        packs.map(|(pack, count)| (pack, (count.recall(), count.precision()))).collect()
    }

    pub(crate) fn to_markdown(&self, base: &Base) -> String {
        let mut out = String::from(INTRODUCTION);
        let places: usize = self.kinds.iter().map(|(_, places)| places).sum();
        let documents = base.document_count();
        let kinds = self.kinds.len();
        let _ = writeln!(out, "{kinds} kinds of faults, planted at {places} places of {documents} clean documents.\n");
        out.push_str(
            "## Packs\n\n| pack | planted | found | recall | findings | of these about the fault | precision |\n",
        );
        out.push_str("|---|---|---|---|---|---|---|\n");
        for (pack, count) in self.by_pack() {
            let Count { planted, found, findings, stray } = count;
            let ratio = |ratio: f64, of: u64| if of == 0 { "–".to_owned() } else { format!("{ratio:.3}") };
            let (recall, precision) = (ratio(count.recall(), planted), ratio(count.precision(), findings));
            let about = findings - stray;
            let _ = writeln!(out, "| `{pack}` | {planted} | {found} | {recall} | {findings} | {about} | {precision} |");
        }
        self.rules(&mut out);
        list(&mut out, "Missed", "A rule should find the fault and did not.", &self.missed);
        list(&mut out, "Found beside the fault", "A rule found something that was not planted.", &self.stray);
        out.push_str(
            "\n## Kinds of faults\n\n| fault | what is done | what somebody did wrong | places |\n|---|---|---|---|\n",
        );
        for (fault, places) in &self.kinds {
            let _ = writeln!(out, "| `{}` | {} | {} | {places} |", fault.name, fault.operation.kind(), fault.says);
        }
        self.silent(base, &mut out);
        out
    }

    fn rules(&self, out: &mut String) {
        out.push_str("\n## Rules\n\nRules that a fault was planted for, and those that found anything.\n\n");
        out.push_str("| rule | planted | found | findings | not about the fault |\n|---|---|---|---|---|\n");
        for (rule, Count { planted, found, findings, stray }) in &self.counts {
            if *planted > 0 || *findings > 0 {
                let _ = writeln!(out, "| `{rule}` | {planted} | {found} | {findings} | {stray} |");
            }
        }
    }

    /// Rules that nothing here exercises.
    fn silent(&self, base: &Base, out: &mut String) {
        let unplanted = self.counts.iter().filter(|(rule, count)| count.planted == 0 && rule.contains('/'));
        let names: Vec<String> = unplanted.map(|(rule, _)| format!("`{rule}`")).collect();
        let _ = writeln!(
            out,
            "\n## Rules that no fault was planted for\n\n{} rules. Their examples prove them.\n",
            names.len()
        );
        let _ = writeln!(out, "{}", names_or_none(&names));
        let applied = base.rules.rules().zip(base.applied.iter().enumerate());
        let never = applied.filter(|(_, (index, applied))| {
            **applied == 0 && base.corpus.as_ref().is_none_or(|corpus| corpus[*index] == 0)
        });
        let never: Vec<String> = never.map(|((pack, rule), _)| format!("`{}`", pack.rule_id(rule))).collect();
        out.push_str(EXERCISED);
        let _ = writeln!(out, "{} rules: {}", never.len(), names_or_none(&never));
    }
}

impl Count {
    fn recall(&self) -> f64 {
        self.found as f64 / self.planted.max(1) as f64
    }

    fn precision(&self) -> f64 {
        (self.findings - self.stray) as f64 / self.findings.max(1) as f64
    }
}

fn names_or_none(names: &[String]) -> String {
    if names.is_empty() { "none.".into() } else { format!("{}.", names.join(", ")) }
}

fn list(out: &mut String, title: &str, says: &str, entries: &BTreeMap<(String, &str), BTreeSet<String>>) {
    let _ = writeln!(out, "\n## {title}\n\n{says}\n");
    if entries.is_empty() {
        out.push_str("None.\n");
        return;
    }
    out.push_str("| rule | fault | documents |\n|---|---|---|\n");
    for ((rule, fault), documents) in entries {
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        let _ = writeln!(out, "| `{rule}` | `{fault}` | {} |", documents.join(", "));
    }
}

/// What stands before the rules that no document exercises; only a run with the corpora at hand can name them.
pub(crate) const EXERCISED: &str = "
## Rules that no document exercises

Rules that apply to no node of any fixture, nor of the corpora: Kela's sample documents, the published structures of
social care and the FHIR questionnaires.

";

const INTRODUCTION: &str = "# What the rules find of faults that are planted

Made by `cargo test -p kirjuri-rules --test recall`, which compares it; `UPDATE=1` writes it anew. The clean documents of
`fixtures/` are changed by one described fault at a time (`rules/tests/recall/faults/`): something is left out, changed,
moved, doubled, a time is shifted, a text is cut. Each kind names the rules that must find it, from what the guideline of the
rule says and not from what the rule did. *Recall* is the share of such pairs of fault and rule that were found.
*Precision* is the share of all new findings that are about the fault: a rule that the kind names, as one that must find it
or as one that may.

A finding is about the fault by its rule, wherever in the document it stands. Faults between documents are planted in a
batch of two or more.

Both say how the rules deal with faults that somebody thought of, in documents that are synthetic. They say nothing of how
common a fault is, or of faults that nobody thought of. Where a kind was first expected to be found and its rule rightly did
not apply, the expectation was corrected; where a rule was weak it was mended, or the miss stands below.

";
