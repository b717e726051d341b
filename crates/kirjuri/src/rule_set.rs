//! The rules of some packs and schemas, numbered: what a document is checked against.

use std::sync::Arc;

use kirjuri_tree::Document;

use crate::classification::{Criterion, Severity};
use crate::codes::CodeLibrary;
use crate::pack::Pack;
use crate::rule::{Question, Rule};
use crate::schematron::{Assertion, Schematron};
use crate::vocabulary::Vocabulary;

/// The rules of some packs, ready to run. It is immutable; many threads may lint with one set.
#[derive(Clone, Debug)]
pub struct RuleSet {
    pub(crate) packs: Vec<Arc<Pack>>,
    /// Rules before those of each pack.
    pub(crate) starts: Vec<u32>,
    pub(crate) schemas: Vec<Arc<Schematron>>,
    /// Rules before the assertions of each schema.
    pub(crate) schema_starts: Vec<u32>,
}

/// A rule of a set, whatever its source.
#[derive(Clone, Copy, Debug)]
pub enum AnyRule<'r> {
    /// A rule of a native pack.
    Native(&'r Pack, &'r Rule),
    /// An assertion of a Schematron schema.
    Assertion(&'r Schematron, &'r Assertion),
}

impl AnyRule<'_> {
    /// The id, `pack/name` or `schema/name`.
    pub fn id(&self) -> String {
        match self {
            AnyRule::Native(pack, rule) => pack.rule_id(rule),
            AnyRule::Assertion(schema, assertion) => schema.assertion_id(assertion),
        }
    }

    /// How grave a finding is.
    pub fn severity(&self) -> Severity {
        match self {
            AnyRule::Native(_, rule) => rule.severity,
            AnyRule::Assertion(_, assertion) => assertion.severity,
        }
    }
}

impl AnyRule<'_> {
    /// Whether it asks over many documents.
    pub fn is_on_series(&self) -> bool {
        matches!(self, AnyRule::Native(_, rule) if matches!(rule.question, Question::Series { .. }))
    }

    /// The quality of the data that it measures; schemas do not say.
    pub fn criterion(&self) -> Option<Criterion> {
        match self {
            AnyRule::Native(_, rule) => Some(rule.criterion),
            AnyRule::Assertion(..) => None,
        }
    }

    /// Whether a fault means the wrong person, or that something cancelled is taken for valid; see
    /// [`Rule::is_safety_critical`].
    pub fn is_safety_critical(&self) -> bool {
        match self {
            AnyRule::Native(_, rule) => rule.is_safety_critical,
            AnyRule::Assertion(..) => false,
        }
    }

    /// Whether it is asked; see [`RuleSet::selected`].
    pub fn is_selected(&self) -> bool {
        match self {
            AnyRule::Native(_, rule) => rule.is_selected,
            AnyRule::Assertion(_, assertion) => assertion.is_selected,
        }
    }
}

/// A rule of a rule set, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleIndex(pub(crate) u32);

impl RuleIndex {
    /// The number as an index into [`RuleSet::rules`] and [`Report::tallies`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl RuleSet {
    /// The rules of some packs, in their order.
    pub fn new(packs: Vec<Arc<Pack>>) -> RuleSet {
        let starts = packs.iter().scan(0, |next, pack| {
            let start = *next;
            *next += pack.rules().len() as u32;
            Some(start)
        });
        RuleSet { starts: starts.collect(), packs, schemas: Vec::new(), schema_starts: Vec::new() }
    }

    /// The set with the assertions of some schemas behind the rules it has. They apply to every document.
    pub fn with_schemas(mut self, schemas: impl IntoIterator<Item = Arc<Schematron>>) -> RuleSet {
        for schema in schemas {
            self.schema_starts.push(self.len() as u32);
            self.schemas.push(schema);
        }
        self
    }

    /// The set with imported code sets, known to the rules of all packs it has: each takes the place of a pack's own code
    /// set of the same OID. A pack that other rule sets share is copied.
    pub fn with_codes(mut self, codes: Arc<CodeLibrary>) -> RuleSet {
        // Without a set nothing changes, and packs stay shared.
        for pack in self.packs.iter_mut().filter(|_| !codes.is_empty()) {
            Arc::make_mut(pack).set_codes(Arc::clone(&codes));
        }
        self
    }

    /// Whether it is the same set: of the same packs and schemas as they were loaded.
    pub(crate) fn is(&self, other: &RuleSet) -> bool {
        let packs = self.packs.len() == other.packs.len()
            && self.packs.iter().zip(&other.packs).all(|(own, other)| Arc::ptr_eq(own, other));
        packs
            && self.schemas.len() == other.schemas.len()
            && self.schemas.iter().zip(&other.schemas).all(|(own, other)| Arc::ptr_eq(own, other))
    }

