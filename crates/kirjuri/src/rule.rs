//! A rule: what it asks of which nodes, its texts, its guideline and the examples that prove it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kirjuri_xpath::{
    CompileError, Pattern, Program, StaticContext, Type, Version, looks_outward, pattern_is_settled,
    pattern_looks_outward,
};
use serde::Deserialize;
use toml::Spanned;

use crate::as_of::{self, Period};
use crate::classification::{Criterion, Severity};
use crate::functions;
use crate::identifiers::Date;
use crate::language::{Language, Texts};
use crate::missing::{self, MissingEntry, Way};
use crate::pack::{Guideline, Laws};
use crate::series::{self, Series};
use crate::source::{PackError, Reader, nearest};
use crate::structure::{FormCheck, StructureCheck};

mod examples;
mod later;

use examples::ExampleEntry;
use later::{Later, TEXTS};

/// A rule of a pack, compiled.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name of the fault, unique in the pack; the stem of the rule's file.
    pub name: String,
    /// Names the rule had before.
    pub was: Vec<String>,
    /// How grave a finding of the rule is.
    pub severity: Severity,
    /// The quality of the data that the rule measures.
    pub criterion: Criterion,
    /// A fault means that the data may be taken for those of another person, or that something cancelled is taken for valid.
    /// Whoever leaves such a rule out names it and says why.
    pub is_safety_critical: bool,
    /// Where the guidelines demand it.
    pub guidelines: Vec<Clause>,
    /// What the rule asks.
    pub question: Question,
    /// Where that would go which the rule asks for, if that may be something not written yet.
    pub(crate) missing: Vec<Way>,
    later: Later,
    /// First and last day in force of the rule itself.
    period: Period,
    /// Those of its guidelines; empty where one of them is always in force.
    periods: Vec<Period>,
    /// Whether it is asked at all; see [`RuleSet::selected`](crate::RuleSet::selected).
    pub(crate) is_selected: bool,
}

impl Rule {
    /// What is wrong: one sentence without a full stop.
    pub fn title(&self) -> &Texts {
        &self.later.texts().title
    }

    /// Why it matters.
    pub fn why(&self) -> &Texts {
        &self.later.texts().why
    }

    /// What to do.
    pub fn fix(&self) -> &Texts {
        &self.later.texts().fix
    }

    /// Documents in which the rule applies and finds nothing.
    pub fn passing(&self) -> &[Example] {
        &self.later.examples().passing
    }

    /// Documents in which the rule finds exactly what they say.
    pub fn failing(&self) -> &[Example] {
        &self.later.examples().failing
    }

    /// First day in force, where the rule has a period of its own beside those of its guidelines.
    pub fn valid_from(&self) -> Option<Date> {
        self.period.0
    }

    /// Last day in force, where the rule has a period of its own beside those of its guidelines.
    pub fn valid_to(&self) -> Option<Date> {
        self.period.1
    }

    /// Whether the rule is in force on a day: its own period holds, and that of one of its guidelines. Without a day every
    /// rule is.
    pub fn in_force(&self, day: Option<Date>) -> bool {
        let Some(day) = day else { return true };
        as_of::holds(&self.period, day)
            && (self.periods.is_empty() || self.periods.iter().any(|period| as_of::holds(period, day)))
    }
}

/// How far a rule looks from the node it is asked at.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Look {
    /// It looks at nothing but what is at and inside the node, so that it can be asked of a fragment.
    pub(crate) is_inward: bool,
    /// Nor does anything that follows the node change whether it is asked there, so that its answer stands as soon as the node
    /// is complete.
    pub(crate) is_settled: bool,
}

/// What a rule asks of a document.
#[derive(Clone, Debug)]
pub enum Question {
    /// Whether an expression is true.
    Expression {
        /// The nodes it is asked at.
        context: Pattern,
        /// What must be true at each of them.
        assertion: Program,
        /// What to underline, from the context node; the context node itself where there is none.
        point: Option<Program>,
        /// The words in the text of what is underlined that the finding is about, as a text, from there. Only their place is
        /// kept.
        words: Option<Program>,
    },
    /// Whether an expression is true in the tree of a group of a series.
    Series {
        /// The number of the series in [`Pack::series`](crate::Pack::series).
        series: usize,
        /// The nodes of the tree it is asked at: members, or the group.
        context: Pattern,
        /// What must be true at each of them.
        assertion: Program,
        /// The members that a finding names beside its own.
        other: Option<Program>,
    },
    /// Whether a JSON document is as the structure of its type says, in one respect.
    Structure(StructureCheck),
    /// Whether the definition of a form is as the national structure it claims, in one respect.
    Form(FormCheck),
}

