//! What rows are evaluated in: the declarations and values that `host.toml` and `later-host.toml` describe.

use kirjuri_tree::Document;
use kirjuri_xpath::{
    Atomic, Documents, DynamicContext, Evaluator, Focus, Function, FunctionBody, FunctionOfSequences, Item, Node,
    Program, Sequence, StaticContext, Type, Version,
};

use crate::nodes::{all_nodes, parse};
use crate::rows::{Group, Table};

/// What a row is judged in.
pub(crate) struct Row<'r> {
    pub(crate) table: &'r Table,
    pub(crate) group: &'r Group,
    pub(crate) document: &'r Document,
    pub(crate) other: &'r Other,
    pub(crate) source: &'r str,
    /// An expression for the context node.
    pub(crate) at: &'r str,
}

/// The one document that expressions find by its address, `other.xml`.
#[derive(Debug)]
pub(crate) struct Other(pub(crate) Document);

impl Other {
    pub(crate) fn new() -> Other {
        Other(parse(r#"<s><x n="9">f</x><only/></s>"#))
    }
}

impl Documents for Other {
    fn open(&self, address: &str) -> Option<&Document> {
        (address == "other.xml").then_some(&self.0)
    }
}

/// Declarations and values of what the host adds.
pub(crate) struct Setting<'r> {
    pub(crate) context: StaticContext,
    variables: Vec<Sequence<'r>>,
    other: &'r Other,
}

impl<'r> Setting<'r> {
    /// `plain`: as for the context node of a row, without demands on prefixes.
    pub(crate) fn new(row: &Row<'r>, version: Version, plain: bool) -> Setting<'r> {
        let mut context = StaticContext::new(version);
        for (prefix, uri) in &row.table.namespaces {
            context.declare_namespace(prefix, uri);
        }
        context.declare_namespace("h", "urn:host");
        declare_functions(&mut context);
        let document = row.document;
        let x = document.find_name("", "x").map_or(&[][..], |name| document.elements_named(name));
        let mut variables = Vec::new();
        let mut add = |name: &str, type_: Type, value: Sequence<'r>| {
            assert_eq!(context.declare_variable(name, type_), variables.len());
            variables.push(value);
        };
        add("text", Type::String, Sequence::from("abc"));
        add("number", Type::Number, Sequence::from(2.0));
        add("yes", Type::Boolean, Sequence::from(true));
        // XPath 1.0 has no such type; a document's attribute is a string there.
        let untyped = if version == Version::XPath2 { Type::Any } else { Type::String };
        add("untyped", untyped, Sequence::Atomic(Atomic::Untyped(" 7 ".into())));
        add("nodes", Type::Nodes, Sequence::Nodes(x.iter().map(|&x| Node { document, node: x.into() }).collect()));
        add("foreign", Type::Nodes, Sequence::Nodes(all_nodes(&row.other.0).collect()));
        add("twice", Type::Number, Sequence::from(1.0));
        add("twice", Type::Number, Sequence::from(2.0));
        if version == Version::XPath2 {
            let root = Node { document, node: document.root_element().into() };
            let items = [
                Item::Atomic(Atomic::Integer(3)),
                Item::Node(root),
                Item::Atomic(Atomic::String("a".into())),
                Item::Node(root),
            ];
            add("items", Type::Any, Sequence::Items(items.to_vec()));
        }
        context.declare_variable("unset", Type::Nodes);
        // Only tables with the prefix need them.
        if row.table.namespaces.contains_key("f") && !plain {
            define_functions_and_keys(&mut context);
        }
        if row.group.require_prefixes && !plain {
            context.require_prefixes();
        }
        Setting { context, variables, other: row.other }
    }

    pub(crate) fn dynamic(&self) -> DynamicContext<'_> {
        DynamicContext {
            host: None,
            variables: self.variables.clone(),
            as_of: "20260101",
            now: "2026-03-01T12:30:15.5+02:00",
            implicit_zone: 120,
            library: Some(self.context.library()),
            documents: Some(self.other),
            interrupt: None,
        }
    }
}

