//! The functions of the engine that rules call, in the namespace `urn:kirjuri:functions` (prefix `k`).
//!
//! They say what XPath says badly: whether an identifier is right, which of two times is earlier, whether a code is
//! known. Each is total: whatever the text, there is an answer, and where the answer is uncertain it is the one that
//! accuses nobody.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use kirjuri_xpath::{DynamicContext, Function, Node, Sequence, StaticContext, Type};

use crate::code_set::CodeSets;
use crate::identifiers::{
    Hetu, Precision, Sex, Timestamp, business_id_of_oid, has_terhikki_form, is_valid_business_id, is_valid_oid,
    node_class, node_class_number,
};

/// Namespace of the functions.
pub const NAMESPACE: &str = "urn:kirjuri:functions";

/// Name, parameters and what the function says; the documentation of the functions is made from it.
pub const FUNCTIONS: &[(&str, &[Type], &str)] = &[
    ("as-of", &[], "the date of checking as YYYYMMDD, or the empty string where there is none"),
    ("business-id-valid", &[Type::String], "whether a Y-tunnus has the right form and check digit"),
    (
        "code-in",
        &[Type::String, Type::String],
        "whether the pack's code set (second argument: its OID) has the code; false for a set the pack has not",
    ),
    ("code-set-complete", &[Type::String], "whether the pack has the code set of the OID and knows all its codes"),
    (
        "display-accepted",
        &[Type::String, Type::String, Type::String],
        "whether a display name (third) may stand beside a code (first) of a code system (second): true unless the pack knows names for the code and this is none of them, case and white space aside",
    ),
    (
        "hetu-birth-date",
        &[Type::String],
        "the birth date of a personal identity code as YYYYMMDD; empty where the code is not valid",
    ),
    (
        "hetu-sex",
        &[Type::String],
        "`1` (male) or `2` (female) as AR/YDIN - Sukupuoli has them; empty where the code is not valid",
    ),
    (
        "hetu-temporary",
        &[Type::String],
        "whether a valid personal identity code is a temporary one (individual number 900 or over)",
    ),
    ("hetu-valid", &[Type::String], "whether a personal identity code has the right form, date and check character"),
    (
        "misplaced",
        &[Type::Nodes, Type::String],
        "the first of the elements that stands behind one which the order (local names with white space between) puts after it; elements the order does not name are left alone",
    ),
    ("oid-business-id", &[Type::String], "the Y-tunnus in an OID under 1.2.246.10, as NNNNNNN-N; empty elsewhere"),
    (
        "oid-node-class",
        &[Type::String],
        "the node class of an OID under 1.2.246.10.<Y-tunnus>, in two digits (`14` also for `14029`); empty elsewhere",
    ),
    ("oid-valid", &[Type::String], "whether a text is an OID"),
    ("terhikki-valid", &[Type::String], "whether a text has the form of a Terhikki number"),
    (
        "timestamp-before",
        &[Type::String, Type::String],
        "whether the first HL7 timestamp is certainly before the second, offsets and precision considered",
    ),
    (
        "timestamp-offset",
        &[Type::String],
        "the offset of an HL7 timestamp as written, for instance `+0200`; empty where it has none",
    ),
    (
        "timestamp-offset-legal",
        &[Type::String],
        "false where the offset is certainly not the one in force in Finland at that local time",
    ),
    (
        "timestamp-precision",
        &[Type::String],
        "digits of an HL7 timestamp's date and time: 4, 6, 8, 10, 12 or 14, with a fraction 15; 0 where it is malformed",
    ),
    ("timestamp-valid", &[Type::String], "whether a text is an HL7 timestamp of a day and time that exist"),
];

