//! From a schema as it is written to one that runs: its phase chosen, every expression compiled, every assertion named.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use kirjuri_xpath::{FunctionId, PatternSet, StaticContext, Version};

use super::documents;
use super::expand::{self, ConcretePattern, ConcreteRule, Parameters};
use super::files::SchemaFiles;
use super::message::{Message, MessagePart};
use super::model::*;
use super::note::NoteKind;
use super::reader::Reader;
use super::scope::{Failure, Level, Scope, View};
use super::{Assertion, AssertionKind, Remark, SchemaPattern, SchemaRule, Schematron, SchematronOptions};
use crate::classification::Severity;
use crate::source::{PackError, PackErrors};

pub(super) fn load(
    source: &dyn SchemaFiles,
    path: &str,
    options: &SchematronOptions,
) -> Result<Schematron, PackErrors> {
    let mut reader = Reader::new(source);
    let loaded = reader.schema(path).and_then(|schema| compile(&schema, path, options, &mut reader));
    let mut errors = std::mem::take(&mut reader.errors);
    if options.strict {
        let notes = loaded.as_ref().map_or(reader.notes.as_slice(), Schematron::notes).iter();
        errors.extend(notes.filter(|note| note.kind.is_strict_error()).cloned().map(PackError::from));
    }
    match loaded {
        Some(schema) if errors.is_empty() => Ok(schema),
        _ => {
            errors.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
            errors.dedup();
            Err(PackErrors(errors))
        }
    }
}

const START: Origin = Origin { file: 0, at: 0 };

fn compile(
    schema: &SchemaModel,
    path: &str,
    options: &SchematronOptions,
    reader: &mut Reader<'_>,
) -> Option<Schematron> {
    let version = version(schema, reader)?;
    let phase = phase(schema, options, reader)?;
    let patterns = expand::expand(schema, reader);
    let is_active: Vec<bool> = patterns.iter().map(|pattern| phase.is_none_or(|phase| runs(phase, pattern))).collect();
    if let Some(phase) = phase {
        for active in &phase.active {
            if !patterns.iter().any(|pattern| pattern.id.as_deref() == Some(active.text.trim())) {
                let message = format!("there is no pattern `{}` to be active", active.text);
                reader.note(NoteKind::UnknownReference, active.origin, message);
            }
        }
    }
    let (context, namespaces) = context(schema, version, reader);
    let file = path.rsplit('/').next().unwrap_or(path);
    let id = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
    let mut scope = Scope::new(reader, context);
    let functions = declare_functions(schema, version, &mut scope);
    scope.define(Level::Schema, &schema.lets);
    if let Some(phase) = phase {
        scope.define(Level::Phase, &phase.lets);
    }
    let active = || patterns.iter().zip(&is_active).filter(|(_, is_active)| **is_active).map(|(pattern, _)| pattern);
    for pattern in active() {
        scope.define(Level::Pattern(pattern.number), &pattern.lets);
    }
    let global = (0..scope.count()).collect();
    define_keys(schema, &mut scope);
    // The contexts that read no variables first: all are compiled under one set of declarations, and can share steps.
    for rule in active().flat_map(|pattern| &pattern.rules) {
        if let Some(context) = rule.rule.context.as_ref().filter(|context| !context.text.contains('$')) {
            let _ = scope.pattern(context, View::default());
        }
    }
    scope.compile_variables();
    define_functions(&functions, &mut scope);
    let mut compiler = Compiler::new(schema, options, scope);
    for (pattern, is_active) in patterns.iter().zip(&is_active) {
        compiler.pattern(pattern, *is_active);
    }
    let Compiler { mut scope, patterns, rules, assertions, remarks, mut rules_of_context, .. } = compiler;
    let texts = std::mem::take(&mut scope.texts);
    let compiled = scope.finish();
    let documents = documents::read(&texts, reader);
    rules_of_context.resize(compiled.patterns.len(), Vec::new());
    Some(Schematron {
        id,
        title: schema.title.clone(),
        version: schema.version.clone(),
        language: schema.language.clone(),
        binding: schema.query_binding.as_ref().map(|binding| binding.text.clone()),
        phase: phase.map(|phase| phase.id.text.clone()),
        phases: schema.phases.iter().map(|phase| phase.id.text.clone()).collect(),
        namespaces,
        patterns,
        rules,
        assertions,
        remarks,
        notes: std::mem::take(&mut reader.notes),
        programs: compiled.programs,
        variables: compiled.variables,
        global,
        contexts: PatternSet::new(&compiled.patterns),
        rules_of_context,
        documents,
        context: compiled.context,
    })
}

