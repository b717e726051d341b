//! Hostile expressions of XPath 2.0: none may panic, hang, or take more than the budget allows; the stack of a thread
//! holds them.

#![allow(clippy::unwrap_used)]

mod hostile;

use hostile::{Chance, context, deep_document, on_a_small_stack, parse, try_all, within};
use kirjuri_xpath::{DynamicContext, EvaluationError, Evaluator, Focus, Node, Program, Type, Version};

/// Constructs that nest: what stands before and behind what is inside.
const NESTED: [(&str, &str); 58] = [
    ("(", ")"),
    ("(1, ", ")"),
    ("(", ", a)"),
    ("(", ")/a"),
    ("(", ")//a"),
    ("a/(", ")"),
    ("a//(", ")"),
    ("/(", ")"),
    ("(", ")[1]"),
    ("(1, 2)[", "]"),
    (".[", "]"),
    ("a[", "]"),
    ("(a, 1)[", "]"),
    ("(", ") ! ."),
    ("a ! (", ")"),
    ("(1, 2) ! (", ")"),
    ("for $x in (", ") return $x"),
    ("for $x in a return ", ""),
    ("for $x in (", "), $y in $x return $y"),
    ("let $x := (", ") return $x"),
    ("let $x := 1 return ", ""),
    ("let $v := a, $w := ", " return $v"),
    ("some $x in (", ") satisfies $x"),
    ("every $x in a satisfies ", ""),
    ("if (", ") then a else ()"),
    ("if (a) then ", " else a"),
    ("if (()) then a else ", ""),
    ("-(", ")"),
    ("+(", ")"),
    ("1 + (", ")"),
    ("(", ") + 1"),
    ("(", ") to 3"),
    ("1 to (", ")"),
    ("(", ") = 1"),
    ("1 eq (", ")"),
    ("(", ") is a"),
    ("a << (", ")"),
    ("(", ") | a"),
    ("a except (", ")"),
    ("(", ") intersect a"),
    ("(", ") || 'x'"),
    ("(", ") => count()"),
    ("a => p:same() => concat(", ")"),
    ("(", ") instance of item()*"),
    ("(", ") treat as item()*"),
    ("(", ") castable as xs:integer"),
    ("(", ") cast as xs:string?"),
    ("xs:string(", ")"),
    ("not(", ")"),
    ("count(", ")"),
    ("string-join((", ") ! string(.), '')"),
    ("concat('a', ", ")"),
    ("matches(string(exists(", ")), 'a+')"),
    ("reverse(", ")"),
    ("p:same(", ")"),
    ("a[p:down(", ")]"),
    ("key('k', ", ")"),
    ("deep-equal(a, ", ")"),
];

#[test]
fn nesting_of_any_depth_is_answered_or_refused() {
    on_a_small_stack(|| {
        let document = deep_document();
        for (before, behind) in NESTED {
            for depth in [1, 2, 20, 41, 42, 43, 62, 63, 64, 125, 126, 127, 128, 129, 1_000, 50_000] {
                let source = format!("{}a{}", before.repeat(depth), behind.repeat(depth));
                let compiles = try_all(&source, &document, Version::XPath2);
                assert!(!compiles || depth <= 128, "{before} {depth} times");
            }
        }
    });
}

#[test]
fn nestings_mixed_at_random_are_answered_or_refused() {
    on_a_small_stack(|| {
        let document = deep_document();
        let mut chance = Chance(11);
        let mut compiled = 0;
        for _ in 0..2_000 {
            let depth = 1 + chance.below(127);
            let levels: Vec<(&str, &str)> = (0..depth).map(|_| NESTED[chance.below(NESTED.len())]).collect();
            let mut source: String = levels.iter().map(|level| level.0).collect();
            source.push('a');
            source.extend(levels.iter().rev().map(|level| level.1));
            compiled += usize::from(try_all(&source, &document, Version::XPath2));
        }
        assert!(compiled > 500, "{compiled} of the expressions compile");
    });
}

#[test]
fn long_chains_are_answered_or_refused() {
    let chains = [
        ("1", ", 1"),
        ("1", " || 1"),
        ("1", " idiv 1"),
        ("1", " to 1"),
        ("1", " eq 1"),
        ("a", " is a"),
        ("a", " union a"),
        ("a", " except a"),
        ("a", " intersect a"),
        ("a", " ! a"),
        ("a", " ! ."),
        ("a", "/(a)"),
        ("a", "/name()"),
        ("a", "//*:a"),
        ("a", "/(.)[1]"),
        ("1", " => abs()"),
        ("1", " instance of xs:integer"),
        ("1", " treat as xs:integer"),
        ("1", " cast as xs:integer"),
        ("1", " castable as xs:integer"),
        ("(1, 2)", "[1]"),
        ("for $x in a", ", $x in $x"),
        ("1", "(: :)"),
        ("'a'", "''"),
    ];
    on_a_small_stack(|| {
        let document = deep_document();
        for (start, more) in chains {
            for count in [1, 10, 100, 125, 126, 127, 128, 300, 10_000] {
                let tail = if start.starts_with("for") { " return $x" } else { "" };
                try_all(&format!("{start}{}{tail}", more.repeat(count)), &document, Version::XPath2);
            }
        }
        for word in ["let $x := 1", "some $x in 1", "every $x in 1"] {
            for count in [1, 126, 127, 128, 10_000] {
                let more = if word.starts_with("let") { ", $x := $x" } else { ", $x in $x" };
                let tail = if word.starts_with("let") { "return $x" } else { "satisfies $x" };
                try_all(&format!("{word}{} {tail}", more.repeat(count)), &document, Version::XPath2);
            }
        }
        for comment in ["(:", ":)", "(: (:", "(:)"] {
            assert!(!try_all(&format!("1{}", comment.repeat(50_000)), &document, Version::XPath2));
        }
        assert!(try_all(&format!("1{}{}", "(:".repeat(50_000), ":)".repeat(50_000)), &document, Version::XPath2));
        assert!(try_all(&format!("{}1", "-+".repeat(50_000)), &document, Version::XPath2));
    });
}

