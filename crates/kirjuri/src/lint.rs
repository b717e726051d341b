//! Runs rules over a document: every rule on every node it can apply to, counting both.

use std::fmt;
use std::sync::Arc;

use kirjuri_tree::{Document, Format, Interrupt, Limits, ParseError, ParseErrorKind, Reading, Surroundings};
use kirjuri_xpath::EvaluationError;

use crate::as_of::{AsOf, Days};
use crate::classification::Severity;
use crate::codes::CodeLibrary;
use crate::description;
use crate::draft::Memory;
use crate::embedded::Embedded;
use crate::fingerprint::{Fingerprint, Fingerprints};
use crate::identifiers::Date;
use crate::missing::{self, About, Gap, Work};
use crate::part::{AllPlaces, At, parts};
use crate::place::TooLong;
use crate::report::{AssertionFinding, Extent, Finding, Missing, Profile, Report, Tally, Unchecked, Unevaluated};
use crate::round::{Outcome, Round};
use crate::rule_set::{AnyRule, RuleIndex, RuleSet};
use crate::schematron::{Locations, TextAllowance};
use crate::series;
use crate::structure::CompiledStructure;
use crate::validation::{self, Validation};
use crate::vocabulary::{Everything, Vocabulary};

/// How to lint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LintOptions {
    /// The day the document is judged by.
    pub as_of: AsOf,
    /// Keep the lines of the source around each finding. They are content of the document; ask for them only to
    /// show them to somebody who may see the document.
    pub excerpts: bool,
    /// Fill the messages of Schematron assertions in. They quote the document; ask for them only to show them to
    /// somebody who may see it.
    pub messages: bool,
    /// Say where findings of Schematron assertions are as SVRL does, beside their place.
    pub locations: bool,
    /// Keep which rules of Schematron schemas fired.
    pub fired_rules: bool,
    /// Where patterns of Schematron schemas find the documents that a document names; without it, such patterns are
    /// not evaluated.
    pub documents: Option<Arc<dyn SubordinateDocuments>>,
    /// Measures what each rule takes ([`Report::profile`]); without it, no time is taken.
    pub clock: Option<Arc<dyn Clock>>,
    /// The structure that definitions of forms are compared with, whichever they claim; else that of their OID, or the newest
    /// of their document type, as far as a pack knows it.
    pub against: Option<Arc<CompiledStructure>>,
    /// How many nodes the rules of one pack may visit in one document before they are stopped. Real documents take
    /// some ten thousand; the default, 2²⁸, is a second or two of work.
    pub budget: u64,
    /// The document is still being written: what is missing is not wrong yet ([`Report::missing`]), and the document may be
    /// a part of one, or end before it is complete ([`Report::extent`]).
    pub draft: bool,
    /// Take from the document what rules on series compare with other documents ([`Report::members`]); without it these rules
    /// cost nothing. Nothing is taken from a draft.
    pub series: bool,
    /// Take from the document what it says of itself ([`Report::description`]); without it, nothing is said.
    pub describe: bool,
    /// Asked now and then whether to stop; without it, nothing stops but the limits.
    pub interrupt: Option<Arc<dyn Interrupt>>,
    /// The imported code sets of the rules, as this document is judged by them.
    pub(crate) codes: Option<Arc<CodeLibrary>>,
}

impl Default for LintOptions {
    fn default() -> LintOptions {
        LintOptions {
            as_of: AsOf::default(),
            excerpts: false,
            messages: false,
            locations: true,
            fired_rules: false,
            documents: None,
            clock: None,
            against: None,
            budget: 1 << 28,
            draft: false,
            series: false,
            describe: false,
            interrupt: None,
            codes: None,
        }
    }
}

impl LintOptions {
    /// Judged by a day.
    pub fn as_of(day: Date) -> LintOptions {
        LintOptions { as_of: day.into(), ..LintOptions::default() }
    }

    /// The options for one document whose days are known: nothing is left to be asked of it.
    fn dated(&self, days: Days, rules: &RuleSet) -> LintOptions {
        let imported = rules.packs().iter().find_map(|pack| pack.imported());
        let codes = imported.map(|codes| Arc::new(codes.on(days.codes)));
        let as_of = days.own.map_or(self.as_of, |own| own.into());
        LintOptions { as_of, codes, ..self.clone() }
    }
}

/// A clock of the caller's, since the library has none.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Nanoseconds since some moment that stays the same.
    fn nanoseconds(&self) -> u64;
}

