//! What rules ask about the order of elements.

use kirjuri_xpath::{DynamicContext, Node, Sequence};

use super::argument;
use crate::code_set::CodeSets;

pub(super) fn misplaced<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let element = arguments.first().and_then(|elements| first_misplaced(elements, &argument(arguments, 1)));
    Sequence::Nodes(element.into_iter().collect())
}

/// The first element that stands behind one which `order` puts after it.
fn first_misplaced<'a>(elements: &Sequence<'a>, order: &str) -> Option<Node<'a>> {
    let Sequence::Nodes(elements) = elements else { return None };
    let order: Vec<&str> = order.split_ascii_whitespace().collect();
    let mut furthest = 0;
    elements.iter().copied().find(|element| {
        let document = element.document;
        let Some(node) = element.node.as_node().filter(|&node| document.is_element(node)) else { return false };
        let name = document.qname(document.name(node)).local;
        let Some(place) = order.iter().position(|known| *known == name) else { return false };
        let is_misplaced = place < furthest;
        furthest = furthest.max(place);
        is_misplaced
    })
}