/// The node that an expression of XPath 1.0 picks.
pub(crate) fn origin<'r>(row: &Row<'r>, at: &str) -> Node<'r> {
    let document = row.document;
    let mut setting = Setting::new(row, Version::XPath1, true);
    let program = Program::compile(at, &mut setting.context).unwrap();
    let (binding, dynamic) = (setting.context.names().bind(document), DynamicContext::default());
    let root = Node { document, node: document.root_element().into() };
    let nodes = Evaluator::new(document, &binding, &dynamic).nodes(&program, &Focus::on(root)).unwrap();
    assert_eq!(nodes.len(), 1, "{at} must pick one node");
    Node { document, node: nodes[0].node }
}

/// The functions and keys that the rules themselves define.
fn define_functions_and_keys(context: &mut StaticContext) {
    context.declare_key("by-n", "x", "@n").unwrap();
    context.declare_key("by-n", "y", ".").unwrap();
    context.declare_key("attributes", "@*", ".").unwrap();
    context.declare_key("round", "x", "key('round', @n)").unwrap();
    if context.version() != Version::XPath2 {
        return;
    }
    context.declare_key("words", "*", "tokenize(@w, ' ')").unwrap();
    // All are declared before any is defined, so that they can call one another.
    let functions = [
        ("twice", &["n"][..], "$n * 2"),
        ("factorial", &["n"], "if ($n le 1) then 1 else $n * f:factorial($n - 1)"),
        ("even", &["n"], "if ($n eq 0) then true() else f:odd($n - 1)"),
        ("odd", &["n"], "if ($n eq 0) then false() else f:even($n - 1)"),
        ("pair", &["a"], "f:pair($a, $a)"),
        ("pair", &["a", "b"], "($a, $b)"),
        ("hidden", &["text"], "concat($text, '!')"),
        ("seen", &[], "$text"),
        ("here", &[], "."),
        ("down", &["n"], "let $m := $n return if ($n le 0) then () else (f:down($n - 1), $m)"),
        ("names", &["nodes"], "$nodes/name()"),
        ("endless", &["n"], "f:endless($n + 1)"),
        ("found", &["key", "at"], "key('by-n', $key, $at)"),
    ];
    let declare = |(name, parameters, body): (&str, &'static [&'static str], &'static str)| {
        (context.declare_user_function("urn:function", name, parameters.len()), parameters, body)
    };
    let declared: Vec<_> = functions.into_iter().map(declare).collect();
    context.declare_user_function("urn:function", "undefined", 0);
    for (function, parameters, body) in declared {
        context.define_user_function(function, parameters, body).unwrap();
    }
}

fn declare_functions(context: &mut StaticContext) {
    let mut add = |name: &str, parameters: &[Type], result: Type, body: FunctionOfSequences| {
        let (name, parameters) = (name.to_owned(), parameters.to_vec());
        let body = FunctionBody::Value(body);
        context.declare_function("urn:host", Function { name, parameters, result, body });
    };
    let text = [Type::String];
    add("upper", &text, Type::String, Box::new(|_, given| Sequence::from(given[0].to_text().to_uppercase())));
    let numbers = [Type::Number, Type::Number];
    add(
        "add",
        &numbers,
        Type::Number,
        Box::new(|_, given| match given {
            [Sequence::Atomic(Atomic::Double(left)), Sequence::Atomic(Atomic::Double(right))] => {
                Sequence::from(left + right)
            }
            _ => panic!("the arguments are not converted"),
        }),
    );
    let truths = [Type::Boolean, Type::Boolean];
    add(
        "either",
        &truths,
        Type::Boolean,
        Box::new(|_, given| match given {
            [Sequence::Atomic(Atomic::Boolean(left)), Sequence::Atomic(Atomic::Boolean(right))] => {
                Sequence::from(*left || *right)
            }
            _ => panic!("the arguments are not converted"),
        }),
    );
    add(
        "last",
        &[Type::Nodes],
        Type::Nodes,
        Box::new(|_, given| match &given[0] {
            Sequence::Nodes(nodes) => Sequence::Nodes(nodes.last().copied().into_iter().collect()),
            _ => panic!("the argument is not nodes"),
        }),
    );
    add(
        "reversed",
        &[Type::Nodes],
        Type::Nodes,
        Box::new(|_, given| match &given[0] {
            Sequence::Nodes(nodes) => Sequence::Nodes(nodes.iter().rev().chain(nodes).copied().collect()),
            _ => panic!("the argument is not nodes"),
        }),
    );
    add("as-of", &[], Type::String, Box::new(|dynamic, _| Sequence::from(dynamic.as_of)));
}