/// Does something; with what it gives, the nanoseconds it took, or 0 without a clock.
pub(crate) fn timed<T>(clock: Option<&dyn Clock>, what: impl FnOnce() -> T) -> (T, u64) {
    let Some(clock) = clock else { return (what(), 0) };
    let start = clock.nanoseconds();
    let result = what();
    (result, clock.nanoseconds().saturating_sub(start))
}

/// Reads the documents that a document names for patterns of Schematron schemas (`documents`). The names come from the
/// document: whoever implements this decides what they may reach.
pub trait SubordinateDocuments: fmt::Debug + Send + Sync {
    /// The bytes of a document by the address that the document gives; nothing where there is none.
    fn read(&self, address: &str) -> Option<Vec<u8>>;
}

/// The rules of a pack or schema were stopped; at which one, where that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped(pub(crate) Option<usize>);

impl From<EvaluationError> for Stopped {
    fn from(_: EvaluationError) -> Stopped {
        Stopped(None)
    }
}

/// Parses a document, JSON where its first character is that of a JSON object or array, else XML.
///
/// # Errors
/// As [`Document::parse`] and [`Document::parse_json`].
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    read(bytes, &Reading::within(limits))
}

/// Parses a document as [`parse`] does, in the way that is asked for.
///
/// # Errors
/// As [`Document::read`].
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Document, ParseError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let format = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Format::Json,
        _ => Format::Xml,
    };
    Document::read(bytes, format, reading)
}

/// Parses a document and lints it.
///
/// # Errors
/// Why it was not checked. A document that was not checked has no findings, and is not clean.
pub fn check(bytes: &[u8], limits: &Limits, rules: &RuleSet, options: &LintOptions) -> Result<Report, Unchecked> {
    check_inside(bytes, None, limits, rules, options)
}

/// Parses a document that may be a part of a larger file and lints it; the places of findings are those in the file.
///
/// # Errors
/// As [`check`].
pub fn check_inside(
    bytes: &[u8],
    around: Option<&Surroundings>,
    limits: &Limits,
    rules: &RuleSet,
    options: &LintOptions,
) -> Result<Report, Unchecked> {
    let document = read(bytes, &Reading { around, ..reading(limits, options) }).map_err(unreadable)?;
    lint_within(&document, limits, rules, options)
}

/// How a document is read that is checked with some options.
pub(crate) fn reading<'o>(limits: &Limits, options: &'o LintOptions) -> Reading<'o> {
    Reading { limits: *limits, interrupt: options.interrupt.as_deref(), unfinished: options.draft, around: None }
}

/// Parses a document as the options ask for it.
pub(crate) fn read_for(bytes: &[u8], limits: &Limits, options: &LintOptions) -> Result<Document, Unchecked> {
    read(bytes, &reading(limits, options)).map_err(unreadable)
}

fn unreadable(error: ParseError) -> Unchecked {
    match error.kind() {
        ParseErrorKind::Interrupted => Unchecked::Interrupted,
        _ => Unchecked::Unreadable(error),
    }
}

/// Lints a document with the packs that apply to it, and what it carries inside, within the default limits, with those
/// that apply to that.
///
/// # Errors
/// Every [`Unchecked`] but [`Unchecked::Unreadable`].
pub fn lint(document: &Document, rules: &RuleSet, options: &LintOptions) -> Result<Report, Unchecked> {
    lint_within(document, &Limits::default(), rules, options)
}

fn lint_within(
    document: &Document,
    limits: &Limits,
    rules: &RuleSet,
    options: &LintOptions,
) -> Result<Report, Unchecked> {
    let days = Days::of(document, rules, options.as_of)?;
    lint_with(document, &Embedded::of(document, reading(limits, options)), rules, options, days, None)
}

/// Lints a document of which the days are known, and what it carries; with a memory, what it
/// remembers need not be asked again.
pub(crate) fn lint_with(
    document: &Document,
    embedded: &Embedded<'_>,
    rules: &RuleSet,
    options: &LintOptions,
    days: Days,
    memory: Option<&mut Memory<'_>>,
) -> Result<Report, Unchecked> {
    let is_dated = days.own.is_some() || days.codes.is_some();
    let dated = is_dated.then(|| options.dated(days, rules));
    let options = dated.as_ref().unwrap_or(options);
    let (report, all) = timed(options.clock.as_deref(), || lint_all(document, embedded, rules, options, memory));
    let mut report = report?;
    report.own_date = days.own;
    if options.describe {
        report.description = description::describe(document, rules)?;
    }
    // What was stopped while it was read inside the document looks as if it could not be read.
    if options.interrupt.as_ref().is_some_and(|interrupt| interrupt.is_raised()) {
        return Err(Unchecked::Interrupted);
    }
    if let Some(profile) = &mut report.profile {
        profile.elsewhere = all.saturating_sub(profile.rules.iter().sum());
    }
    Ok(report)
}

