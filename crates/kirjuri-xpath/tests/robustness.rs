//! Hostile expressions: none may panic, hang, or take more than the budget allows; the stack of a thread holds them.

#![allow(clippy::unwrap_used)]

mod hostile;

use std::fmt::Write;

use hostile::{Chance, deep_document, on_a_small_stack, parse};
use kirjuri_tree::Document;
use kirjuri_xpath::{
    DynamicContext, EvaluationError, Evaluator, Focus, Node, Pattern, Program, Sequence, StaticContext, Version,
};

fn context() -> StaticContext {
    hostile::context(Version::XPath1)
}

fn try_all(source: &str, document: &Document) -> bool {
    hostile::try_all(source, document, Version::XPath1)
}

/// Constructs that nest: what stands before and behind what is inside.
const NESTED: [(&str, &str); 22] = [
    ("(", ")"),
    ("-(", ")"),
    ("a[", "]"),
    ("a/a[", "]"),
    ("//a[", "]"),
    ("..[", "]"),
    ("(a)[", "]"),
    ("(a[", "])[1]"),
    ("(", ")/a"),
    ("(", ")//a"),
    ("(", ")[1]"),
    ("(a | ", ")"),
    ("not(", ")"),
    ("count(", ")"),
    ("concat('a', ", ")"),
    ("string(", ")"),
    ("1 + (", ")"),
    ("a = (", ")"),
    ("a or (a and (", "))"),
    ("1 < (1 + -(1 * (", ")))"),
    ("a[@b = '1'][position() = ", "]"),
    ("a[ancestor::a[", "]]"),
];

/// Constructs that go on without brackets: a start, and what is repeated.
const REPEATED: [(&str, &str); 18] = [
    ("1", " + 1"),
    ("1", " - 1 + 1"),
    ("1", " * 1"),
    ("1", " * 1 + 1"),
    ("1", " = 1"),
    ("1", " < 1"),
    ("a", " or a"),
    ("absent", " and a"),
    ("a", " or a and a"),
    ("a", " | a"),
    ("a", "/a"),
    ("a", "//a"),
    (".", "/."),
    (".", "/.."),
    ("a", "[1]"),
    ("(a)", "[1]"),
    (".", "//."),
    ("ancestor-or-self::a", "/ancestor-or-self::a"),
];

#[test]
fn nesting_of_any_depth_is_answered_or_refused() {
    on_a_small_stack(|| {
        let document = deep_document();
        for (before, behind) in NESTED {
            for depth in [1, 2, 20, 60, 62, 63, 64, 100, 125, 126, 127, 128, 129, 200, 1_000, 50_000] {
                let source = format!("{}a{}", before.repeat(depth), behind.repeat(depth));
                let compiles = try_all(&source, &document);
                assert!(!compiles || depth <= 128, "{before} {depth} times");
            }
        }
    });
}

#[test]
fn the_depth_of_an_expression_is_bounded() {
    let rows = [
        ("(".repeat(127) + "a" + &")".repeat(127), None),
        ("(".repeat(128) + "a" + &")".repeat(128), Some(128..129)),
        ("a/".repeat(126) + "a", None),
        ("a/".repeat(127) + "a", Some(0..255)),
        ("a/".repeat(128) + "a", Some(256..257)),
        ("a[".repeat(126) + "a" + &"]".repeat(126), None),
        ("a[".repeat(128) + "a" + &"]".repeat(128), Some(256..257)),
        // What is counted is the levels of the whole, wherever they nest.
        (format!("a{}[{}a]", "/a".repeat(100), "a/".repeat(50)), Some(0..304)),
    ];
    for (source, expected) in rows {
        let error = Program::compile(&source, &mut context()).err();
        assert_eq!(error.as_ref().map(|error| error.range()), expected, "{source}");
        if let Some(error) = error {
            assert_eq!(error.to_string(), "the expression has more than 128 levels of nesting or steps of one path");
        }
    }
}

#[test]
fn nestings_mixed_at_random_are_answered_or_refused() {
    on_a_small_stack(|| {
        let document = deep_document();
        let mut chance = Chance(7);
        for _ in 0..2_000 {
            let levels: Vec<(&str, &str)> = (0..10 + chance.below(118)).map(|_| NESTED[chance.below(22)]).collect();
            let mut source: String = levels.iter().map(|level| level.0).collect();
            source.push('a');
            source.extend(levels.iter().rev().map(|level| level.1));
            try_all(&source, &document);
        }
    });
}