impl Question {
    /// How far it looks. The structure of a document is one of the whole, and a series is of many.
    pub(crate) fn look(&self, version: Version) -> Look {
        let functions = functions::OUTWARD;
        let is_inward = |program: &Program| !looks_outward(program.source(), version, functions).unwrap_or(true);
        let Some(context) = self.context() else { return Look::default() };
        let programs = match self {
            Question::Expression { assertion, point, words, .. } => {
                vec![Some(assertion), point.as_ref(), words.as_ref()]
            }
            Question::Series { .. } | Question::Structure(_) | Question::Form(_) => Vec::new(),
        };
        let is_inward = programs.into_iter().flatten().all(is_inward);
        Look {
            is_inward: is_inward && !pattern_looks_outward(context.source(), version, functions).unwrap_or(true),
            is_settled: is_inward && pattern_is_settled(context.source(), version, functions).unwrap_or(false),
        }
    }

    /// Whether what it finds is about words in the text of a node.
    pub fn is_about_words(&self) -> bool {
        matches!(self, Question::Expression { words: Some(_), .. })
    }

    /// The nodes of a document it is asked at, where a pattern says so.
    pub fn context(&self) -> Option<&Pattern> {
        match self {
            Question::Expression { context, .. } => Some(context),
            Question::Series { .. } | Question::Structure(_) | Question::Form(_) => None,
        }
    }
}

/// A place in a guideline.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Key of the guideline in the pack.
    pub doc: String,
    /// The clause in the guideline's own numbering.
    pub clause: String,
}

/// A whole minimal document that shows what a rule does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The document, with what it carries in base64 as it is to be linted.
    pub document: String,
    /// What the document carries inside, readable, in the order in which it stands in the file.
    pub carried: Vec<String>,
    /// Of a rule on a series, the documents of the batch; `document` is empty then.
    pub batch: Vec<String>,
    /// The date it is judged by; [`Example::AS_OF`] where the file names none.
    pub as_of: Option<Date>,
    /// Where the rule must find something, as paths, of a rule about words with ` @ ` and their line and column; empty for a
    /// passing example. Of a rule on a series, the number of the document, counted from 1, before the path, and the numbers
    /// of the others that the finding names behind it: `2: /a/b < 1`.
    pub at: Vec<String>,
    /// Byte offset of the example in its file.
    pub(crate) offset: usize,
}

