//! Packs: rules that belong together, with what they share — guidelines, namespaces, code sets and the documents
//! they apply to.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use kirjuri_tree::Document;
use kirjuri_xpath::{
    Binding, DynamicContext, EvaluationError, Evaluator, Focus, Library, Node, PatternSet, Program, Sequence,
    StaticContext, Version,
};

use crate::as_of;
use crate::code_set::CodeSets;
use crate::codes::CodeLibrary;
use crate::description::{Describing, Description};
use crate::fingerprint::{identity_of_nodes, identity_of_text};
use crate::identifiers::Date;
use crate::language::Texts;
use crate::lint::LintOptions;
use crate::part::Part;
use crate::rule::{Look, Rule};
use crate::series::{Series, SeriesSet};
use crate::source::{PackErrors, PackSource};
use crate::structure::StructureSet;

mod difference;
mod load;
mod select;

pub use difference::{Change, CodeSetDifference, Fate, FileDifference, PackDifference, RuleDifference};
pub(crate) use load::Laws;

/// A pack, loaded and compiled.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Name of the pack, first part of its rules' ids.
    pub id: String,
    /// Version of the pack.
    pub version: String,
    /// What the pack is.
    pub title: Texts,
    guidelines: BTreeMap<String, Guideline>,
    /// By name. The contexts below know the rules by their numbers here.
    rules: Vec<Rule>,
    code_sets: Arc<CodeSets>,
    /// Code sets that are not its own; see [`RuleSet::with_codes`](crate::RuleSet::with_codes).
    imported: Option<Arc<CodeLibrary>>,
    structures: Arc<StructureSet>,
    kinds: Vec<DocumentKind>,
    /// What documents say of themselves.
    describing: Describing,
    /// The namespaces it declares prefixes for.
    namespaces: BTreeSet<String>,
    applies: Applies,
    context: StaticContext,
    /// The contexts of the rules that are asked, and of each the number of its rule; made when a document is first asked.
    contexts: OnceLock<(PatternSet, Vec<usize>)>,
    series: SeriesSet,
    /// How far each rule looks; made when first asked for.
    looks: OnceLock<Box<[Look]>>,
}

/// A guideline that rules cite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guideline {
    /// Its name, in the language it was published in.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// How its content is known.
    pub source: Option<String>,
    /// First day in force, where a source says it.
    pub valid_from: Option<Date>,
    /// Last day in force, where a source says it.
    pub valid_to: Option<Date>,
}

/// A kind of document that a pack recognises.
#[derive(Clone, Debug)]
pub struct DocumentKind {
    /// Name of the kind.
    pub id: String,
    /// What such a document is called.
    pub title: Texts,
    when: Program,
}

/// Which documents a pack applies to.
#[derive(Clone, Debug)]
struct Applies {
    roots: Vec<Root>,
    when: Option<Program>,
    /// The document's own date, from its root element.
    date: Option<Program>,
    /// What the document is known by, from its root element.
    identity: Option<Program>,
}

/// A root element of the documents that a pack applies to.
#[derive(Clone, Debug)]
struct Root {
    namespace: String,
    /// Any name in the namespace where there is none.
    local: Option<String>,
}

/// The namespace of `xml:lang` and `xml:id`, which every document has.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

impl Pack {
    /// Loads a pack from its files: `pack.toml`, a rule for every other `.toml` beside it, code sets in `code-sets/`, series
    /// in `series/`, and document structures in `structures/` with hand-written conditions in `conditions/`. A `.toml`
    /// elsewhere is an error: it would be a rule that is never asked. Other files are documentation and are left alone.
    ///
    /// The laws of a pack that need no document to be read are enforced here; [`Pack::test`](crate::Pack::test)
    /// proves the rules by their examples.
    ///
    /// # Errors
    /// All that is wrong, each with file, line, column and, where one is near, a suggestion.
    pub fn load(source: &PackSource) -> Result<Pack, PackErrors> {
        Pack::read(source, Laws::Enforced)
    }

    /// Loads a pack that [`Pack::load`] took before, word for word, as a program does that carries its packs inside and
    /// whose tests load them. It is not looked for real people again, which takes longer than all the rest; and what a run
    /// may never ask for is read when it is first asked for: texts and examples of rules, codes of code sets, and the
    /// index of the structures.
    ///
    /// # Errors
    /// As [`Pack::load`], of what is read.
    pub fn load_proved(source: &PackSource) -> Result<Pack, PackErrors> {
        Pack::read(source, Laws::Proved)
    }

