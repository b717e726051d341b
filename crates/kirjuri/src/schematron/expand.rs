//! Makes patterns concrete: abstract patterns get their parameters, rules get what they extend.

use std::collections::BTreeMap;

use super::model::*;
use super::note::NoteKind;
use super::reader::Reader;
use super::variables;

/// Assertions and variables that one schema may come to, abstract rules and patterns written out.
const MOST_ITEMS: usize = 1 << 20;
/// How deep abstract rules may extend each other.
const DEEPEST_RULE: usize = 64;
/// Bytes that one attribute may come to by its parameters.
const LONGEST_TEXT: usize = 1 << 20;

/// Parameters of an abstract pattern, the longest name first.
pub(crate) type Parameters = Vec<(String, String)>;

/// A pattern that can run: no abstract rules, nothing extended.
#[derive(Debug)]
pub(crate) struct ConcretePattern {
    /// Its place among the patterns of the schema, from 1.
    pub(crate) number: usize,
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) documents: Option<Text>,
    pub(crate) lets: Vec<LetModel>,
    pub(crate) rules: Vec<ConcreteRule>,
    /// What diagnostics and properties are to be filled in with.
    pub(crate) parameters: Parameters,
}

#[derive(Debug)]
pub(crate) struct ConcreteRule {
    /// Its place among the rules of the pattern, from 1.
    pub(crate) number: usize,
    pub(crate) rule: RuleModel,
}

/// The rules that others extend, by id: the pattern, the rule.
type AbstractRules<'m> = BTreeMap<&'m str, Vec<(usize, &'m RuleModel)>>;

/// Writes out the patterns of a schema, in their order.
pub(crate) fn expand(schema: &SchemaModel, reader: &mut Reader<'_>) -> Vec<ConcretePattern> {
    let mut rules = AbstractRules::new();
    for (number, pattern) in schema.patterns.iter().enumerate() {
        for rule in &pattern.rules {
            if let Some(id) = &rule.id {
                rules.entry(id.text.as_str()).or_default().push((number, rule));
            }
        }
    }
    let mut expansion = Expansion { rules, reader, items: 0 };
    let mut patterns = Vec::new();
    for (index, pattern) in schema.patterns.iter().enumerate().filter(|(_, pattern)| !pattern.is_abstract) {
        let Some((body, from, parameters)) = expansion.body(schema, index, pattern) else { continue };
        patterns.push(expansion.pattern(pattern, index + 1, body, from, parameters));
    }
    patterns
}

struct Expansion<'m, 'r, 'f> {
    rules: AbstractRules<'m>,
    reader: &'r mut Reader<'f>,
    items: usize,
}

impl<'m> Expansion<'m, '_, '_> {
    /// The pattern whose rules a pattern has: itself, or the abstract one that it is.
    fn body(
        &mut self,
        schema: &'m SchemaModel,
        index: usize,
        pattern: &'m PatternModel,
    ) -> Option<(&'m PatternModel, usize, Parameters)> {
        let Some(is_a) = &pattern.is_a else { return Some((pattern, index, Vec::new())) };
        let named = |other: &PatternModel| other.id.as_ref().is_some_and(|id| id.text == is_a.text);
        let Some(from) = schema.patterns.iter().position(|other| other.is_abstract && named(other)) else {
            self.reader.error(is_a.origin, format!("there is no abstract pattern `{}`", is_a.text));
            return None;
        };
        let body = &schema.patterns[from];
        let mut parameters = pattern.parameters.clone();
        for (name, value) in &body.parameters {
            if !parameters.iter().any(|(known, _)| known == name) {
                parameters.push((name.clone(), value.clone()));
            }
        }
        // A longer name before one that it starts with.
        parameters.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Some((body, from, parameters))
    }

    fn pattern(
        &mut self,
        pattern: &'m PatternModel,
        number: usize,
        body: &'m PatternModel,
        from: usize,
        parameters: Parameters,
    ) -> ConcretePattern {
        let mut lets = body.lets.clone();
        let mut bodies: Vec<&RuleModel> = body.rules.iter().collect();
        if !std::ptr::eq(pattern, body) {
            lets.extend(pattern.lets.iter().cloned());
            bodies.extend(&pattern.rules);
        }
        let mut rules = Vec::new();
        for (index, rule) in bodies.into_iter().enumerate().filter(|(_, rule)| !rule.is_abstract) {
            let mut items = Vec::new();
            self.extend(rule, from, &mut items, 0);
            let rule = RuleModel { items, ..rule.clone() };
            rules.push(ConcreteRule { number: index + 1, rule });
        }
        let mut concrete = ConcretePattern {
            number,
            id: pattern.id.as_ref().map(|id| id.text.clone()),
            title: pattern.title.clone().or_else(|| body.title.clone()),
            documents: pattern.documents.clone().or_else(|| body.documents.clone()),
            lets,
            rules,
            parameters,
        };
        if !concrete.parameters.is_empty() {
            fill_pattern(&mut concrete);
        }
        concrete
    }

    /// Collects the variables and assertions of a rule, those of the rules that it extends in the places where it does.
    fn extend(&mut self, rule: &'m RuleModel, pattern: usize, items: &mut Vec<RuleItem>, depth: usize) {
        for item in &rule.items {
            self.items += 1;
            if self.items > MOST_ITEMS {
                if self.items == MOST_ITEMS + 1 {
                    self.reader.error(rule.origin, "the rules of the schema come to too many assertions");
                }
                return;
            }
            let RuleItem::Extends(name) = item else {
                items.push(item.clone());
                continue;
            };
            let Some((from, target)) = self.abstract_rule(name, pattern) else { continue };
            if depth >= DEEPEST_RULE {
                self.reader.error(name.origin, "rules extend each other without end");
                return;
            }
            self.extend(target, from, items, depth + 1);
        }
    }