fn version(schema: &SchemaModel, reader: &mut Reader<'_>) -> Option<Version> {
    let Some(binding) = &schema.query_binding else { return Some(Version::XPath1) };
    Some(match binding.text.trim().to_ascii_lowercase().as_str() {
        "" | "xslt" | "xslt1" | "xslt1.0" | "xpath" | "xpath1" | "exslt" => Version::XPath1,
        "xslt2" | "xslt2.0" | "xpath2" | "xslt3" | "xslt3.0" | "xpath3" | "xpath31" => Version::XPath2,
        _ => {
            reader.error(binding.origin, format!("there is no query language `{}`", binding.text));
            return None;
        }
    })
}

/// The phase to run; none where all patterns do. The outer `None` is a phase that there is not.
fn phase<'m>(
    schema: &'m SchemaModel,
    options: &SchematronOptions,
    reader: &mut Reader<'_>,
) -> Option<Option<&'m PhaseModel>> {
    let default = schema.default_phase.as_ref();
    let (wanted, origin) = match options.phase.as_deref() {
        Some(wanted) if wanted != "#DEFAULT" => (wanted, START),
        _ => match default {
            Some(default) => (default.text.trim(), default.origin),
            None => return Some(None),
        },
    };
    if wanted == "#ALL" {
        return Some(None);
    }
    let found = schema.phases.iter().find(|phase| phase.id.text == wanted);
    if found.is_none() {
        let known: Vec<&str> = schema.phases.iter().map(|phase| phase.id.text.as_str()).collect();
        reader.error(origin, format!("there is no phase `{wanted}`; there are: {}", known.join(", ")));
    }
    found.map(Some)
}

fn runs(phase: &PhaseModel, pattern: &ConcretePattern) -> bool {
    phase.active.iter().any(|active| Some(active.text.trim()) == pattern.id.as_deref())
}

fn context(schema: &SchemaModel, version: Version, reader: &mut Reader<'_>) -> (StaticContext, Vec<(String, String)>) {
    let mut context = StaticContext::new(version);
    let mut namespaces: Vec<(String, String)> = Vec::new();
    for (prefix, uri) in &schema.namespaces {
        match namespaces.iter().find(|(known, _)| *known == prefix.text) {
            Some((_, known)) if known == uri => {}
            Some(_) => {
                let message = format!("the prefix `{}` is declared before for another namespace", prefix.text);
                reader.note(NoteKind::RepeatedDefinition, prefix.origin, message);
            }
            None => {
                context.declare_namespace(prefix.text.as_str(), uri.as_str());
                namespaces.push((prefix.text.clone(), uri.clone()));
            }
        }
    }
    (context, namespaces)
}

/// Makes functions known, so that they can be called wherever they are defined.
fn declare_functions<'m>(
    schema: &'m SchemaModel,
    version: Version,
    scope: &mut Scope<'_, '_>,
) -> Vec<(FunctionId, &'m FunctionModel)> {
    let mut declared = Vec::new();
    for function in &schema.functions {
        if version == Version::XPath1 {
            let message = "functions need the query language `xslt2` or later";
            scope.reader.note(NoteKind::Ignored, function.name.origin, message);
            continue;
        }
        let (namespace, name, count) = (&function.namespace, &function.name.text, function.parameters.len());
        declared.push((scope.context.declare_user_function(namespace, name, count), function));
    }
    declared
}