/// Makes the functions known to the expressions of a pack.
pub(crate) fn declare(context: &mut StaticContext, code_sets: &Arc<CodeSets>) {
    let mut add = |name: &str, result: Type, body: Body| {
        let parameters = FUNCTIONS.iter().find(|(known, ..)| *known == name);
        let parameters = parameters.map(|(_, types, _)| types.to_vec()).unwrap_or_default();
        context.declare_function(NAMESPACE, Function { name: name.into(), parameters, result, body });
    };
    add(
        "as-of",
        Type::String,
        Box::new(|dynamic: &DynamicContext<'_>, _: &[Sequence<'_>]| Sequence::from(dynamic.as_of)),
    );
    text_test(&mut add, "business-id-valid", is_valid_business_id);
    text_test(&mut add, "hetu-valid", |text| Hetu::parse(text).is_ok());
    text_test(&mut add, "hetu-temporary", |text| Hetu::parse(text).is_ok_and(Hetu::is_temporary));
    text_test(&mut add, "oid-valid", is_valid_oid);
    text_test(&mut add, "terhikki-valid", has_terhikki_form);
    text_test(&mut add, "timestamp-valid", |text| Timestamp::parse(text).is_ok());
    text_test(&mut add, "timestamp-offset-legal", |text| {
        Timestamp::parse(text).is_ok_and(|time| match (time.offset_minutes(), time.finnish_offset_minutes()) {
            (Some(written), Some(legal)) => written == legal,
            _ => true,
        }) || Timestamp::parse(text).is_err()
    });
    text_function(&mut add, "hetu-birth-date", |text| {
        Hetu::parse(text).map_or(Cow::Borrowed(""), |hetu| Cow::Owned(hetu.birth_date().to_string()))
    });
    text_function(&mut add, "hetu-sex", |text| {
        Cow::Borrowed(match Hetu::parse(text).map(Hetu::sex) {
            Ok(Sex::Male) => "1",
            Ok(Sex::Female) => "2",
            Err(_) => "",
        })
    });
    text_function(&mut add, "oid-business-id", |text| business_id_of_oid(text).map_or(Cow::Borrowed(""), Cow::Owned));
    text_function(&mut add, "oid-node-class", |text| {
        let class = node_class(text).unwrap_or_default();
        // `14029` and `14` are one class; a component that is none stays as it is written.
        let length = if node_class_number(class).is_some() { 2 } else { class.len() };
        Cow::Borrowed(&class[..length])
    });
    text_function(&mut add, "timestamp-offset", |text| {
        let offset = Timestamp::parse(text).ok().and_then(|_| text.find(['+', '-']));
        Cow::Borrowed(offset.map_or("", |at| &text[at..]))
    });
    add(
        "timestamp-precision",
        Type::Number,
        Box::new(|_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            Sequence::from(Timestamp::parse(&argument(arguments, 0)).map_or(0.0, |time| digits(time.precision())))
        }),
    );
    add(
        "timestamp-before",
        Type::Boolean,
        Box::new(|_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            let (first, second) =
                (Timestamp::parse(&argument(arguments, 0)), Timestamp::parse(&argument(arguments, 1)));
            let before = |first: Timestamp, second: Timestamp| first.compare(&second) == Some(Ordering::Less);
            Sequence::from(matches!((first, second), (Ok(first), Ok(second)) if before(first, second)))
        }),
    );
    add(
        "misplaced",
        Type::Nodes,
        Box::new(|_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            let element = arguments.first().and_then(|elements| misplaced(elements, &argument(arguments, 1)));
            Sequence::Nodes(element.into_iter().collect())
        }),
    );
    let sets = Arc::clone(code_sets);
    add(
        "code-set-complete",
        Type::Boolean,
        Box::new(move |_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            Sequence::from(sets.get(&argument(arguments, 0)).is_some_and(|set| set.complete))
        }),
    );
    let sets = Arc::clone(code_sets);
    add(
        "code-in",
        Type::Boolean,
        Box::new(move |_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            let set = sets.get(&argument(arguments, 1));
            Sequence::from(set.is_some_and(|set| set.contains(&argument(arguments, 0))))
        }),
    );
    let sets = Arc::clone(code_sets);
    add(
        "display-accepted",
        Type::Boolean,
        Box::new(move |_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            let accepts = |set: &crate::CodeSet| set.accepts_name(&argument(arguments, 0), &argument(arguments, 2));
            Sequence::from(sets.get(&argument(arguments, 1)).is_none_or(accepts))
        }),
    );
}

/// The first element that stands behind one which `order` puts after it.
fn misplaced<'a>(elements: &Sequence<'a>, order: &str) -> Option<Node<'a>> {
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

type Body = kirjuri_xpath::FunctionBody;

fn argument<'a>(arguments: &[Sequence<'a>], index: usize) -> Cow<'a, str> {
    arguments.get(index).map(Sequence::to_text).unwrap_or_default()
}

fn text_test(add: &mut impl FnMut(&str, Type, Body), name: &str, test: fn(&str) -> bool) {
    add(
        name,
        Type::Boolean,
        Box::new(move |_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
            Sequence::from(test(&argument(arguments, 0)))
        }),
    );
}

/// A function from text to text; no value is the empty string.
fn text_function(add: &mut impl FnMut(&str, Type, Body), name: &str, function: fn(&str) -> Cow<'_, str>) {
    add(
        name,
        Type::String,
        Box::new(move |_: &DynamicContext<'_>, arguments: &[Sequence<'_>]| match argument(arguments, 0) {
            Cow::Borrowed(text) => Sequence::from(function(text)),
            Cow::Owned(text) => Sequence::from(function(&text).into_owned()),
        }),
    );
}

fn digits(precision: Precision) -> f64 {
    match precision {
        Precision::Year => 4.0,
        Precision::Month => 6.0,
        Precision::Day => 8.0,
        Precision::Hour => 10.0,
        Precision::Minute => 12.0,
        Precision::Second => 14.0,
        Precision::Fraction => 15.0,
    }
}
