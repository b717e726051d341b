//! Runs the checks of structures over a document, and those of forms over the definition of a form, for the rules of a
//! pack that stand for them.

use std::sync::Arc;

use kirjuri_tree::{Document, Format, NodeId, NodeRef};
use kirjuri_xpath::{DynamicContext, Node};

use crate::lint::{LintOptions, Stopped, timed};
use crate::missing::About;
use crate::pack::Pack;
use crate::part::Part;
use crate::round::Outcome;
use crate::rule::{Question, Rule};
use crate::source::{PackErrors, PackFile, Reader};
use crate::structure::{self, CompiledStructure, FormCheck, Observer, StructureCheck, StructureSet, Subject};

/// Runs the checks that a pack has rules for. Other documents than JSON have no structure.
pub(crate) fn check(
    pack: &Pack,
    part: &Part<'_>,
    dynamic: &DynamicContext<'_>,
    budget: u64,
    options: &LintOptions,
    outcome: &mut impl FnMut(usize, Outcome, u64),
) -> Result<(), Stopped> {
    if part.document.format() != Format::Json || pack.structures().is_empty() {
        return Ok(());
    }
    if structure::is_structure(part.document) {
        check_form(pack, part, options, outcome)
    } else {
        check_document(pack, part, dynamic, budget, options, outcome)
    }
}

/// The rule that stands for a check, where it is asked and in force.
fn rule_of(pack: &Pack, options: &LintOptions, is_asked: impl Fn(&Question) -> bool) -> Option<usize> {
    let number = pack.rules().iter().position(|rule| is_asked(&rule.question))?;
    let rule = &pack.rules()[number];
    (rule.is_selected && rule.in_force(options.as_of.day())).then_some(number)
}

/// Compares the definition of a form with the national structure it claims, or the one it is to be compared with.
fn check_form(
    pack: &Pack,
    part: &Part<'_>,
    options: &LintOptions,
    outcome: &mut impl FnMut(usize, Outcome, u64),
) -> Result<(), Stopped> {
    let rule = |check| rule_of(pack, options, |question| matches!(question, Question::Form(of) if *of == check));
    if !FormCheck::ALL.into_iter().any(|check| rule(check).is_some()) {
        return Ok(());
    }
    let document = part.document;
    let at = |node: NodeId| part.at(Node { document, node: node.into() });
    let file = PackFile { path: String::new(), text: document.text().to_owned().into() };
    let form = structure::read_form(Reader { pack: "", file: &file }, document);
    let national = match (&form, &options.against) {
        (None, _) => None,
        (Some(_), Some(against)) => Some(against),
        (Some(form), None) => claimed(pack.structures(), &form.oid).transpose().map_err(|_| Stopped(None))?,
    };
    // Each is asked only where those before it hold.
    let needed = [(FormCheck::UnreadableForm, form.is_some()), (FormCheck::UnknownStructure, national.is_some())];
    for (check, is_there) in needed {
        if let Some(rule) = rule(check) {
            outcome(rule, Outcome::Asked(1), 0);
            if let Some(at) = at(document.root_element()).filter(|_| !is_there) {
                outcome(rule, Outcome::Failed(at, None), 0);
            }
        }
        if !is_there {
            return Ok(());
        }
    }
    let (Some(form), Some(national)) = (form, national) else { return Ok(()) };
    let asked = structure::compare(&form, national.structure(), &mut |check, field, about| {
        let node = form.fields.get(field).map_or(document.root_element(), |field| field.node);
        if let (Some(rule), Some(at)) = (rule(check), at(node)) {
            let subject = Subject::new(Arc::clone(national), about.to_vec());
            outcome(rule, Outcome::Failed(at, Some(About::Fields(subject))), 0);
        }
    });
    for (check, times) in FormCheck::ALL.into_iter().zip(asked) {
        if let Some(rule) = rule(check).filter(|_| times > 0) {
            outcome(rule, Outcome::Asked(times), 0);
        }
    }
    Ok(())
}