fn define_functions(functions: &[(FunctionId, &FunctionModel)], scope: &mut Scope<'_, '_>) {
    for (id, function) in functions {
        if let Err(failure) = scope.define_function(*id, &function.parameters, &function.body) {
            let message = format!("the function `{}`: {}", function.name.text, failure.message);
            scope.reader.note(NoteKind::NotCompiled, function.name.origin, message);
        }
    }
}

fn define_keys(schema: &SchemaModel, scope: &mut Scope<'_, '_>) {
    for key in &schema.keys {
        if let Err(failure) = scope.define_key(&key.name.text, &key.matches, &key.value) {
            let message = format!("the key `{}`: {}", key.name.text, failure.message);
            scope.reader.note(NoteKind::NotCompiled, key.name.origin, message);
        }
    }
}

/// Names that have been given to assertions.
#[derive(Default)]
struct Names {
    given: BTreeSet<String>,
    repeated: HashMap<String, usize>,
}

impl Names {
    fn name(&mut self, wanted: &str) -> String {
        if self.given.insert(wanted.to_owned()) {
            return wanted.to_owned();
        }
        let number = self.repeated.entry(wanted.to_owned()).or_insert(1);
        loop {
            *number += 1;
            let name = format!("{wanted}~{number}");
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }
}

struct Compiler<'m, 'r, 'f> {
    schema: &'m SchemaModel,
    options: &'m SchematronOptions,
    scope: Scope<'r, 'f>,
    names: Names,
    paths: BTreeMap<usize, Arc<str>>,
    patterns: Vec<SchemaPattern>,
    rules: Vec<SchemaRule>,
    assertions: Vec<Assertion>,
    remarks: Vec<Remark>,
    /// The compiled forms of each diagnostic or property, by its number in the schema.
    remarks_of: HashMap<usize, Vec<usize>>,
    rules_of_context: Vec<Vec<u32>>,
}