#[test]
fn functions_that_call_themselves_without_end_are_stopped() {
    let bodies = [
        "p:f($x)",
        "p:f($x + 1)",
        "1 + p:f($x)",
        "p:f(p:f($x))",
        "p:g($x)",
        "for $y in $x return p:f($y)",
        "let $y := p:f($x) return $y",
        "if (p:f($x)) then 1 else 2",
        "($x, 1) ! p:f(.)",
        "($x, 1)[p:f(.)]",
        "some $y in (1, 2) satisfies p:f($y)",
        "string-join((p:f($x), 'a'), '')",
        "key('round', string(p:f($x)), root($v))",
        "$x cast as xs:integer + p:f($x)",
    ];
    on_a_small_stack(|| {
        let document = deep_document();
        for body in bodies {
            for depth in [0, 10, 60] {
                // The call stands as deep in the body, and the first call as deep in the expression, as they may.
                let nested = format!(
                    "{}{body}{}",
                    "(".repeat(depth) + &"if (1) then (".repeat(depth),
                    ") else 0".repeat(depth) + &")".repeat(depth)
                );
                let source = format!("{}p:f(1){}", "(1, ".repeat(60 + depth), ")".repeat(60 + depth));
                let mut context = context(Version::XPath2);
                let (f, g) =
                    (context.declare_user_function("urn:p", "f", 1), context.declare_user_function("urn:p", "g", 1));
                context.declare_key("round", "a", "p:f(.)").unwrap();
                if context.define_user_function(f, &["x"], &nested).is_err() {
                    continue;
                }
                context.define_user_function(g, &["x"], "p:f($x)").unwrap();
                let program = Program::compile(&source, &mut context).unwrap();
                let (binding, mut dynamic) = (context.names().bind(&document), DynamicContext::default());
                dynamic.library = Some(context.library());
                let evaluator = Evaluator::new(&document, &binding, &dynamic);
                let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
                let failed = evaluator.value(&program, &focus).map(|_| ()).unwrap_err();
                assert!(failed.to_string().contains("XPDY0130"), "{body}: {failed}");
            }
        }
    });
}

#[test]
fn what_does_not_end_within_the_budget_is_stopped_soon() {
    let document = deep_document();
    let rows = [
        "1 to 10000000000",
        "count(1 to 10000000000)",
        "(1 to 10000000000)[last()]",
        "(1 to 10000000000)[3]",
        "sum(1 to 10000000000)",
        "reverse(1 to 10000000000)",
        "for $x in 1 to 10000000000 return $x",
        "for $x in 1 to 10000000000 return ()",
        "some $x in 1 to 10000000000 satisfies $x = 0",
        "every $x in 1 to 10000000000 satisfies $x > 0",
        "(1 to 10000000000) = 0",
        "(1 to 100000) = (100001 to 200000)",
        "distinct-values(1 to 10000000)",
        "(1 to 3000) ! (1 to 3000) ! (1 to 3000)",
        "for $x in 1 to 3000, $y in 1 to 3000, $z in 1 to 3000 return 1",
        "index-of(1 to 10000000000, 0)",
        "subsequence(1 to 10000000000, 1, 1)",
        "insert-before(1 to 10000000000, 1, 1)",
        "remove(1 to 10000000000, 1)",
        "deep-equal(1 to 10000000000, 1 to 10000000000)",
        "string-join((1 to 100000000) ! 'abc', '')",
        "codepoints-to-string((1 to 100000000) ! 97)",
        "string-length(string-join((1 to 1000) ! string-join((1 to 1000) ! string-join((1 to 100) ! 'abcdef', ''), ''), ''))",
        "let $a := string-join((1 to 1000) ! 'abcdefghij', ''), $b := string-join((1 to 1000) ! $a, ''), $c := string-join((1 to 1000) ! $b, '') return $c",
        "let $a := string-join((1 to 1000) ! 'a', ''), $b := replace($a, 'a', $a), $c := replace($b, 'a', $b) return $c",
        "let $a := (1 to 1000) return for $x in $a, $y in $a, $z in $a return $a",
        "let $a := string-join((1 to 10000) ! 'a', '') return (1 to 10000) ! matches($a, '(a|aa)*b')",
        "let $a := string-join((1 to 10000) ! 'a', '') return (1 to 10000) ! tokenize($a, 'a')",
        "(1 to 1000000) ! matches('a', concat('a{', ., '}'))",
        "let $a := string-join((1 to 10000) ! 'a', '') return (1 to 100000) ! contains($a, concat('b', .))",
        "let $a := string-join((1 to 10000) ! 'a', '') return (1 to 100000) ! upper-case($a)",
        "let $a := string-join((1 to 10000) ! 'a', '') return (1 to 100000) ! ($a || .)",
        "let $a := string-join((1 to 10000) ! 'a', '') return (1 to 100000) ! ($a lt concat($a, .))",
        "//a[//a[//a[//a]/@none]]",
        "count(//a/(., .//a/(., .//a/(., .//a))))",
        "//a/(1 to 100000)",
        "(//a, //a, //a, //a)/(//a | //a)/(//a | //a)",
        "for $x in //a, $y in //a, $z in //a return $x is $y",
        "p:endless(1)",
        "(1 to 100000) ! key('k', string(.))",
        "(1 to 10000000000) ! xs:date('2026-01-01')",
        "max(1 to 10000000000) + min(1 to 10000000000)",
        "avg(1 to 10000000000)",
        "exactly-one(1 to 10000000000)",
        "unordered(1 to 10000000000) instance of xs:integer*",
        "not(1 to 10000000000)",
        "trace(1 to 10000000000, '')",
        "concat(string-join((1 to 100000000) ! 'a', ''), 'b')",
        "(170141183460469231731687303715884105720 to 170141183460469231731687303715884105727) ! (1 to 10000000000)",
    ];
    for source in rows {
        let stopped = within(&document, source, 1_000_000);
        assert!(stopped.is_err(), "{source}: {:.80}", stopped.unwrap());
    }
}

