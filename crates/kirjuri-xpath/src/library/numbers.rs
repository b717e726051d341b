//! Functions on numbers (F&O 2.0, section 6.4; XSLT 2.0, section 16.4).

mod picture;

use self::picture::{Digits, Picture};
use super::{Call, Gives, ONE, OPTIONAL, Origin, Signature, TEXT, Takes, optional};
use crate::atomic::rounding;
use crate::atomic::types::AtomicType;
use crate::error::{EvaluationError, fault};
use crate::value::{Atomic, Sequence};

const NUMBER_OR_NONE: Takes = Takes::Numbers(OPTIONAL);
const INTEGER: Takes = Takes::Atoms(AtomicType::Integer, ONE);

pub(super) const FUNCTIONS: &[Signature] = &[
    Signature::new("abs", &[NUMBER_OR_NONE], Gives::Any, |call| rounded(call, rounding::abs)),
    Signature::new("ceiling", &[NUMBER_OR_NONE], Gives::Any, |call| rounded(call, rounding::ceiling)),
    Signature::new("floor", &[NUMBER_OR_NONE], Gives::Any, |call| rounded(call, rounding::floor)),
    Signature::new("round", &[NUMBER_OR_NONE], Gives::Any, |call| rounded(call, rounding::round)),
    Signature::new("round-half-to-even", &[NUMBER_OR_NONE, INTEGER], Gives::Any, |call| {
        // No number has so many digits that a larger count would differ.
        let precision = call.integer(1).clamp(i128::from(i32::MIN), i128::from(i32::MAX)) as i64;
        // The digits of a double are made and read.
        call.evaluator.spend(16)?;
        optional(call.atom(0).map(|number| rounding::round_half_to_even(&number, precision)).transpose()?)
    })
    .from(1),
    Signature::new("format-number", &[NUMBER_OR_NONE, TEXT, TEXT], Gives::Text, format_number).from(2).of(Origin::Xslt),
];

fn rounded<'a>(
    call: &Call<'a, '_>,
    round: fn(&Atomic<'_>) -> Result<Atomic<'static>, EvaluationError>,
) -> Result<Sequence<'a>, EvaluationError> {
    optional(call.atom(0).map(|number| round(&number)).transpose()?)
}

fn format_number<'a>(call: &Call<'a, '_>) -> Result<Sequence<'a>, EvaluationError> {
    // Only the default format is there: no rules declare others.
    if call.count() > 2 {
        return Err(fault("XTDE1280"));
    }
    let picture = call.text(1)?;
    // The largest double has 309 digits, and each is looked at several times.
    call.evaluator.spend(64 + picture.len() as u64)?;
    let picture = Picture::read(&picture)?;
    let digits = call.atom(0).map_or(Digits::NotANumber, |number| Digits::of(&number));
    Ok(Sequence::from(picture.write(digits)))
}
