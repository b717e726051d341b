//! What came of a document as bytes, so that it can be kept between runs.
//!
//! The bytes hold what a report holds and no more: places, counts, fingerprints, what a document says of itself, and what
//! members of series keep as written. They mean something only beside the same rules and options, and are not checked for
//! damage: whoever keeps them has to know that they are those that were written.

use std::sync::Arc;

use kirjuri_tree::{ParseError, ParseErrorKind, Position};

use super::{AssertionFinding, Extent, Finding, Report, Tally, Unchecked, Unevaluated};
use crate::classification::Severity;
use crate::description::Description;
use crate::fingerprint::{Fingerprint, Spot};
use crate::identifiers::Date;
use crate::lint::LintOptions;
use crate::place::Place;
use crate::rule::Question;
use crate::rule_set::{AnyRule, RuleIndex, RuleSet};
use crate::schematron::AssertionKind;
use crate::series::{Fact, Member};
use crate::structure::Subject;

/// Rises whenever the same bytes would mean something else, and whenever the same document would give other ones by the same
/// rules: not only the layout counts, but also what a path shows (the words that may be told, see the module `vocabulary`),
/// what a fingerprint is made of, and what a description takes. What was kept by an earlier program is then checked anew.
pub const ENCODING: u32 = 2;

/// Appends what came of a document; false, and some bytes that mean nothing, where it is not to be kept: it holds content
/// of the document, measurements of one run, a draft, or was interrupted.
pub fn encode(checked: &Result<Report, Unchecked>, out: &mut Vec<u8>) -> bool {
    let mut writer = Writer { out, path: "" };
    match checked {
        Ok(report) => {
            writer.out.push(0);
            return writer.report(report).is_some();
        }
        Err(Unchecked::Unreadable(error)) => {
            let kind = ParseErrorKind::ALL.iter().position(|kind| *kind == error.kind());
            let Some(kind) = kind else { return false };
            writer.out.push(1);
            let Position { line, column } = error.position();
            [kind as u64, u64::from(line), u64::from(column), error.offset() as u64]
                .into_iter()
                .for_each(|number| writer.number(number));
        }
        Err(Unchecked::NoPackApplies) => writer.out.push(2),
        Err(Unchecked::TooMuchWork { rule }) => {
            writer.out.push(3);
            writer.number(rule.map_or(0, |rule| u64::from(rule.0) + 1));
        }
        Err(Unchecked::Interrupted | Unchecked::NothingAsked) => return false,
    }
    true
}

/// What came of a document, by the rules and options it was checked with; nothing where the bytes are none of [`encode`].
pub fn decode(bytes: &[u8], rules: &RuleSet, options: &LintOptions) -> Option<Result<Report, Unchecked>> {
    let mut reader = Reader { rest: bytes, path: String::new(), rules, options };
    let checked = match reader.byte()? {
        0 => Ok(reader.report()?),
        1 => {
            let kind = *ParseErrorKind::ALL.get(reader.size()?)?;
            let position = Position { line: reader.small()?, column: reader.small()? };
            Err(Unchecked::Unreadable(ParseError::new(kind, position, reader.size()?)))
        }
        2 => Err(Unchecked::NoPackApplies),
        3 => {
            let rule = match reader.number()?.checked_sub(1) {
                Some(rule) => Some(reader.rule_of(rule)?),
                None => None,
            };
            Err(Unchecked::TooMuchWork { rule })
        }
        _ => return None,
    };
    reader.rest.is_empty().then_some(checked)
}

struct Writer<'w> {
    out: &'w mut Vec<u8>,
    /// The path before: the next one begins like it, mostly.
    path: &'w str,
}

impl<'w> Writer<'w> {
    fn report(&mut self, report: &'w Report) -> Option<()> {
        // Named one by one, so that what a report gets one day is not forgotten here.
        let Report {
            findings,
            missing,
            extent,
            description,
            own_date,
            members,
            tallies,
            unevaluated,
            fired_rules,
            profile,
        } = report;
        if !missing.is_empty() || *extent != Extent::default() || !fired_rules.is_empty() || profile.is_some() {
            return None;
        }
        self.description(description);
        let day = own_date.map(|day| [u64::from(day.year()), u64::from(day.month()), u64::from(day.day())]);
        day.unwrap_or_default().into_iter().for_each(|number| self.number(number));
        self.number(tallies.len() as u64);
        let mut before = 0;
        for (rule, tally) in tallies {
            // By number, so that the steps are small.
            self.number(u64::from(rule.0).checked_sub(before)?);
            before = u64::from(rule.0);
            self.number(tally.applied);
            self.number(tally.failed);
        }
        self.number(unevaluated.len() as u64);
        for Unevaluated { rule, times } in unevaluated {
            self.number(u64::from(rule.0));
            self.number(*times);
        }
        self.number(findings.len() as u64);
        findings.iter().try_for_each(|finding| self.finding(finding))?;
        self.number(members.len() as u64);
        members.iter().for_each(|member| self.member(member));
        Some(())
    }