    fn read(source: &PackSource, laws: Laws) -> Result<Pack, PackErrors> {
        let mut errors = Vec::new();
        let pack = load::Loader { source, laws, errors: &mut errors }.pack();
        match pack {
            Some(pack) if errors.is_empty() => Ok(pack),
            _ => {
                errors.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
                Err(PackErrors(errors))
            }
        }
    }

    /// The guidelines its rules cite, by key.
    pub fn guidelines(&self) -> &BTreeMap<String, Guideline> {
        &self.guidelines
    }

    /// Its rules, by name.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Its code sets.
    pub fn code_sets(&self) -> &CodeSets {
        &self.code_sets
    }

    /// Makes imported code sets known to its rules.
    pub(crate) fn set_codes(&mut self, codes: Arc<CodeLibrary>) {
        self.imported = Some(codes);
    }

    /// The imported code sets, as functions of the engine ask them.
    pub(crate) fn host(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.imported().map(|codes| codes as &(dyn Any + Send + Sync))
    }

    /// The imported code sets.
    pub fn imported(&self) -> Option<&CodeLibrary> {
        self.imported.as_deref()
    }

    /// Its document structures. Each is read when it is first asked for; [`StructureSet::compile_all`] reads all.
    pub fn structures(&self) -> &StructureSet {
        &self.structures
    }

    /// Its series, by name.
    pub fn series(&self) -> &[Series] {
        &self.series.series
    }

    /// Its series with the rules that ask about them.
    pub(crate) fn series_set(&self) -> &SeriesSet {
        &self.series
    }

    /// The kinds of documents it tells apart, in the order in which they are tried.
    pub fn kinds(&self) -> &[DocumentKind] {
        &self.kinds
    }

    /// Whether the pack declares a prefix for a namespace, or it is none, or that of XML itself. Other namespaces are a document's own words
    /// and are not repeated in reports.
    pub fn declares(&self, namespace: &str) -> bool {
        namespace.is_empty() || namespace == XML || self.namespaces.contains(namespace)
    }

    /// Whether one of its expressions asks for a local name, or it is that of a root element it applies to.
    pub(crate) fn asks_for(&self, local: &str) -> bool {
        self.context.names().has_local(local)
            || self.applies.roots.iter().any(|root| root.local.as_deref() == Some(local))
    }

    /// The id of one of its rules, `pack/name`.
    pub fn rule_id(&self, rule: &Rule) -> String {
        format!("{}/{}", self.id, rule.name)
    }