fn lint_all(
    document: &Document,
    embedded: &Embedded<'_>,
    rules: &RuleSet,
    options: &LintOptions,
    mut memory: Option<&mut Memory<'_>>,
) -> Result<Report, Unchecked> {
    let mut profile = options.clock.is_some().then(|| Profile { rules: vec![0; rules.len()], elsewhere: 0 });
    let mut found = Vec::new();
    let (mut tallies, mut unevaluated) = (Vec::new(), Vec::new());
    // With the number of series before those of the pack.
    let (mut taken, mut series_start) = (Vec::new(), 0);
    let mut applies = false;
    // A draft whose root element no pack knows is a part of a document, if it is of a pack's namespace.
    let concerns = |namespace: &str| rules.packs.iter().any(|pack| pack.concerns(namespace));
    let is_known = rules.packs.iter().any(|pack| pack.has_root_of(document));
    let root = document.qname(document.name(document.root_element()));
    let is_fragment = options.draft && !is_known && concerns(root.namespace);
    let parts = parts(document, embedded, is_fragment, concerns);
    // What is carried shares the work that one document is allowed.
    let budget = options.budget / parts.len() as u64;
    for (pack_number, (pack, &start)) in rules.packs.iter().zip(&rules.starts).enumerate() {
        let mut counts = Vec::new();
        for part in &parts {
            let each = |number: usize, outcome, spent| {
                let rule = RuleIndex(start + number as u32);
                if let Some(profile) = &mut profile {
                    profile.rules[rule.index()] += spent;
                }
                if counts.is_empty() {
                    counts.resize(pack.rules().len(), Tally::default());
                }
                let count = &mut counts[number];
                let (at, subject) = match outcome {
                    Outcome::Asked(times) => {
                        count.applied += u64::from(times);
                        return;
                    }
                    Outcome::Failed(at, subject) => {
                        count.failed += 1;
                        (at, subject)
                    }
                    Outcome::Unevaluated => {
                        unevaluated.push(Unevaluated { rule, times: 1 });
                        return;
                    }
                };
                let severity = pack.rules()[number].severity;
                found.push(Found { at, rule, severity, subject, assertion: None });
            };
            let applied = match &mut memory {
                Some(memory) => memory.pass(pack, pack_number, part, budget, options, each),
                None => match pack.bind_to(part)? {
                    Some(binding) => {
                        let round = Round { pack, part, binding: &binding, budget, options };
                        let run = round.run(&mut (), None, each);
                        let mut unknown = Vec::new();
                        run.and_then(|()| series::take(&round, series_start, &mut taken, &mut unknown)).map(|()| {
                            let rules = unknown.into_iter().map(|number: usize| RuleIndex(start + number as u32));
                            unevaluated.extend(rules.map(|rule| Unevaluated { rule, times: 1 }));
                            true
                        })
                    }
                    None => Ok(false),
                },
            };
            let applied = applied.map_err(|Stopped(rule)| {
                Unchecked::stopped(options, rule.map(|number| RuleIndex(start + number as u32)))
            })?;
            // A document of which nothing is asked is not checked; nor is one that only carries something that is known, such
            // as a file of many documents.
            applies |= applied && pack.is_asked() && part.carrier.is_none();
        }
        series_start += pack.series().len();
        let numbered = (start..).map(RuleIndex).zip(counts);
        tallies.extend(numbered.filter(|(_, tally)| tally.applied > 0));
    }
    if is_fragment && tallies.is_empty() {
        return Err(Unchecked::NothingAsked);
    }
    if !applies && !rules.schemas.iter().any(|schema| schema.is_asked()) {
        return Err(Unchecked::NoPackApplies);
    }
    let extent = Extent { is_fragment: is_fragment && applies, unfinished: document.unfinished() };
    let mut report = Report { tallies, profile, unevaluated, extent, ..Report::default() };
    let (mut elsewhere, allowance) = (Vec::new(), TextAllowance::default());
    // What a schema says of a document is said of a whole one.
    let is_whole = !is_fragment && document.unfinished().is_none();
    let is_asked = |number: &usize| is_whole && rules.schemas.get(*number).is_some_and(|schema| schema.is_asked());
    for number in (0..rules.schemas.len()).filter(is_asked) {
        let mut validation = Validation::new(rules, number, options, &allowance, &mut report);
        validation.run(document, &mut found)?;
        validation.run_subordinates(document, &mut elsewhere)?;
        validation.count();
    }
    let written = findings(document, Some(embedded), rules, options, found)?;
    (report.findings, report.missing) = (written.findings, written.missing);
    let pack_of = |start: usize| {
        let ends = rules.packs.iter().scan(0, |end, pack| {
            *end += pack.series().len();
            Some((*end, &**pack))
        });
        ends.into_iter().find(|(end, _)| *end > start).map(|(_, pack)| pack)
    };
    report.members = series::members(document, embedded, rules, &pack_of, taken)
        .map_err(|TooLong| Unchecked::TooMuchWork { rule: None })?;
    missing::discount(&mut report, &written.unsettled);
    report.findings.append(&mut elsewhere);
    validation::sum(&mut report.unevaluated);
    Ok(report)
}

