//! What rules ask about texts that people wrote.

use std::borrow::Cow;

use kirjuri_xpath::{DynamicContext, Node, Sequence};

use super::argument;
use crate::code_set::CodeSets;
use crate::prose;

pub(super) fn is_prose<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let node = match arguments.first() {
        Some(Sequence::Nodes(nodes)) => nodes.first(),
        _ => None,
    };
    let is_prose = |node: &Node<'_>| node.node.as_node().is_some_and(|at| prose::is_prose(node.document, at));
    Sequence::from(node.is_some_and(is_prose))
}

pub(super) fn first_hetu(text: &str) -> Cow<'_, str> {
    prose::hetus(text).next().unwrap_or_default()
}

pub(super) fn has_other_hetu<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let text = argument(arguments, 0);
    let mut found = prose::hetus(&text).peekable();
    // Few texts hold a code, so that the known ones are seldom looked at.
    let known = arguments.get(1).filter(|_| found.peek().is_some());
    let mut known: Vec<String> = match known {
        Some(Sequence::Nodes(nodes)) => nodes.iter().map(|node| node.string_value().to_ascii_uppercase()).collect(),
        _ => Vec::new(),
    };
    known.sort_unstable();
    Sequence::from(found.any(|code| known.binary_search_by(|known| known.as_str().cmp(&*code)).is_err()))
}

pub(super) fn has_unexplained_abbreviation<'a>(
    sets: &CodeSets,
    _: &DynamicContext<'a>,
    arguments: &[Sequence<'a>],
) -> Sequence<'a> {
    let known = sets.get(&argument(arguments, 1));
    Sequence::from(known.is_some_and(|set| prose::has_unexplained_abbreviation(&argument(arguments, 0), set)))
}

pub(super) fn word_count<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(prose::word_count(&argument(arguments, 0)) as f64)
}

pub(super) fn answer(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(prose::answer(text))
}

pub(super) fn day_count<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(prose::day_count(&argument(arguments, 0)) as f64)
}

pub(super) fn mentions_day<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(prose::mentions_day(&argument(arguments, 0), &argument(arguments, 1)))
}

pub(super) fn mentions_number<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(prose::mentions_number(&argument(arguments, 0), &argument(arguments, 1)))
}
