//! The report as GitLab's code quality, which merge requests show beside what the branch they go to has.

use std::collections::HashMap;
use std::io::{self, Write};

use kirjuri::{Finding, Language, RuleSet, Severity};
use serde::Serialize;

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::printer::Printer;
use crate::words::{Vocabulary, fingerprint_of, path_of, place_of};

pub(crate) struct GitLab<'r> {
    words: Vocabulary<'r>,
    is_any: bool,
    /// Of the document that findings of rules on series are about at the moment, how often each fingerprint was there.
    across: (String, HashMap<String, u32>),
}

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

impl<'r> GitLab<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> GitLab<'r> {
        GitLab { words: Vocabulary::new(rules, language), is_any: false, across: Default::default() }
    }

    fn write(&mut self, issue: &Issue<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.is_any { b",\n" } else { b"\n" })?;
        self.is_any = true;
        Ok(serde_json::to_writer(out, issue)?)
    }

    /// The fingerprint of a finding. GitLab asks for one also of what is found in a draft, which has none: that is known by its
    /// rule and place.
    fn known_by(&mut self, finding: &Finding) -> String {
        let rule = &self.words.of(finding.rule).id;
        fingerprint_of(finding).unwrap_or_else(|| format!("{rule}-{:016x}", hash(&path_of(&finding.place))))
    }

    fn finding(&mut self, path: &str, finding: &Finding, fingerprint: &str, out: &mut dyn Write) -> io::Result<()> {
        let rule = self.words.of(finding.rule);
        let description = self.words.message(finding);
        let severity = match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        // GitLab asks for a line, also of what has none here.
        let begin = place_of(finding).map_or(1, |place| place.line);
        let location = Location { path, lines: Lines { begin } };
        let issue = Issue { description: &description, check_name: &rule.id, fingerprint, severity, location };
        self.write(&issue, out)
    }
}

/// A fingerprint that no other finding has, since GitLab shows only one of each: with the path, for a document may be there
/// twice, and the number among those alike in it. Only what is in one document is remembered.
fn unique(fingerprint: &str, path: &str, seen: &mut HashMap<String, u32>) -> String {
    let times = seen.entry(fingerprint.to_owned()).or_default();
    *times = times.saturating_add(1);
    let number = if *times > 1 { format!("-{times}") } else { String::new() };
    format!("{fingerprint}-{:016x}{number}", hash(path))
}

/// FNV-1a, 64 bits: the same on every machine and in every version, unlike the hashes of the standard library.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    text.bytes().fold(0xCBF2_9CE4_8422_2325, step)
}

impl Printer for GitLab<'_> {
    fn begin(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        match &document.outcome {
            Outcome::Checked(findings) => {
                let mut seen = HashMap::new();
                findings.iter().try_for_each(|finding| {
                    let fingerprint = unique(&self.known_by(finding), &document.path, &mut seen);
                    self.finding(&document.path, finding, &fingerprint, out)
                })
            }
            Outcome::Unreadable(error) => {
                let begin = error.position().map_or(1, |at| at.line);
                let location = Location { path: &document.path, lines: Lines { begin } };
                let check_name = format!("unreadable/{}", error.id());
                let fingerprint = unique(&check_name, &document.path, &mut HashMap::new());
                let description = error.message(self.words.language);
                let issue = Issue {
                    description: &description,
                    check_name: &check_name,
                    fingerprint: &fingerprint,
                    severity: "critical",
                    location,
                };
                self.write(&issue, out)
            }
            Outcome::Skipped(_) => Ok(()),
        }
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        // They come by document.
        if self.across.0 != entry.path {
            self.across = (entry.path.clone(), HashMap::new());
        }
        let fingerprint = unique(&self.known_by(&entry.finding), &entry.path, &mut self.across.1);
        self.finding(&entry.path, &entry.finding, &fingerprint, out)
    }

    fn end(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.is_any { b"\n]\n" } else { b"]\n" })
    }

    fn says_account(&self) -> bool {
        false
    }
}
