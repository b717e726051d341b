//! Functions that call themselves without end, from inside every kind of expression, stop before the stack does.

use kirjuri_tree::{Document, Limits};
use kirjuri_xpath::{DynamicContext, EvaluationError, Evaluator, Focus, Node, Program, StaticContext, Version};

/// What stands around the call, before and behind it.
const AROUND: [(&str, &str); 11] = [
    ("$n//*[", "]"),
    ("(1, 2)[", "]"),
    ("(for $i in (1, 2) return ", ")"),
    ("(some $i in (1, 2) satisfies ", ")"),
    ("($n/* ! (", "))"),
    ("($n/*/(", "))"),
    ("(1 + ", ")"),
    ("string(exists(", "))"),
    ("(if (1) then ", " else 2)"),
    ("(1 = (2, ", "))"),
    ("($n | ($n//*[", "]))"),
];

#[test]
fn a_call_without_end_fits_the_stack_wherever_it_stands() {
    for (before, behind) in AROUND {
        for nested in [1, 5, 25] {
            let body = format!("{}h:f($n){}", before.repeat(nested), behind.repeat(nested));
            let run = move || error_of(&body).code_or_panic(&body);
            // Two megabytes are what a thread has unless its program says otherwise.
            let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap();
            assert_eq!(thread.join().unwrap(), "XPDY0130", "{before} {nested}");
        }
    }
}

struct Ended(Result<(), EvaluationError>);

impl Ended {
    fn code_or_panic(self, body: &str) -> &'static str {
        match self.0 {
            Err(EvaluationError::Dynamic(code)) => code.as_str(),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[allow(clippy::unwrap_used)]
fn error_of(body: &str) -> Ended {
    let mut context = StaticContext::new(Version::XPath2);
    context.declare_namespace("h", "urn:h");
    let function = context.declare_user_function("urn:h", "f", 1);
    context.define_user_function(function, &["n"], body).unwrap();
    let program = Program::compile("h:f(/)", &mut context).unwrap();
    let document = Document::parse(b"<r><a/><b/></r>", &Limits::default()).unwrap();
    let binding = context.names().bind(&document);
    let dynamic = DynamicContext { library: Some(context.library()), ..DynamicContext::default() };
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let root = Node { document: &document, node: document.root_element().into() };
    Ended(evaluator.value(&program, &Focus::on(root)).map(drop))
}
