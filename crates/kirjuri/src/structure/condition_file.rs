//! Reads the conditions that are written by hand, for notes whose wording does not say them to a program.
//!
//! A file `conditions/<oid>.toml` belongs to exactly one version of a structure: a condition read from a note holds for
//! the note it was read from. What cannot be a condition is listed with its reason, so that nothing is left out
//! silently: a field whose condition is not known, and one without a note that is asked by the note of its twin.

use std::sync::Arc;

use kirjuri_tree::{Document, Limits};
use kirjuri_xpath::{Program, StaticContext, Version};
use serde::Deserialize;
use toml::Spanned;

use crate::code_set::CodeSets;
use crate::functions;
use crate::identifiers::{Date, is_valid_oid};
use crate::lint::LintOptions;
use crate::rule::{self, Example};
use crate::source::{PackError, Reader, nearest};
use crate::structure::{Basis, CompiledStructure, Condition, Structure, StructureCheck};

#[cfg(test)]
mod tests;

/// Why a condition is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    /// The field has no note, and no field beside it has one that is about it.
    NoNote,
    /// The note can be read in more than one way.
    Ambiguous,
    /// What decides is not said in the document.
    NotInDocument,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    condition: Vec<Spanned<ConditionEntry>>,
    #[serde(default)]
    twin: Vec<TwinEntry>,
    #[serde(default)]
    unknown: Vec<UnknownEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionEntry {
    at: Spanned<String>,
    fields: Spanned<Vec<Spanned<String>>>,
    assert: Spanned<String>,
    basis: BasisEntry,
    /// Where the note stands that a condition by twin was taken from: OID of the structure and path of the field.
    twin: Option<Spanned<String>>,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    pass: Spanned<String>,
    fail: Spanned<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BasisEntry {
    Note,
    Twin,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwinEntry {
    field: Spanned<String>,
    of: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnknownEntry {
    field: Spanned<String>,
    #[expect(dead_code, reason = "it is for those who read the file, and must be one of these")]
    reason: Reason,
}

/// Reads the conditions of a structure that are written by hand. What is wrong goes to `errors`.
pub(crate) fn read(reader: Reader<'_>, structure: &Structure, errors: &mut Vec<PackError>) -> Vec<Condition> {
    let written: Written = match reader.parse() {
        Ok(written) => written,
        Err(error) => {
            errors.push(error);
            return Vec::new();
        }
    };
    let name = reader.file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or_default();
    if name != structure.oid {
        errors.push(reader.error(0, format!("the name of the file is the OID of its structure, `{}`", structure.oid)));
    }
    let mut context = StaticContext::new(Version::XPath1);
    context.declare_namespace("k", functions::NAMESPACE);
    functions::declare(&mut context, &Arc::new(CodeSets::default()), &Arc::default());
    let mut reading = Reading { reader, structure, context, errors };
    let conditions: Vec<Condition> =
        written.condition.into_iter().filter_map(|entry| reading.condition(entry)).collect();
    for entry in &written.twin {
        reading.twin(entry);
    }
    for entry in &written.unknown {
        reading.unknown(entry, &conditions);
    }
    conditions
}

struct Reading<'r> {
    reader: Reader<'r>,
    structure: &'r Structure,
    context: StaticContext,
    errors: &'r mut Vec<PackError>,
}

impl Reading<'_> {
    fn condition(&mut self, entry: Spanned<ConditionEntry>) -> Option<Condition> {
        let before = self.errors.len();
        let (reader, offset) = (self.reader, entry.span().start);
        let entry = entry.into_inner();
        let at = self.field(&entry.at);
        let fields: Vec<_> = entry.fields.as_ref().iter().filter_map(|path| self.conditional(path)).collect();
        if entry.fields.as_ref().is_empty() {
            let message = "a condition names the fields it is about";
            self.errors.push(reader.error(entry.fields.span().start, message));
        }
        let (context, errors) = (&mut self.context, &mut *self.errors);
        rule::compile(reader, &entry.assert, errors, |source| Program::compile(source, context));
        for system in &entry.needs {
            if !is_valid_oid(system.as_ref()) {
                let message = "`needs` names code systems by their OIDs: numbers with dots between";
                self.errors.push(reader.error(system.span().start, message));
            } else if !entry.assert.as_ref().contains(&format!("'{}'", system.as_ref())) {
                let message = "the condition uses no names of this code system";
                self.errors.push(reader.error(system.span().start, message));
            }
        }
        let basis = match (entry.basis, &entry.twin) {
            (BasisEntry::Note, None) => Basis::Note,
            (BasisEntry::Twin, Some(twin)) => {
                reader.check_line(twin.span().start, "twin", twin.as_ref(), self.errors);
                Basis::Twin
            }
            (BasisEntry::Note, Some(twin)) => {
                let message = "a condition from the field's own note has no `twin`";
                self.errors.push(reader.error(twin.span().start, message));
                Basis::Note
            }
            (BasisEntry::Twin, None) => {
                let message = "a condition by twin says in `twin` where the note stands: OID and path";
                self.errors.push(reader.error(offset, message));
                Basis::Twin
            }
        };
        let examples = [&entry.pass, &entry.fail].map(|example| self.example(example));
        if self.errors.len() > before {
            return None;
        }
        let condition = Condition { at: at?, fields, assert: entry.assert.as_ref().clone(), basis };
        // One that asks for codes is silent until the pack has them.
        if let ([Some(pass), Some(fail)], []) = (examples, &entry.needs[..]) {
            self.prove(&condition, &[(&entry.pass, pass, false), (&entry.fail, fail, true)]);
        }
        (self.errors.len() == before).then_some(condition)
    }

    /// The law of proof: a condition fails in the one example and not in the other.
    fn prove(&mut self, condition: &Condition, examples: &[(&Spanned<String>, Document, bool)]) {
        let structure = Structure { conditions: vec![condition.clone()], ..self.structure.clone() };
        // What is no expression has been told.
        let Ok(compiled) = CompiledStructure::compile(structure, &Arc::default()) else { return };
        let options = LintOptions { as_of: Date::parse(Example::AS_OF).into(), ..LintOptions::default() };
        for (written, document, fails) in examples {
            let found = compiled.findings(document, &options).unwrap_or_default();
            if found.iter().any(|finding| finding.check == StructureCheck::MissingConditional) != *fails {
                let message = if *fails { "the condition holds in `fail`" } else { "the condition fails in `pass`" };
                self.errors.push(self.reader.error(written.span().start, message));
            }
        }
    }

    /// The law of twins: a condition is about both, which is what makes them twins.
    fn twin(&mut self, entry: &TwinEntry) {
        let (field, of) = (self.conditional(&entry.field), self.conditional(&entry.of));
        let Some((field, of)) = field.zip(of) else { return };
        let asks_both = |condition: &Condition| condition.fields.contains(&field) && condition.fields.contains(&of);
        if !self.structure.conditions.iter().any(asks_both) {
            let message = format!("no condition is about both `{}` and `{}`", entry.field.as_ref(), entry.of.as_ref());
            self.errors.push(self.reader.error(entry.field.span().start, message));
        }
    }

    /// The law of what is not known: nothing is asked of it.
    fn unknown(&mut self, entry: &UnknownEntry, written: &[Condition]) {
        let Some(field) = self.conditional(&entry.field) else { return };
        if self.structure.conditions.iter().chain(written).any(|condition| condition.fields.contains(&field)) {
            let message = format!("a condition is about `{}`, so that it is known", entry.field.as_ref());
            self.errors.push(self.reader.error(entry.field.span().start, message));
        }
    }

    /// The law of examples: a whole document of the structure.
    fn example(&mut self, example: &Spanned<String>) -> Option<Document> {
        let (reader, at) = (self.reader, example.span());
        match Document::parse_json(example.as_ref().as_bytes(), &Limits::default()) {
            Ok(document) => {
                let root = document.qname(document.name(document.root_element())).local;
                let key = self.structure.root_key();
                if root != key {
                    let message = format!("an example is a whole document, whose only member is `{key}`");
                    self.errors.push(reader.error(at.start, message));
                }
                Some(document)
            }
            Err(error) => {
                let message = format!("the example is no JSON: {}", error.kind());
                self.errors.push(reader.error(reader.inside(&at, error.offset()), message));
                None
            }
        }
    }

    fn conditional(&mut self, path: &Spanned<String>) -> Option<usize> {
        let field = self.field(path)?;
        if !self.structure.fields.get(field).is_some_and(|field| field.conditional) {
            let message = format!("the field `{}` is not required on a condition", path.as_ref());
            self.errors.push(self.reader.error(path.span().start, message));
            return None;
        }
        Some(field)
    }

    fn field(&mut self, path: &Spanned<String>) -> Option<usize> {
        let found = self.structure.find(path.as_ref());
        if found.is_none() {
            let paths: Vec<String> = (0..self.structure.fields.len()).map(|field| self.structure.path(field)).collect();
            let suggestion = nearest(path.as_ref(), paths.iter().map(String::as_str));
            let message = format!("the structure has no field `{}`", path.as_ref());
            self.errors.push(PackError { suggestion, ..self.reader.error(path.span().start, message) });
        }
        found
    }
}
