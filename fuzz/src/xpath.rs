//! An expression does not compile, or has one value however one asks for it.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use kirjuri::identifiers::{
    Hetu, Timestamp, business_id_of_oid, has_terhikki_form, is_valid_business_id, is_valid_oid, node_class,
    node_class_number,
};
use kirjuri_tree::{Document, Limits, NodeRef};
use kirjuri_xpath::{
    Atomic, CompileError, Documents, DynamicContext, EvaluationError, Evaluator, Focus, Function, FunctionBody, Item,
    Matched, Node, Pattern, PatternSet, Program, Sequence, StaticContext, Type, Version,
};

/// Small, and with every kind of node that an expression can tell apart.
const DOCUMENT: &str = "<?xml version='1.0'?><!--before--><a xmlns='urn:hl7-org:v3' xmlns:h='urn:hl7finland' id='1' xml:lang='fi'>\
    <?pi data?><b code='10' h:code='x'>text <i>in &amp; out</i><b code='2'/></b><h:c value='20200229'>1</h:c>\
    <!--inside--><b code='10'>2</b><c root='1.2.246.10.12345671.14.1' extension='010190-900P'/><d xmlns=''><b>3</b></d></a>";

/// Visited nodes that one question may cost. There are some hundred questions to each input.
const BUDGET: u64 = 10_000;

/// Bytes of an expression from which on it is a long one.
const LONG: usize = 512;

/// The first byte of what is XPath 2.0. No expression of XPath 1.0 starts with it.
const LATER: u8 = b'!';

/// Compiles a text as an expression and as a pattern, and asks for its value in several ways.
///
/// # Panics
/// When two ways to the same value disagree.
pub fn run(bytes: &[u8]) {
    let (version, bytes) = match bytes {
        [LATER, rest @ ..] => (Version::XPath2, rest),
        all => (Version::XPath1, all),
    };
    let Ok(source) = str::from_utf8(bytes) else { return };
    static CONTEXTS: [OnceLock<StaticContext>; 2] = [OnceLock::new(), OnceLock::new()];
    let kept = &CONTEXTS[usize::from(version == Version::XPath2)];
    let mut context = kept.get_or_init(|| context(version)).clone();
    let mut strict = context.clone();
    strict.require_prefixes();
    let strictly = Program::compile(source, &mut strict);
    let program = Program::compile(source, &mut context);
    let pattern = Pattern::compile(source, &mut context);
    for error in [strictly.as_ref().err(), program.as_ref().err(), pattern.as_ref().err()].into_iter().flatten() {
        stands_in(error, source);
    }
    let Ok(program) = program else {
        assert!(pattern.is_err() && strictly.is_err(), "every pattern is an expression");
        return;
    };
    assert_eq!(program.source(), source);
    if let Ok(strictly) = strictly {
        assert_eq!(strictly.type_(), program.type_());
    }
    evaluate(&program, pattern.ok().as_ref(), &context);
}

fn stands_in(error: &CompileError, source: &str) {
    let range = error.range();
    assert!(range.start <= range.end && source.get(range).is_some(), "{error} at {:?}", error.range());
    assert!(!error.to_string().is_empty());
}