impl Example {
    /// The date examples are judged by unless they say otherwise: fixed, so that no example ages.
    pub const AS_OF: &'static str = "20260101";
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleFile {
    criterion: Criterion,
    severity: Severity,
    #[serde(default)]
    safety_critical: bool,
    guideline: Spanned<Vec<Spanned<Clause>>>,
    #[serde(default)]
    was: Vec<Spanned<String>>,
    valid_from: Option<Spanned<String>>,
    valid_to: Option<Spanned<String>>,
    context: Option<Spanned<String>>,
    assert: Option<Spanned<String>>,
    point: Option<Spanned<String>>,
    words: Option<Spanned<String>>,
    missing: Option<Spanned<MissingEntry>>,
    series: Option<Spanned<String>>,
    other: Option<Spanned<String>>,
    check: Option<Spanned<String>>,
    title: Option<Spanned<Texts>>,
    why: Option<Spanned<Texts>>,
    fix: Option<Spanned<Texts>>,
    #[serde(default)]
    pass: Vec<Spanned<ExampleEntry>>,
    #[serde(default)]
    fail: Vec<Spanned<ExampleEntry>>,
}

/// Reads a rule file and enforces its laws. What is wrong goes to `errors`.
pub(crate) fn read(
    reader: Reader<'_>,
    laws: Laws,
    guidelines: &BTreeMap<String, Guideline>,
    names: &mut Names<'_>,
    errors: &mut Vec<PackError>,
) -> Option<Rule> {
    let before = errors.len();
    let head = (laws == Laws::Proved).then(|| reader.parse_head(&TEXTS)).flatten();
    let head = head.filter(|head: &RuleFile| head.check.is_some() || head.assert.is_some());
    let is_head = head.is_some();
    let mut file: RuleFile = head.map_or_else(|| reader.parse(), Ok).map_err(|error| errors.push(error)).ok()?;
    let name = reader.file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or_default();
    if !is_kebab_case(name) {
        errors.push(reader.error(0, "the name of the file is the name of the rule: lower-case words with hyphens"));
    }
    for was in file.was.iter().filter(|was| !is_kebab_case(was.as_ref())) {
        errors.push(reader.error(was.span().start, "a former name of the rule is lower-case words with hyphens"));
    }
    if file.guideline.as_ref().is_empty() {
        errors.push(reader.error(file.guideline.span().start, "a rule names at least one guideline"));
    }
    let mut periods = Vec::new();
    for clause in file.guideline.as_ref() {
        reader.check_line(clause.span().start, "clause", &clause.as_ref().clause, errors);
        let key = clause.as_ref().doc.as_str();
        if let Some(guideline) = guidelines.get(key) {
            periods.push((guideline.valid_from, guideline.valid_to));
        } else {
            let message = format!("the guideline `{key}` is not declared in pack.toml");
            let suggestion = nearest(key, guidelines.keys().map(String::as_str));
            errors.push(PackError { suggestion, ..reader.error(clause.span().start, message) });
        }
    }
    if periods.contains(&(None, None)) {
        periods.clear();
    }
    let period = as_of::read_period(reader, file.valid_from.as_ref(), file.valid_to.as_ref(), errors);
    let later = match is_head {
        true => Later::of(reader.file),
        false => Later::now(reader, laws, &mut file, errors),
    };
    let question = question(reader, &file, names, errors);
    let missing = match &file.missing {
        Some(entry) if file.series.is_some() => {
            errors.push(reader.error(entry.span().start, "a rule on a series has no `missing`"));
            Vec::new()
        }
        Some(entry) if file.assert.is_none() => {
            errors.push(reader.error(entry.span().start, "only a rule with an `assert` has `missing`"));
            Vec::new()
        }
        entry => entry.as_ref().map_or_else(Vec::new, |entry| missing::read(reader, entry, names.document, errors)),
    };
    if errors.len() > before {
        return None;
    }
    Some(Rule {
        name: name.to_owned(),
        was: file.was.into_iter().map(Spanned::into_inner).collect(),
        severity: file.severity,
        criterion: file.criterion,
        is_safety_critical: file.safety_critical,
        guidelines: file.guideline.into_inner().into_iter().map(Spanned::into_inner).collect(),
        question: question?,
        missing,
        later,
        period,
        periods,
        is_selected: true,
    })
}

/// What the rule of a file asks.
fn question(
    reader: Reader<'_>,
    file: &RuleFile,
    names: &mut Names<'_>,
    errors: &mut Vec<PackError>,
) -> Option<Question> {
    if let (Some(words), Some(_)) = (&file.words, &file.series) {
        errors.push(reader.error(words.span().start, "a rule on a series has no `words`"));
    }
    if let Some(check) = &file.check {
        let structure = StructureCheck::ALL.map(|check| (check.name().to_owned(), Question::Structure(check)));
        let form = FormCheck::ALL.map(|check| (format!("form/{}", check.name()), Question::Form(check)));
        let mut known = structure.into_iter().chain(form);
        let found = known.clone().find(|(name, _)| name == check.as_ref()).map(|(_, question)| question);
        if found.is_none() {
            let names: Vec<String> = known.by_ref().map(|(name, _)| name).collect();
            let suggestion = nearest(check.as_ref(), names.iter().map(String::as_str));
            let message = format!("there is no check `{}`", check.as_ref());
            errors.push(PackError { suggestion, ..reader.error(check.span().start, message) });
        }
        let written = [&file.context, &file.assert, &file.point, &file.words, &file.series, &file.other];
        let more = written.into_iter().flatten().map(Spanned::span).next();
        let more = more.map(|span| reader.error(span.start, "a rule with a `check` asks nothing else"));
        errors.extend(more);
        return found;
    }
    let Some(context) = &file.context else {
        errors.push(reader.error(0, "a rule has a `context`, the nodes it is asked at"));
        return None;
    };
    let series = match &file.series {
        None => None,
        Some(series) => Some(names.series_of(reader, series, errors)?),
    };
    let context_of = if series.is_some() { &mut *names.group } else { &mut *names.document };
    let context = compile(reader, context, errors, |source| Pattern::compile(source, context_of));
    let mut program =
        |source: &Spanned<String>| compile(reader, source, errors, |source| Program::compile(source, context_of));
    let Some(assert) = &file.assert else {
        errors.push(reader.error(0, "a rule has an `assert`, what must be true"));
        return None;
    };
    let assertion = program(assert);
    let (point, other) = (file.point.as_ref().map(&mut program), file.other.as_ref().map(&mut program));
    let words = file.words.as_ref().map(&mut program);
    let (key, asked, compiled) = match series {
        None => ("point", &file.point, &point),
        Some(_) => ("other", &file.other, &other),
    };
    series::nodes(reader, key, asked.as_ref(), compiled.as_ref().and_then(Option::as_ref), errors);
    match (series, &file.point, &file.other) {
        (Some(_), Some(point), _) => {
            let message = "the series says where a finding points; a rule on it has no `point`";
            errors.push(reader.error(point.span().start, message));
        }
        (None, _, Some(other)) => {
            let message = "only a rule on a series has `other`, the members that a finding names beside its own";
            errors.push(reader.error(other.span().start, message));
        }
        _ => {}
    }
    if let (Some(written), Some(Some(program))) = (&file.words, &words)
        && !matches!(program.type_(), Type::String | Type::Any)
    {
        let type_ = format!("{:?}", program.type_()).to_lowercase();
        let at = reader.inside(&written.span(), 0);
        errors.push(reader.error(at, format!("`words` is a text; this is a {type_}")));
    }
    let (context, assertion) = (context?, assertion?);
    Some(match series {
        None => Question::Expression { context, assertion, point: point.flatten(), words: words.flatten() },
        Some(series) => Question::Series { series, context, assertion, other: other.flatten() },
    })
}

/// What the expressions of rules are compiled against.
pub(crate) struct Names<'n> {
    /// Those of rules on documents.
    pub(crate) document: &'n mut StaticContext,
    /// Those of rules on series.
    pub(crate) group: &'n mut StaticContext,
    pub(crate) series: &'n [Series],
    /// The names of series whose files are no series, which is told there.
    pub(crate) faulty: &'n [&'n str],
}

