//! What rules ask about codes and their names.

use kirjuri_xpath::{DynamicContext, Sequence};

use super::argument;
use crate::code_set::{CodeSet, CodeSets};

pub(super) fn is_in<'a>(sets: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let set = sets.get(&argument(arguments, 1)).filter(|set| set.complete);
    Sequence::from(set.is_none_or(|set| set.contains(&argument(arguments, 0))))
}

pub(super) fn code_of<'a>(sets: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let set = sets.newest(&argument(arguments, 0));
    let code = set.and_then(|set| set.code_of(&argument(arguments, 1)));
    Sequence::from(code.map(str::to_owned).unwrap_or_default())
}

pub(super) fn is_complete<'a>(sets: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(sets.get(&argument(arguments, 0)).is_some_and(|set| set.complete))
}

pub(super) fn accepts_display<'a>(sets: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let accepts = |set: &CodeSet| set.accepts_name(&argument(arguments, 0), &argument(arguments, 2));
    Sequence::from(sets.get(&argument(arguments, 1)).is_none_or(accepts))
}
