//! Where a finding of an assertion is, as SVRL says it: a path that gives every element its namespace and its number,
//! in the form that SchXslt gives it: that of `fn:path` of XPath 3.1, but `@Q{}name` for an attribute without a namespace
//! and the target of a processing instruction in quotes, as XPath 2.0 reads it.

use std::fmt::Write;

use kirjuri_tree::{Document, NodeKind, NodeRef};

use crate::numbering::{Numbering, Steps};
use crate::vocabulary::Vocabulary;

/// Makes the locations of one document.
pub(crate) struct Locations<'d> {
    document: &'d Document,
    /// The words that may be repeated.
    vocabulary: &'d dyn Vocabulary,
    /// Whether the targets of processing instructions may be: no schema declares them.
    shows_targets: bool,
    numbering: Numbering<'d>,
    steps: Steps,
    /// Bytes of locations that may still be made.
    left: usize,
}

/// Bytes that all locations of one document may take: far more than the findings of real documents do.
const LONGEST: usize = 64 << 20;

impl<'d> Locations<'d> {
    pub(crate) fn new(document: &'d Document, vocabulary: &'d dyn Vocabulary, shows_targets: bool) -> Locations<'d> {
        let numbering = Numbering::new(document);
        Locations { document, vocabulary, shows_targets, numbering, steps: Steps::default(), left: LONGEST }
    }

    /// The location of a node; nothing where the document has taken more memory for them than they are worth.
    pub(crate) fn location(&mut self, node: NodeRef) -> Option<String> {
        let document = self.document;
        let Locations { numbering, vocabulary, shows_targets, left, .. } = self;
        let steps = self.steps.to(node.owner(), document, |location, node| {
            let number = numbering.number(node).number;
            let _ = match document.kind(node) {
                NodeKind::Element => {
                    let name = document.qname(document.name(node));
                    if location.len() + name.namespace.len() + name.local.len() > *left {
                        return None;
                    }
                    if !vocabulary.shows(name.local) {
                        let _ = write!(location, "/*[{}]", numbering.number_of_element(node).number);
                        return Some(());
                    }
                    write!(location, "/Q{{{}}}{}[{number}]", vocabulary.shown(name.namespace), name.local)
                }
                NodeKind::Text => write!(location, "/text()[{number}]"),
                NodeKind::Comment => write!(location, "/comment()[{number}]"),
                NodeKind::ProcessingInstruction => {
                    let number = numbering.number_of_instruction(node);
                    let target = if *shows_targets { document.target(node) } else { "?" };
                    write!(location, "/processing-instruction(\"{target}\")[{number}]")
                }
                NodeKind::Document => Ok(()),
            };
            Some(())
        });
        let mut location = String::from(steps?);
        if let Some(attribute) = node.as_attribute() {
            let name = document.qname(document.attribute_name(attribute));
            let _ = match self.vocabulary.shows(name.local) {
                true => write!(location, "/@Q{{{}}}{}", self.vocabulary.shown(name.namespace), name.local),
                false => write!(location, "/@*[{}]", self.numbering.number_of_attribute(attribute, node.owner())),
            };
        }
        self.left = self.left.checked_sub(location.len())?;
        Some(if location.is_empty() { "/".into() } else { location })
    }
}