    /// The rule that a name stands for: one of the same pattern, else, leniently, of any.
    fn abstract_rule(&mut self, name: &Text, pattern: usize) -> Option<(usize, &'m RuleModel)> {
        let known = self.rules.get(name.text.trim()).map_or(&[][..], Vec::as_slice);
        let here =
            |is_abstract| known.iter().find(move |(home, rule)| *home == pattern && rule.is_abstract == is_abstract);
        let found = here(true).or_else(|| known.iter().find(|(_, rule)| rule.is_abstract)).or_else(|| here(false));
        let Some(&(home, rule)) = found.or_else(|| known.first()) else {
            let message = format!("there is no rule `{}` to extend; its assertions are missing", name.text);
            self.reader.note(NoteKind::UnknownReference, name.origin, message);
            return None;
        };
        if !rule.is_abstract {
            let message = format!("the rule `{}` that is extended is not abstract", name.text);
            self.reader.note(NoteKind::ForeignRule, name.origin, message);
        } else if home != pattern {
            let message = format!("the abstract rule `{}` belongs to another pattern", name.text);
            self.reader.note(NoteKind::ForeignRule, name.origin, message);
        }
        Some((home, rule))
    }
}

/// Writes the values of parameters into everything of a pattern.
fn fill_pattern(pattern: &mut ConcretePattern) {
    let parameters = &pattern.parameters;
    let mut own: Vec<&str> = pattern.lets.iter().map(|it| it.name.text.as_str()).collect();
    for rule in &pattern.rules {
        own.extend(rule.rule.items.iter().filter_map(|item| match item {
            RuleItem::Let(it) => Some(it.name.text.as_str()),
            _ => None,
        }));
    }
    let own: Vec<String> = own.into_iter().map(str::to_owned).collect();
    let filler = Filler { parameters, variables: &own };
    filler.optional(&mut pattern.documents);
    pattern.lets.iter_mut().for_each(|it| filler.variable(it));
    for ConcreteRule { rule, .. } in &mut pattern.rules {
        filler.optional(&mut rule.context);
        filler.optional(&mut rule.subject);
        filler.words([&mut rule.role, &mut rule.flag]);
        for item in &mut rule.items {
            match item {
                RuleItem::Let(it) => filler.variable(it),
                RuleItem::Check(check) => {
                    filler.text(&mut check.test);
                    filler.optional(&mut check.subject);
                    filler.words([&mut check.id, &mut check.role, &mut check.flag, &mut check.see]);
                    filler.parts(&mut check.message);
                }
                RuleItem::Extends(_) => {}
            }
        }
    }
}

/// Writes the values of parameters into a message.
pub(crate) fn fill_message(message: &mut [PartModel], parameters: &Parameters) {
    Filler { parameters, variables: &[] }.parts(message);
}

struct Filler<'p> {
    parameters: &'p Parameters,
    /// Variables whose names may start with that of a parameter.
    variables: &'p [String],
}

impl Filler<'_> {
    fn text(&self, text: &mut Text) {
        if let Some(filled) = self.filled(&text.text) {
            text.text = filled;
            text.is_verbatim = false;
        }
    }

    fn optional(&self, text: &mut Option<Text>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn words<const N: usize>(&self, words: [&mut Option<String>; N]) {
        for word in words.into_iter().flatten() {
            if let Some(filled) = self.filled(word) {
                *word = filled;
            }
        }
    }

    fn variable(&self, it: &mut LetModel) {
        self.text(&mut it.name);
        if let LetValue::Expression(value) = &mut it.value {
            self.text(value);
        }
    }

    fn parts(&self, parts: &mut [PartModel]) {
        for part in parts {
            match part {
                PartModel::ValueOf(text) | PartModel::NameOf(text) | PartModel::CopyOf(text) => self.text(text),
                // As in the reference implementations, parameters are of attributes only.
                PartModel::Text(_) | PartModel::Name | PartModel::Start(_) | PartModel::End(_) => {}
            }
        }
    }

    /// The text with `$name` replaced by the parameter's value, in strings as well, since parameters are replaced
    /// before anything is read as an expression; nothing where no parameter is named.
    fn filled(&self, text: &str) -> Option<String> {
        let mut filled = String::new();
        let mut rest = text;
        let mut done = 0;
        while let Some(at) = rest.find('$') {
            let behind = &rest[at + 1..];
            let word = &behind[..behind.find(|c| !variables::is_name(c)).unwrap_or(behind.len())];
            let is_variable = self.variables.iter().any(|name| name == word);
            let parameter = self.parameters.iter().find(|(name, _)| match is_variable {
                true => name == word,
                false => !name.is_empty() && word.starts_with(name.as_str()),
            });
            filled.push_str(&rest[..at]);
            match parameter {
                Some((name, value)) if filled.len() + value.len() <= LONGEST_TEXT => {
                    filled.push_str(value);
                    rest = &behind[name.len()..];
                    done += 1;
                }
                _ => {
                    filled.push('$');
                    rest = behind;
                }
            }
        }
        filled.push_str(rest);
        (done > 0).then_some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_written_into_texts() {
        let parameters: Parameters =
            [("context", "a/b"), ("con", "c")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let variables = ["contexts".to_owned()];
        let filler = Filler { parameters: &parameters, variables: &variables };
        for (text, expected) in [
            ("$context", Some("a/b")),
            ("$con = '$context'", Some("c = 'a/b'")),
            ("$con-$context", Some("c-a/b")),
            ("$contexts + $contextual", Some("$contexts + a/bual")),
            ("$other $", None),
            ("a", None),
        ] {
            assert_eq!(filler.filled(text).as_deref(), expected, "{text}");
        }
    }
}
