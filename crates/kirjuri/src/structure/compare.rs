//! Compares a form with the national structure it claims: what documents made with the form would lack, hold too much
//! of, or say otherwise than the structure and its conditions allow.
//!
//! Fields are paired by their keys, group by group; what is left over on both sides is paired once more by its name and
//! data type, since a field under another key is the most frequent reason for one that is missing here and unknown
//! there. Nothing is said of what is inside a field that is missing or unknown: it would say the same again.

use std::sync::Arc;

use kirjuri_tree::{Document, Limits};
use kirjuri_xpath::{DynamicContext, Evaluator, Focus, Node, Program, StaticContext, Version};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::functions;
use crate::structure::schema::{Schema, SchemaField, folded};
use crate::structure::{CodeSystem, Condition, Datatype, Field, Structure, set};

/// A kind of fault that a form can have by the national structure it claims.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FormCheck {
    /// A field that documents must have and that no field of the form can fill.
    MissingRequiredField,
    /// A field that documents must have on a condition which can arise in the form, and that is not in it.
    MissingConditionalField,
    /// A condition that no document of the form meets, or that one of its own answers breaks.
    UnmetCondition,
    /// A field that holds another kind of value than in the structure.
    ChangedType,
    /// A required field that is not required here, a list that is none here or the other way round, or a text that may
    /// be empty here only.
    ChangedCardinality,
    /// A field that is required here and not in the structure.
    TightenedField,
    /// Codes or fixed texts, but not all, that the structure does not allow.
    UnknownCode,
    /// Codes or fixed texts none of which the structure allows: every answer makes a document that is rejected.
    RejectedChoice,
    /// No list of codes where the structure has one.
    OpenCodeList,
    /// Codes or identifiers of another system than that of the structure.
    WrongCodeSystem,
    /// A field of the structure, by its name and data type, under another key.
    RenamedField,
    /// A field that the structure does not have.
    UnknownField,
    /// An older version than the one it is compared with.
    OlderVersion,
    /// A newer version than the one it is compared with.
    NewerVersion,
    /// It cannot be read as a structure, and is compared with none.
    UnreadableForm,
    /// No structure is known that it could be compared with.
    UnknownStructure,
}

impl FormCheck {
    /// All checks, each at the place of its number.
    pub const ALL: [FormCheck; 16] = [
        FormCheck::MissingRequiredField,
        FormCheck::MissingConditionalField,
        FormCheck::UnmetCondition,
        FormCheck::ChangedType,
        FormCheck::ChangedCardinality,
        FormCheck::TightenedField,
        FormCheck::UnknownCode,
        FormCheck::RejectedChoice,
        FormCheck::OpenCodeList,
        FormCheck::WrongCodeSystem,
        FormCheck::RenamedField,
        FormCheck::UnknownField,
        FormCheck::OlderVersion,
        FormCheck::NewerVersion,
        FormCheck::UnreadableForm,
        FormCheck::UnknownStructure,
    ];

    /// The name, which stays the same between versions: `missing-required-field`.
    pub fn name(self) -> &'static str {
        match self {
            FormCheck::MissingRequiredField => "missing-required-field",
            FormCheck::MissingConditionalField => "missing-conditional-field",
            FormCheck::UnmetCondition => "unmet-condition",
            FormCheck::ChangedType => "changed-type",
            FormCheck::ChangedCardinality => "changed-cardinality",
            FormCheck::TightenedField => "tightened-field",
            FormCheck::UnknownCode => "unknown-code",
            FormCheck::RejectedChoice => "rejected-choice",
            FormCheck::OpenCodeList => "open-code-list",
            FormCheck::WrongCodeSystem => "wrong-code-system",
            FormCheck::RenamedField => "renamed-field",
            FormCheck::UnknownField => "unknown-field",
            FormCheck::OlderVersion => "older-version",
            FormCheck::NewerVersion => "newer-version",
            FormCheck::UnreadableForm => "unreadable-form",
            FormCheck::UnknownStructure => "unknown-structure",
        }
    }

    /// The number of the check in [`FormCheck::ALL`].
    pub fn number(self) -> usize {
        self as usize
    }
}

/// How often each check was asked, by its number.
pub(crate) type Asked = [u32; FormCheck::ALL.len()];

