//! `kirjuri rules`: the list of rules, and of schemas what is to be said of them.

use std::io::Write;

use kirjuri::{Language, Note, Pack, Severity};
use kirjuri_report::{criterion_name, printable, rule_title, severity_name};

use crate::arguments::{RulesArguments, RulesFormat};
use crate::schemas::Loaded;
use crate::structures::StructureCounts;
use crate::{Failure, Status, book, packs};

pub(crate) fn run(arguments: &RulesArguments) -> Result<Status, Failure> {
    let named = [arguments.named.as_slice(), &arguments.packs.packs].concat();
    let loaded = packs::load_named(&named, &arguments.packs)?;
    let language = arguments.language.get();
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    if arguments.output_dir.is_some() && arguments.format != RulesFormat::Html {
        return Err(Failure::Message("--output-dir is about --format html".into()));
    }
    if matches!(arguments.format, RulesFormat::Markdown | RulesFormat::Html) {
        write_book(arguments, &loaded, &mut out)?;
    } else if arguments.format == RulesFormat::Json {
        for pack in &loaded.packs {
            write_line(&PackJson::new(pack, language), &mut out)?;
        }
        for schema in &loaded.schemas {
            write_line(&SchemaJson::new(schema), &mut out)?;
        }
    } else {
        for (number, pack) in loaded.packs.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            list_pack(pack, language, &mut out)?;
        }
        for (number, schema) in loaded.schemas.iter().enumerate() {
            if number > 0 || !loaded.packs.is_empty() {
                writeln!(out)?;
            }
            list_schema(schema, language, &mut out)?;
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}

/// Writes the rule book, which is of packs: an assertion of a schema has neither criterion nor guideline.
fn write_book(arguments: &RulesArguments, loaded: &packs::Packs, out: &mut impl Write) -> Result<(), Failure> {
    if let Some(schema) = loaded.schemas.first() {
        let message = "the rule book is of packs; --format text or json lists the schema";
        return Err(Failure::Message(format!("{message} {}", schema.path.display())));
    }
    let packs: Vec<&Pack> = loaded.packs.iter().map(|pack| &**pack).collect();
    match (arguments.format, &arguments.output_dir) {
        (RulesFormat::Html, Some(folder)) => {
            let pages = book::write_site(&packs, folder)?;
            writeln!(out, "{pages} pages written, the first of them {}", folder.join("index.html").display())?;
        }
        (RulesFormat::Html, None) => {
            return Err(Failure::Message("the pages need a folder: --format html --output-dir DIR".into()));
        }
        _ => book::write_markdown(&packs, arguments.language.get(), out)?,
    }
    Ok(())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn list_pack(pack: &Pack, language: Language, out: &mut impl Write) -> Result<(), Failure> {
    writeln!(out, "{} {}: {}", pack.id, pack.version, pack.title.get(language))?;
    let rows = pack.rules().iter().map(|rule| {
        let id = pack.rule_id(rule);
        (id, severity_name(rule.severity, 1, language), criterion_name(rule.criterion, language), rule)
    });
    let rows: Vec<_> = rows.collect();
    let ids = rows.iter().map(|(id, ..)| width(id)).max().unwrap_or(0);
    let severities = rows.iter().map(|(_, severity, ..)| width(severity)).max().unwrap_or(0);
    let criteria = rows.iter().map(|(_, _, criterion, _)| width(criterion)).max().unwrap_or(0);
    for (id, severity, criterion, rule) in rows {
        let title = rule.title().get(language);
        writeln!(out, "{id:<ids$}  {severity:<severities$}  {criterion:<criteria$}  {title}")?;
    }
    if let Some(counts) = StructureCounts::of(pack) {
        writeln!(out, "{counts}")?;
    }
    Ok(())
}

/// Lists the assertions of a schema by pattern and rule, then what is to be said of it.
fn list_schema(loaded: &Loaded, language: Language, out: &mut impl Write) -> Result<(), Failure> {
    let schema = &loaded.schema;
    let (rules, assertions) = (schema.rules(), schema.assertions());
    let version = schema.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let title = schema.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
    writeln!(out, "{}", printable(&format!("{}{version}{title}", schema.id)))?;
    let binding = schema.binding.as_deref().unwrap_or("xslt");
    let phase = schema.phase.as_deref().unwrap_or("#ALL");
    let phases = if schema.phases.is_empty() { String::new() } else { format!(" of {}", schema.phases.join(", ")) };
    writeln!(out, "query language {}, phase {}", printable(binding), printable(&format!("{phase}{phases}")))?;
    let compiled = assertions.iter().filter(|assertion| assertion.is_compiled).count();
    let (patterns, rule_count, count) = (schema.patterns().len(), rules.len(), assertions.len());
    writeln!(out, "patterns {patterns}, rules {rule_count}, assertions {count}, compiled {compiled}")?;
    let ids = assertions.iter().map(|assertion| width(&assertion.name)).max().unwrap_or(0);
    let names = Severity::ALL.map(|severity| width(severity_name(severity, 1, language)));
    let severities = names.into_iter().max().unwrap_or(0);
    for pattern in schema.patterns() {
        let title = pattern.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
        writeln!(out, "\n{}", printable(&format!("{}{title}", pattern.name)))?;
        for rule in rules.get(pattern.rules.clone()).unwrap_or_default() {
            writeln!(out, "  {}", one_line(&rule.context))?;
            for assertion in assertions.get(rule.assertions.clone()).unwrap_or_default() {
                let severity = severity_name(assertion.severity, 1, language);
                let title = rule_title(kirjuri::AnyRule::Assertion(schema, assertion), language);
                let (id, title) = (printable(&assertion.name), printable(&title));
                writeln!(out, "    {id:<ids$}  {severity:<severities$}  {title}")?;
            }
        }
    }
    if !schema.notes().is_empty() {
        writeln!(out, "\nnotes {}", schema.notes().len())?;
    }
    schema.notes().iter().try_for_each(|note| Ok(writeln!(out, "{}", note_line(loaded, note))?))
}

fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// A note on one line that begins with its place, so that editors and terminals can follow it.
pub(crate) fn note_line(loaded: &Loaded, note: &Note) -> String {
    let Note { line, column, message, .. } = note;
    one_line(&format!("{}:{line}:{column}: {message} [{}]", loaded.shown(&note.path), note.kind.id()))
}

fn write_line(value: &impl serde::Serialize, out: &mut impl Write) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    Ok(writeln!(out)?)
}

#[derive(serde::Serialize)]
struct PackJson<'p> {
    pack: &'p str,
    version: &'p str,
    title: &'p str,
    rules: Vec<RuleJson<'p>>,
}