impl Names<'_> {
    /// The number of a series.
    fn series_of(&self, reader: Reader<'_>, name: &Spanned<String>, errors: &mut Vec<PackError>) -> Option<usize> {
        let found = self.series.iter().position(|series| series.name == *name.as_ref());
        if found.is_none() && !self.faulty.contains(&name.as_ref().as_str()) {
            let suggestion = nearest(name.as_ref(), self.series.iter().map(|series| series.name.as_str()));
            let message = format!("there is no series `{}`: the pack has no such file in series/", name.as_ref());
            errors.push(PackError { suggestion, ..reader.error(name.span().start, message) });
        }
        found
    }
}

/// Compiles an expression of a file; an error points into the expression.
pub(crate) fn compile<T>(
    reader: Reader<'_>,
    source: &Spanned<String>,
    errors: &mut Vec<PackError>,
    compile: impl FnOnce(&str) -> Result<T, CompileError>,
) -> Option<T> {
    compile(source.as_ref())
        .map_err(|error| {
            let at = reader.inside(&source.span(), error.range().start);
            let suggestion = error.suggestion().map(str::to_owned);
            errors.push(PackError { suggestion, ..reader.error(at, error.kind().to_string()) });
        })
        .ok()
}

/// The laws of texts: every language says something; a title is one sentence without a full stop on one line, all other
/// texts end in a full stop.
pub(crate) fn check_texts(reader: Reader<'_>, key: &str, texts: &Spanned<Texts>, errors: &mut Vec<PackError>) {
    let at = texts.span().start;
    for language in Language::ALL {
        let text = texts.as_ref().get(language);
        let before = errors.len();
        // Only the other texts may run over several lines.
        let lines = match key == "title" || !text.contains(['\r', '\n']) {
            true => Cow::Borrowed(text),
            false => Cow::Owned(text.replace(['\r', '\n'], " ")),
        };
        reader.check_line(at, &format!("{key}.{language}"), &lines, errors);
        if errors.len() > before {
            continue;
        }
        if key == "title" && text.ends_with('.') {
            errors.push(reader.error(at, format!("`title.{language}` is one sentence without a full stop")));
        } else if key != "title" && !text.ends_with('.') {
            errors.push(reader.error(at, format!("`{key}.{language}` ends in a full stop")));
        }
    }
}

pub(crate) fn is_kebab_case(name: &str) -> bool {
    !name.is_empty()
        && name
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}