/// Compares a form with a national structure. The observer takes in each fault with the number of the field of the form
/// it is at (where something is missing, the group that lacks it) and the numbers of the fields of the structure it is
/// about (of an unknown field, the group it is in); in the order of the form's fields, of one field in the order of checks.
///
/// Work grows with the fields of both, and with the conditions times their fields.
pub(crate) fn compare(
    form: &Schema,
    national: &Structure,
    observer: &mut dyn FnMut(FormCheck, usize, &[usize]),
) -> Asked {
    let mut comparison = Comparison::new(form, national);
    comparison.version();
    comparison.fields();
    comparison.conditions();
    comparison.found.sort();
    for (field, check, about) in &comparison.found {
        observer(*check, *field, about);
    }
    comparison.asked
}

struct Comparison<'c> {
    form: &'c Schema,
    national: &'c Structure,
    /// The fields directly in each field of the form.
    children: Vec<Vec<usize>>,
    /// Of each field of the structure, the one of the form.
    paired: Vec<Option<usize>>,
    /// Fields of the structure that are required on a condition and not in the form, with the group that lacks them.
    lacking: Vec<(usize, usize)>,
    found: Vec<(usize, FormCheck, Vec<usize>)>,
    asked: Asked,
}

impl<'c> Comparison<'c> {
    fn new(form: &'c Schema, national: &'c Structure) -> Comparison<'c> {
        let mut children = vec![Vec::new(); form.fields.len()];
        for (number, field) in form.fields.iter().enumerate().skip(1) {
            if let Some(siblings) = children.get_mut(field.parent) {
                siblings.push(number);
            }
        }
        let paired = vec![None; national.fields.len()];
        Comparison { form, national, children, paired, lacking: Vec::new(), found: Vec::new(), asked: Asked::default() }
    }

    fn ask(&mut self, check: FormCheck) {
        if let Some(times) = self.asked.get_mut(check.number()) {
            *times = times.saturating_add(1);
        }
    }

    /// Asks a check and says whether it found something.
    fn judge(&mut self, check: FormCheck, is_wrong: bool, at: usize, about: usize) -> bool {
        self.ask(check);
        if is_wrong {
            self.found.push((at, check, vec![about]));
        }
        is_wrong
    }

    fn version(&mut self) {
        let (own, known) = (&self.form.oid, &self.national.oid);
        let Some((arc, claimed)) = arc_and_version(own) else { return };
        let Some((_, in_force)) = arc_and_version(known).filter(|(other, _)| *other == arc) else { return };
        let order = set::order(claimed).cmp(&set::order(in_force));
        self.judge(FormCheck::OlderVersion, order.is_lt(), 0, 0);
        self.judge(FormCheck::NewerVersion, order.is_gt(), 0, 0);
    }

    /// Pairs the fields and compares each pair; a list of what waits, not recursion, so that depth costs no stack.
    fn fields(&mut self) {
        let (form, national) = (self.form, self.national);
        let (Some(own), Some(known)) = (form.fields.first(), national.fields.first()) else { return };
        self.judge(FormCheck::RenamedField, own.key != known.key, 0, 0);
        let mut waiting = vec![(0, 0)];
        while let Some((group, known_group)) = waiting.pop() {
            if let Some(paired) = self.paired.get_mut(known_group) {
                *paired = Some(group);
            }
            let Some((own, known)) = form.fields.get(group).zip(national.fields.get(known_group)) else { continue };
            if group > 0 && !self.pair(group, own, known_group, known) {
                // What is inside cannot be compared: it is taken to be there.
                for inside in self.paired.get_mut(known.inside.clone()).into_iter().flatten() {
                    *inside = Some(group);
                }
                continue;
            }
            if own.datatype == Datatype::Group && known.datatype == Datatype::Group {
                self.inside(group, known_group, &mut waiting);
            }
        }
    }

    /// Pairs the fields of a group.
    fn inside(&mut self, group: usize, known_group: usize, waiting: &mut Vec<(usize, usize)>) {
        let (form, national) = (self.form, self.national);
        let own = self.children.get(group).cloned().unwrap_or_default();
        let mut strangers = FxHashSet::default();
        let mut missing: Vec<usize> = national.children(known_group).collect();
        let by_key: FxHashMap<&str, usize> =
            missing.iter().filter_map(|&known| Some((national.fields.get(known)?.key.as_str(), known))).collect();
        let mut met = FxHashSet::default();
        for &field in &own {
            match form.fields.get(field).and_then(|it| by_key.get(it.key.as_str())) {
                Some(&known) => {
                    met.insert(known);
                    waiting.push((field, known));
                }
                None => drop(strangers.insert(field)),
            }
        }
        for &known in &missing {
            let Some(it) = national.fields.get(known) else { continue };
            if it.required {
                self.ask(FormCheck::MissingRequiredField);
            }
            if it.conditional {
                self.ask(FormCheck::MissingConditionalField);
            }
        }
        missing.retain(|known| !met.contains(known));
        for field in own {
            self.ask(FormCheck::RenamedField);
            self.ask(FormCheck::UnknownField);
            if !strangers.contains(&field) {
                continue;
            }
            let Some(it) = form.fields.get(field) else { continue };
            let is_it = |known: &usize| national.fields.get(*known).is_some_and(|known| is_same(it, known));
            match missing.iter().position(is_it) {
                Some(place) => {
                    let known = missing.remove(place);
                    self.found.push((field, FormCheck::RenamedField, vec![known]));
                    waiting.push((field, known));
                }
                None => self.found.push((field, FormCheck::UnknownField, vec![known_group])),
            }
        }
        for known in missing {
            match national.fields.get(known) {
                Some(it) if it.required => self.found.push((group, FormCheck::MissingRequiredField, vec![known])),
                Some(it) if it.conditional => self.lacking.push((group, known)),
                _ => {}
            }
        }
    }

    /// Compares a field with the one it is; says whether what is inside can be compared too.
    fn pair(&mut self, field: usize, own: &SchemaField, about: usize, known: &Field) -> bool {
        if self.judge(FormCheck::ChangedType, kind(&own.datatype) != kind(&known.datatype), field, about) {
            return false;
        }
        let is_looser = known.required && !own.required || known.filled && !own.filled;
        let is_changed = is_looser || own.repeatable != known.repeatable;
        self.judge(FormCheck::ChangedCardinality, is_changed, field, about);
        if !known.required {
            self.judge(FormCheck::TightenedField, own.required, field, about);
        }
        let systems = match (&own.datatype, &known.datatype) {
            (Datatype::Code { system: own, .. }, Datatype::Code { system: known, .. }) => Some(is_within(own, known)),
            (Datatype::Identifier { system: Some(own) }, Datatype::Identifier { system: Some(known) }) => {
                Some(own == known)
            }
            _ => None,
        };
        if let Some(is_within) = systems {
            self.judge(FormCheck::WrongCodeSystem, !is_within, field, about);
        }
        match (&own.datatype, &known.datatype) {
            (Datatype::Code { codes: own, .. }, Datatype::Code { codes: known, .. })
            | (Datatype::Phrase(own), Datatype::Phrase(known))
                if !known.is_empty() =>
            {
                self.choices(field, own, about, known);
            }
            _ => {}
        }
        true
    }

    fn choices(&mut self, field: usize, own: &[String], about: usize, known: &[String]) {
        let allowed: FxHashSet<&String> = known.iter().collect();
        let allowed = own.iter().filter(|code| allowed.contains(code)).count();
        self.judge(FormCheck::OpenCodeList, own.is_empty(), field, about);
        let is_rejected = !own.is_empty() && allowed == 0;
        self.judge(FormCheck::RejectedChoice, is_rejected, field, about);
        self.judge(FormCheck::UnknownCode, allowed > 0 && allowed < own.len(), field, about);
    }

    /// Asks of each condition whether documents of the form can meet it.
    fn conditions(&mut self) {
        let national = self.national;
        let mut silent = FxHashSet::default();
        for condition in &national.conditions {
            let Some(Some(group)) = self.paired.get(condition.at).copied() else { continue };
            self.ask(FormCheck::UnmetCondition);
            let is_there = |&field: &usize| self.paired.get(field).is_some_and(Option::is_some);
            if condition.fields.is_empty() || condition.fields.iter().any(is_there) {
                continue;
            }
            // Nothing of what it requires is in the form. It is met all the same where it asks for nothing in an empty
            // group and nothing in the form can make it ask for something.
            silent.extend(condition.fields.iter().copied());
            if !holds_empty(condition) || self.can_arise(condition) {
                self.found.push((group, FormCheck::UnmetCondition, condition.fields.clone()));
            }
        }
        for (group, known) in std::mem::take(&mut self.lacking) {
            if !silent.contains(&known) {
                self.found.push((group, FormCheck::MissingConditionalField, vec![known]));
            }
        }
    }

    /// Whether the form has a field that the condition speaks of beside those it requires, and with which it can arise.
    fn can_arise(&self, condition: &Condition) -> bool {
        let (form, national) = (self.form, self.national);
        let (names, quoted) = words(&condition.assert);
        // What the condition speaks of is in its own group, unless it goes upwards.
        let fields = match names.contains("..") {
            true => 1..national.fields.len(),
            false => national.fields.get(condition.at).map_or(0..0, |group| group.inside.clone()),
        };
        fields.into_iter().any(|number| {
            let Some(field) = national.fields.get(number) else { return false };
            // A group on the way to what is required says nothing by itself.
            let is_on_the_way = || condition.fields.iter().any(|required| field.inside.contains(required));
            if !names.contains(field.key.as_str()) || is_on_the_way() {
                return false;
            }
            let own = self.paired.get(number).copied().flatten().and_then(|own| form.fields.get(own));
            match own.map(|own| &own.datatype) {
                None => false,
                // A form that does not offer the code in question never brings the condition about.
                Some(Datatype::Code { codes, .. }) if !codes.is_empty() && !quoted.is_empty() => {
                    codes.iter().any(|code| quoted.contains(code.as_str()))
                }
                Some(_) => true,
            }
        })
    }
}