/// A finding before its place is written out.
pub(crate) struct Found {
    pub(crate) at: At,
    pub(crate) rule: RuleIndex,
    pub(crate) severity: Severity,
    /// What it is about, beside its place.
    pub(crate) subject: Option<About>,
    pub(crate) assertion: Option<Box<AssertionFinding>>,
}

/// What was found, with the places written out.
pub(crate) struct Written {
    pub(crate) findings: Vec<Finding>,
    /// What a draft still lacks.
    missing: Vec<Missing>,
    /// The rules that failed where more may follow, once for each time.
    unsettled: Vec<RuleIndex>,
}

/// Writes out the places of what was found in a document; apart, what a draft still lacks.
pub(crate) fn findings(
    document: &Document,
    embedded: Option<&Embedded<'_>>,
    rules: &RuleSet,
    options: &LintOptions,
    mut found: Vec<Found>,
) -> Result<Written, Unchecked> {
    // Where one rule finds two things at a place, they are told apart by what else is known of them: they come in any order.
    found.sort_by_key(|found| (found.at, found.rule, found.subject.as_ref().and_then(About::context)));
    let mut places = AllPlaces::new(document, embedded, rules);
    let vocabulary: &dyn Vocabulary = if options.messages { &Everything } else { rules };
    let mut locations = Locations::new(document, vocabulary, options.messages);
    let mut fingerprints = Fingerprints::new(document, embedded);
    let (mut findings, mut gaps, mut unsettled) = (Vec::new(), Vec::new(), Vec::new());
    let has_words = found.iter().any(|found| found.at.has_words());
    let work = Work::new(options.budget);
    for Found { at, rule, severity, subject, mut assertion } in found {
        let too_much = || Unchecked::TooMuchWork { rule: Some(rule) };
        if options.draft
            && let AnyRule::Native(_, native) = rules.get(rule)
        {
            let gap = missing::gap(native, at, subject.as_ref(), &work, |at| places.document(at));
            if work.is_spent() {
                return Err(too_much());
            }
            if let Some(gap) = gap {
                gaps.push((gap, rule, severity));
                continue;
            }
            if matches!(subject, Some(About::Unsettled(_))) || places.is_open(at) {
                unsettled.push(rule);
                continue;
            }
        }
        let excerpt = options.excerpts.then(|| places.excerpt(at));
        let place = places.place(at).map_err(|TooLong| too_much())?;
        if let Some(assertion) = assertion.as_mut().filter(|_| options.locations) {
            assertion.location = locations.location(at.outer).ok_or_else(too_much)?;
        }
        let subject = subject.and_then(About::into_subject);
        // What a draft says is not its last word: nobody knows it by that.
        let fingerprint = match options.draft {
            true => Fingerprint::default(),
            false => fingerprints.of(at, rules.get(rule), subject.as_ref()),
        };
        findings.push(Finding { rule, severity, place, fingerprint, subject, excerpt, assertion });
    }
    if has_words {
        // Words stand behind the start of their node, and may behind another finding.
        findings.sort_by_key(|finding| (finding.place.order(), finding.rule));
    }
    gaps.sort_by(|(one, rule, _), (other, other_rule, _)| {
        (one.at, rule, &one.rest).cmp(&(other.at, other_rule, &other.rest))
    });
    let missing = gaps.into_iter().map(|(Gap { at, rest, subject }, rule, severity)| {
        let place = places.place(at).map_err(|TooLong| Unchecked::TooMuchWork { rule: Some(rule) })?;
        let path = format!("{}{rest}", place.inner.as_deref().unwrap_or(&place).path);
        Ok(Missing { rule, severity, place, path, subject })
    });
    let missing = missing.collect::<Result<_, Unchecked>>()?;
    Ok(Written { findings, missing, unsettled })
}
