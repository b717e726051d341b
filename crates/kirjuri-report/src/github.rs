//! The report as workflow commands of GitHub Actions, which become annotations of the files.

use std::io::{self, Write};

use kirjuri::{Finding, Language, RuleSet, Severity};

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::notices::{Notice, account_text};
use crate::printer::Printer;
use crate::text::printable;
use crate::words::{Vocabulary, place_of};

/// Annotations of one level that GitHub takes from one step; those behind are dropped without a word.
const MOST: u64 = 10;

pub(crate) struct GitHub<'r> {
    words: Vocabulary<'r>,
    /// How many annotations there are of each level, in the order of [`Severity::ALL`], whether written or not.
    counts: [u64; Severity::ALL.len()],
    left_out: u64,
    unread_left_out: u64,
}

/// Where an annotation is, and what it is headed with.
struct Mark<'a> {
    path: &'a str,
    at: Option<(u32, u32)>,
    title: &'a str,
}

impl<'r> GitHub<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> GitHub<'r> {
        GitHub { words: Vocabulary::new(rules, language), counts: [0; 3], left_out: 0, unread_left_out: 0 }
    }

    /// Whether GitHub would still show an annotation.
    fn has_room(&mut self, severity: Severity) -> bool {
        let number = Severity::ALL.iter().position(|known| *known == severity);
        let Some(count) = number.and_then(|number| self.counts.get_mut(number)) else { return false };
        *count = count.saturating_add(1);
        *count <= MOST
    }

    fn finding(&mut self, path: &str, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        if !self.has_room(finding.severity) {
            self.left_out += 1;
            return Ok(());
        }
        let rule = self.words.of(finding.rule);
        let message = self.words.message(finding);
        let at = place_of(finding).map(|place| (place.line, place.column));
        write_command(finding.severity, &Mark { path, at, title: &rule.id }, &message, out)
    }
}

fn write_command(severity: Severity, mark: &Mark<'_>, message: &str, out: &mut dyn Write) -> io::Result<()> {
    let command = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    write!(out, "::{command} file={}", property(mark.path))?;
    if let Some((line, column)) = mark.at {
        write!(out, ",line={line},col={column}")?;
    }
    writeln!(out, ",title={}::{}", property(mark.title), data(message))
}

/// A text behind a command. The runner reads these three escapes and no others.
fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    // Other controls have no escape.
    printable(&escaped).into_owned()
}

/// A property of a command, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that the runner does not take for a command, whatever it says.
fn write_log(line: &str, out: &mut dyn Write) -> io::Result<()> {
    // The older form of a command is recognised anywhere in a line.
    writeln!(out, "kirjuri: {}", printable(line).replace("##[", "# #["))
}

impl Printer for GitHub<'_> {
    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        match &document.outcome {
            Outcome::Checked(findings) => {
                findings.iter().try_for_each(|finding| self.finding(&document.path, finding, out))
            }
            Outcome::Unreadable(_) if !self.has_room(Severity::Error) => {
                self.unread_left_out += 1;
                Ok(())
            }
            Outcome::Unreadable(error) => {
                let at = error.position().map(|at| (at.line, at.column));
                let mark = Mark { path: &document.path, at, title: error.id() };
                write_command(Severity::Error, &mark, &error.message(self.words.language), out)
            }
            Outcome::Skipped(_) => Ok(()),
        }
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        self.finding(&entry.path, &entry.finding, out)
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let language = self.words.language;
        if self.left_out > 0 {
            write_log(&Notice::AnnotationsLeftOut(self.left_out).say(language), out)?;
        }
        if self.unread_left_out > 0 {
            write_log(&Notice::UnreadableLeftOut(self.unread_left_out).say(language), out)?;
        }
        let account = account_text(batch, self.words.rules, language);
        account.lines().try_for_each(|line| write_log(line, out))
    }
}
