//! Reads conditions out of what published structures say of them in Finnish.
//!
//! A field that is required on a condition says so in a note of a few fixed wordings: "one of the fields A and B is
//! required", "required if X was answered 'no'". They are recognised by their words, not by the structure or key they
//! stand at, so that new versions and the forms of vendors are read too. A note of which any part is not understood is
//! left out as a whole: a condition is never guessed.

use crate::structure::schema::Schema;
use crate::structure::{Basis, Condition, Datatype};

mod expression;
mod note;
mod scope;
#[cfg(test)]
mod tests;

use expression::Expressions;
use note::{Meaning, Question};
use scope::Scope;

/// The conditions that the notes of a structure state, in the order of their fields. Fields whose notes state the same
/// share one condition.
pub(crate) fn conditions(schema: &Schema) -> Vec<Condition> {
    let scope = Scope::new(schema);
    let mut conditions: Vec<Condition> = Vec::new();
    for field in 1..schema.fields.len() {
        let Some((_, condition)) = condition(&scope, field) else { continue };
        let same = |known: &&mut Condition| known.at == condition.at && known.assert == condition.assert;
        match conditions.iter_mut().find(same) {
            Some(known) => known.fields.extend(condition.fields),
            None => conditions.push(condition),
        }
    }
    for condition in &mut conditions {
        condition.fields.sort_unstable();
        condition.fields.dedup();
    }
    conditions
}

/// What the note of a field means and the condition it states, if it is understood.
fn condition(scope: &Scope<'_>, field: usize) -> Option<(Meaning, Condition)> {
    let it = scope.schema.fields.get(field).filter(|it| it.conditional)?;
    let meaning = note::read(&it.note)?;
    let expressions = Expressions { scope };
    let (at, fields, mut assert) = match &meaning {
        Meaning::OneOf { names, exactly } => {
            // Only switches can be on; headings are often called the same.
            let all = scope.list(field, names, |datatype| !exactly || *datatype == Datatype::Boolean, true)?;
            // A note that does not speak of its own field is not understood.
            if all.len() < 2 || !all.contains(&field) {
                return None;
            }
            let at = scope.common_group(&all)?;
            let assert =
                if *exactly { expressions.exactly_one(at, &all)? } else { expressions.at_least_one(at, &all)? };
            // One of them is missing as much as another: whoever lacks both is told so once.
            (at, all.into_iter().filter(|&one| scope.is_conditional(one)).collect(), assert)
        }
        Meaning::Required(Question::Empty { name }) => {
            // "A if B is empty" and "B if A is empty" say the same: one of them is there.
            let mut all = vec![scope.find(field, name, |_| true, false)?, field];
            all.sort_unstable();
            let at = scope.common_group(&all)?;
            (at, vec![field], expressions.at_least_one(at, &all)?)
        }
        Meaning::Required(Question::Age { years, reached }) => {
            let client = scope.client(field)?;
            let at = scope.place_of(field, &[client.identifier.or(client.birth_date)?])?;
            let of_age = expressions.age(at, &client, *years, *reached)?;
            (at, vec![field], format!("not({of_age}) or {}", expressions.there(at, field)?))
        }
        Meaning::Required(question) => {
            let asked = asked(scope, field, question)?;
            let at = scope.place_of(field, &asked)?;
            let each = asked.iter().map(|&other| answered(&expressions, at, other, question));
            let when = each.collect::<Option<Vec<_>>>()?.join(" or ");
            (at, vec![field], format!("not({when}) or {}", expressions.there(at, field)?))
        }
    };
    for hides in hidden(scope, &expressions, at, field)? {
        assert.push_str(" or ");
        assert.push_str(&hides);
    }
    Some((meaning, Condition { at, fields, assert, basis: Basis::Wording }))
}

/// What hides the groups that a field is in, up to where its condition is asked: nothing is required in a group that a
/// form does not show. Groups that are themselves required on a condition have theirs, which says the same. Nothing at
/// all where it is not understood when a group is hidden.
fn hidden(scope: &Scope<'_>, expressions: &Expressions<'_, '_>, at: usize, field: usize) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for group in scope.groups(field).take_while(|&group| group != at) {
        let it = scope.schema.fields.get(group)?;
        if it.conditional {
            continue;
        }
        for question in note::hidden(&it.note)? {
            let asked = asked(scope, group, &question)?;
            let each = asked.iter().map(|&other| answered(expressions, at, other, &question));
            all.push(each.collect::<Option<Vec<_>>>()?.join(" or "));
        }
    }
    Some(all)
}

/// The fields that a question is about.
fn asked(scope: &Scope<'_>, field: usize, question: &Question) -> Option<Vec<usize>> {
    let is_switch = |datatype: &Datatype| *datatype == Datatype::Boolean;
    match question {
        Question::Answered { group, names, .. } => {
            let asked = scope.list(field, names, is_switch, false)?;
            let stands_in_group = |&other: &usize| group.as_ref().is_none_or(|group| scope.is_inside(other, group));
            asked.iter().all(stands_in_group).then_some(asked)
        }
        Question::Chosen { name, codes } => {
            // A code that the definition does not list cannot be what the note means.
            let has_codes = |datatype: &Datatype| match datatype {
                Datatype::Code { codes: known, .. } => {
                    known.is_empty() || codes.iter().all(|code| known.contains(code))
                }
                _ => false,
            };
            Some(vec![scope.find(field, name, has_codes, false)?])
        }
        Question::Filled { names } => scope.list(field, names, |_| true, false),
        Question::Empty { .. } | Question::Age { .. } => None,
    }
}

/// Whether one of the fields answers the question so that another is required.
fn answered(expressions: &Expressions<'_, '_>, at: usize, other: usize, question: &Question) -> Option<String> {
    let path = || expressions.path(at, other);
    match question {
        Question::Answered { yes, .. } => Some(format!("{} = '{yes}'", path()?)),
        Question::Chosen { codes, .. } => {
            let path = path()?;
            Some(codes.iter().map(|code| format!("{path}/code = '{code}'")).collect::<Vec<_>>().join(" or "))
        }
        Question::Filled { .. } => expressions.there(at, other),
        Question::Empty { .. } | Question::Age { .. } => None,
    }
}
