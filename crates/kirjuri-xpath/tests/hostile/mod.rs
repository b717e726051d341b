//! What hostile expressions are tried on, and how.

#![allow(dead_code, reason = "no test file uses all of it")]

use kirjuri_tree::{Document, Limits, NodeId};
use kirjuri_xpath::{
    DynamicContext, EvaluationError, Evaluator, Focus, Node, Pattern, Program, StaticContext, Type, Version,
};

/// Runs a test on a thread with the two megabytes that threads get by default.
pub(crate) fn on_a_small_stack(test: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, test).unwrap();
        thread.join().unwrap();
    });
}

/// A context with a prefix; in XPath 2.0 also with functions that call themselves, a variable and a key.
pub(crate) fn context(version: Version) -> StaticContext {
    let mut context = StaticContext::new(version);
    context.declare_namespace("p", "urn:p");
    if version == Version::XPath2 {
        context.declare_variable("v", Type::Any);
        context.declare_key("k", "a", "@b").unwrap();
        for (name, body) in [("same", "$x"), ("endless", "p:endless(($x, $x))"), ("down", "$x[1]/a/p:down(.)")] {
            let function = context.declare_user_function("urn:p", name, 1);
            context.define_user_function(function, &["x"], body).unwrap();
        }
    }
    context
}

pub(crate) fn parse(source: &str) -> Document {
    Document::parse(source.as_bytes(), &Limits::default()).unwrap()
}

/// As deep as the limits let a document be, with a branch at every level.
pub(crate) fn deep_document() -> Document {
    parse(&format!("{}{}", "<a b='1'><a/>".repeat(200), "</a>".repeat(200)))
}

/// Compiles and evaluates an expression in all ways, at the root element and at the deepest one, and matches it as a
/// pattern where it is one. Whether it compiles.
pub(crate) fn try_all(source: &str, document: &Document, version: Version) -> bool {
    let mut context = context(version);
    let pattern = Pattern::compile(source, &mut context);
    let program = Program::compile(source, &mut context);
    let (binding, mut dynamic) = (context.names().bind(document), DynamicContext::default());
    dynamic.library = Some(context.library());
    dynamic.now = "2026-03-01T12:30:15.5+02:00";
    let evaluator = || Evaluator::new(document, &binding, &dynamic).with_budget(10_000);
    let last = document.nodes().next_back().unwrap();
    for node in [document.root_element(), last, NodeId::DOCUMENT] {
        let node = Node { document, node: node.into() };
        let focus = Focus::on(node);
        if let Ok(program) = &program {
            let truth = evaluator().truth(program, &focus);
            assert_eq!(truth, evaluator().truth(program, &focus), "{source} has another truth the second time");
            let text = || evaluator().value(program, &focus).map(|value| value.to_text().into_owned());
            assert_eq!(text(), text(), "{source} has another value the second time");
            let _ = evaluator().nodes(program, &focus);
        }
        if let Ok(pattern) = &pattern {
            let _ = evaluator().matches(pattern, node);
        }
    }
    program.is_ok()
}

/// The text of a value, or the error, of an expression of XPath 2.0 at the root element under a budget.
pub(crate) fn within(document: &Document, source: &str, budget: u64) -> Result<String, EvaluationError> {
    let mut context = context(Version::XPath2);
    let program = Program::compile(source, &mut context).unwrap();
    let (binding, mut dynamic) = (context.names().bind(document), DynamicContext::default());
    dynamic.library = Some(context.library());
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(budget);
    let root = Node { document, node: document.root_element().into() };
    evaluator.value(&program, &Focus::on(root)).map(|value| value.to_text().into_owned())
}

/// A small generator of random numbers (SplitMix64), so that every run sees the same expressions.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    pub(crate) fn of<'c>(&mut self, ways: &[&'c str]) -> &'c str {
        ways[self.below(ways.len())]
    }
}
