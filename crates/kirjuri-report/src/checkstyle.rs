//! The report as checkstyle's XML, which many build servers and editors read. It has no official schema; what is written is
//! what those readers agree on: `checkstyle/file/error` with line, column, severity, message and source.

use std::io::{self, Write};

use kirjuri::{Finding, Language, RuleSet, Severity};
use quick_xml::Writer;

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::printer::Printer;
use crate::words::{Vocabulary, place_of};
use crate::xml::{elements, legal, write_declaration};

pub(crate) struct Checkstyle<'r> {
    words: Vocabulary<'r>,
}

impl<'r> Checkstyle<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> Checkstyle<'r> {
        Checkstyle { words: Vocabulary::new(rules, language) }
    }

    fn finding(&mut self, finding: &Finding, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
        let rule = self.words.of(finding.rule);
        let message = self.words.message(finding);
        let at = place_of(finding).map(|place| (place.line, place.column));
        write_error(at, finding.severity.id(), &message, &rule.id, xml)
    }
}

fn write_error(
    at: Option<(u32, u32)>,
    severity: &str,
    message: &str,
    source: &str,
    xml: &mut Writer<&mut dyn Write>,
) -> io::Result<()> {
    let mut element = xml.create_element("error");
    if let Some((line, column)) = at {
        element = element.with_attributes([("line", &*line.to_string()), ("column", &*column.to_string())]);
    }
    let element = element.with_attributes([("severity", severity), ("message", &*legal(message))]);
    // The name of the tool before that of the rule, as readers that mix reports expect.
    element.with_attribute(("source", &*legal(&format!("kirjuri.{source}")))).write_empty()?;
    Ok(())
}

impl Printer for Checkstyle<'_> {
    fn begin(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        write_declaration(out)?;
        // The version of the format that this is, not of the program.
        out.write_all(b"<checkstyle version=\"4.3\">\n")
    }

    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        let path = legal(&document.path);
        match &document.outcome {
            Outcome::Checked(findings) if findings.is_empty() => return Ok(()),
            Outcome::Skipped(_) => return Ok(()),
            Outcome::Checked(findings) => {
                elements(out)
                    .create_element("file")
                    .with_attribute(("name", &*path))
                    .write_inner_content(|xml| findings.iter().try_for_each(|finding| self.finding(finding, xml)))?;
            }
            Outcome::Unreadable(error) => {
                let at = error.position().map(|at| (at.line, at.column));
                let (message, source) = (error.message(self.words.language), format!("unreadable/{}", error.id()));
                elements(out)
                    .create_element("file")
                    .with_attribute(("name", &*path))
                    .write_inner_content(|xml| write_error(at, Severity::Error.id(), &message, &source, xml))?;
            }
        }
        out.write_all(b"\n")
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        let path = legal(&entry.path);
        elements(out)
            .create_element("file")
            .with_attribute(("name", &*path))
            .write_inner_content(|xml| self.finding(&entry.finding, xml))?;
        out.write_all(b"\n")
    }

    fn end(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"</checkstyle>\n")
    }

    fn says_account(&self) -> bool {
        false
    }
}
