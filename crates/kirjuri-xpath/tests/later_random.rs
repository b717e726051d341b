//! Random expressions of XPath 2.0: right ones and mere tokens.

#![allow(clippy::unwrap_used)]

mod hostile;

use hostile::{Chance, context, on_a_small_stack, parse, try_all, within};
use kirjuri_xpath::{Program, Version};

/// Expressions that are right by their grammar, most of which have a value.
struct Generator(Chance);

impl Generator {
    fn value(&mut self, depth: usize) -> String {
        if depth == 0 {
            let leaves = [
                "1",
                "0",
                "-3",
                "2.5",
                "1e0",
                "'a'",
                "''",
                "'2026-01-31'",
                "true()",
                "()",
                ".",
                "a",
                "@b",
                "//a",
                "$v",
                "1 to 3",
                "xs:date('2026-01-31')",
                "xs:dayTimeDuration('P1D')",
                "*:a",
                "..",
                "position()",
                "last()",
                "(1, 'a', .)",
                "current-dateTime()",
                "xs:float('1.5')",
                "1e308",
                "170141183460469231731687303715884105727",
                "79228162514264337593543950335.0",
                "xs:yearMonthDuration('P1M')",
                "xs:time('23:59:59.999')",
                "name()",
            ];
            return self.0.of(&leaves).to_owned();
        }
        let (one, two) = (self.value(depth - 1), self.value(self.0.0 as usize % depth));
        let infix = [
            "+",
            "-",
            "*",
            "div",
            "idiv",
            "mod",
            "=",
            "!=",
            "<",
            ">=",
            "eq",
            "ne",
            "lt",
            "ge",
            "is",
            "<<",
            "to",
            "|",
            "except",
            "intersect",
            "and",
            "or",
            "||",
            ",",
            "/",
            "!",
        ];
        let calls = [
            "string",
            "number",
            "count",
            "not",
            "boolean",
            "sum",
            "avg",
            "max",
            "min",
            "abs",
            "round",
            "floor",
            "reverse",
            "distinct-values",
            "string-length",
            "normalize-space",
            "upper-case",
            "exists",
            "empty",
            "data",
            "name",
            "head",
            "tail",
            "xs:integer",
            "xs:decimal",
            "xs:double",
            "xs:date",
            "xs:string",
            "xs:boolean",
            "string-to-codepoints",
            "p:same",
            "p:down",
            "year-from-date",
            "round-half-to-even",
            "unordered",
            "zero-or-one",
            "root",
            "codepoints-to-string",
            "generate-id",
            "encode-for-uri",
            "xs:dayTimeDuration",
            "days-from-duration",
            "p:endless",
            "format-date",
            "in-scope-prefixes",
        ];
        let two_calls = [
            "contains",
            "starts-with",
            "ends-with",
            "substring",
            "substring-before",
            "matches",
            "tokenize",
            "string-join",
            "concat",
            "index-of",
            "remove",
            "subsequence",
            "deep-equal",
            "compare",
            "key",
            "dateTime",
            "format-number",
            "format-date",
            "round-half-to-even",
            "adjust-date-to-timezone",
            "QName",
            "resolve-QName",
            "resolve-uri",
            "translate",
            "replace",
        ];
        match self.0.below(20) {
            0..=5 => format!("({one}) {} ({two})", self.0.of(&infix)),
            6..=8 => format!("{}({one})", self.0.of(&calls)),
            9..=11 => format!("{}({one}, {two})", self.0.of(&two_calls)),
            12 => format!("if ({one}) then {two} else {one}"),
            13 => format!("for $v in ({one}) return ({two})"),
            14 => format!("{} $v in ({one}) satisfies ({two})", self.0.of(&["some", "every"])),
            15 => format!("({one})[{two}]"),
            16 => format!("let $v := ({one}) return ({two})"),
            17 => {
                let type_ =
                    self.0.of(&["xs:integer", "item()*", "xs:string?", "node()+", "xs:date", "empty-sequence()"]);
                format!("({one}) {} {type_}", self.0.of(&["instance of", "treat as"]))
            }
            18 => {
                let type_ = self.0.of(&[
                    "xs:integer",
                    "xs:string",
                    "xs:date?",
                    "xs:byte",
                    "xs:duration?",
                    "xs:gYear",
                    "xs:QName",
                ]);
                format!("({one}) {} {type_}", self.0.of(&["cast as", "castable as"]))
            }
            _ => format!("-({one})"),
        }
    }
}

#[test]
fn random_expressions_never_panic_and_always_have_the_same_value() {
    let document = parse("<a b='1'><a>x<b/>1.5</a><!--c--><p:a xmlns:p='urn:p' xml:lang='fi'>åäö</p:a><?x y?></a>");
    on_a_small_stack(|| {
        let mut generator = Generator(Chance(5));
        let (mut compiled, mut valued) = (0, 0);
        for number in 0..6_000 {
            let source = generator.value(1 + number % 4);
            let compiles = try_all(&source, &document, Version::XPath2);
            compiled += usize::from(compiles);
            valued += usize::from(compiles && within(&document, &source, 10_000).is_ok());
        }
        // Otherwise the generator shows nothing.
        assert!(compiled > 3_000 && valued > 1_000, "{compiled} compile, {valued} have a value");
    });
}

#[test]
fn random_tokens_never_panic() {
    const TOKENS: [&str; 72] = [
        "a",
        "p:a",
        "*:a",
        "p:*",
        "@",
        "@b",
        "*",
        ".",
        "..",
        "/",
        "//",
        "|",
        "||",
        "!",
        "=>",
        "(",
        ")",
        "()",
        "[",
        "]",
        ",",
        "+",
        "-",
        "=",
        "!=",
        "<",
        "<<",
        ">>",
        "<=",
        "eq",
        "ne",
        "lt",
        "is",
        "to",
        "div",
        "idiv",
        "mod",
        "and",
        "or",
        "union",
        "except",
        "intersect",
        "instance of",
        "treat as",
        "cast as",
        "castable as",
        "xs:integer",
        "xs:date",
        "item()",
        "?",
        "$",
        "$v",
        ":=",
        "for $x in",
        "let $x :=",
        "some $x in",
        "every $x in",
        "return",
        "satisfies",
        "if (",
        "then",
        "else",
        "1",
        "1.5",
        "1e0",
        "'s'",
        "(: c :)",
        "(:",
        "element(",
        "count(",
        "p:same(",
        "string(",
    ];
    let document = parse("<a b='1'><a>x</a></a>");
    let mut chance = Chance(6);
    let mut compiled = 0;
    for _ in 0..20_000 {
        let tokens: Vec<&str> = (0..1 + chance.below(10)).map(|_| chance.of(&TOKENS)).collect();
        let source = tokens.join(chance.of(&["", " "]));
        compiled += usize::from(try_all(&source, &document, Version::XPath2));
        let mut context = context(Version::XPath2);
        if let Err(error) = Program::compile(&source, &mut context) {
            assert!(source.get(error.range()).is_some(), "{source}: {error} at {:?}", error.range());
            assert!(!error.kind().code().as_str().is_empty());
        }
    }
    assert!(compiled > 300, "{compiled} of the expressions compile");
}
