//! Compiles the expressions of a schema, each distinct one once, and knows which variable a name means where.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kirjuri_xpath::{
    CompileError, CompileErrorKind, FunctionId, Pattern, Program, StaticContext, Type, free_variables,
};

use super::model::{LetModel, LetValue, Text};
use super::note::NoteKind;
use super::reader::Reader;
use super::{Variable, VariableValue, variables, xslt};

/// Longest chain of variables that need one another.
const DEEPEST_VARIABLE: usize = 100;

/// What cannot be compiled, and why; the offset is in the expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Failure {
    pub(super) offset: usize,
    pub(super) message: String,
}

/// From where an expression sees variables.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct View<'v> {
    /// The pattern it belongs to.
    pub(super) pattern: Option<usize>,
    /// The variables of its rule, in their order.
    pub(super) rule: &'v [usize],
    /// How many of them stand before the expression.
    pub(super) before: usize,
}

/// A `let` while it is compiled.
#[derive(Debug)]
struct Definition {
    model: LetModel,
    home: Home,
    state: State,
}

#[derive(Clone, Debug)]
enum Home {
    Global(Option<usize>),
    Rule { pattern: usize, rule: Arc<[usize]>, before: usize },
}

#[derive(Clone, Debug)]
enum State {
    New,
    Running,
    Ready(Type, Variable),
    Broken,
}

/// Two expressions are one if they are written alike and their variables are the same.
type Known = HashMap<String, Vec<(Vec<usize>, Result<usize, Failure>)>>;

pub(super) struct Scope<'r, 'f> {
    pub(super) reader: &'r mut Reader<'f>,
    pub(super) context: StaticContext,
    pub(super) programs: Vec<Program>,
    /// The expressions that were compiled, each as it was first read.
    pub(super) texts: Vec<Text>,
    pub(super) patterns: Vec<Pattern>,
    definitions: Vec<Definition>,
    schema: HashMap<String, usize>,
    phase: HashMap<String, usize>,
    of_patterns: HashMap<usize, HashMap<String, usize>>,
    anywhere: HashMap<String, usize>,
    /// Which variable a name means to the static context now.
    meant: HashMap<String, usize>,
    /// Variables that were noted to be used out of their scope; once is enough.
    misplaced: HashSet<usize>,
    known_programs: Known,
    known_patterns: Known,
}

/// What a [`Scope`] has compiled.
pub(super) struct Compiled {
    pub(super) context: StaticContext,
    pub(super) programs: Vec<Program>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) variables: Vec<Variable>,
}

/// Where variables that are not of a rule are defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    Schema,
    Phase,
    Pattern(usize),
}

impl<'r, 'f> Scope<'r, 'f> {
    pub(super) fn new(reader: &'r mut Reader<'f>, context: StaticContext) -> Scope<'r, 'f> {
        Scope {
            reader,
            context,
            programs: Vec::new(),
            texts: Vec::new(),
            patterns: Vec::new(),
            definitions: Vec::new(),
            schema: HashMap::new(),
            phase: HashMap::new(),
            of_patterns: HashMap::new(),
            anywhere: HashMap::new(),
            meant: HashMap::new(),
            misplaced: HashSet::new(),
            known_programs: Known::new(),
            known_patterns: Known::new(),
        }
    }

    /// Makes the variables of a level known; they are compiled when they are used or all are.
    pub(super) fn define(&mut self, level: Level, lets: &[LetModel]) {
        for model in lets {
            let name = &model.name.text;
            let pattern = if let Level::Pattern(number) = level { Some(number) } else { None };
            let outer = level != Level::Schema && (self.schema.contains_key(name) || self.phase.contains_key(name));
            let number = self.definitions.len();
            let names = match level {
                Level::Schema => &mut self.schema,
                Level::Phase => &mut self.phase,
                Level::Pattern(number) => self.of_patterns.entry(number).or_default(),
            };
            if names.insert(name.clone(), number).is_some() {
                let message = format!("the variable `${name}` is defined before on the same level");
                self.reader.note(NoteKind::RepeatedVariable, model.name.origin, message);
            } else if outer {
                let message = format!("the variable `${name}` hides one of the same name outside");
                self.reader.note(NoteKind::RepeatedVariable, model.name.origin, message);
            }
            self.anywhere.entry(name.clone()).or_insert(number);
            let home = Home::Global(pattern);
            self.definitions.push(Definition { model: model.clone(), home, state: State::New });
        }
    }

    /// Makes the variables of a rule known and gives their numbers. Each stands behind `before` of the others.
    pub(super) fn define_in_rule(&mut self, pattern: usize, lets: &[&LetModel]) -> Arc<[usize]> {
        let first = self.definitions.len();
        let rule: Arc<[usize]> = (first..first + lets.len()).collect();
        for (before, model) in lets.iter().enumerate() {
            let name = &model.name.text;
            if lets[..before].iter().any(|other| other.name.text == *name) {
                let message = format!("the variable `${name}` is defined before in the same rule");
                self.reader.note(NoteKind::RepeatedVariable, model.name.origin, message);
            }
            let home = Home::Rule { pattern, rule: Arc::clone(&rule), before };
            self.definitions.push(Definition { model: (*model).clone(), home, state: State::New });
        }
        rule
    }