    /// The packs.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// The schemas.
    pub fn schemas(&self) -> &[Arc<Schematron>] {
        &self.schemas
    }

    /// Whether a pack or a schema declares a namespace; see [`Pack::declares`].
    pub fn declares(&self, namespace: &str) -> bool {
        namespace.is_empty()
            || self.packs.iter().any(|pack| pack.declares(namespace))
            || self.schemas.iter().any(|schema| schema.declares(namespace))
    }

    /// The root element of a document as `Q{uri}local`, as reports show it: `?` for a namespace that no pack or schema declares,
    /// `*` for a name that may tell of somebody and that none of them asks for.
    pub fn shown_root(&self, document: &Document) -> String {
        let root = document.qname(document.name(document.root_element()));
        let local = if self.shows(root.local) { root.local } else { "*" };
        format!("Q{{{}}}{local}", self.shown(root.namespace))
    }

    /// The rules of the packs, in the order of their numbers, which are the first of the set.
    pub fn rules(&self) -> impl Iterator<Item = (&Pack, &Rule)> {
        self.packs.iter().flat_map(|pack| pack.rules().iter().map(|rule| (&**pack, rule)))
    }

    /// All rules, those of packs before the assertions of schemas, in the order of their numbers.
    pub fn all(&self) -> impl Iterator<Item = AnyRule<'_>> {
        let assertions = self
            .schemas
            .iter()
            .flat_map(|schema| schema.assertions().iter().map(|assertion| AnyRule::Assertion(schema, assertion)));
        self.rules().map(|(pack, rule)| AnyRule::Native(pack, rule)).chain(assertions)
    }

    /// The numbers of all rules, in their order.
    pub fn indexes(&self) -> impl Iterator<Item = RuleIndex> + use<> {
        (0..self.len() as u32).map(RuleIndex)
    }

    /// How many rules the set has.
    pub fn len(&self) -> usize {
        let rules: usize = self.packs.iter().map(|pack| pack.rules().len()).sum();
        rules + self.schemas.iter().map(|schema| schema.assertions().len()).sum::<usize>()
    }

    /// Whether the set has no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rule of a number this set gave, whatever its source.
    ///
    /// # Panics
    /// When the number is another set's and this one has fewer rules.
    pub fn get(&self, index: RuleIndex) -> AnyRule<'_> {
        match self.schema_starts.partition_point(|&start| start <= index.0).checked_sub(1) {
            None => {
                let (pack, rule) = self.rule(index);
                AnyRule::Native(pack, rule)
            }
            Some(number) => {
                let schema = &self.schemas[number];
                AnyRule::Assertion(schema, &schema.assertions()[(index.0 - self.schema_starts[number]) as usize])
            }
        }
    }

    /// The rule of a number this set gave, with its pack; of a set that has schemas, [`RuleSet::get`] knows them too.
    ///
    /// # Panics
    /// When the number is an assertion's, or another set's and this one has fewer rules.
    pub fn rule(&self, index: RuleIndex) -> (&Pack, &Rule) {
        let pack = self.starts.partition_point(|&start| start <= index.0) - 1;
        // Packs without rules share their start with the next; the last of them is the one that has the rule.
        (&self.packs[pack], &self.packs[pack].rules()[(index.0 - self.starts[pack]) as usize])
    }

    /// The id of a rule, `pack/name` or `schema/name`.
    ///
    /// # Panics
    /// As [`RuleSet::get`].
    pub fn id(&self, index: RuleIndex) -> String {
        self.get(index).id()
    }

    /// The number of the rule `pack/name`, by its present or a former name, or of the assertion `schema/name`.
    pub fn find(&self, id: &str) -> Option<RuleIndex> {
        let (pack_id, name) = id.split_once('/')?;
        let native = || {
            let (pack, &start) = self.packs.iter().zip(&self.starts).find(|(pack, _)| pack.id == pack_id)?;
            let wanted = &pack.rule(name)?.name;
            let number = pack.rules().iter().position(|rule| rule.name == *wanted)?;
            Some(RuleIndex(start + number as u32))
        };
        native().or_else(|| {
            let mut schemas = self.schemas.iter().zip(&self.schema_starts).filter(|(schema, _)| schema.id == pack_id);
            schemas.find_map(|(schema, &start)| {
                let number = schema.assertions().iter().position(|assertion| assertion.name == name)?;
                Some(RuleIndex(start + number as u32))
            })
        })
    }
}