/// The OID of a document type or group and the version behind it: its last three numbers.
fn arc_and_version(oid: &str) -> Option<(&str, &str)> {
    let dot = oid.rmatch_indices('.').nth(2).map(|(dot, _)| dot)?;
    Some((oid.get(..dot)?, oid.get(dot + 1..)?))
}

/// What documents hold for a data type: types that are written alike are one kind.
fn kind(datatype: &Datatype) -> u8 {
    match datatype {
        Datatype::Group => 0,
        Datatype::Text | Datatype::Name | Datatype::Signature => 1,
        Datatype::Phrase(_) => 2,
        Datatype::Date => 3,
        Datatype::Time => 4,
        Datatype::Boolean => 5,
        Datatype::Number | Datatype::Count => 6,
        Datatype::Amount | Datatype::Measure | Datatype::Percent => 7,
        Datatype::Identifier { .. } => 8,
        Datatype::Code { .. } => 9,
    }
}

/// Whether a field of the form is one of the structure, by its name and kind.
fn is_same(own: &SchemaField, known: &Field) -> bool {
    let is_name = |own: &Option<String>, known: &Option<String>| {
        let (Some(own), Some(known)) = (own, known) else { return false };
        let own = folded(own);
        !own.is_empty() && own.to_lowercase() == folded(known).to_lowercase()
    };
    kind(&own.datatype) == kind(&known.datatype)
        && (is_name(&own.name.fi, &known.name.fi) || is_name(&own.name.sv, &known.name.sv))
}

