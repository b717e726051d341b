//! The table of functions, and what those answer that look at nodes.

use kirjuri_xpath::Node;

use super::*;

#[test]
fn the_table_is_in_order_and_names_each_function_once() {
    assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn what_is_asked_of_json_has_an_answer_for_everything() {
    let mut context = StaticContext::default();
    context.declare_namespace("k", NAMESPACE);
    declare(&mut context, &Arc::default(), &Arc::default());
    let json = r#"{"a": {"teksti": "Äiti (010516B903X) soitti.", "aika": "2026-03-05", "on": true}}"#;
    let document = kirjuri_tree::Document::parse_json(json.as_bytes(), &kirjuri_tree::Limits::default()).unwrap();
    let node = Node { document: &document, node: document.root_element().into() };
    for (source, expected) in [
        ("k:is-prose(teksti)", "true"),
        ("k:is-prose(aika)", "false"),
        ("k:is-prose(on)", "false"),
        ("k:is-prose(none)", "false"),
        ("k:is-prose(teksti/text())", "false"),
        ("k:mentions-hetu(teksti)", "010516B903X"),
        ("k:mentions-hetu(aika)", ""),
        ("k:letters('- Äiti soitti.')", "äitisoitti"),
        ("k:letters(none)", ""),
        ("k:other-hetu('010516b903x', none)", "true"),
        ("k:other-hetu(teksti, none)", "true"),
        ("k:other-hetu(teksti, aika)", "true"),
        ("k:other-hetu(aika, none)", "false"),
        ("k:iso-timestamp(aika)", "20260305"),
        ("k:iso-timestamp(teksti)", ""),
        ("k:hours-between('20260305', '2026030612')", "12"),
        ("k:hours-between('', '20260306')", "NaN"),
        ("k:unexplained-abbreviation('LKU', 'urn:none')", "false"),
        ("k:mentions-abbreviation('LKU', 'urn:none')", ""),
        ("k:mentions-listed('per os', 'urn:none')", ""),
        ("k:mentions-relative(teksti, 'urn:none', none)", ""),
        ("k:mentions-other-hetu('Tunnus 010516b903x', none)", "010516b903x"),
        ("k:mentions-other-hetu(teksti, none)", "010516B903X"),
        ("k:mentions-phone('Tel 0401234567', teksti)", "0401234567"),
        ("k:mentions-email('a.bc@d.fi', none)", ""),
        ("k:narrative(teksti)", "Äiti (010516B903X) soitti."),
        ("k:narrative(none)", ""),
        ("k:long-sentence('Yksi kaksi kolme. Neljä.', 2)", "Yksi kaksi kolme."),
        ("k:long-sentence('Yksi kaksi kolme.', number('x'))", ""),
        ("count(k:same-text(*))", "0"),
        ("count(k:copied-text(*))", "0"),
        ("k:is-carried()", "true"),
        ("count(k:embedded-json(.))", "0"),
        ("count(k:embedded-xhtml(teksti))", "0"),
    ] {
        let program = kirjuri_xpath::Program::compile(source, &mut context).unwrap();
        let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
        let evaluator = kirjuri_xpath::Evaluator::new(&document, &binding, &dynamic);
        let value = evaluator.value(&program, &kirjuri_xpath::Focus::on(node)).unwrap();
        assert_eq!(value.to_text(), expected, "{source}");
    }
}

#[test]
fn every_function_has_a_value_of_its_type() {
    let sets = Arc::new(CodeSets::default());
    let mut context = StaticContext::default();
    context.declare_namespace("k", NAMESPACE);
    declare(&mut context, &sets, &Arc::default());
    let document = kirjuri_tree::Document::parse(b"<a>1</a>", &kirjuri_tree::Limits::default()).unwrap();
    let node = Node { document: &document, node: document.root_element().into() };
    for function in FUNCTIONS {
        let argument = |type_: &Type| if *type_ == Type::Nodes { "(b | a)" } else { "'1'" };
        let arguments: Vec<&str> = function.parameters.iter().map(argument).collect();
        let source = format!("k:{}({})", function.name, arguments.join(", "));
        let program = kirjuri_xpath::Program::compile(&source, &mut context).unwrap();
        assert_eq!(program.type_(), function.result, "{source}");
        let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
        let evaluator = kirjuri_xpath::Evaluator::new(&document, &binding, &dynamic);
        let value = evaluator.value(&program, &kirjuri_xpath::Focus::on(node)).unwrap();
        let type_ = match value {
            Sequence::Nodes(_) => Type::Nodes,
            Sequence::Atomic(kirjuri_xpath::Atomic::Boolean(_)) => Type::Boolean,
            Sequence::Atomic(kirjuri_xpath::Atomic::Double(_)) => Type::Number,
            Sequence::Atomic(_) => Type::String,
            Sequence::Items(_) => Type::Any,
        };
        assert_eq!(type_, function.result, "{source}");
    }
}