    fn finding(&mut self, finding: &'w Finding) -> Option<()> {
        let Finding { rule, severity, place, fingerprint, subject, excerpt, assertion } = finding;
        if excerpt.is_some() {
            return None;
        }
        self.number(u64::from(rule.0));
        self.out.push(Severity::ALL.iter().position(|known| known == severity)? as u8);
        self.place(place);
        self.out.extend(fingerprint.0.to_le_bytes());
        self.out.push(u8::from(subject.is_some()) | u8::from(assertion.is_some()) << 1);
        if let Some(subject) = subject {
            self.text(&subject.structure().oid);
            self.number(subject.fields().len() as u64);
            subject.fields().iter().for_each(|field| self.number(*field as u64));
        }
        if let Some(assertion) = assertion {
            let AssertionFinding { kind, location, fired_rule, text, remarks, document } = &**assertion;
            // What is elided is the same for every document; anything else is the document's own word.
            if text.is_some() || !remarks.is_empty() || document.as_deref().is_some_and(|address| address != ELIDED) {
                return None;
            }
            let is_report = u8::from(*kind == AssertionKind::Report);
            self.out.push(is_report | u8::from(document.is_some()) << 1);
            self.text(location);
            self.number(*fired_rule as u64);
        }
        Some(())
    }

    fn member(&mut self, member: &'w Member) {
        let Member { series, kind, group, order, facts, spot, place } = member;
        self.number(u64::from(*series));
        self.number(u64::from(*kind));
        self.out.extend(group.to_le_bytes());
        self.number(order.len() as u64);
        self.out.extend(order);
        self.number(facts.len() as u64);
        for fact in facts {
            match fact {
                None => self.out.push(0),
                Some(Fact::Written(text)) => {
                    self.out.push(1);
                    self.text(text);
                }
                Some(Fact::Fingerprint(fingerprint)) => {
                    self.out.push(2);
                    self.out.extend(fingerprint.to_le_bytes());
                }
            }
        }
        self.out.extend(spot.0.to_le_bytes());
        self.place(place);
    }

    fn description(&mut self, description: &Description) {
        for text in words(description) {
            match text {
                None => self.number(0),
                Some(text) => {
                    self.number(text.len() as u64 + 1);
                    self.out.extend(text.as_bytes());
                }
            }
        }
    }

    fn place(&mut self, place: &'w Place) {
        self.flat_place(place);
        self.out.push(u8::from(place.inner.is_some()));
        // What is carried carries nothing.
        if let Some(inner) = &place.inner {
            self.flat_place(inner);
        }
    }

    fn flat_place(&mut self, place: &'w Place) {
        let Place { path, line, column, start, end, inner: _ } = place;
        let shared = path.bytes().zip(self.path.bytes()).take_while(|(own, before)| own == before).count();
        let shared = path.floor_char_boundary(shared);
        self.number(shared as u64);
        self.text(path.get(shared..).unwrap_or_default());
        self.path = path;
        [u64::from(*line), u64::from(*column), *start as u64, *end as u64]
            .into_iter()
            .for_each(|number| self.number(number));
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.out.extend(text.as_bytes());
    }

    /// Seven bits a byte, the least first; all but the last have the eighth.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }
}

/// The address of a document that another names, where it is not told.
const ELIDED: &str = "…";

fn words(description: &Description) -> [&Option<Box<str>>; 10] {
    let Description {
        document_type,
        version,
        form,
        unit,
        provider,
        municipality,
        software,
        software_version,
        author_role,
        month,
    } = description;
    [document_type, version, form, unit, provider, municipality, software, software_version, author_role, month]
}

struct Reader<'b> {
    rest: &'b [u8],
    path: String,
    rules: &'b RuleSet,
    options: &'b LintOptions,
}