/// The structure of an OID, else the newest version of the same.
fn claimed<'s>(structures: &'s StructureSet, oid: &str) -> Option<Result<&'s Arc<CompiledStructure>, &'s PackErrors>> {
    structures.get(oid).or_else(|| structures.get(structures.newest_of_type(oid)?))
}

/// Checks a JSON document by the structure it says it has, else by that of its root element. A document of a structure
/// that the pack does not know is left alone here.
fn check_document(
    pack: &Pack,
    part: &Part<'_>,
    dynamic: &DynamicContext<'_>,
    budget: u64,
    options: &LintOptions,
    outcome: &mut impl FnMut(usize, Outcome, u64),
) -> Result<(), Stopped> {
    let is_asked = |check| rule_of(pack, options, |it| matches!(it, Question::Structure(of) if *of == check)).is_some();
    if !StructureCheck::ALL.into_iter().any(is_asked) {
        return Ok(());
    }
    let structures = pack.structures();
    let specified = part.carrier.and_then(|_| part.embedded.content_specification());
    let known = match &specified {
        Some(oid) => structures.get(oid),
        None => roots(part.document).find_map(|root| structures.of_root(root)).and_then(|oid| structures.get(oid)),
    };
    // Which structure the content has, where it is not the one named, is not known.
    let Some(structure) = known else { return Ok(()) };
    let structure = structure.map_err(|_| Stopped(None))?;
    if !roots(part.document).any(|root| root == structure.structure().root_key()) {
        return Ok(());
    }
    let mut observer = Structural { pack, part, structure, options, outcome };
    let (checked, spent) =
        timed(options.clock.as_deref(), || structure.check(part.document, dynamic, budget, &mut observer));
    if spent > 0 {
        // The checks go over the document together; what they take is that of the first.
        let is_of = |rule: &Rule, check| matches!(rule.question, Question::Structure(of) if of == check);
        let stands_for = |check| pack.rules().iter().position(|rule| rule.is_selected && is_of(rule, check));
        let first = StructureCheck::ALL.into_iter().find_map(stands_for);
        first.into_iter().for_each(|first| outcome(first, Outcome::Asked(0), spent));
    }
    Ok(checked?)
}

/// What may be the key of the document: the root element, or, where something stands beside the document, one of the
/// members at the top.
fn roots(document: &Document) -> impl Iterator<Item = &str> {
    let root = document.root_element();
    let name = |node| document.qname(document.name(node)).local;
    let members = (name(root) == "json").then(|| document.children(root)).into_iter().flatten();
    std::iter::once(root).chain(members.filter(|&member| document.is_element(member))).map(name)
}

/// Hands what a check of a structure says to the rules that stand for it.
struct Structural<'s, 'd, F> {
    pack: &'s Pack,
    part: &'s Part<'d>,
    structure: &'s Arc<CompiledStructure>,
    options: &'s LintOptions,
    outcome: &'s mut F,
}

impl<F: FnMut(usize, Outcome, u64)> Structural<'_, '_, F> {
    fn rule(&self, check: StructureCheck) -> Option<usize> {
        rule_of(self.pack, self.options, |question| matches!(question, Question::Structure(of) if *of == check))
    }
}

impl<F: FnMut(usize, Outcome, u64)> Observer for Structural<'_, '_, F> {
    fn asked(&mut self, check: StructureCheck, times: u32) {
        if let Some(rule) = self.rule(check) {
            (self.outcome)(rule, Outcome::Asked(times), 0);
        }
    }

    fn found(&mut self, check: StructureCheck, at: NodeRef, fields: &[usize]) {
        let node = Node { document: self.part.document, node: at };
        if let (Some(rule), Some(at)) = (self.rule(check), self.part.at(node)) {
            let subject = Subject::new(Arc::clone(self.structure), fields.to_vec());
            (self.outcome)(rule, Outcome::Failed(at, Some(About::Fields(subject))), 0);
        }
    }
}
