//! Runs the checks of structures over a document, and those of forms over the definition of a form, for the rules of a
//! pack that stand for them.

use std::sync::Arc;

use kirjuri_tree::{Document, Format, NodeRef};
use kirjuri_xpath::{DynamicContext, Node};

use crate::lint::{LintOptions, Outcome, Stopped, timed};
use crate::pack::Pack;
use crate::part::Part;
use crate::source::{PackFile, Reader};
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
    if pack.structures().is_empty() || part.document.format() != Format::Json {
        return Ok(());
    }
    if structure::is_structure(part.document) {
        check_form(pack, part, options, outcome)
    } else {
        check_document(pack, part, dynamic, budget, options, outcome)
    }
}

/// Compares the definition of a form with the national structure. A form that claims none that is known is left alone.
fn check_form(
    pack: &Pack,
    part: &Part<'_>,
    options: &LintOptions,
    outcome: &mut impl FnMut(usize, Outcome, u64),
) -> Result<(), Stopped> {
    let rule = |check| {
        let number = pack.rule_of_form_check(check)?;
        pack.rules()[number].in_force(options.as_of).then_some(number)
    };
    if !FormCheck::ALL.into_iter().any(|check| rule(check).is_some()) {
        return Ok(());
    }
    let document = part.document;
    let file = PackFile { path: String::new(), text: document.text().to_owned() };
    let read = structure::read_form(Reader { pack: "", file: &file }, document);
    if let Some(unreadable) = rule(FormCheck::UnreadableForm) {
        outcome(unreadable, Outcome::Asked(1), 0);
        if read.is_none() {
            let root = Node { document, node: document.root_element().into() };
            if let Some(at) = part.at(root) {
                outcome(unreadable, Outcome::Failed(at, None), 0);
            }
        }
    }
    let Some(form) = read else { return Ok(()) };
    let national = match &options.against {
        Some(against) => Arc::clone(against),
        None => match claimed(pack.structures(), &form.oid) {
            Some(known) => Arc::clone(known.map_err(|_| Stopped(None))?),
            None => {
                if let Some(unknown) = rule(FormCheck::UnknownStructure) {
                    outcome(unknown, Outcome::Asked(1), 0);
                    let at = part.at(Node { document, node: document.root_element().into() });
                    at.into_iter().for_each(|at| outcome(unknown, Outcome::Failed(at, None), 0));
                }
                return Ok(());
            }
        },
    };
    if let Some(unknown) = rule(FormCheck::UnknownStructure) {
        outcome(unknown, Outcome::Asked(1), 0);
    }
    let asked = structure::compare(&form, national.structure(), &mut |check, field, about| {
        let node = form.fields.get(field).map_or(document.root_element(), |field| field.node);
        if let (Some(rule), Some(at)) = (rule(check), part.at(Node { document, node: node.into() })) {
            let subject = Subject::new(Arc::clone(&national), about.to_vec());
            outcome(rule, Outcome::Failed(at, Some(subject)), 0);
        }
    });
    for (check, times) in FormCheck::ALL.into_iter().zip(asked) {
        if let Some(rule) = rule(check).filter(|_| times > 0) {
            outcome(rule, Outcome::Asked(times), 0);
        }
    }
    Ok(())
}

/// The structure of an OID, else the newest of its document type.
fn claimed<'s>(
    structures: &'s StructureSet,
    oid: &str,
) -> Option<Result<&'s Arc<CompiledStructure>, &'s crate::source::PackErrors>> {
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
    let first = StructureCheck::ALL.into_iter().find_map(|check| pack.rule_of_check(check));
    if let Some(first) = first.filter(|_| spent > 0) {
        // The checks go over the document together; what they take is that of the first.
        outcome(first, Outcome::Asked(0), spent);
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
        let number = self.pack.rule_of_check(check)?;
        self.pack.rules()[number].in_force(self.options.as_of).then_some(number)
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
            (self.outcome)(rule, Outcome::Failed(at, Some(subject)), 0);
        }
    }
}
