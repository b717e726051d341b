//! Whoever evaluates an expression may stop the evaluation.

#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};

use kirjuri_tree::{Document, Interrupt, Limits};
use kirjuri_xpath::{
    DynamicContext, EvaluationError, Evaluator, Focus, Node, Pattern, PatternSet, Program, StaticContext, Type, Version,
};

/// Raised from the n-th question on.
#[derive(Debug)]
struct After {
    questions: AtomicUsize,
    last: usize,
}

impl Interrupt for After {
    fn is_raised(&self) -> bool {
        self.questions.fetch_add(1, Ordering::Relaxed) >= self.last
    }
}

fn document() -> Document {
    let text = format!("<r>{}</r>", "<a b='1'><c/>x</a>".repeat(600));
    Document::parse(text.as_bytes(), &Limits::default()).unwrap()
}

/// What an expression of XPath 2.0 evaluates to under an interrupt that is raised from the n-th question on, and how
/// often it was asked.
fn evaluate(document: &Document, source: &str, last: usize, budget: u64) -> (Result<String, EvaluationError>, usize) {
    let mut context = StaticContext::new(Version::XPath2);
    let variable = context.declare_variable("late", Type::Any);
    let program = Program::compile(source, &mut context).unwrap();
    let late = Program::compile("count(//*[count(//*) > 1200])", &mut context).unwrap();
    let interrupt = After { questions: AtomicUsize::new(0), last };
    let dynamic = DynamicContext { interrupt: Some(&interrupt), ..DynamicContext::default() };
    let binding = context.names().bind(document);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(budget);
    let focus = Focus::on(Node { document, node: document.root_element().into() });
    evaluator.bind_lazily(variable, &late, focus);
    let value = evaluator.value(&program, &focus).map(|value| value.to_text().into_owned());
    let again = evaluator.value(&program, &focus).map(|value| value.to_text().into_owned());
    if last > 0 && value == Err(EvaluationError::Interrupted) {
        assert_eq!(again, value, "{source}: what was stopped goes on");
    }
    (value, interrupt.questions.into_inner())
}

#[test]
fn a_long_evaluation_is_stopped_at_the_question_that_says_so() {
    let document = document();
    for source in [
        "count(//*[count(//*) > 1200])",
        "sum(for $x in //a return count($x/preceding::*))",
        "//a[string-length(/) = 0] or true()",
        "if (//*[//*[. = 'none']]) then 1 else 2",
        "not(//*[//*[. = 'none']]) and $late",
        "some $x in //a, $y in //a satisfies $x << $y and $y << $x",
        "$late",
        "(//a[//*[. = 'none']], 1)[1] castable as xs:integer",
        "count(//a[@b = //a[position() > 10]/@none])",
    ] {
        for last in [0, 1, 5] {
            let (value, questions) = evaluate(&document, source, last, 1 << 40);
            assert_eq!(value, Err(EvaluationError::Interrupted), "{source}");
            assert!(questions > last, "{source}: {questions}");
        }
    }
}

#[test]
fn a_question_is_asked_every_so_many_nodes() {
    let document = document();
    let (value, questions) = evaluate(&document, "count(//*[count(/r/a/c) > 599])", usize::MAX, 1 << 40);
    assert_eq!(value, Ok("1201".to_owned()));
    assert!((20..=500).contains(&questions), "{questions}");
    let (value, questions) = evaluate(&document, "count(/r/a)", usize::MAX, 1 << 40);
    assert_eq!((value, questions), (Ok("600".to_owned()), 0), "a short evaluation asks nothing");
}

/// The budget is the same to a node, with an interrupt that is never raised and without one.
#[test]
fn an_interrupt_changes_nothing_about_the_budget() {
    let document = document();
    let source = "count(//*[count(/r/a) > 599]/c)";
    let mut context = StaticContext::new(Version::XPath2);
    let program = Program::compile(source, &mut context).unwrap();
    let binding = context.names().bind(&document);
    let dynamic = DynamicContext::default();
    let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
    let alone = |budget| {
        let evaluator = Evaluator::new(&document, &binding, &dynamic).with_budget(budget);
        evaluator.value(&program, &focus).map(|value| value.to_text().into_owned())
    };
    let (mut enough, mut short) = (1 << 24, 0);
    while enough - short > 1 {
        let budget = (enough + short) / 2;
        let answer = alone(budget);
        assert_eq!(evaluate_once(&document, source, budget), answer, "{budget}");
        if answer.is_ok() { enough = budget } else { short = budget }
    }
    assert!(enough > 1 << 18, "{enough}");
}

fn evaluate_once(document: &Document, source: &str, budget: u64) -> Result<String, EvaluationError> {
    evaluate(document, source, usize::MAX, budget).0
}

#[test]
fn patterns_are_stopped_too() {
    let document = document();
    let mut context = StaticContext::default();
    let pattern = Pattern::compile("a[count(//*) > 1200]", &mut context).unwrap();
    let set = PatternSet::new([&pattern]);
    let interrupt = After { questions: AtomicUsize::new(0), last: 3 };
    let dynamic = DynamicContext { interrupt: Some(&interrupt), ..DynamicContext::default() };
    let binding = context.names().bind(&document);
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let stopped = evaluator.each_match::<EvaluationError>(&set, &mut |_, _, _| Ok(()));
    assert_eq!(stopped, Err(EvaluationError::Interrupted));
}