    /// The rule of a name, present or former.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        let former = || self.rules.iter().find(|rule| rule.was.iter().any(|was| was == name));
        self.rules.iter().find(|rule| rule.name == name).or_else(former)
    }

    /// Whether the pack has something to say about a document.
    ///
    /// # Errors
    /// [`EvaluationError`] when the pack's own condition could not be evaluated.
    pub fn applies_to(&self, document: &Document) -> Result<bool, EvaluationError> {
        Ok(self.bind_if_applies(document)?.is_some())
    }

    /// The pack's names as a part of a document knows them, where the pack has something to say about it.
    pub(crate) fn bind_to(&self, part: &Part<'_>) -> Result<Option<Binding>, EvaluationError> {
        if !part.is_fragment {
            return self.bind_if_applies(part.document);
        }
        // Whatever else the pack asks of its documents is not there to be asked.
        let root = part.document.qname(part.document.name(part.document.root_element()));
        Ok(self.concerns(root.namespace).then(|| self.bind(part.document)))
    }

    /// Whether the root element of a document is one of those of the pack.
    pub(crate) fn has_root_of(&self, document: &Document) -> bool {
        let root = document.qname(document.name(document.root_element()));
        self.applies.roots.iter().any(|known| {
            known.namespace == root.namespace && known.local.as_ref().is_none_or(|local| local == root.local)
        })
    }

    /// Whether the pack itself names an element, by its namespace and its local name, as the root of its documents.
    pub fn names_root(&self, namespace: &str, local: &str) -> bool {
        let is_named = |root: &Root| root.namespace == namespace && root.local.as_deref() == Some(local);
        self.applies.roots.iter().any(is_named)
    }

    /// How far a rule looks from the node it is asked at.
    pub(crate) fn look(&self, rule: usize) -> Look {
        let looks = || self.rules.iter().map(|rule| rule.question.look(self.version())).collect();
        self.looks.get_or_init(looks).get(rule).copied().unwrap_or_default()
    }

    fn version(&self) -> Version {
        self.context.version()
    }

    fn bind_if_applies(&self, document: &Document) -> Result<Option<Binding>, EvaluationError> {
        if !self.has_root_of(document) {
            return Ok(None);
        }
        let binding = self.bind(document);
        let applies = match &self.applies.when {
            Some(when) => match self.holds(when, document, &binding) {
                // A condition without a value does not say that the pack keeps out, and an error is never read as false.
                Err(EvaluationError::Dynamic(_)) => true,
                holds => holds?,
            },
            None => true,
        };
        Ok(applies.then_some(binding))
    }

    /// The first kind of document whose condition the document meets.
    ///
    /// # Errors
    /// [`EvaluationError`] when a condition could not be evaluated.
    pub fn kind_of(&self, document: &Document) -> Result<Option<&DocumentKind>, EvaluationError> {
        let binding = self.bind(document);
        for kind in &self.kinds {
            if self.holds(&kind.when, document, &binding)? {
                return Ok(Some(kind));
            }
        }
        Ok(None)
    }

    /// Whether the pack may have something to say about documents whose root element is in a namespace.
    pub(crate) fn concerns(&self, namespace: &str) -> bool {
        self.applies.roots.iter().any(|root| root.namespace == namespace)
    }

    /// The contexts of the rules, and of each the number of its rule in the pack.
    pub(crate) fn contexts(&self) -> (&PatternSet, &[usize]) {
        let (contexts, asking) = self.contexts.get_or_init(|| select::contexts_of(&self.rules));
        (contexts, asking)
    }

    pub(crate) fn bind(&self, document: &Document) -> Binding {
        self.context.names().bind(document)
    }

    /// The keys that its expressions ask.
    pub(crate) fn library(&self) -> &Library {
        self.context.library()
    }

    /// The day that a document says it is of, where the pack applies to it and has a `date` that finds one in it.
    ///
    /// # Errors
    /// [`EvaluationError`] when the pack's expressions took too much work. Where they have no value, there is no date.
    pub fn date_of(&self, document: &Document) -> Result<Option<Date>, EvaluationError> {
        let Some(date) = &self.applies.date else { return Ok(None) };
        let Some(binding) = self.bind_if_applies(document)? else { return Ok(None) };
        let dynamic = DynamicContext { library: Some(self.library()), ..DynamicContext::default() };
        let node = Node { document, node: document.root_element().into() };
        let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(LintOptions::default().budget);
        match evaluator.value(date, &Focus::on(node)) {
            Ok(value) => Ok(as_of::day_written(&value.to_text())),
            Err(EvaluationError::Dynamic(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fills in what the document says of itself and no pack before has said, where the pack applies to it.
    ///
    /// # Errors
    /// [`EvaluationError`] when the pack's expressions took too much work. Where they have no value, nothing is said.
    pub(crate) fn describe(&self, document: &Document, description: &mut Description) -> Result<(), EvaluationError> {
        if self.describing.is_empty() {
            return Ok(());
        }
        let Some(binding) = self.bind_if_applies(document)? else { return Ok(()) };
        let dynamic = DynamicContext { library: Some(self.library()), host: self.host(), ..DynamicContext::default() };
        let focus = Focus::on(Node { document, node: document.root_element().into() });
        let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(LintOptions::default().budget);
        self.describing.fill(description, |program| match evaluator.value(program, &focus) {
            Ok(value) => Ok(Some(value.to_text().into_owned())),
            Err(EvaluationError::Dynamic(_)) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// The hash of what a document says it is known by, where the pack applies to it and has an `identity` that finds
    /// anything in it. Where that takes too much work or has no value, nothing is known.
    pub(crate) fn identity_of(&self, document: &Document) -> Option<u128> {
        let identity = self.applies.identity.as_ref()?;
        let binding = self.bind_if_applies(document).ok()??;
        let dynamic = DynamicContext { library: Some(self.library()), ..DynamicContext::default() };
        let node = Node { document, node: document.root_element().into() };
        let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(LintOptions::default().budget);
        match evaluator.value(identity, &Focus::on(node)).ok()? {
            Sequence::Nodes(nodes) => identity_of_nodes(nodes.iter().map(|node| (node.document, node.node))),
            value => identity_of_text(&value.to_text()),
        }
    }

    /// Conditions of packs have no date, and the budget that rules have unless an option says otherwise.
    fn holds(&self, program: &Program, document: &Document, binding: &Binding) -> Result<bool, EvaluationError> {
        let dynamic = DynamicContext { library: Some(self.library()), host: self.host(), ..DynamicContext::default() };
        let node = Node { document, node: document.root_element().into() };
        let evaluator = Evaluator::new(document, binding, &dynamic).with_budget(LintOptions::default().budget);
        evaluator.truth(program, &Focus::on(node))
    }
}