    /// Compiles all variables that are known so far, so that each that does not compile is noted.
    pub(super) fn compile_variables(&mut self) {
        for number in 0..self.definitions.len() {
            self.compile_variable(number, 0);
        }
    }

    pub(super) fn compile_rule_variables(&mut self, rule: &[usize]) {
        rule.iter().for_each(|&number| self.compile_variable(number, 0));
    }

    /// How many variables are known.
    pub(super) fn count(&self) -> usize {
        self.definitions.len()
    }

    /// What was compiled. Variables that do not compile, or that nothing reads, have no place.
    pub(super) fn finish(self) -> Compiled {
        let none = || Variable { slots: Vec::new(), value: VariableValue::Program(usize::MAX) };
        let variables = self.definitions.into_iter().map(|definition| match definition.state {
            State::Ready(_, variable) => variable,
            _ => none(),
        });
        let variables = variables.collect();
        Compiled { context: self.context, programs: self.programs, patterns: self.patterns, variables }
    }

    /// The number of the variable that a name means.
    fn meaning(&self, view: View<'_>, name: &str, own: Option<usize>) -> Option<(usize, bool)> {
        let is_it = |number: &&usize| self.definitions.get(**number).is_some_and(|it| it.model.name.text == name);
        let (before, behind) = view.rule.split_at(view.before.min(view.rule.len()));
        if let Some(&number) = before.iter().rev().find(is_it) {
            return Some((number, false));
        }
        let of_pattern = view.pattern.and_then(|pattern| self.of_patterns.get(&pattern));
        let levels = [of_pattern, Some(&self.phase), Some(&self.schema)];
        let mut named = levels.into_iter().flatten().filter_map(|names| names.get(name).copied());
        if let Some(number) = named.find(|number| Some(*number) != own) {
            return Some((number, false));
        }
        let behind = behind.iter().find(is_it).copied();
        behind.or_else(|| self.anywhere.get(name).copied()).map(|number| (number, true))
    }

    /// The variables that an expression reads, compiled and meant by their names from here on.
    fn prepare(
        &mut self,
        text: &Text,
        view: View<'_>,
        own: Option<usize>,
        depth: usize,
    ) -> Result<Vec<usize>, Failure> {
        let version = self.context.version();
        let mut read = Vec::new();
        // What does not even parse is told by its compilation.
        let names = match text.text.contains('$') {
            true => free_variables(&text.text, version).unwrap_or_default(),
            false => Vec::new(),
        };
        for name in &names {
            let offset = || variables::place(&text.text, name, version);
            let Some((number, is_misplaced)) = self.meaning(view, name, own) else {
                return Err(Failure { offset: offset(), message: format!("the variable `${name}` is not declared") });
            };
            self.compile_variable(number, depth + 1);
            if !matches!(self.definitions[number].state, State::Ready(..)) {
                let message = match self.definitions[number].state {
                    State::Running => format!("the variable `${name}` needs itself"),
                    _ => format!("the variable `${name}` does not compile"),
                };
                return Err(Failure { offset: offset(), message });
            }
            if is_misplaced && self.misplaced.insert(number) {
                let message =
                    format!("the variable `${name}` is not in scope here; the one defined elsewhere is meant");
                self.reader.note(NoteKind::MisplacedVariable, text.place(offset()), message);
            }
            read.push(number);
        }
        Ok(read)
    }

    /// Makes the names of an expression mean its variables to the static context, and no others: a name that has no
    /// meaning for this expression must not keep the one it had for another.
    fn mean(&mut self, read: &[usize], texts: &[&str]) {
        let is_read = |name: &str| {
            let mut names = read.iter().filter_map(|&number| self.definitions.get(number));
            names.any(|it| it.model.name.text == name)
        };
        let named = || texts.iter().flat_map(|text| variables::named(text));
        let stale: Vec<String> = match named().any(str::is_empty) {
            true => self.meant.keys().filter(|name| !is_read(name.as_str())).cloned().collect(),
            false => named().filter(|name| self.meant.contains_key(*name) && !is_read(name)).map(Into::into).collect(),
        };
        for name in stale {
            self.context.forget_variable(&name);
            self.meant.remove(&name);
        }
        for &number in read {
            let Some(Definition { model, state: State::Ready(type_, variable), .. }) = self.definitions.get_mut(number)
            else {
                continue;
            };
            let name = &model.name.text;
            if self.meant.get(name) != Some(&number) {
                variable.slots.push(self.context.declare_variable(name.clone(), *type_));
                self.meant.insert(name.clone(), number);
            }
        }
    }

