//! Variables that the host binds while programs run: with a value, or with a program computed when first read.

#![allow(clippy::unwrap_used)]

use kirjuri_tree::{Document, Limits};
use kirjuri_xpath::{
    DynamicContext, EvaluationError, Evaluator, Focus, Node, Program, Sequence, StaticContext, Type, Version,
};

const VERSIONS: [Version; 2] = [Version::XPath1, Version::XPath2];

fn parse(source: &str) -> Document {
    Document::parse(source.as_bytes(), &Limits::default()).unwrap()
}

/// A document of 2,001 elements.
fn wide_document() -> Document {
    parse(&format!("<r>{}</r>", "<x n='1'><y/></x>".repeat(1_000)))
}

/// Lets of a rule, each bound lazily in order, and then the values of expressions that may read them. `None` binds
/// nothing to a declared name.
fn check(version: Version, lets: &[(&str, &str)], expected: &[(&str, &str)]) {
    let document = parse("<r k='5'><x n='1'/><x n='2'/></r>");
    let mut context = StaticContext::new(version);
    let slots: Vec<usize> = lets.iter().map(|(name, _)| context.declare_variable(*name, Type::Any)).collect();
    let programs: Vec<Program> =
        lets.iter().map(|(_, source)| Program::compile(source, &mut context).unwrap()).collect();
    let asked: Vec<Program> =
        expected.iter().map(|(source, _)| Program::compile(source, &mut context).unwrap()).collect();
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
    for (slot, program) in slots.iter().zip(&programs) {
        evaluator.bind_lazily(*slot, program, focus);
    }
    // Twice, since the second time the values are there.
    for _ in 0..2 {
        for (program, (source, expected)) in asked.iter().zip(expected) {
            let found = match evaluator.value(program, &focus) {
                Ok(value) => value.to_text().into_owned(),
                Err(EvaluationError::Dynamic(code)) => format!("error {code}"),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, *expected, "{source} of {version:?}");
        }
    }
}

#[test]
fn a_variable_is_computed_when_it_is_read() {
    for version in VERSIONS {
        check(version, &[("a", "count(x)"), ("b", "x/@n")], &[("$a", "2"), ("$a + 1", "3"), ("sum($b)", "3")]);
    }
}

#[test]
fn a_variable_may_use_one_that_is_defined_after_it() {
    for version in VERSIONS {
        check(version, &[("a", "$b + 1"), ("b", "$c * 2"), ("c", "@k + 0")], &[("$a", "11"), ("$c", "5")]);
    }
}

#[test]
fn a_variable_that_needs_itself_has_no_value() {
    for version in VERSIONS {
        let lets = [("a", "$b"), ("b", "$a + 1"), ("c", "$c"), ("d", "7")];
        let expected = [
            ("$d", "7"),
            ("$a", "error XTDE0640"),
            ("$b", "error XTDE0640"),
            ("$c", "error XTDE0640"),
            ("$d + 1", "8"),
        ];
        check(version, &lets, &expected);
    }
}

#[test]
fn a_variable_that_fails_fails_only_those_that_read_it() {
    let lets = [("good", "1"), ("bad", "1 idiv 0"), ("worse", "$bad + 1"), ("number", "xs:integer('x')")];
    let expected = [
        ("$good", "1"),
        ("$bad", "error FOAR0001"),
        ("$worse", "error FOAR0001"),
        ("$good + $bad", "error FOAR0001"),
        ("if ($good = 1) then 'read' else $bad", "read"),
        ("$number", "error FORG0001"),
        ("$good = 1 or $bad = 1", "true"),
    ];
    check(Version::XPath2, &lets, &expected);
}

#[test]
fn a_chain_of_variables_is_bounded_by_the_stack() {
    let names: Vec<String> = (0..1_000).map(|number| format!("v{number}")).collect();
    let sources: Vec<String> =
        (0..1_000).map(|number| if number < 999 { format!("$v{} + 1", number + 1) } else { "0".into() }).collect();
    let lets: Vec<(&str, &str)> = names.iter().zip(&sources).map(|(name, source)| (&**name, &**source)).collect();
    check(Version::XPath2, &lets, &[("$v999", "0"), ("$v990", "9"), ("$v0", "error XPDY0130")]);
}

#[test]
fn a_variable_that_is_not_read_costs_nothing_and_one_that_is_read_costs_once() {
    let document = wide_document();
    for version in VERSIONS {
        let mut context = StaticContext::new(version);
        let all = context.declare_variable("all", Type::Any);
        let count = Program::compile("count(//*[@n = '1'])", &mut context).unwrap();
        let aside = Program::compile("1 = 1 or $all = 3", &mut context).unwrap();
        let read = Program::compile("$all = 1000", &mut context).unwrap();
        let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
        let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
        let evaluator = Evaluator::new(&document, &binding, &dynamic).with_budget(10);
        evaluator.bind_lazily(all, &count, focus);
        assert_eq!(evaluator.truth(&aside, &focus), Ok(true));
        assert_eq!(evaluator.truth(&read, &focus), Err(EvaluationError::Exhausted));

        let evaluator = Evaluator::new(&document, &binding, &dynamic).with_budget(10_000);
        evaluator.bind_lazily(all, &count, focus);
        for _ in 0..1_000 {
            assert_eq!(evaluator.truth(&read, &focus), Ok(true));
        }
    }
}

#[test]
fn a_value_that_is_bound_hides_the_one_of_the_dynamic_context() {
    let document = parse("<r/>");
    for version in VERSIONS {
        let mut context = StaticContext::new(version);
        let (a, b) = (context.declare_variable("a", Type::Any), context.declare_variable("b", Type::Any));
        let program = Program::compile("concat($a, $b)", &mut context).unwrap();
        let (binding, mut dynamic) = (context.names().bind(&document), DynamicContext::default());
        dynamic.variables = vec![Sequence::from("given a"), Sequence::from("given b")];
        let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
        let evaluator = Evaluator::new(&document, &binding, &dynamic);
        let text = || evaluator.value(&program, &focus).unwrap().to_text().into_owned();
        assert_eq!(text(), "given agiven b");
        evaluator.bind(b, Sequence::from("bound b"));
        assert_eq!(text(), "given abound b");
        evaluator.bind(a, Sequence::from("bound a"));
        evaluator.bind(b, Sequence::from("anew"));
        assert_eq!(text(), "bound aanew");
    }
}

#[test]
fn a_variable_of_an_expression_is_put_back_when_its_scope_ends() {
    check(
        Version::XPath2,
        &[("a", "for $i in 1 to 3 return $i * $i"), ("b", "sum($a)"), ("c", "let $a := 1 return $a + $b")],
        &[("$c", "15"), ("for $a in (1, 2) return $b", "14"), ("count($a)", "3")],
    );
}

#[test]
fn a_forgotten_variable_is_unknown_and_its_programs_keep_it() {
    let document = parse("<r/>");
    let mut context = StaticContext::new(Version::XPath2);
    let a = context.declare_variable("a", Type::Any);
    let program = Program::compile("$a + 1", &mut context).unwrap();
    context.forget_variable("a");
    assert!(Program::compile("$a", &mut context).is_err());
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    evaluator.bind(a, Sequence::from(1.0));
    let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
    assert_eq!(evaluator.value(&program, &focus), Ok(Sequence::from(2.0)));
}
