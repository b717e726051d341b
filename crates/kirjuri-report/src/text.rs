//! The report as text for people: a line a finding, what each rule wants, and the account.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;
use std::rc::Rc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use kirjuri::{
    AnyRule, Assertion, AssertionFinding, Excerpt, Finding, Language, RuleIndex, RuleSet, Schematron, Severity, Tally,
};

use crate::assertion::{one_line, remarks, rule_title};
use crate::baseline::write_baseline;
use crate::batch::{Batch, DocumentEntry, DraftEntry, InputError, OtherEntry, Outcome, SeriesEntry};
use crate::groups::write_groups_text;
use crate::messages::{Wording, severity_name};
use crate::subject::subject_line;

/// How the text is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions {
    /// The language.
    pub language: Language,
    /// Whether styles are written as ANSI escapes; the caller's stream may still take them out.
    pub styled: bool,
}

/// Writes a batch as text.
///
/// # Errors
/// What `out` says.
pub fn write_text(batch: &Batch, rules: &RuleSet, options: TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = TextReport::new(rules, options);
    batch.documents.iter().try_for_each(|document| text.write_document(document, out))?;
    batch.series.iter().flatten().try_for_each(|entry| text.write_series(entry, out))?;
    text.write_end(batch, out)
}

/// A report as text that is written document by document.
pub struct TextReport<'r> {
    rules: &'r RuleSet,
    options: TextOptions,
    /// By rule: many findings have the same.
    words: HashMap<RuleIndex, Rc<Words>>,
    above: Above,
    /// Findings of rules on series have begun.
    is_across: bool,
}

impl<'r> TextReport<'r> {
    /// A report of which nothing is written yet.
    pub fn new(rules: &'r RuleSet, options: TextOptions) -> TextReport<'r> {
        TextReport { rules, options, words: HashMap::new(), above: Above::Nothing, is_across: false }
    }

    /// Writes what became of a document.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        Text { report: self, out }.document(document)
    }

    /// Writes what a rule on a series found, behind all documents.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        Text { report: self, out }.series(entry)
    }

    /// Writes what all documents of a batch come to.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let mut text = Text { report: self, out };
        text.rules_that_failed(batch)?;
        text.groups(batch)?;
        text.account(batch)
    }

    /// Writes only the account of a batch.
    pub(crate) fn write_account(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        Text { report: self, out }.account(batch)
    }

    /// Writes the groups of a batch, where it has some.
    pub(crate) fn write_groups(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        Text { report: self, out }.groups(batch)
    }

    /// Tells that a line was written by somebody else.
    pub(crate) fn note_line(&mut self) {
        self.above = Above::Line;
    }
}

/// Rules that had nothing to apply to are named where there are no more than this.
const MOST_NAMED: usize = 20;

/// What a line about a finding says of its rule.
struct Words {
    id: String,
    title: String,
}

struct Text<'w, 'r> {
    report: &'w mut TextReport<'r>,
    out: &'w mut dyn Write,
}

/// What was written last, which says whether a blank line must keep the next part apart from it.
#[derive(Clone, Copy, PartialEq)]
enum Above {
    Nothing,
    Line,
    Excerpt,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub(crate) fn style_of(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    color.on_default().bold()
}

impl Text<'_, '_> {
    fn say(&self, wording: Wording) -> &'static str {
        wording.get(self.report.options.language)
    }

