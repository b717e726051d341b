//! Holds what came of a case against what the case expects.

use kirjuri_xpath::{Atomic, Item, Sequence};

use crate::catalog::{Assertion, Expression};
use crate::engine::{Failure, Value, World, items, single};
use crate::forest;

/// What became of a case that applies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Verdict {
    /// The value is as expected.
    Passed,
    /// An error was due and there is one, with a code that was expected.
    PassedByError,
    /// An error was due and there is one, with another code.
    PassedByOtherError,
    /// An error was due, and the expression is refused for a construct that is not supported.
    PassedByRefusal,
    Failed(Class),
}

/// How a case fails. The order is that of the page: what is worst comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Class {
    ValueForError,
    WrongValue,
    NotAsked,
    Panicked,
    Exhausted,
    ErrorForValue,
    DoesNotCompile,
    Refused,
}

impl Class {
    pub(crate) const ALL: [Class; 8] = [
        Class::ValueForError,
        Class::WrongValue,
        Class::NotAsked,
        Class::Panicked,
        Class::Exhausted,
        Class::ErrorForValue,
        Class::DoesNotCompile,
        Class::Refused,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Class::ValueForError => "a value where an error is due",
            Class::WrongValue => "a wrong value",
            Class::NotAsked => "a value, but the question whether it is right has an error",
            Class::Panicked => "a panic",
            Class::Exhausted => "the budget is spent",
            Class::ErrorForValue => "an error where a value is due",
            Class::DoesNotCompile => "a compile error where a value is due",
            Class::Refused => "a construct that is not supported, refused by name",
        }
    }
}

/// Why an assertion does not hold.
pub(crate) enum Mismatch {
    /// What was expected.
    Different(String),
    /// The assertion's own expression has an error.
    NotAsked(String, Failure),
}

/// The verdict on an outcome, with what was expected where it fails.
pub(crate) fn judge(expected: &Assertion, outcome: &Result<Value, Failure>, world: &World) -> (Verdict, String) {
    match outcome {
        Ok(value) => match check(expected, value, world) {
            Ok(()) => (Verdict::Passed, String::new()),
            Err(Mismatch::NotAsked(asked, failure)) => {
                (Verdict::Failed(Class::NotAsked), format!("{asked}, which itself gives {failure:?}"))
            }
            Err(Mismatch::Different(wanted)) => {
                let class = if wants_value(expected) { Class::WrongValue } else { Class::ValueForError };
                (Verdict::Failed(class), wanted)
            }
        },
        Err(failure) => {
            let mut codes = Vec::new();
            allowed_errors(expected, &mut codes);
            let class = match failure {
                Failure::Panicked => Class::Panicked,
                // The standard's own error for a limit of the implementation that is exceeded.
                Failure::Exhausted if codes.contains(&LIMIT_EXCEEDED) => {
                    return (Verdict::PassedByError, String::new());
                }
                Failure::Exhausted => Class::Exhausted,
                _ if !codes.is_empty() => {
                    return (passed_by(failure, &codes), codes.join(" or "));
                }
                Failure::Static { refused: true, .. } => Class::Refused,
                Failure::Static { .. } => Class::DoesNotCompile,
                Failure::Dynamic { .. } => Class::ErrorForValue,
            };
            (Verdict::Failed(class), describe(expected))
        }
    }
}

const LIMIT_EXCEEDED: &str = "XPDY0130";

fn passed_by(failure: &Failure, codes: &[&str]) -> Verdict {
    match failure {
        _ if codes.contains(&"*") || codes.contains(&failure.code()) => Verdict::PassedByError,
        Failure::Static { refused: true, .. } => Verdict::PassedByRefusal,
        _ => Verdict::PassedByOtherError,
    }
}

/// The codes of the errors that fulfil an assertion.
fn allowed_errors<'a>(assertion: &'a Assertion, codes: &mut Vec<&'a str>) {
    match assertion {
        Assertion::Error(code) => codes.push(code),
        Assertion::Any(parts) => parts.iter().for_each(|part| allowed_errors(part, codes)),
        // An error is no value of which anything more could hold.
        Assertion::All(parts) if parts.len() == 1 => parts.iter().for_each(|part| allowed_errors(part, codes)),
        _ => {}
    }
}

/// Whether a value could fulfil an assertion.
fn wants_value(assertion: &Assertion) -> bool {
    match assertion {
        Assertion::Error(_) => false,
        Assertion::Any(parts) => parts.iter().any(wants_value),
        Assertion::All(parts) => parts.iter().all(wants_value),
        _ => true,
    }
}

