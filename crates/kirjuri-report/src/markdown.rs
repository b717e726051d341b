//! A summary of a batch in Markdown, such as GitHub shows of a step (`$GITHUB_STEP_SUMMARY`): the account, the criteria, the
//! rules that found most, and what was not checked. Places are not in it.

use std::io::{self, Write};

use kirjuri::{AnyRule, Criterion, Language, RuleIndex, RuleSet, Tally};

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::groups::write_groups_markdown;
use crate::messages::{Wording, capital, criterion_name, severity_name};
use crate::notices::{Notice, account_text};
use crate::printer::Printer;
use crate::text::printable;
use crate::words::Vocabulary;

/// Rules that are listed: those that found most of the gravest.
const MOST_RULES: usize = 10;

/// Documents that are named because they could not be read.
const MOST_DOCUMENTS: usize = 20;

pub(crate) struct Markdown<'r> {
    words: Vocabulary<'r>,
    /// The first documents that could not be read, each a line.
    unread: Vec<String>,
    unread_left_out: u64,
}

/// What was found by the rules of a criterion.
#[derive(Clone, Copy, Default)]
struct Sum {
    tally: Tally,
    /// Rules that failed.
    failing: u64,
    /// Rules that applied.
    asked: u64,
}

impl Sum {
    fn add(&mut self, tally: Tally) {
        self.tally += tally;
        self.asked += u64::from(tally.applied > 0);
        self.failing += u64::from(tally.failed > 0);
    }
}

impl<'r> Markdown<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> Markdown<'r> {
        Markdown { words: Vocabulary::new(rules, language), unread: Vec::new(), unread_left_out: 0 }
    }

    fn criteria(&self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let language = self.words.language;
        let mut sums = [Sum::default(); Criterion::ALL.len()];
        for (index, tally) in self.words.rules.indexes().zip(&batch.tallies) {
            let AnyRule::Native(_, rule) = self.words.rules.get(index) else { continue };
            let number = Criterion::ALL.iter().position(|known| *known == rule.criterion);
            if let Some(sum) = number.and_then(|number| sums.get_mut(number)) {
                sum.add(batch.without_known(index, *tally));
            }
        }
        let asked: Vec<_> = Criterion::ALL.iter().zip(sums).filter(|(_, sum)| sum.asked > 0).collect();
        if asked.is_empty() {
            return Ok(());
        }
        let [criterion, rules, findings] = heads(language);
        writeln!(out, "\n| {criterion} | {findings} | {rules} |\n|---|---:|---:|")?;
        asked.into_iter().try_for_each(|(criterion, sum)| {
            let name = escape(criterion_name(*criterion, language));
            let Sum { tally: Tally { applied, failed }, failing, asked } = sum;
            writeln!(out, "| {name} | {failed} / {applied} | {failing} / {asked} |")
        })
    }

    fn worst_rules(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let (rules, language) = (self.words.rules, self.words.language);
        let numbered = rules.indexes().zip(&batch.tallies);
        let numbered = numbered.map(|(rule, tally)| (rule, batch.without_known(rule, *tally)));
        let mut failed: Vec<(RuleIndex, Tally)> = numbered.filter(|(_, tally)| tally.failed > 0).collect();
        if failed.is_empty() {
            return Ok(());
        }
        failed.sort_by_key(|&(rule, tally)| {
            (std::cmp::Reverse(rules.get(rule).severity()), std::cmp::Reverse(tally.failed), rule)
        });
        writeln!(out, "\n### {}\n", Wording::RulesThatFailed.get(language))?;
        for &(rule, Tally { applied, failed }) in failed.iter().take(MOST_RULES) {
            let severity = severity_name(rules.get(rule).severity(), 1, language);
            let words = self.words.of(rule);
            let (id, title) = (code(&words.id), escape(&words.title));
            writeln!(out, "- {failed}/{applied} {severity} {id} {title}")?;
        }
        match failed.len().saturating_sub(MOST_RULES) {
            0 => Ok(()),
            more => writeln!(out, "- … +{more}"),
        }
    }
}

/// The heads of the table of criteria.
fn heads(language: Language) -> [&'static str; 3] {
    match language {
        Language::Finnish => ["laatukriteeri", "sääntöjä (löydöksiä / käytetty)", "löydöksiä / kohteita"],
        Language::Swedish => ["kvalitetskriterium", "regler (med fynd / tillämpade)", "fynd / prövade ställen"],
        Language::English => ["criterion", "rules (failed / asked)", "found / applied"],
    }
}

/// A text that Markdown shows as it is: characters that mean something to it, or to GitHub, are written as references,
/// which stand for themselves wherever they are.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let text = printable(text);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let means_something = match c {
            '&' | '<' | '>' | '"' | '\'' | '\\' | '`' | '*' | '_' => true,
            '{' | '}' | '[' | ']' | '#' | '!' | '|' | '~' | '@' | '$' => true,
            // Of an address, or of the name of a picture.
            ':' => !matches!(rest.clone().next(), None | Some(' ')),
            _ => false,
        };
        if means_something {
            escaped.push_str(&format!("&#{};", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A text in letters of one width. The element, and not backticks, since those have no escapes inside.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

impl Printer for Markdown<'_> {
    fn document(&mut self, document: &DocumentEntry, _: &mut dyn Write) -> io::Result<()> {
        let Outcome::Unreadable(error) = &document.outcome else { return Ok(()) };
        if self.unread.len() < MOST_DOCUMENTS {
            let at = error.position().map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
            let message = escape(&error.message(self.words.language));
            self.unread.push(format!("{}: {message}", code(&format!("{}{at}", document.path))));
        } else {
            self.unread_left_out += 1;
        }
        Ok(())
    }

    fn series(&mut self, _: &SeriesEntry, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let language = self.words.language;
        writeln!(out, "## kirjuri\n")?;
        // The names of rules, which are indented, are for those who read the text report.
        let account = account_text(batch, self.words.rules, language);
        account
            .lines()
            .filter(|line| !line.starts_with(' '))
            .try_for_each(|line| writeln!(out, "- {}", escape(line)))?;
        self.criteria(batch, out)?;
        self.worst_rules(batch, out)?;
        if let Some(groups) = &batch.groups {
            writeln!(out)?;
            write_groups_markdown(groups, batch.has_series(self.words.rules), language, out)?;
        }
        if !self.unread.is_empty() {
            writeln!(out, "\n### {}\n", capital(Wording::Unreadable.get(language)))?;
            self.unread.iter().try_for_each(|line| writeln!(out, "- {line}"))?;
        }
        if self.unread_left_out > 0 {
            writeln!(out, "- {}", escape(&Notice::UnreadableLeftOut(self.unread_left_out).say(language)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        for (text, expected) in [
            ("a b/c-d.xml", "a b/c-d.xml"),
            ("a_b*.xml", "a&#95;b&#42;.xml"),
            ("<img>|", "&#60;img&#62;&#124;"),
            ("[a](b)", "&#91;a&#93;(b)"),
            ("a\n# b", "a\u{FFFD}&#35; b"),
            ("https://x.fi @me", "https&#58;//x.fi &#64;me"),
            ("a: :b:", "a: &#58;b:"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }
}