fn evaluate(program: &Program, pattern: Option<&Pattern>, context: &StaticContext) {
    let document = document();
    let (binding, mut dynamic) = (context.names().bind(document), DynamicContext::default());
    dynamic.as_of = "20260101";
    dynamic.now = "2026-03-01T12:30:15.5+02:00";
    dynamic.implicit_zone = 120;
    dynamic.library = Some(context.library());
    dynamic.documents = Some(&Shelf);
    dynamic.variables = vec![Sequence::from("text"), Sequence::from(2.0), Sequence::from(true)];
    let root = Node { document, node: document.root_element().into() };
    dynamic.variables.push(Sequence::Nodes(vec![root]));
    if context.version() == Version::XPath2 {
        let text = Item::Atomic(Atomic::Untyped("7".into()));
        dynamic.variables.push(Sequence::Items(vec![Item::Node(root), text, Item::Node(root)]));
    }
    let evaluator = || Evaluator::new(document, &binding, &dynamic).with_budget(BUDGET);
    let all = nodes(document);
    // A long expression is asked at fewer nodes, so that there is time for more expressions.
    let asked = if program.source().len() > LONG { 4 } else { all.len() };
    // Selected from somewhere; a pattern matches exactly those. None where not all could be asked.
    let mut selected = (asked == all.len()).then(BTreeSet::new);
    for &node in all.iter().take(asked) {
        let focus = Focus::on(Node { document, node });
        let value = match evaluator().value(program, &focus) {
            Ok(value) => value,
            Err(error) => {
                assert_eq!(evaluator().value(program, &focus).err(), Some(error), "another error the second time");
                selected = None;
                continue;
            }
        };
        if let Sequence::Nodes(nodes) = &value {
            assert!(nodes.is_sorted_by(|a, b| a.node < b.node), "nodes come in document order, each once");
            if let Some(selected) = &mut selected {
                selected.extend(nodes.iter().map(|node| node.node));
            }
        }
        let again = evaluator().value(program, &focus);
        assert!(again.is_ok_and(|again| same(&again, &value)), "another value the second time");
        if let Ok(truth) = evaluator().truth(program, &focus) {
            assert_eq!(truth, value.to_boolean(), "the truth is not that of the value");
        }
        if let Ok(nodes) = evaluator().nodes(program, &focus) {
            match &value {
                Sequence::Nodes(expected) => assert_eq!(&nodes, expected),
                Sequence::Atomic(_) => assert!(nodes.is_empty(), "nodes of an atomic value"),
                // Nodes in another order than that of the document.
                Sequence::Items(items) => assert!(nodes.len() <= items.len()),
            }
        }
    }
    let Some(pattern) = pattern else { return };
    let mut matching = BTreeSet::new();
    for &node in &all {
        let Ok(matches) = evaluator().matches(pattern, Node { document, node }) else { return };
        // What `current()` is depends on where the evaluation started, which for the two is not the same.
        if let Some(selected) = &selected
            && !pattern.source().contains("current")
        {
            assert_eq!(matches, selected.contains(&node), "the pattern and the path differ at {node:?}");
        }
        if matches {
            matching.insert(node);
        }
    }
    // Found beside patterns that share steps with it, it matches what it matches alone.
    let mut context = context.clone();
    let beside = ["/cda:a/cda:b", "/cda:a[@id]/cda:b/@code", "@code[not(ancestor::cda:b)]", "//cda:b | cda:c/@root"];
    let beside = beside.map(|source| Pattern::compile(source, &mut context).expect("the pattern compiles"));
    let set = PatternSet::new(std::iter::once(pattern).chain(&beside));
    let binding = context.names().bind(document);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(BUDGET);
    let mut found = Vec::new();
    let walked = evaluator.each_match(&set, &mut |number, node, matched| {
        if matched != Matched::Holds {
            return Ok(());
        }
        found.extend((number == 0).then_some(node.node));
        Ok::<(), EvaluationError>(())
    });
    found.sort_unstable();
    assert!(walked.is_err() || found.iter().eq(&matching), "{found:?} are found, {matching:?} match");
}

/// Like equality, but that NaN is NaN.
fn same(a: &Sequence<'_>, b: &Sequence<'_>) -> bool {
    let same_items = || {
        a.items().zip(b.items()).all(|pair| match pair {
            (Item::Atomic(a), Item::Atomic(b)) => {
                let (a, b) = (Sequence::Atomic(a), Sequence::Atomic(b));
                a == b || (a.to_number().is_nan() && b.to_number().is_nan() && a.to_text() == b.to_text())
            }
            (a, b) => a == b,
        })
    };
    a == b || (a.len() == b.len() && same_items())
}

fn nodes(document: &Document) -> Vec<NodeRef> {
    let with_attributes = |node| {
        let attributes = document.attributes(node).map(move |attribute| NodeRef::attribute(node, attribute));
        std::iter::once(node.into()).chain(attributes)
    };
    document.nodes().flat_map(with_attributes).collect()
}

