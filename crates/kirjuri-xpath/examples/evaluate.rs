//! Evaluates expressions from standard input, one a line, and prints each value in one line, so that another
//! implementation can be compared with this one (`scripts/compare-expressions.py`).
//!
//! An argument `prefix=uri` declares a namespace, and `--later` makes the language XPath 2.0. A line of the input has
//! three fields, separated by tabs: the path of a document, the number of the context element in document order (the
//! root element is 1; 0 is the document node) and the expression. A line of the output is one of:
//!
//! ```text
//! boolean true
//! number 4008000000000000              the bits of the double in hexadecimal, or `NaN`
//! string "…"                           as Rust escapes it
//! nodes 3 / /1/2 /1/2/@id /1/2/text /1/2+text
//! decimal "1.5"                        any other atomic value of XPath 2.0: its type, and its text as Rust escapes it
//! items 2 integer "1" /1/2             a sequence of XPath 2.0 that is not nodes in document order
//! error …
//! ```
//!
//! In a path, elements, comments and processing instructions are numbered together among their siblings; a text is
//! named by what it follows: `+text` a node, `/text` the start tag of its parent. An attribute in a namespace is
//! `@{uri}local`.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use kirjuri_tree::{Document, Limits, NodeId, NodeKind};
use kirjuri_xpath::{Atomic, DynamicContext, Evaluator, Focus, Item, Node, Program, Sequence, StaticContext, Version};

fn main() -> io::Result<()> {
    let is_later = std::env::args().any(|argument| argument == "--later");
    let mut static_context = StaticContext::new(if is_later { Version::XPath2 } else { Version::XPath1 });
    for argument in std::env::args().skip(1) {
        if let Some((prefix, uri)) = argument.split_once('=') {
            static_context.declare_namespace(prefix, uri);
        }
    }
    let mut documents: HashMap<String, Result<Document, String>> = HashMap::new();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut fields = line.splitn(3, '\t');
        let (Some(path), Some(number), Some(expression)) = (fields.next(), fields.next(), fields.next()) else {
            writeln!(out, "error the line does not have three fields")?;
            continue;
        };
        let document = documents.entry(path.to_owned()).or_insert_with(|| {
            let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
            Document::parse(&bytes, &Limits::default()).map_err(|error| error.to_string())
        });
        match document {
            Ok(document) => writeln!(out, "{}", evaluate(&mut static_context, document, number, expression))?,
            Err(error) => writeln!(out, "error {error}")?,
        }
    }
    out.flush()
}

fn evaluate(context: &mut StaticContext, document: &Document, number: &str, expression: &str) -> String {
    let program = match Program::compile(expression, context) {
        Ok(program) => program,
        Err(error) => return format!("error {}..{} {error}", error.range().start, error.range().end),
    };
    let number: usize = number.parse().unwrap_or(0);
    let elements = || document.nodes().filter(|&node| document.is_element(node));
    let node = number.checked_sub(1).and_then(|index| elements().nth(index)).unwrap_or(NodeId::DOCUMENT);
    let (binding, dynamic) = (context.names().bind(document), DynamicContext::default());
    let evaluator = Evaluator::new(document, &binding, &dynamic);
    let value = evaluator.value(&program, &Focus::on(Node { document, node: node.into() }));
    match value {
        Err(error) => format!("error {error}"),
        Ok(Sequence::Nodes(nodes)) => {
            let paths: Vec<String> = nodes.into_iter().map(path).collect();
            format!("nodes {} {}", paths.len(), paths.join(" "))
        }
        Ok(Sequence::Atomic(atomic)) => one(atomic),
        Ok(Sequence::Items(items)) => {
            let print = |item| match item {
                Item::Node(node) => path(node),
                Item::Atomic(atomic) => one(atomic),
            };
            let printed: Vec<String> = items.into_iter().map(print).collect();
            format!("items {} {}", printed.len(), printed.join(" "))
        }
    }
}

fn one(atomic: Atomic<'_>) -> String {
    match atomic {
        Atomic::Boolean(truth) => format!("boolean {truth}"),
        Atomic::Double(number) if number.is_nan() => "number NaN".into(),
        Atomic::Double(number) => format!("number {:016x}", number.to_bits()),
        other => {
            let type_ = other.type_().name();
            format!("{type_} {:?}", Sequence::Atomic(other).to_text())
        }
    }
}

fn path(node: Node<'_>) -> String {
    let (document, owner) = (node.document, node.node.owner());
    let Some(attribute) = node.node.as_attribute() else { return tree_path(document, owner) };
    let name = document.qname(document.attribute_name(attribute));
    match name.namespace {
        "" => format!("{}/@{}", tree_path(document, owner), name.local),
        uri => format!("{}/@{{{uri}}}{}", tree_path(document, owner), name.local),
    }
}

fn tree_path(document: &Document, node: NodeId) -> String {
    let Some(parent) = document.parent(node) else { return "/".into() };
    let is_text = document.kind(node) == NodeKind::Text;
    let before = document.children(parent).take_while(|&sibling| sibling < node);
    let number = before.filter(|&sibling| document.kind(sibling) != NodeKind::Text).count();
    let above = match parent {
        NodeId::DOCUMENT => String::new(),
        parent => tree_path(document, parent),
    };
    match (is_text, number) {
        (true, 0) => format!("{above}/text"),
        (true, number) => format!("{above}/{number}+text"),
        (false, number) => format!("{above}/{}", number + 1),
    }
}