impl<'m, 'r, 'f> Compiler<'m, 'r, 'f> {
    fn new(schema: &'m SchemaModel, options: &'m SchematronOptions, scope: Scope<'r, 'f>) -> Compiler<'m, 'r, 'f> {
        Compiler {
            schema,
            options,
            scope,
            names: Names::default(),
            paths: BTreeMap::new(),
            patterns: Vec::new(),
            rules: Vec::new(),
            assertions: Vec::new(),
            remarks: Vec::new(),
            remarks_of: HashMap::new(),
            rules_of_context: Vec::new(),
        }
    }

    /// Compiles a pattern; of one that is not active, only the names of the assertions are taken, so that an assertion
    /// has one name in all phases.
    fn pattern(&mut self, pattern: &ConcretePattern, is_active: bool) {
        let name = pattern.id.clone().unwrap_or_else(|| format!("p{}", pattern.number));
        let first = self.rules.len();
        for rule in &pattern.rules {
            self.rule(pattern, rule, &name, is_active);
        }
        if is_active {
            let program = pattern.documents.as_ref().and_then(|text| {
                let view = View { pattern: Some(pattern.number), ..View::default() };
                self.expression(text, view, "the documents of the pattern", NoteKind::NotCompiled).ok()
            });
            self.patterns.push(SchemaPattern {
                name,
                id: pattern.id.clone(),
                title: pattern.title.clone(),
                documents: pattern.documents.as_ref().map(|documents| documents.text.clone()),
                rules: first..self.rules.len(),
                program,
            });
        }
    }

    fn rule(&mut self, pattern: &ConcretePattern, concrete: &ConcreteRule, pattern_name: &str, is_active: bool) {
        let rule = &concrete.rule;
        let lets: Vec<&LetModel> =
            rule.items.iter().filter_map(|item| if let RuleItem::Let(it) = item { Some(it) } else { None }).collect();
        let checks = rule.items.iter().filter_map(|item| if let RuleItem::Check(it) = item { Some(it) } else { None });
        let names = checks.clone().enumerate().map(|(index, check)| {
            let unnamed = || format!("{pattern_name}.r{}.a{}", concrete.number, index + 1);
            check.id.clone().filter(|id| !id.is_empty()).unwrap_or_else(unnamed)
        });
        let names: Vec<String> = names.collect::<Vec<_>>().iter().map(|name| self.names.name(name)).collect();
        if !is_active {
            return;
        }
        let number = self.rules.len();
        let in_pattern = View { pattern: Some(pattern.number), ..View::default() };
        let reason = self.rule_context(rule, in_pattern, number).err();
        let is_compiled = reason.is_none();
        let variables = self.scope.define_in_rule(pattern.number, &lets);
        self.scope.compile_rule_variables(&variables);
        let view = View { rule: &variables, before: variables.len(), ..in_pattern };
        let subject = rule.subject.as_ref();
        let subject =
            subject.and_then(|it| self.expression(it, view, "the subject", NoteKind::MessageNotCompiled).ok());
        let first = self.assertions.len();
        for (check, name) in checks.zip(names) {
            let assertion = self.assertion(check, name, number, view, &pattern.parameters, is_compiled);
            self.assertions.push(assertion);
        }
        if let Some(reason) = reason {
            self.explain(reason, first..self.assertions.len());
        }
        self.rules.push(SchemaRule {
            id: rule.id.as_ref().map(|id| id.text.clone()),
            pattern: self.patterns.len(),
            context: rule.context.as_ref().map(|context| context.text.clone()).unwrap_or_default(),
            role: rule.role.clone(),
            flag: rule.flag.clone(),
            assertions: first..self.assertions.len(),
            is_compiled,
            subject,
            variables: variables.to_vec(),
        });
    }

    /// Says of a note which assertions are not asked for its reason.
    fn explain(&mut self, note: usize, assertions: Range<usize>) {
        if let Some(note) = self.scope.reader.notes.get_mut(note) {
            note.assertions = assertions;
        }
    }

    /// Notes something; the number of the note.
    fn note(&mut self, kind: NoteKind, place: Origin, message: String) -> usize {
        let number = self.scope.reader.notes.len();
        self.scope.reader.note(kind, place, message);
        number
    }

    /// Compiles the context of a rule; where it does not compile, the number of the note on it.
    fn rule_context(&mut self, rule: &RuleModel, view: View<'_>, number: usize) -> Result<(), usize> {
        let compiled = match &rule.context {
            Some(context) => {
                self.scope.pattern(context, view).map_err(|failure| (context.place(failure.offset), failure))
            }
            None => Err((rule.origin, Failure { offset: 0, message: "the rule has no context".into() })),
        };
        match compiled {
            Ok(context) => {
                if self.rules_of_context.len() <= context {
                    self.rules_of_context.resize(context + 1, Vec::new());
                }
                self.rules_of_context[context].push(number as u32);
                Ok(())
            }
            Err((place, failure)) => {
                let message = format!(
                    "the context: {}; none of the rule's assertions is asked, and later rules of the pattern may fire \
                     where it would have",
                    failure.message
                );
                Err(self.note(NoteKind::NotCompiled, place, message))
            }
        }
    }

    fn assertion(
        &mut self,
        check: &CheckModel,
        name: String,
        rule: usize,
        view: View<'_>,
        parameters: &Parameters,
        rule_compiles: bool,
    ) -> Assertion {
        let program = self.expression(&check.test, view, "the test", NoteKind::NotCompiled);
        if let Err(note) = program {
            let number = self.assertions.len();
            self.explain(note, number..number + 1);
        }
        let subject = check.subject.as_ref();
        let subject =
            subject.and_then(|it| self.expression(it, view, "the subject", NoteKind::MessageNotCompiled).ok());
        let mut remarks = Vec::new();
        for (words, is_property) in [(&check.diagnostics, false), (&check.properties, true)] {
            for word in words {
                remarks.extend(self.remark(word, is_property, view, parameters));
            }
        }
        let kind = if check.is_report { AssertionKind::Report } else { AssertionKind::Assert };
        let (path, line) = self.place(check.test.origin);
        Assertion {
            name,
            id: check.id.clone(),
            rule,
            kind,
            test: check.test.text.clone(),
            severity: self.severity(check, kind),
            role: check.role.clone(),
            flag: check.flag.clone(),
            see: check.see.clone(),
            icon: check.icon.clone(),
            fpi: check.fpi.clone(),
            language: check.language.clone(),
            message: self.message(&check.message, view),
            remarks,
            path,
            line,
            is_compiled: program.is_ok() && rule_compiles,
            is_selected: true,
            program: program.unwrap_or(usize::MAX),
            subject,
        }
    }

    /// The place of an origin as a path and a line.
    fn place(&mut self, origin: Origin) -> (Arc<str>, u32) {
        let Some(file) = self.scope.reader.files.get(origin.file) else { return ("".into(), 1) };
        let path = self.paths.entry(origin.file).or_insert_with(|| file.path.as_str().into());
        (Arc::clone(path), file.document.position(origin.at).line)
    }

    fn severity(&self, check: &CheckModel, kind: AssertionKind) -> Severity {
        let of = |word: &Option<String>| {
            let word = word.as_deref()?.trim().to_lowercase();
            self.options.severities.get(&word).copied().or(match word.as_str() {
                "fatal" | "error" => Some(Severity::Error),
                "warn" | "warning" => Some(Severity::Warning),
                "info" | "information" => Some(Severity::Info),
                _ => None,
            })
        };
        let neither = || self.options.severities.get("none").copied();
        of(&check.flag).or_else(|| of(&check.role)).or_else(neither).unwrap_or(match kind {
            AssertionKind::Assert => Severity::Error,
            AssertionKind::Report => Severity::Info,
        })
    }

    /// The number of a diagnostic or property as an assertion sees it.
    fn remark(&mut self, word: &Text, is_property: bool, view: View<'_>, parameters: &Parameters) -> Option<usize> {
        let mut all = self.schema.remarks.iter().enumerate();
        let found = all.find(|(_, it)| it.is_property == is_property && it.id.text == word.text);
        let Some((number, model)) = found else {
            let kind = if is_property { "property" } else { "diagnostic" };
            let message = format!("there is no {kind} `{}`", word.text);
            self.scope.reader.note(NoteKind::UnknownReference, word.origin, message);
            return None;
        };
        let mut parts = model.message.clone();
        if !parameters.is_empty() {
            expand::fill_message(&mut parts, parameters);
        }
        let remark = Remark {
            id: model.id.text.clone(),
            is_property,
            role: model.role.clone(),
            scheme: model.scheme.clone(),
            language: model.language.clone(),
            message: self.message(&parts, view),
        };
        let known = self.remarks_of.entry(number).or_default();
        if let Some(&same) = known.iter().find(|&&known| self.remarks.get(known) == Some(&remark)) {
            return Some(same);
        }
        known.push(self.remarks.len());
        self.remarks.push(remark);
        known.last().copied()
    }

    fn message(&mut self, parts: &[PartModel], view: View<'_>) -> Message {
        let mut message = Message::default();
        for part in parts {
            let mut program = |text| self.expression(text, view, "the message", NoteKind::MessageNotCompiled).ok();
            let part = match part {
                PartModel::Text(text) => {
                    if let Some(MessagePart::Text(last)) = message.parts.last_mut() {
                        last.push_str(text);
                        continue;
                    }
                    MessagePart::Text(text.clone())
                }
                PartModel::Name => MessagePart::Name,
                PartModel::ValueOf(text) | PartModel::NameOf(text) => MessagePart::Value { program: program(text) },
                PartModel::CopyOf(text) => MessagePart::Copy { program: program(text) },
                PartModel::Start(markup) => MessagePart::Start(markup.clone()),
                PartModel::End(markup) => MessagePart::End(markup.clone()),
            };
            message.parts.push(part);
        }
        message
    }

    /// Compiles an expression; where it does not compile, that is noted at its place, and the note's number given.
    fn expression(&mut self, text: &Text, view: View<'_>, what: &str, kind: NoteKind) -> Result<usize, usize> {
        self.scope.expression(text, view).map_err(|failure| {
            let message = format!("{what}: {}", failure.message);
            self.note(kind, text.place(failure.offset), message)
        })
    }
}