    /// A text in a style, or as it is.
    fn styled(&self, style: Style, text: &str) -> String {
        if self.report.options.styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn document(&mut self, document: &DocumentEntry) -> io::Result<()> {
        let path = printable(&document.path);
        if !matches!(&document.outcome, Outcome::Checked(_)) {
            self.begin()?;
        }
        match &document.outcome {
            Outcome::Checked(findings) => {
                findings.iter().try_for_each(|finding| self.finding(&path, finding))?;
                document.draft.iter().try_for_each(|draft| self.draft(&path, draft))
            }
            Outcome::Unreadable(error) => {
                let place = error.position().map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
                let word = self.styled(style_of(Severity::Error), self.say(Wording::Unreadable));
                let message = error.message(self.report.options.language);
                let rule = error.rule().map(|rule| format!(" ({})", self.report.rules.id(rule))).unwrap_or_default();
                writeln!(self.out, "{path}{place}: {word} [{}] {message}{rule}", error.id())
            }
            Outcome::Skipped(reason) => {
                let word = self.styled(DIM, self.say(Wording::Skipped));
                writeln!(self.out, "{path}: {word} [{}] {}", reason.id(), reason.message(self.report.options.language))
            }
        }
    }

    /// How much of a document a draft is, and what it still lacks.
    fn draft(&mut self, path: &str, draft: &DraftEntry) -> io::Result<()> {
        let language = self.report.options.language;
        if draft.extent.is_fragment {
            self.begin()?;
            writeln!(self.out, "{path}: {}", self.styled(DIM, self.say(Wording::Fragment)))?;
        }
        if let Some(error) = draft.extent.unfinished {
            self.begin()?;
            let (at, error) = (error.position(), InputError::Parse(error));
            let word = self.styled(DIM, self.say(Wording::Unfinished));
            writeln!(
                self.out,
                "{path}:{}:{}: {word} [{}] {}",
                at.line,
                at.column,
                error.id(),
                error.message(language)
            )?;
        }
        if draft.missing.is_empty() {
            return Ok(());
        }
        self.begin()?;
        writeln!(self.out, "{path}: {}", self.styled(BOLD, self.say(Wording::StillMissing)))?;
        for missing in &draft.missing {
            // No word of its severity: that is how grave it will be, and a draft is not bad. The line and the column are
            // those of what is there already, and of what carries that document where it is inside of another.
            let (words, place) = (self.words(missing.rule), &missing.place);
            writeln!(self.out, "    {}:{}: [{}] {}", place.line, place.column, words.id, words.title)?;
            let place = match &place.inner {
                Some(inner) => {
                    let (carrier, path) = (printable(&place.path), printable(&missing.path));
                    format!("{carrier} > {path}:{}:{}", inner.line, inner.column)
                }
                None => printable(&missing.path).into_owned(),
            };
            writeln!(self.out, "        {}", self.styled(DIM, &place))?;
            if let Some(subject) = &missing.subject {
                writeln!(self.out, "        {}", printable(&subject_line(subject, language)))?;
            }
        }
        Ok(())
    }

    /// Begins a line about a document.
    fn begin(&mut self) -> io::Result<()> {
        if self.report.above == Above::Excerpt {
            writeln!(self.out)?;
        }
        self.report.above = Above::Line;
        Ok(())
    }

    fn finding(&mut self, path: &str, finding: &Finding) -> io::Result<()> {
        self.begin()?;
        let rule = self.report.rules.get(finding.rule);
        let (place, found) = (&finding.place, finding.assertion.as_deref());
        let severity = severity_name(finding.severity, 1, self.report.options.language);
        let severity = self.styled(style_of(finding.severity), severity);
        let words = self.words(finding.rule);
        let text = found.and_then(|found| found.text.as_ref()).map(|text| one_line(&text.text()));
        let text = text.filter(|text| !text.is_empty());
        let title = text.as_deref().map_or(Cow::Borrowed(&*words.title), printable);
        // The place is in another document where the pattern names one.
        let other = found.and_then(|found| found.document.as_deref());
        let other = other.map(|document| format!(" -> {}", printable(document))).unwrap_or_default();
        writeln!(self.out, "{path}{other}:{}:{}: {severity} [{}] {title}", place.line, place.column, words.id)?;
        let mut path = printable(&place.path).into_owned();
        if let Some(inner) = &place.inner {
            // The line and the column above are those of what carries the document.
            path += &format!(" > {}:{}:{}", printable(&inner.path), inner.line, inner.column);
        }
        writeln!(self.out, "    {}", self.styled(DIM, &path))?;
        if let Some(subject) = &finding.subject {
            writeln!(self.out, "    {}", printable(&subject_line(subject, self.report.options.language)))?;
        }
        if let (AnyRule::Assertion(schema, assertion), Some(found)) = (rule, found.filter(|found| found.text.is_some()))
        {
            self.remarks(schema, assertion, Some(found))?;
        }
        self.excerpt(finding)
    }

    fn series(&mut self, entry: &SeriesEntry) -> io::Result<()> {
        if !self.report.is_across {
            self.report.is_across = true;
            if self.report.above != Above::Nothing {
                writeln!(self.out)?;
            }
            writeln!(self.out, "{}", self.styled(BOLD, self.say(Wording::AcrossDocuments)))?;
            self.report.above = Above::Line;
        }
        self.finding(&printable(&entry.path), &entry.finding)?;
        for OtherEntry { path, place } in &entry.others {
            let see = self.say(Wording::SeeAlso);
            writeln!(self.out, "    {see} {}:{}:{}", printable(path), place.line, place.column)?;
        }
        Ok(())
    }

    fn words(&mut self, rule: RuleIndex) -> Rc<Words> {
        if let Some(known) = self.report.words.get(&rule) {
            return Rc::clone(known);
        }
        let of = self.report.rules.get(rule);
        let id = self.styled(BOLD, &printable(&of.id()));
        let title = printable(&rule_title(of, self.report.options.language)).into_owned();
        let words = Rc::new(Words { id, title });
        self.report.words.insert(rule, Rc::clone(&words));
        words
    }

    /// The diagnostics and properties of an assertion, a line each.
    fn remarks(
        &mut self,
        schema: &Schematron,
        assertion: &Assertion,
        finding: Option<&AssertionFinding>,
    ) -> io::Result<()> {
        for (remark, text) in remarks(schema, &assertion.remarks, finding) {
            let what = self.say(if remark.is_property { Wording::Property } else { Wording::Diagnostic });
            writeln!(self.out, "    {what} {}: {}", printable(&remark.id), printable(&one_line(&text)))?;
        }
        Ok(())
    }

    /// The lines around a finding, where they were asked for.
    fn excerpt(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(excerpt) = &finding.excerpt else { return Ok(()) };
        let place = finding.place.inner.as_deref().unwrap_or(&finding.place);
        let (text, span) = printable_lines(excerpt, place.column);
        let snippet = Snippet::source(text)
            .line_start(excerpt.first_line as usize)
            .annotation(AnnotationKind::Primary.span(span));
        let renderer = if self.report.options.styled { Renderer::styled() } else { Renderer::plain() };
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let group = annotate_snippets::Group::with_level(level).element(snippet);
        self.report.above = Above::Excerpt;
        writeln!(self.out, "{}", renderer.render(&[group]))
    }

    /// What each rule that found something wants, said once however often it failed.
    fn rules_that_failed(&mut self, batch: &Batch) -> io::Result<()> {
        let language = self.report.options.language;
        let numbered = self.report.rules.indexes().zip(&batch.tallies);
        let mut failed: Vec<(RuleIndex, Tally)> =
            numbered.map(|(rule, tally)| (rule, batch.without_known(rule, *tally))).collect();
        failed.retain(|(_, tally)| tally.failed > 0);
        if failed.is_empty() {
            return Ok(());
        }
        // Gravest first, then the most frequent.
        failed.sort_by_key(|&(rule, tally)| {
            (std::cmp::Reverse(self.report.rules.get(rule).severity()), std::cmp::Reverse(tally.failed), rule)
        });
        writeln!(self.out, "\n{}", self.styled(BOLD, self.say(Wording::RulesThatFailed)))?;
        for (index, Tally { applied, failed: count }) in failed {
            let rule = self.report.rules.get(index);
            let severity = self.styled(style_of(rule.severity()), severity_name(rule.severity(), 1, language));
            let id = self.styled(BOLD, &printable(&rule.id()));
            writeln!(self.out, "\n{count}/{applied} {severity} [{id}] {}", printable(&rule_title(rule, language)))?;
            match rule {
                AnyRule::Native(_, rule) => {
                    writeln!(self.out, "    {}: {}", self.say(Wording::Why), rule.why().get(language))?;
                    writeln!(self.out, "    {}: {}", self.say(Wording::Fix), rule.fix().get(language))?;
                }
                AnyRule::Assertion(schema, assertion) => {
                    self.remarks(schema, assertion, None)?;
                    if let Some(see) = &assertion.see {
                        writeln!(self.out, "    {}: {}", self.say(Wording::See), printable(see))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn groups(&mut self, batch: &Batch) -> io::Result<()> {
        // Where nothing was checked, there is nothing to say.
        let Some(groups) = batch.groups.as_ref().filter(|groups| !groups.by.is_empty()) else { return Ok(()) };
        if self.report.above != Above::Nothing {
            writeln!(self.out)?;
        }
        self.report.above = Above::Line;
        write_groups_text(groups, batch.has_series(self.report.rules), self.report.options, self.out)
    }

    fn account(&mut self, batch: &Batch) -> io::Result<()> {
        let language = self.report.options.language;
        let account = batch.account();
        if self.report.above != Above::Nothing {
            writeln!(self.out)?;
        }
        let heading = self.styled(BOLD, self.say(Wording::Documents));
        write!(
            self.out,
            "{heading}: {} {} = {} {} + {} {} + {} {}",
            self.say(Wording::Seen),
            account.seen,
            self.say(Wording::Checked),
            account.checked,
            self.say(Wording::NotReadable),
            account.unreadable,
            self.say(Wording::LeftOut),
            account.skipped,
        )?;
        let others = [(Wording::Ignored, batch.ignored), (Wording::Unchanged, batch.unchanged.unwrap_or_default())];
        let others = others.iter().filter(|(_, count)| *count > 0);
        let others: Vec<_> = others.map(|&(wording, count)| format!("{} {count}", self.say(wording))).collect();
        if !others.is_empty() {
            write!(self.out, " ({})", others.join(", "))?;
        }
        writeln!(self.out)?;
        if batch.is_partial {
            writeln!(self.out, "{}", self.styled(style_of(Severity::Error), self.say(Wording::Partial)))?;
        }
        if let Some(undated) = batch.count_undated().filter(|_| account.checked > 0) {
            let dated = account.checked.saturating_sub(undated);
            write!(self.out, "{}: {dated}", self.say(Wording::ByOwnDate))?;
            if undated > 0 {
                let day = batch.as_of.day();
                let day = day.map(|day| format!(" {}", day.iso()));
                write!(self.out, "; {}{}: {undated}", self.say(Wording::WithoutDate), day.unwrap_or_default())?;
            }
            writeln!(self.out)?;
        }
        let counts = Severity::ALL.map(|severity| (severity, batch.count(severity)));
        let heading = self.styled(BOLD, self.say(Wording::Findings));
        if counts.iter().all(|(_, count)| *count == 0) {
            let none = if account.checked == 0 { Wording::NothingChecked } else { Wording::NoFindings };
            writeln!(self.out, "{heading}: {}", self.say(none))?;
        } else {
            let said = counts.map(|(severity, count)| {
                let style = if count > 0 { style_of(severity) } else { DIM };
                self.styled(style, &format!("{count} {}", severity_name(severity, count, language)))
            });
            writeln!(self.out, "{heading}: {}", said.join(", "))?;
        }
        if account.checked == 0 {
            return Ok(());
        }
        write_baseline(batch, language, self.out)?;
        if let Some(missing) = batch.count_missing() {
            writeln!(self.out, "{}: {missing}", self.styled(BOLD, self.say(Wording::MissingCount)))?;
        }
        let (mut idle, mut retired, mut broken) = (Vec::new(), Vec::new(), Vec::new());
        let counted = batch.tallies.iter().zip(&batch.unevaluated);
        for (rule, (tally, unevaluated)) in self.report.rules.all().zip(counted) {
            match rule {
                _ if !rule.is_selected() => {}
                AnyRule::Native(_, native) if !batch.in_force(native) => retired.push(rule),
                AnyRule::Assertion(_, assertion) if !assertion.is_compiled => broken.push(rule),
                _ if tally.applied == 0 && *unevaluated == 0 => idle.push(rule),
                _ => {}
            }
        }
        let (all, left_out) = (self.report.rules.len(), self.report.rules.count_not_selected());
        let total = all.saturating_sub(left_out);
        if left_out > 0 {
            writeln!(self.out, "{}: {left_out} / {all}", self.say(Wording::NotSelected))?;
        }
        self.unevaluated(batch, total)?;
        let parts = [(broken, Wording::NotCompiled), (idle, Wording::NotExercised), (retired, Wording::NotInForce)];
        for (rules, wording) in parts {
            if !rules.is_empty() {
                writeln!(self.out, "{}: {} / {total}", self.say(wording), rules.len())?;
            }
            // Of a batch the names are what one wants to know; of a single document there are too many to read.
            if rules.len() <= MOST_NAMED {
                rules.iter().try_for_each(|rule| writeln!(self.out, "    {}", printable(&rule.id())))?;
            }
        }
        Ok(())
    }

    /// The assertions that could not be evaluated, all of them: what they would have found is not known.
    fn unevaluated(&mut self, batch: &Batch, total: usize) -> io::Result<()> {
        let counted = self.report.rules.indexes().zip(&batch.unevaluated).filter(|(_, times)| **times > 0);
        let counted: Vec<_> = counted.collect();
        if !counted.is_empty() {
            let heading = self.styled(style_of(Severity::Error), self.say(Wording::NotEvaluated));
            writeln!(self.out, "{heading}: {} / {total}", counted.len())?;
        }
        counted
            .iter()
            .try_for_each(|(rule, times)| writeln!(self.out, "    {times} {}", printable(&self.report.rules.id(*rule))))
    }
}

/// A text for one line, without characters that could command the reader's terminal or turn the line around.
pub fn printable(text: &str) -> Cow<'_, str> {
    // As nearly all texts are.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if commands(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The lines of an excerpt without such characters, and where the place is in them. `column` is that of the place; it
/// tells whether the first line is shown from its beginning.
fn printable_lines(excerpt: &Excerpt, column: u32) -> (String, Range<usize>) {
    let part = |part: Option<&str>| {
        let keep = |c| matches!(c, '\n' | '\t') || !commands(c);
        // A carriage return only doubles the line feed behind it.
        let part = part.unwrap_or_default().chars().filter(|&c| c != '\r');
        part.map(|c| if keep(c) { c } else { char::REPLACEMENT_CHARACTER }).collect::<String>()
    };
    let before = excerpt.text.get(..excerpt.start);
    let whole = before.unwrap_or_default().chars().count() + 1 == column as usize;
    let mut text = format!("{}{}", if whole { "" } else { "…" }, part(before));
    let start = text.len();
    text += &part(excerpt.text.get(excerpt.start..excerpt.end));
    let end = text.len();
    text += &part(excerpt.text.get(excerpt.end..));
    (text, start..end)
}

/// Whether a character acts on the terminal instead of being shown: controls, and those that set the direction.
fn commands(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