    fn compile_variable(&mut self, number: usize, depth: usize) {
        let Some(definition) = self.definitions.get_mut(number) else { return };
        if !matches!(definition.state, State::New) {
            return;
        }
        definition.state = State::Running;
        let (model, home) = (definition.model.clone(), definition.home.clone());
        let state = match &model.value {
            LetValue::Content(document) => {
                let is_elements = model.declared.as_deref().is_some_and(|declared| !declared.contains("document"));
                let document = Arc::clone(document);
                let value =
                    if is_elements { VariableValue::Elements(document) } else { VariableValue::Holder(document) };
                State::Ready(Type::Nodes, Variable { slots: Vec::new(), value })
            }
            LetValue::Expression(text) => {
                let text = match &model.declared {
                    Some(declared) => xslt::typed(text, declared),
                    None => text.clone(),
                };
                let view = match &home {
                    Home::Global(pattern) => View { pattern: *pattern, ..View::default() },
                    Home::Rule { pattern, rule, before } => View { pattern: Some(*pattern), rule, before: *before },
                };
                let compiled = match depth < DEEPEST_VARIABLE {
                    true => self.compile(&text, view, Some(number), depth),
                    false => Err(Failure { offset: 0, message: "too many variables need one another".into() }),
                };
                match compiled {
                    Ok(program) => {
                        let type_ = self.programs[program].type_();
                        let value = VariableValue::Program(program);
                        State::Ready(type_, Variable { slots: Vec::new(), value })
                    }
                    Err(failure) => {
                        let message = format!("the variable `${}`: {}", model.name.text, failure.message);
                        self.reader.note(NoteKind::NotCompiled, text.place(failure.offset), message);
                        State::Broken
                    }
                }
            }
        };
        self.definitions[number].state = state;
    }

    /// The number of the program of an expression.
    pub(super) fn expression(&mut self, text: &Text, view: View<'_>) -> Result<usize, Failure> {
        self.compile(text, view, None, 0)
    }

    fn compile(&mut self, text: &Text, view: View<'_>, own: Option<usize>, depth: usize) -> Result<usize, Failure> {
        let read = self.prepare(text, view, own, depth)?;
        if let Some(known) = known(&self.known_programs, &text.text, &read) {
            return known;
        }
        self.mean(&read, &[&text.text]);
        let compiled =
            Program::compile(&text.text, &mut self.context).map_err(|error| self.failure(&error)).map(|it| {
                self.programs.push(it);
                self.texts.push(text.clone());
                self.programs.len() - 1
            });
        self.known_programs.entry(text.text.clone()).or_default().push((read, compiled.clone()));
        compiled
    }

    /// The number of a context.
    pub(super) fn pattern(&mut self, text: &Text, view: View<'_>) -> Result<usize, Failure> {
        let read = self.prepare(text, view, None, 0)?;
        if let Some(known) = known(&self.known_patterns, &text.text, &read) {
            return known;
        }
        self.mean(&read, &[&text.text]);
        let compiled =
            Pattern::compile(&text.text, &mut self.context).map_err(|error| self.failure(&error)).map(|it| {
                self.patterns.push(it);
                self.texts.push(text.clone());
                self.patterns.len() - 1
            });
        self.known_patterns.entry(text.text.clone()).or_default().push((read, compiled.clone()));
        compiled
    }

    /// Defines a declared function. Its body sees its parameters and the variables of the schema.
    pub(super) fn define_function(
        &mut self,
        function: FunctionId,
        parameters: &[String],
        body: &Text,
    ) -> Result<(), Failure> {
        let mut outside = body.clone();
        for parameter in parameters {
            // What a parameter hides is not looked for outside.
            outside.text.insert_str(0, &format!("let ${parameter} := () return "));
        }
        let read = self.prepare(&outside, View::default(), None, 0)?;
        self.mean(&read, &[&body.text]);
        let names: Vec<&str> = parameters.iter().map(String::as_str).collect();
        let defined = self.context.define_user_function(function, &names, &body.text);
        self.texts.push(body.clone());
        defined.map_err(|error| self.failure(&error))
    }

    pub(super) fn define_key(&mut self, name: &str, matches: &Text, value: &Text) -> Result<(), Failure> {
        let mut read = self.prepare(matches, View::default(), None, 0)?;
        read.extend(self.prepare(value, View::default(), None, 0)?);
        self.mean(&read, &[&matches.text, &value.text]);
        self.texts.extend([matches.clone(), value.clone()]);
        self.context.declare_key(name, &matches.text, &value.text).map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &CompileError) -> Failure {
        let mut message = error.to_string();
        if let CompileErrorKind::UnknownPrefix(prefix) = error.kind()
            && let Some(file) = self.reader.files.first()
            && file.document.lookup_prefix(file.document.root_element(), prefix).is_some()
        {
            message.push_str("; the schema declares it for its own elements only, not with `ns`");
        }
        Failure { offset: error.range().start, message }
    }
}

fn known(known: &Known, text: &str, read: &[usize]) -> Option<Result<usize, Failure>> {
    let alike = known.get(text)?;
    alike.iter().find(|(other, _)| other == read).map(|(_, compiled)| compiled.clone())
}