fn check(assertion: &Assertion, value: &Value, world: &World) -> Result<(), Mismatch> {
    let holds = match assertion {
        Assertion::All(parts) => return parts.iter().try_for_each(|part| check(part, value, world)),
        Assertion::Any(parts) => {
            let mut mismatches: Vec<Mismatch> = Vec::new();
            for part in parts {
                match check(part, value, world) {
                    Ok(()) => return Ok(()),
                    Err(mismatch) => mismatches.push(mismatch),
                }
            }
            // Where one alternative could not be asked, the value may be right by it.
            let asked = mismatches.iter().position(|it| matches!(it, Mismatch::NotAsked(..)));
            return match asked {
                Some(first) => Err(mismatches.swap_remove(first)),
                None => Err(Mismatch::Different(describe(assertion))),
            };
        }
        Assertion::Not(part) => match check(part, value, world) {
            Ok(()) => false,
            Err(Mismatch::Different(_)) => true,
            not_asked => return not_asked,
        },
        Assertion::Empty => items(value).is_empty(),
        Assertion::Truth(truth) => {
            matches!(items(value).as_slice(), [Item::Atomic(Atomic::Boolean(found))] if found == truth)
        }
        Assertion::Count(count) => items(value).len() == *count,
        Assertion::Holds(expression) => ask(world, &expression.text, expression, value)?,
        Assertion::Equals(expression) => {
            // `NaN` equals itself here, which `deep-equal` says and `eq` does not.
            ask(world, &format!("$result eq ({})", expression.text), expression, value)?
                || ask(world, &format!("deep-equal($result, ({}))", expression.text), expression, value)?
        }
        Assertion::DeepEquals(expression) => {
            ask(world, &format!("deep-equal($result, ({}))", expression.text), expression, value)?
        }
        Assertion::Type(expression) => {
            ask(world, &format!("$result instance of {}", expression.text), expression, value)?
        }
        Assertion::Permutation(expression) => is_permutation(world, expression, value)?,
        Assertion::StringValue { value: wanted, normalized } => {
            let found = text_of(world, value)?;
            let folded = |text: &str| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            match normalized {
                true => folded(&found) == folded(wanted),
                false => found == *wanted,
            }
        }
        Assertion::Xml(xml) => {
            let atomic = |item| text_of(world, &single(item)).unwrap_or_default();
            match (forest::expected(xml), forest::found(value, atomic)) {
                (Some(wanted), Some(found)) => wanted == found,
                _ => false,
            }
        }
        Assertion::Error(_) | Assertion::Other(_) => false,
    };
    if holds { Ok(()) } else { Err(Mismatch::Different(describe(assertion))) }
}

/// The effective boolean value of an expression about `$result`.
fn ask(world: &World, text: &str, expression: &Expression, value: &Value) -> Result<bool, Mismatch> {
    let variables = [world.variables.as_slice(), &[("result".to_owned(), value.clone())]].concat();
    let asked = Expression { text: format!("boolean({text})"), namespaces: expression.namespaces.clone() };
    match world.ask(&asked, &variables) {
        Ok(answer) => Ok(items(&answer) == [Item::Atomic(Atomic::Boolean(true))]),
        // An error of comparing is a difference in type: the value is not what the case expects.
        Err(Failure::Dynamic { code }) => Err(Mismatch::Different(format!("{text}, which itself gives {code}"))),
        Err(failure) => Err(Mismatch::NotAsked(text.to_owned(), failure)),
    }
}

/// The string values of the items, with a space between two.
fn text_of(world: &World, value: &Value) -> Result<String, Mismatch> {
    let text = "string-join(for $item in $result return string($item), ' ')";
    let asked = Expression { text: text.to_owned(), namespaces: Vec::new() };
    match world.ask(&asked, &[("result".to_owned(), value.clone())]) {
        Ok(text) => Ok(text.to_text().into_owned()),
        Err(failure) => Err(Mismatch::NotAsked(text.to_owned(), failure)),
    }
}

/// Whether the items are those of an expression in any order.
fn is_permutation(world: &World, expression: &Expression, value: &Value) -> Result<bool, Mismatch> {
    let asked = Expression { text: expression.text.clone(), namespaces: expression.namespaces.clone() };
    let wanted = world
        .ask(&asked, &[("result".to_owned(), value.clone())])
        .map_err(|failure| Mismatch::NotAsked(asked.text.clone(), failure))?;
    let mut wanted = items(&wanted);
    let equal = Expression { text: "deep-equal($left, $right)".to_owned(), namespaces: Vec::new() };
    for item in items(value) {
        let mut matching = None;
        for (place, other) in wanted.iter().enumerate() {
            let pair = [("left".to_owned(), single(item.clone())), ("right".to_owned(), single(other.clone()))];
            let answer = world.ask(&equal, &pair).map_err(|failure| Mismatch::NotAsked(equal.text.clone(), failure))?;
            if answer == Sequence::from(true) {
                matching = Some(place);
                break;
            }
        }
        match matching {
            Some(place) => wanted.remove(place),
            None => return Ok(false),
        };
    }
    Ok(wanted.is_empty())
}

/// An assertion in words, for whoever looks into a failure.
pub(crate) fn describe(assertion: &Assertion) -> String {
    let joined = |parts: &[Assertion], with: &str| parts.iter().map(describe).collect::<Vec<_>>().join(with);
    match assertion {
        Assertion::All(parts) => joined(parts, " and "),
        Assertion::Any(parts) => joined(parts, " or "),
        Assertion::Not(part) => format!("not {}", describe(part)),
        Assertion::Empty => "()".to_owned(),
        Assertion::Truth(truth) => truth.to_string(),
        Assertion::Count(count) => format!("{count} items"),
        Assertion::Holds(expression) => format!("holds: {}", expression.text),
        Assertion::Equals(expression) => format!("eq {}", expression.text),
        Assertion::DeepEquals(expression) => format!("deep-equal to ({})", expression.text),
        Assertion::Permutation(expression) => format!("permutation of ({})", expression.text),
        Assertion::Type(expression) => format!("instance of {}", expression.text),
        Assertion::StringValue { value, .. } => format!("string {value:?}"),
        Assertion::Xml(xml) => format!("XML {xml}"),
        Assertion::Error(code) => format!("error {code}"),
        Assertion::Other(other) => other.clone(),
    }
}