#[test]
fn what_need_not_grow_does_not() {
    let document = deep_document();
    let rows = [
        ("some $x in 1 to 10000000000 satisfies $x = 3", "true"),
        ("every $x in 1 to 10000000000 satisfies $x < 3", "false"),
        ("count(//a) > 3", "true"),
        ("exists(//a)", "true"),
        ("if (//a) then 1 else 2", "1"),
        ("@b = ('1', '2', '3')", "true"),
    ];
    let costly: Vec<String> = rows
        .iter()
        .filter_map(|(source, expected)| match within(&document, source, 1_000) {
            Ok(found) if found == *expected => None,
            other => Some(format!("{source}: {other:?}")),
        })
        .collect();
    assert!(costly.is_empty(), "{}", costly.join("\n"));
}

#[test]
fn an_evaluation_gives_the_right_answer_or_none() {
    let document = parse("<a b='1'><a>x<b/>1.5</a><a b='2'/></a>");
    let sources = [
        "for $x in 1 to 5 return $x * $x",
        "some $x in //a satisfies $x/@b = 2",
        "every $x in (1, 2, 3) satisfies $x < 3",
        "string-join(//a/name(), '-')",
        "(//a, 1, 'b')[. instance of node()]",
        "distinct-values((1, 2, 1))",
        "//a except a",
        "p:same(//a)/@b",
        "key('k', '2')",
        "replace('abcabc', 'b', 'xx')",
        "tokenize('a b c', ' ')",
        "let $x := //a return count($x)",
        "if (//none) then 1 else sum(//@b)",
        "max(//@b) - xs:integer('1')",
        "(//a/@b = ('2', '3')) || 'x'",
        "xs:date('2026-01-31') + xs:dayTimeDuration('P1D')",
        "deep-equal(//a, //a)",
        "reverse(1 to 4)[2]",
    ];
    for source in sources {
        let answer = within(&document, source, u64::MAX);
        assert!(answer.is_ok(), "{source}: {answer:?}");
        let mut budget = 0;
        while within(&document, source, budget) != answer {
            assert_eq!(within(&document, source, budget), Err(EvaluationError::Exhausted), "{source} within {budget}");
            budget += 1;
            assert!(budget < 20_000, "{source}");
        }
    }
}

#[test]
fn many_functions_and_variables_compile() {
    let mut context = context(Version::XPath2);
    for number in 0..2_000 {
        let function = context.declare_user_function("urn:p", &format!("f{number}"), 1);
        let body = if number == 0 { "$x".to_owned() } else { format!("p:f{}($x)", number / 2) };
        context.define_user_function(function, &["x"], &body).unwrap();
        context.declare_variable(format!("v{number}"), Type::Any);
    }
    let document = parse("<r/>");
    let source: Vec<String> = (0..2_000).map(|number| format!("p:f{number}({number})")).collect();
    let program = Program::compile(&format!("sum(({}))", source.join(", ")), &mut context).unwrap();
    let (binding, mut dynamic) = (context.names().bind(&document), DynamicContext::default());
    dynamic.library = Some(context.library());
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
    assert_eq!(evaluator.value(&program, &focus).unwrap().to_text(), "1999000");
}
