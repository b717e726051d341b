//! What rules ask about texts that people wrote.

use std::borrow::Cow;

use kirjuri_xpath::{DynamicContext, Node, Sequence};
use rustc_hash::FxHashSet;

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
    let text = argument(arguments, 0);
    Sequence::from(known.is_some_and(|set| prose::unexplained_abbreviation(&text, set).is_some()))
}

pub(super) fn first_abbreviation<'a>(
    sets: &CodeSets,
    _: &DynamicContext<'a>,
    arguments: &[Sequence<'a>],
) -> Sequence<'a> {
    let text = argument(arguments, 0);
    let known = sets.get(&argument(arguments, 1));
    Sequence::from(known.and_then(|set| prose::unexplained_abbreviation(&text, set)).unwrap_or_default().to_owned())
}

pub(super) fn first_listed<'a>(sets: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let text = argument(arguments, 0);
    let set = sets.get(&argument(arguments, 1));
    Sequence::from(set.map(|set| prose::listed(&text, set)).unwrap_or_default().to_owned())
}

pub(super) fn narrative<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let Some(node) = nodes(arguments, 0).first() else { return Sequence::from(String::new()) };
    Sequence::from(text_of(node).into_owned())
}

/// The text of a node as its reader sees it.
fn text_of<'a>(node: &Node<'a>) -> Cow<'a, str> {
    match node.node.as_node() {
        Some(element) => prose::narrative(node.document, element),
        None => node.document.string_value(node.node),
    }
}

/// An argument as nodes; none where it is something else.
fn nodes<'s, 'a>(arguments: &'s [Sequence<'a>], index: usize) -> &'s [Node<'a>] {
    match arguments.get(index) {
        Some(Sequence::Nodes(nodes)) => nodes,
        _ => &[],
    }
}

pub(super) fn long_sentence<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    // What is no number is as large as can be: no sentence is longer.
    let most = argument(arguments, 1).parse().unwrap_or(usize::MAX);
    Sequence::from(prose::long_sentence(&argument(arguments, 0), most).to_owned())
}

/// A text that is a part of a text.
pub(super) fn part(text: &str, of: fn(&str) -> &str) -> Cow<'_, str> {
    Cow::Borrowed(of(text))
}

pub(super) fn other_hetu<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let text = argument(arguments, 0);
    let mut found = prose::hetus(&text).peekable();
    if found.peek().is_none() {
        return Sequence::from(String::new());
    }
    let known: Vec<String> = nodes(arguments, 1).iter().map(|node| node.string_value().to_ascii_uppercase()).collect();
    let other = found.find(|code| !known.iter().any(|known| known == code)).unwrap_or_default();
    // As it is written, so that it can be pointed at.
    let start = text.to_ascii_uppercase().find(&*other).unwrap_or_default();
    Sequence::from(text.get(start..start + other.len()).unwrap_or_default().to_owned())
}

pub(super) fn named_relative<'a>(sets: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let text = argument(arguments, 0);
    let Some(relations) = sets.get(&argument(arguments, 1)) else { return Sequence::from(String::new()) };
    // JSON has all given names in one string.
    let names: Vec<String> = nodes(arguments, 2).iter().map(|names| names.string_value().to_lowercase()).collect();
    let names: Vec<String> = names.iter().flat_map(|names| names.split_whitespace()).map(str::to_owned).collect();
    Sequence::from(prose::named_relative(&text, relations, &names).to_owned())
}

pub(super) fn phone_number<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let digits = |node: &Node<'_>| node.string_value().chars().filter(char::is_ascii_digit).collect::<String>();
    let known: Vec<String> = nodes(arguments, 1).iter().map(digits).collect();
    Sequence::from(prose::phone_number(&argument(arguments, 0), &known).to_owned())
}

pub(super) fn email<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let plain = |node: &Node<'_>| node.string_value().trim_start_matches("mailto:").to_lowercase();
    let known: Vec<String> = nodes(arguments, 1).iter().map(plain).collect();
    Sequence::from(prose::email(&argument(arguments, 0), &known).to_owned())
}

/// Fewest words of a whole text that is a copy: shorter ones, such as that nothing was found, may well be the same.
const COPIED_TEXT: usize = 8;
/// Fewest words of a sentence that is a copy.
const COPIED_SENTENCE: usize = 12;

pub(super) fn same_text<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    if nodes(arguments, 0).len() < 2 {
        return Sequence::Nodes(Default::default());
    }
    let mut seen = FxHashSet::default();
    let is_copy = |node: &&Node<'a>| {
        let text = text_of(node);
        prose::word_count(&text) >= COPIED_TEXT && !seen.insert(prose::fingerprint(&text))
    };
    Sequence::Nodes(nodes(arguments, 0).iter().filter(is_copy).copied().collect())
}

pub(super) fn copied_text<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    if nodes(arguments, 0).len() < 2 {
        return Sequence::Nodes(Default::default());
    }
    let (mut whole, mut seen) = (FxHashSet::default(), FxHashSet::default());
    let is_copy = |node: &&Node<'a>| {
        let text = text_of(node);
        // What is the same as a whole is told by another function.
        if !whole.insert(prose::fingerprint(&text)) {
            return false;
        }
        let long = prose::sentences(&text).map(|sentence| sentence.text);
        let long = long.filter(|text| prose::word_count(text) >= COPIED_SENTENCE).map(prose::fingerprint);
        let own: FxHashSet<u64> = long.collect();
        let is_copy = own.iter().any(|sentence| seen.contains(sentence));
        seen.extend(own);
        is_copy
    };
    Sequence::Nodes(nodes(arguments, 0).iter().filter(is_copy).copied().collect())
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