/// Whether all codes of a system are of the other. A version of a code system is within it.
fn is_within(own: &CodeSystem, known: &CodeSystem) -> bool {
    match (own, known) {
        (_, CodeSystem::Any) => true,
        (CodeSystem::Oid(own), CodeSystem::Oid(known)) => {
            own.strip_prefix(known.as_str()).is_some_and(|version| version.is_empty() || version.starts_with('.'))
        }
        (CodeSystem::Internal(own), CodeSystem::Internal(known)) => own == known,
        _ => false,
    }
}

/// Whether a condition holds where nothing is filled. One that cannot be asked accuses nobody.
fn holds_empty(condition: &Condition) -> bool {
    let mut context = StaticContext::new(Version::XPath1);
    context.declare_namespace("k", functions::NAMESPACE);
    functions::declare(&mut context, &Arc::default(), &Arc::default());
    let Ok(program) = Program::compile(&condition.assert, &mut context) else { return true };
    let Ok(empty) = Document::parse(b"<_/>", &Limits::default()) else { return true };
    let (binding, dynamic) = (context.names().bind(&empty), DynamicContext::default());
    let evaluator = Evaluator::new(&empty, &binding, &dynamic);
    let node = Node { document: &empty, node: empty.root_element().into() };
    evaluator.truth(&program, &Focus::on(node)).unwrap_or(true)
}

/// The names in an expression, `..` among them, and the texts in quotes. What is called as a function is no name.
fn words(expression: &str) -> (FxHashSet<&str>, FxHashSet<&str>) {
    let (mut names, mut quoted) = (FxHashSet::default(), FxHashSet::default());
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if let Some(text) = rest.strip_prefix(['\'', '"']) {
            let (text, behind) = text.split_once(first).unwrap_or((text, ""));
            quoted.insert(text);
            rest = behind;
            continue;
        }
        let length = match is_part(first) {
            true => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (word, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if is_part(first) && !behind.trim_start().starts_with('(') {
            names.insert(word.rsplit("::").next().unwrap_or(word));
        }
        rest = behind;
    }
    (names, quoted)
}

#[cfg(test)]
mod tests;