#[test]
fn long_chains_are_answered_or_refused() {
    on_a_small_stack(|| {
        let document = deep_document();
        for (start, more) in REPEATED {
            for count in [1, 10, 100, 126, 127, 128, 300, 10_000] {
                try_all(&format!("{start}{}", more.repeat(count)), &document);
            }
        }
        for signs in [1, 2, 10_001, 100_000] {
            assert!(try_all(&format!("{}1", "-".repeat(signs)), &document));
            assert!(try_all(&format!("{}1", "- ".repeat(signs)), &document));
        }
    });
}

#[test]
fn lists_of_operands_have_no_bound() {
    let document = parse("<r><a>1</a></r>");
    let rows = [
        ("1", " + 1", 10_000, "10001"),
        ("0", " - 1", 10_000, "-10000"),
        ("1", " * 1", 10_000, "1"),
        ("absent", " or absent", 10_000, "false"),
        ("a", " and a", 10_000, "true"),
        ("a", " | a", 10_000, "1"),
        ("a", "[true()]", 10_000, "1"),
    ];
    for (start, more, count, expected) in rows {
        let mut context = context();
        let program = Program::compile(&format!("{start}{}", more.repeat(count)), &mut context).unwrap();
        let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
        let root = Node { document: &document, node: document.root_element().into() };
        let value = Evaluator::new(&document, &binding, &dynamic).value(&program, &Focus::on(root)).unwrap();
        assert_eq!(value.to_text(), expected, "{start}{more}…");
    }
}

#[test]
fn thousands_of_names_compile_and_bind() {
    let mut source = String::from("n0");
    for number in 1..20_000 {
        write!(source, " or n{number}/@a{number} or p:n{number}").unwrap();
    }
    let mut context = context();
    for number in 0..2_000 {
        context.declare_variable(format!("v{number}"), kirjuri_xpath::Type::Number);
        context.declare_namespace(format!("p{number}"), format!("urn:{number}"));
    }
    for number in 0..2_000 {
        write!(source, " or $v{number} or p{number}:*").unwrap();
    }
    let program = Program::compile(&source, &mut context).unwrap();
    let document = parse("<r xmlns:p='urn:p'><p:n19999/></r>");
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let root = Node { document: &document, node: document.root_element().into() };
    assert!(Evaluator::new(&document, &binding, &dynamic).truth(&program, &Focus::on(root)).unwrap());
}

const TOKENS: [&str; 78] = [
    "a",
    "b",
    "p:a",
    "p:*",
    "q:a",
    "@",
    "@a",
    "@*",
    "*",
    ".",
    "..",
    "/",
    "//",
    "|",
    "(",
    ")",
    "[",
    "]",
    ",",
    "+",
    "-",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "and",
    "or",
    "div",
    "mod",
    "::",
    ":",
    "$",
    "$v",
    "1",
    "0",
    "2.5",
    ".5",
    "'s'",
    "\"\"",
    "'",
    "child::",
    "ancestor::",
    "preceding::",
    "following-sibling::",
    "self::",
    "attribute::",
    "namespace::",
    "descendant-or-self::",
    "node()",
    "text()",
    "comment()",
    "processing-instruction('x')",
    "processing-instruction(",
    "position()",
    "last()",
    "count(",
    "string(",
    "concat(",
    "not(",
    "substring('abc', ",
    "translate(",
    "id(",
    "sum(",
    "current()",
    "name()",
    "lang('x')",
    "number()",
    "[1]",
    "[last()]",
    "[@b]",
    " ",
    "\t",
    "å",
    "e3",
    "#",
    "true()",
];

#[test]
fn random_tokens_never_panic() {
    let document = parse("<a b='1'><a>x<b/>1.5</a><!--c--><p:a xmlns:p='urn:p' xml:lang='fi'>åäö</p:a><?x y?></a>");
    let mut chance = Chance(1);
    let mut compiled = 0;
    for _ in 0..20_000 {
        let tokens = (0..1 + chance.below(12)).map(|_| TOKENS[chance.below(TOKENS.len())]);
        let source: String = tokens.collect();
        compiled += usize::from(try_all(&source, &document));
    }
    // Otherwise the generator shows nothing.
    assert!(compiled > 500, "{compiled} of the expressions compile");
}