#[derive(serde::Serialize)]
struct RuleJson<'p> {
    rule: String,
    severity: &'static str,
    criterion: &'static str,
    /// Only where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    safety_critical: bool,
    title: &'p str,
}

impl<'p> PackJson<'p> {
    fn new(pack: &'p Pack, language: Language) -> PackJson<'p> {
        let rules = pack.rules().iter().map(|rule| RuleJson {
            rule: pack.rule_id(rule),
            severity: rule.severity.id(),
            criterion: rule.criterion.id(),
            safety_critical: rule.is_safety_critical,
            title: rule.title().get(language),
        });
        PackJson { pack: &pack.id, version: &pack.version, title: pack.title.get(language), rules: rules.collect() }
    }
}

/// A schema in figures, with all that is to be said of it.
#[derive(serde::Serialize)]
struct SchemaJson<'s> {
    schema: String,
    id: &'s str,
    version: Option<&'s str>,
    title: Option<&'s str>,
    /// The query language as written; null is XPath 1.0.
    binding: Option<&'s str>,
    /// The phase that was chosen; null where all patterns are active.
    phase: Option<&'s str>,
    phases: &'s [String],
    patterns: usize,
    rules: usize,
    assertions: usize,
    compiled: usize,
    not_compiled: Vec<NotCompiledJson<'s>>,
    notes: Vec<NoteJson<'s>>,
}

#[derive(serde::Serialize)]
struct NotCompiledJson<'s> {
    assertion: String,
    reason: &'s str,
    path: String,
    line: usize,
    column: usize,
}

#[derive(serde::Serialize)]
struct NoteJson<'s> {
    kind: &'static str,
    path: String,
    line: usize,
    column: usize,
    text: &'s str,
    /// The assertions that are not asked for this reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assertions: Vec<String>,
}

impl<'s> SchemaJson<'s> {
    fn new(loaded: &'s Loaded) -> SchemaJson<'s> {
        let schema = &loaded.schema;
        let id = |number: usize| Some(schema.assertion_id(schema.assertions().get(number)?));
        let notes = schema.notes().iter().map(|note| NoteJson {
            kind: note.kind.id(),
            path: loaded.shown(&note.path),
            line: note.line,
            column: note.column,
            text: &note.message,
            assertions: note.assertions.clone().filter_map(id).collect(),
        });
        let not_compiled = schema.assertions().iter().enumerate().filter(|(_, assertion)| !assertion.is_compiled);
        let not_compiled = not_compiled.filter_map(|(number, assertion)| {
            let note = schema.notes().iter().find(|note| note.assertions.contains(&number))?;
            let (path, assertion) = (loaded.shown(&note.path), schema.assertion_id(assertion));
            Some(NotCompiledJson { assertion, reason: &note.message, path, line: note.line, column: note.column })
        });
        SchemaJson {
            schema: loaded.path.to_string_lossy().into_owned(),
            id: &schema.id,
            version: schema.version.as_deref(),
            title: schema.title.as_deref(),
            binding: schema.binding.as_deref(),
            phase: schema.phase.as_deref(),
            phases: &schema.phases,
            patterns: schema.patterns().len(),
            rules: schema.rules().len(),
            assertions: schema.assertions().len(),
            compiled: schema.assertions().iter().filter(|assertion| assertion.is_compiled).count(),
            not_compiled: not_compiled.collect(),
            notes: notes.collect(),
        }
    }
}

/// Notes shown by a check, which is about documents; `kirjuri rules` has them all.
const MOST_NOTES: usize = 20;

/// Says which assertions a check does not ask because they do not compile, and which elements have no effect that may have
/// been meant as assertions.
///
/// # Errors
/// What `out` says.
pub(crate) fn write_losses(loaded: &Loaded, out: &mut impl Write) -> std::io::Result<()> {
    let mut notes = loaded.schema.notes().iter().filter(|note| note.kind.is_loss());
    for note in notes.by_ref().take(MOST_NOTES) {
        writeln!(out, "{}", note_line(loaded, note))?;
    }
    match notes.count() {
        0 => Ok(()),
        more => writeln!(out, "kirjuri: {more} more; `kirjuri rules {}` has them all", loaded.path.display()),
    }
}