fn document() -> &'static Document {
    static PARSED: OnceLock<Document> = OnceLock::new();
    PARSED
        .get_or_init(|| Document::parse(DOCUMENT.as_bytes(), &Limits::default()).expect("the document is well-formed"))
}

/// The names, variables and functions that expressions find; the functions are called as those of a pack are.
fn context(version: Version) -> StaticContext {
    let mut context = StaticContext::new(version);
    context.declare_namespace("cda", "urn:hl7-org:v3");
    context.declare_namespace("hl7fi", "urn:hl7finland");
    context.declare_namespace("k", kirjuri::FUNCTION_NAMESPACE);
    for (name, type_) in [("s", Type::String), ("n", Type::Number), ("t", Type::Boolean), ("nodes", Type::Nodes)] {
        context.declare_variable(name, type_);
    }
    context.declare_key("code", "cda:b", "@code").expect("the key compiles");
    if version == Version::XPath2 {
        context.declare_namespace("f", "urn:function");
        context.declare_variable("items", Type::Any);
        define_functions(&mut context);
    }
    for function in kirjuri::FUNCTIONS {
        let (parameters, result) = (function.parameters, function.result);
        context.declare_function(
            kirjuri::FUNCTION_NAMESPACE,
            Function {
                name: function.name.into(),
                parameters: parameters.to_vec(),
                result,
                body: FunctionBody::Value(Box::new(move |dynamic: &DynamicContext<'_>, arguments: &[Sequence<'_>]| {
                    assert_eq!(arguments.len(), parameters.len());
                    let texts: Vec<_> = arguments.iter().map(Sequence::to_text).collect();
                    let known = texts.iter().map(|text| recognise(text)).sum::<usize>();
                    match result {
                        Type::Boolean => Sequence::from(known > 0),
                        Type::Number => Sequence::from(known as f64),
                        // Some of the nodes it is given, so that they come in document order.
                        Type::Nodes => Sequence::Nodes(match arguments.first() {
                            Some(Sequence::Nodes(nodes)) => nodes.iter().copied().skip(known).collect(),
                            _ => Vec::new(),
                        }),
                        _ => Sequence::from(texts.first().map_or(dynamic.as_of, |text| text).to_owned()),
                    }
                })),
            },
        );
    }
    context
}

/// Functions as rules define them: one that ends, one that goes on as long as there are nodes, and one that never ends.
fn define_functions(context: &mut StaticContext) {
    let bodies = [("twice", "($x, $x)"), ("inside", "($x[1]/*/f:inside(.), $x)"), ("endless", "f:endless($x)")];
    for (name, body) in bodies {
        let function = context.declare_user_function("urn:function", name, 1);
        context.define_user_function(function, &["x"], body).expect("the function compiles");
    }
}

/// The documents that expressions find: one, by the address `d`.
#[derive(Debug)]
struct Shelf;

impl Documents for Shelf {
    fn open(&self, address: &str) -> Option<&Document> {
        static PARSED: OnceLock<Document> = OnceLock::new();
        let parse = || Document::parse(b"<d><b code='10'/></d>", &Limits::default()).expect("it is well-formed");
        (address == "d").then(|| PARSED.get_or_init(parse))
    }
}

/// How many identifiers and times a text is: each recogniser takes any text and panics on none.
fn recognise(text: &str) -> usize {
    let hetu = Hetu::parse(text);
    if let Ok(hetu) = hetu {
        let _ = (hetu.birth_date(), hetu.sex(), hetu.is_temporary());
    }
    let time = Timestamp::parse(text);
    if let Ok(time) = time {
        assert!(time.compare(&time).is_none_or(|order| order.is_eq()));
        let _ = (time.precision(), time.offset_minutes(), time.finnish_offset_minutes(), time.date());
    }
    let class = node_class(text);
    let _ = class.map(node_class_number);
    let known = [
        hetu.is_ok(),
        time.is_ok(),
        class.is_some(),
        is_valid_oid(text),
        is_valid_business_id(text),
        business_id_of_oid(text).is_some(),
        has_terhikki_form(text),
    ];
    known.into_iter().filter(|&is| is).count()
}