#[test]
fn random_characters_never_panic() {
    let document = parse("<a b='1'><a>x</a></a>");
    let characters: Vec<char> =
        "ab:/*@.[]()|+-=!<>'\"$,0123 \t\n\u{0}\u{B7}\u{E4}\u{D7}\u{FFFD}\u{1F600}".chars().collect();
    let mut chance = Chance(2);
    for _ in 0..20_000 {
        let source: String = (0..chance.below(10)).map(|_| characters[chance.below(characters.len())]).collect();
        try_all(&source, &document);
    }
}

#[test]
fn ranges_of_errors_are_slices_of_the_expression() {
    let mut chance = Chance(3);
    for _ in 0..20_000 {
        let tokens = (0..1 + chance.below(8)).map(|_| TOKENS[chance.below(TOKENS.len())]);
        let source: String = tokens.collect();
        if let Err(error) = Program::compile(&source, &mut context()) {
            assert!(source.get(error.range()).is_some(), "{source}: {error} at {:?}", error.range());
        }
    }
}

/// A document of 2,000 elements, 3,001 texts and a string value of some size.
fn wide_document() -> Document {
    let mut source = String::from("<r>");
    for number in 0..1_000 {
        writeln!(source, "<x n='{number}'>text {number}<y/>more</x>").unwrap();
    }
    source.push_str("</r>");
    parse(&source)
}

/// The value, or the error, of an expression at the root element under a budget.
fn within(document: &Document, source: &str, budget: u64) -> Result<String, EvaluationError> {
    let mut context = context();
    let program = Program::compile(source, &mut context).unwrap();
    let (binding, dynamic) = (context.names().bind(document), DynamicContext::default());
    let root = Node { document, node: document.root_element().into() };
    let value = Evaluator::new(document, &binding, &dynamic).with_budget(budget).value(&program, &Focus::on(root))?;
    Ok(match value {
        Sequence::Nodes(nodes) => format!("{:?}", nodes.iter().map(|node| node.node).collect::<Vec<_>>()),
        atomic => atomic.to_text().into_owned(),
    })
}

#[test]
fn work_that_grows_with_the_document_is_charged() {
    let document = wide_document();
    // Each row does some ten times more than its budget allows, in another way.
    let rows = [
        ("//*[count(//*) > 5000]", 100_000),
        ("//*[preceding::*[. = 'none']]", 100_000),
        ("//x[following::x[last()]/@n = '']", 100_000),
        ("//*[string-length(/) = 0]", 100_000),
        ("//*[contains(/, 'none')]", 100_000),
        ("//*[starts-with(concat(/, /), 'none')]", 1_000_000),
        ("//*[translate(/, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = '']", 100_000),
        ("//x[//x/@n = 'none']", 100_000),
        ("//x[//x/text() = /r]", 100_000),
        ("//x[//x/@n < -1]", 100_000),
        ("//x[count(//x | //y) = 0]", 100_000),
        ("//x[sum(//@n) = 1]", 100_000),
        ("//x[lang('fi') or ../x[lang('fi')]]", 100_000),
        ("//*[1 = 2 or 1 = 2 or 1 = 2 or 1 = 2 or 1 = 2 or 1 = 2 or 1 = 2 or 1 = 2 or 1 = 2 or 1 = 2]", 2_000),
        ("//*[1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 = 2]", 2_000),
        ("//*[ancestor-or-self::*[//y[@none]]]", 100_000),
        ("//@n[//@*[. = 'none']]", 100_000),
        ("//x[(//x)[last()]/@n = '']", 100_000),
        ("//*[normalize-space(/) = '']", 100_000),
        ("//*[substring(/, 2) = '']", 100_000),
        ("//*[(/) = 'none']", 100_000),
        ("//*[number(/) = 1]", 100_000),
        ("//x[preceding-sibling::x[. = 'none']]", 100_000),
        ("count(//*/..//*/..//*/..//*) < 0 or count(//*/following::*/preceding::*) < 0", 1_000_000),
    ];
    for (source, budget) in rows {
        assert_eq!(within(&document, source, budget), Err(EvaluationError::Exhausted), "{source}");
    }
}