impl<'b> Reader<'b> {
    fn report(&mut self) -> Option<Report> {
        let description = self.description()?;
        let own_date = match (self.number()?, self.number()?, self.number()?) {
            (0, 0, 0) => None,
            (year, month, day) => Some(Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)?),
        };
        let mut rule = 0_u64;
        let tallies = self.list(|reader| {
            rule = rule.checked_add(reader.number()?)?;
            Some((reader.rule_of(rule)?, Tally { applied: reader.number()?, failed: reader.number()? }))
        })?;
        let unevaluated = self.list(|reader| Some(Unevaluated { rule: reader.rule()?, times: reader.number()? }))?;
        let findings = self.list(Reader::finding)?;
        let members = self.list(Reader::member)?;
        Some(Report { findings, description, own_date, members, tallies, unevaluated, ..Report::default() })
    }

    fn finding(&mut self) -> Option<Finding> {
        let rule = self.rule()?;
        let severity = *Severity::ALL.get(usize::from(self.byte()?))?;
        let place = self.place()?;
        let fingerprint = Fingerprint(self.fingerprint()?);
        let has = self.byte()?;
        let subject = if has & 1 != 0 { Some(self.subject(rule)?) } else { None };
        let assertion = if has & 2 != 0 { Some(Box::new(self.assertion()?)) } else { None };
        Some(Finding { rule, severity, place, fingerprint, subject, excerpt: None, assertion })
    }

    fn subject(&mut self, rule: RuleIndex) -> Option<Subject> {
        let oid = self.text()?;
        let fields = self.list(Reader::size)?;
        let AnyRule::Native(pack, rule) = self.rules.get(rule) else { return None };
        let known = match (&rule.question, &self.options.against) {
            // Whatever structure a form claims, it was compared with this one.
            (Question::Form(_), Some(against)) => against,
            _ => pack.structures().get(oid)?.ok()?,
        };
        let is_of = |field: &usize| *field < known.structure().fields.len();
        let subject = Subject::new(Arc::clone(known), fields);
        (known.structure().oid == oid && subject.fields().iter().all(is_of)).then_some(subject)
    }

    fn assertion(&mut self) -> Option<AssertionFinding> {
        let flags = self.byte()?;
        let kind = if flags & 1 != 0 { AssertionKind::Report } else { AssertionKind::Assert };
        let document = (flags & 2 != 0).then(|| ELIDED.into());
        let location = self.text()?.to_owned();
        let fired_rule = self.size()?;
        Some(AssertionFinding { kind, location, fired_rule, text: None, remarks: Vec::new(), document })
    }

    fn member(&mut self) -> Option<Member> {
        let (series, kind) = (self.small()?, self.number()?.try_into().ok()?);
        let group = self.fingerprint()?;
        let length = self.size()?;
        let order = self.take(length)?.to_vec();
        let facts = self.list(|reader| {
            Some(match reader.byte()? {
                0 => None,
                1 => Some(Fact::Written(reader.text()?.into())),
                _ => Some(Fact::Fingerprint(reader.fingerprint()?)),
            })
        })?;
        let spot = Spot(self.fingerprint()?);
        Some(Member { series, kind, group, order, facts, spot, place: self.place()? })
    }

    fn description(&mut self) -> Option<Description> {
        let mut word = || -> Option<Option<Box<str>>> {
            let Some(length) = self.size()?.checked_sub(1) else { return Some(None) };
            Some(Some(std::str::from_utf8(self.take(length)?).ok()?.into()))
        };
        // In the order of `words`.
        Some(Description {
            document_type: word()?,
            version: word()?,
            form: word()?,
            unit: word()?,
            provider: word()?,
            municipality: word()?,
            software: word()?,
            software_version: word()?,
            author_role: word()?,
            month: word()?,
        })
    }

    fn place(&mut self) -> Option<Place> {
        let mut place = self.flat_place()?;
        if self.byte()? != 0 {
            place.inner = Some(Box::new(self.flat_place()?));
        }
        Some(place)
    }

    fn flat_place(&mut self) -> Option<Place> {
        let shared = self.size()?;
        let own = self.text()?;
        let path = [self.path.get(..shared)?, own].concat();
        self.path.clone_from(&path);
        let (line, column) = (self.small()?, self.small()?);
        Some(Place { path, line, column, start: self.size()?, end: self.size()?, inner: None })
    }

    /// A list, which takes no more memory than its bytes do, however long it claims to be.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Reader<'b>) -> Option<T>) -> Option<Vec<T>> {
        let length = self.size()?;
        let mut items = Vec::with_capacity(length.min(self.rest.len()).min(1 << 10));
        for _ in 0..length {
            items.push(item(self)?);
        }
        Some(items)
    }

    fn rule(&mut self) -> Option<RuleIndex> {
        let number = self.number()?;
        self.rule_of(number)
    }

    fn rule_of(&self, number: u64) -> Option<RuleIndex> {
        let number = u32::try_from(number).ok()?;
        ((number as usize) < self.rules.len()).then_some(RuleIndex(number))
    }

    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn fingerprint(&mut self) -> Option<u128> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u128::from_le_bytes(*bytes))
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = self.size()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn size(&mut self) -> Option<usize> {
        self.number()?.try_into().ok()
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}
