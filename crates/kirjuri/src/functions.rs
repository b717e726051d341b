//! The functions of the engine that rules call, in the namespace `urn:kirjuri:functions` (prefix `k`).
//!
//! They say what XPath says badly: whether an identifier is right, which of two times is earlier, whether a code is
//! known. Each is total: whatever the text, there is an answer, and where the answer is uncertain it is the one that
//! accuses nobody.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use kirjuri_xpath::{DynamicContext, Function, FunctionBody, Node, Sequence, StaticContext, Type};

use crate::code_set::CodeSets;
use crate::identifiers::{
    Hetu, Precision, Sex, Timestamp, business_id_of_oid, has_terhikki_form, is_valid_business_id, is_valid_oid,
    node_class, node_class_number,
};

/// Namespace of the functions.
pub const NAMESPACE: &str = "urn:kirjuri:functions";

/// A function of the engine: how expressions call it and what it says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EngineFunction {
    /// Local name.
    pub name: &'static str,
    /// The types of the parameters; all are required.
    pub parameters: &'static [Type],
    /// The type of the value.
    pub result: Type,
    /// What the value says; the documentation of the functions is made from it.
    pub says: &'static str,
    body: Body,
}

/// What a function does. Those of one text are written as functions of a text; the type of the value is that of the
/// variant, so that the table cannot say another.
#[derive(Clone, Copy, Debug)]
enum Body {
    /// Whether the text is something.
    Test(fn(&str) -> bool),
    /// A text for a text; no value is the empty string.
    Text(fn(&str) -> Cow<'_, str>),
    /// Anything else.
    Value(for<'a> fn(&CodeSets, &DynamicContext<'a>, &[Sequence<'a>]) -> Sequence<'a>),
}

const ONE: &[Type] = &[Type::String];

const fn test(name: &'static str, says: &'static str, body: fn(&str) -> bool) -> EngineFunction {
    EngineFunction { name, parameters: ONE, result: Type::Boolean, says, body: Body::Test(body) }
}

const fn text(name: &'static str, says: &'static str, body: fn(&str) -> Cow<'_, str>) -> EngineFunction {
    EngineFunction { name, parameters: ONE, result: Type::String, says, body: Body::Text(body) }
}

/// All functions, by name.
pub static FUNCTIONS: &[EngineFunction] = &[
    EngineFunction {
        name: "as-of",
        parameters: &[],
        result: Type::String,
        says: "the date of checking as YYYYMMDD, or the empty string where there is none",
        body: Body::Value(|_, dynamic, _| Sequence::from(dynamic.as_of)),
    },
    test("business-id-valid", "whether a Y-tunnus has the right form and check digit", is_valid_business_id),
    EngineFunction {
        name: "code-in",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a code (first) may be one of the code set of an OID (second): true unless the pack has the set, \
               knows all its codes, and this is none of them",
        body: Body::Value(|sets, _, arguments| {
            let set = sets.get(&argument(arguments, 1)).filter(|set| set.complete);
            Sequence::from(set.is_none_or(|set| set.contains(&argument(arguments, 0))))
        }),
    },
    EngineFunction {
        name: "code-set-complete",
        parameters: ONE,
        result: Type::Boolean,
        says: "whether the pack has the code set of the OID and knows all its codes",
        body: Body::Value(|sets, _, arguments| {
            Sequence::from(sets.get(&argument(arguments, 0)).is_some_and(|set| set.complete))
        }),
    },
    EngineFunction {
        name: "display-accepted",
        parameters: &[Type::String, Type::String, Type::String],
        result: Type::Boolean,
        says: "whether a display name (third) may stand beside a code (first) of a code system (second): true unless \
               the pack knows names for the code and this is none of them, case and white space aside",
        body: Body::Value(|sets, _, arguments| {
            let accepts = |set: &crate::CodeSet| set.accepts_name(&argument(arguments, 0), &argument(arguments, 2));
            Sequence::from(sets.get(&argument(arguments, 1)).is_none_or(accepts))
        }),
    },
    text(
        "hetu-birth-date",
        "the birth date of a personal identity code as YYYYMMDD; empty where the code is not valid",
        |hetu| Hetu::parse(hetu).map_or(Cow::Borrowed(""), |hetu| Cow::Owned(hetu.birth_date().to_string())),
    ),
    text(
        "hetu-sex",
        "`1` (male) or `2` (female) as AR/YDIN - Sukupuoli has them; empty where the code is not valid",
        |hetu| {
            Cow::Borrowed(match Hetu::parse(hetu).map(Hetu::sex) {
                Ok(Sex::Male) => "1",
                Ok(Sex::Female) => "2",
                Err(_) => "",
            })
        },
    ),
    test(
        "hetu-temporary",
        "whether a valid personal identity code is a temporary one (individual number 900 or over)",
        |hetu| Hetu::parse(hetu).is_ok_and(Hetu::is_temporary),
    ),
    test("hetu-valid", "whether a personal identity code has the right form, date and check character", |hetu| {
        Hetu::parse(hetu).is_ok()
    }),
    EngineFunction {
        name: "misplaced",
        parameters: &[Type::Nodes, Type::String],
        result: Type::Nodes,
        says: "the first of the elements that stands behind one which the order (local names with white space between) \
               puts after it; only local names are compared, so select the elements of the namespaces that the order \
               is about (`k:misplaced(cda:*, '…')`); elements the order does not name are left alone",
        body: Body::Value(|_, _, arguments| {
            let element = arguments.first().and_then(|elements| misplaced(elements, &argument(arguments, 1)));
            Sequence::Nodes(element.into_iter().collect())
        }),
    },
    text("oid-business-id", "the Y-tunnus in an OID under 1.2.246.10, as NNNNNNN-N; empty elsewhere", |oid| {
        business_id_of_oid(oid).map_or(Cow::Borrowed(""), Cow::Owned)
    }),
    text(
        "oid-node-class",
        "the node class of an OID under 1.2.246.10.<Y-tunnus>, in two digits (`14` also for `14029`); empty elsewhere",
        |oid| {
            let class = node_class(oid).unwrap_or_default();
            // `14029` and `14` are one class; a component that is none stays as it is written.
            let length = if node_class_number(class).is_some() { 2 } else { class.len() };
            Cow::Borrowed(class.get(..length).unwrap_or(class))
        },
    ),
    test("oid-valid", "whether a text is an OID", is_valid_oid),
    test("terhikki-valid", "whether a text has the form of a Terhikki number", has_terhikki_form),
    EngineFunction {
        name: "timestamp-before",
        parameters: &[Type::String, Type::String],
        result: Type::Boolean,
        says: "whether the first HL7 timestamp is certainly before the second, offsets and precision considered",
        body: Body::Value(|_, _, arguments| {
            let times = (Timestamp::parse(&argument(arguments, 0)), Timestamp::parse(&argument(arguments, 1)));
            let before = |first: Timestamp, second: Timestamp| first.compare(&second) == Some(Ordering::Less);
            Sequence::from(matches!(times, (Ok(first), Ok(second)) if before(first, second)))
        }),
    },
    text(
        "timestamp-offset",
        "the offset of an HL7 timestamp as written, for instance `+0200`; empty where it has none",
        |time| {
            let offset = Timestamp::parse(time).ok().and_then(|_| time.find(['+', '-']));
            Cow::Borrowed(offset.map_or("", |at| &time[at..]))
        },
    ),
    test(
        "timestamp-offset-legal",
        "false where the offset is certainly not the one in force in Finland at that local time",
        |time| {
            Timestamp::parse(time).map_or(true, |time| match (time.offset_minutes(), time.finnish_offset_minutes()) {
                (Some(written), Some(legal)) => written == legal,
                _ => true,
            })
        },
    ),
    EngineFunction {
        name: "timestamp-precision",
        parameters: ONE,
        result: Type::Number,
        says: "digits of an HL7 timestamp's date and time: 4, 6, 8, 10, 12 or 14, with a fraction 15; 0 where it is \
               malformed",
        body: Body::Value(|_, _, arguments| {
            Sequence::from(Timestamp::parse(&argument(arguments, 0)).map_or(0.0, |time| digits(time.precision())))
        }),
    },
    test("timestamp-valid", "whether a text is an HL7 timestamp of a day and time that exist", |time| {
        Timestamp::parse(time).is_ok()
    }),
];

/// Makes the functions known to the expressions of a pack.
pub(crate) fn declare(context: &mut StaticContext, code_sets: &Arc<CodeSets>) {
    for function in FUNCTIONS {
        let body: FunctionBody = match function.body {
            Body::Test(test) => Box::new(move |_, arguments| Sequence::from(test(&argument(arguments, 0)))),
            Body::Text(text) => Box::new(move |_, arguments| match argument(arguments, 0) {
                Cow::Borrowed(argument) => Sequence::from(text(argument)),
                Cow::Owned(argument) => Sequence::from(text(&argument).into_owned()),
            }),
            Body::Value(value) => {
                let sets = Arc::clone(code_sets);
                Box::new(move |dynamic, arguments| value(&sets, dynamic, arguments))
            }
        };
        let (name, parameters) = (function.name.into(), function.parameters.to_vec());
        context.declare_function(NAMESPACE, Function { name, parameters, result: function.result, body });
    }
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

fn argument<'a>(arguments: &[Sequence<'a>], index: usize) -> Cow<'a, str> {
    arguments.get(index).map(Sequence::to_text).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_each_function_once() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn every_function_has_a_value_of_its_type() {
        let sets = Arc::new(CodeSets::default());
        let mut context = StaticContext::default();
        context.declare_namespace("k", NAMESPACE);
        declare(&mut context, &sets);
        let document = kirjuri_tree::Document::parse(b"<a>1</a>", &kirjuri_tree::Limits::default()).unwrap();
        let node = Node { document: &document, node: document.root_element().into() };
        for function in FUNCTIONS {
            let argument = |type_: &Type| if *type_ == Type::Nodes { "(b | a)" } else { "'1'" };
            let arguments: Vec<&str> = function.parameters.iter().map(argument).collect();
            let source = format!("k:{}({})", function.name, arguments.join(", "));
            let program = kirjuri_xpath::Program::compile(&source, &mut context).unwrap();
            assert_eq!(program.type_(), function.result, "{source}");
            let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
            let evaluator = kirjuri_xpath::Evaluator::new(&document, &binding, &dynamic);
            let value = evaluator.value(&program, &kirjuri_xpath::Focus::on(node)).unwrap();
            let type_ = match value {
                Sequence::Nodes(_) => Type::Nodes,
                Sequence::Atomic(kirjuri_xpath::Atomic::Boolean(_)) => Type::Boolean,
                Sequence::Atomic(kirjuri_xpath::Atomic::Double(_)) => Type::Number,
                Sequence::Atomic(_) => Type::String,
                Sequence::Items(_) => Type::Any,
            };
            assert_eq!(type_, function.result, "{source}");
        }
    }
}