#[test]
fn work_that_need_not_grow_does_not() {
    let document = wide_document();
    // The visits are bounds, not counts: each row would need far more if it were evaluated the obvious way.
    let rows = [
        ("boolean(//y)", 10),
        ("boolean(//y/..)", 20),
        ("boolean(x)", 10),
        ("//x[@n = '0'] and true()", 30),
        ("count(//y) > 5", 30),
        ("count(x) = 3", 60),
        ("not(//text())", 20),
        ("x[1]/@n = '0'", 20),
        ("string(//x/@n)", 20),
        ("string(x)", 20),
        ("boolean(x[3]/preceding-sibling::*)", 30),
        ("boolean(x[500]/preceding-sibling::*[1])", 3_000),
        ("boolean(x[500]/preceding::y[1])", 3_000),
        ("boolean(x[500]/following::y)", 3_000),
        // Steps that meet nodes again and again do not multiply.
        ("count(//y/..//y/..//y/..//y/..//y/..//y)", 100_000),
        ("count(//x/../x/../x/../x/../x) = 1000", 10_000_000),
        ("count(//*/ancestor::*/ancestor::*/ancestor::*)", 100_000),
        ("//x/@n = //y/../@n", 100_000),
        ("//x/@n < //y/../@n", 100_000),
    ];
    for (source, budget) in rows {
        assert!(within(&document, source, budget).is_ok(), "{source} needs more than {budget} visits");
    }
}

#[test]
fn an_evaluation_gives_the_right_answer_or_none() {
    let document = parse("<r><x n='1'><y/>t</x><x n='2'>u<z><y/></z></x><x n='3'/></r>");
    let sources = [
        "//y",
        "x[2]",
        "x[last()]",
        "count(//x) = 3",
        "count(//node()) > 4",
        "sum(x/@n)",
        "x/@n = //z/../@n",
        "string(/)",
        "//y/ancestor::*",
        "x[y or z]",
        "//x | //y | /",
        "(//y)[2]",
        "concat(x, x[2])",
        "translate(., 'tu', 'TU')",
        "not(//absent)",
        "x[preceding-sibling::x[1]/@n = '1']",
        "//*[count(*) = 0]/..",
        "//y/..//y/..",
    ];
    for source in sources {
        let answer = within(&document, source, u64::MAX);
        assert!(answer.is_ok(), "{source}");
        let mut budget = 0;
        while within(&document, source, budget) != answer {
            assert_eq!(within(&document, source, budget), Err(EvaluationError::Exhausted), "{source} within {budget}");
            budget += 1;
            assert!(budget < 10_000, "{source}");
        }
    }
}

#[test]
fn matching_is_charged_and_does_not_backtrack_without_end() {
    let document = deep_document();
    let mut context = context();
    // Sixty ancestors out of two hundred can be chosen in more ways than anyone can wait for.
    let pattern = Pattern::compile(&format!("absent{}", "//a".repeat(60)), &mut context).unwrap();
    let positions = Pattern::compile("a[last() = 3]", &mut context).unwrap();
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let deepest = Node { document: &document, node: document.nodes().next_back().unwrap().into() };
    let evaluator = |budget| Evaluator::new(&document, &binding, &dynamic).with_budget(budget);
    assert_eq!(evaluator(30_000).matches(&pattern, deepest), Ok(false));
    assert_eq!(evaluator(50).matches(&pattern, deepest), Err(EvaluationError::Exhausted));
    assert_eq!(evaluator(1).matches(&positions, deepest), Err(EvaluationError::Exhausted));
}

#[test]
fn the_budget_is_shared_by_all_evaluations() {
    let document = wide_document();
    let mut context = context();
    let program = Program::compile("count(//node()) = 1", &mut context).unwrap();
    let all = Program::compile("count(//node())", &mut context).unwrap();
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let evaluator = Evaluator::new(&document, &binding, &dynamic).with_budget(20_000);
    let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
    assert_eq!(evaluator.truth(&program, &focus), Ok(false));
    assert!(evaluator.value(&all, &focus).is_ok());
    let exhausted = (0..10).map(|_| evaluator.value(&all, &focus)).find(Result::is_err);
    assert_eq!(exhausted, Some(Err(EvaluationError::Exhausted)));
}

#[test]
fn names_of_another_table_match_nothing() {
    let document = parse("<a/>");
    let mut context = context();
    let program = Program::compile("self::a", &mut context).unwrap();
    let pattern = Pattern::compile("a", &mut context).unwrap();
    let (binding, dynamic) = (StaticContext::default().names().bind(&document), DynamicContext::default());
    let root = Node { document: &document, node: document.root_element().into() };
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    assert_eq!(evaluator.truth(&program, &Focus::on(root)), Ok(false));
    assert_eq!(evaluator.matches(&pattern, root), Ok(false));
}
