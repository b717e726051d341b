//! Runs tables of expressions as XPath 2.0: its own, `later-*.toml`, and those of XPath 1.0, whose rows have the same
//! values but for those that `later` in their group lists.
//!
//! In the tables of XPath 2.0 every value shows its type: `1` is an integer, `1.0` a decimal, `1e0` a double, `'a'` a
//! string, `xs:date('2026-01-01')` any other; the items of a sequence are separated by commas, and `()` is an empty one.
//! A dynamic error is `error` and its code; what must not compile is as in the tables of XPath 1.0, with the code of
//! the standard behind it.

#![allow(clippy::unwrap_used)]

#[path = "rows/host.rs"]
mod host;
#[path = "rows/nodes.rs"]
mod nodes;
mod rows;

use host::{Other, Row, Setting, origin};
use kirjuri_tree::Document;
use kirjuri_xpath::{Atomic, EvaluationError, Evaluator, Focus, Item, Program, Sequence, Version};
use nodes::{parse, path_in};
use rows::Table;

#[test]
fn syntax_of_xpath_2() {
    check(include_str!("later-syntax.toml"));
}

#[test]
fn operators_of_xpath_2() {
    check(include_str!("later-operators.toml"));
}

#[test]
fn functions_of_xpath_2() {
    check(include_str!("later-functions.toml"));
    check(include_str!("later-values.toml"));
}

#[test]
fn dates_of_xpath_2() {
    check(include_str!("later-dates.toml"));
}

#[test]
fn errors_of_xpath_2() {
    check(include_str!("later-errors.toml"));
}

#[test]
fn functions_keys_and_documents_of_the_host() {
    check(include_str!("later-host.toml"));
}

#[test]
fn rows_of_xpath_1_have_the_same_values_in_xpath_2() {
    let tables = [
        ("axes", include_str!("axes.toml")),
        ("syntax", include_str!("syntax.toml")),
        ("predicates", include_str!("predicates.toml")),
        ("operators", include_str!("operators.toml")),
        ("functions", include_str!("functions.toml")),
        ("host", include_str!("host.toml")),
        ("errors", include_str!("errors.toml")),
    ];
    let mut failures = Vec::new();
    for (name, table) in tables {
        let table: Table = toml::from_str(table).unwrap();
        for group in &table.group {
            let at = |row: &[String]| row.get(2).cloned();
            let mut unused = group.later.clone();
            let rows = group.rows.iter().map(|row| {
                let differs = |later: &&Vec<String>| later[0] == row[0] && at(later) == at(row);
                let Some(later) = group.later.iter().find(differs) else { return row };
                assert_ne!(later[1], row[1], "{name}.toml: {}: {} has the same value", group.name, row[0]);
                unused.retain(|unused| unused != later);
                later
            });
            let rows: Vec<_> = rows.collect();
            assert!(unused.is_empty(), "{name}.toml: {}: no such rows: {unused:?}", group.name);
            failures.extend(
                run(&table, group, &rows, Style::Plain).into_iter().map(|failure| format!("{name}: {failure}")),
            );
        }
    }
    assert!(failures.is_empty(), "\n{}\n{} rows differ", failures.join("\n"), failures.len());
}

/// Runs all rows of a table and fails with all that differ.
fn check(table: &str) {
    let table: Table = toml::from_str(table).unwrap();
    let groups =
        table.group.iter().map(|group| run(&table, group, &group.rows.iter().collect::<Vec<_>>(), Style::Typed));
    let failures: Vec<String> = groups.flatten().collect();
    assert!(failures.is_empty(), "\n{}\n{} rows differ", failures.join("\n"), failures.len());
}

/// How a table writes values.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// As the tables of XPath 1.0.
    Plain,
    /// As the tables of XPath 2.0.
    Typed,
}

fn run(table: &Table, group: &rows::Group, rows: &[&Vec<String>], style: Style) -> Vec<String> {
    let other = Other::new();
    let document = parse(&table.documents[&group.document]);
    let mut failures = Vec::new();
    for row in rows {
        let (source, expected) = (&*row[0], &*row[1]);
        let at = row.get(2).map_or("/*", |at| at);
        let row = Row { table, group, document: &document, other: &other, source, at };
        let found = judge(&row, style);
        if found != expected {
            failures.push(format!("{}: {source}  at {at}\n  expected {expected}\n  found    {found}", group.name));
        }
    }
    failures
}

/// What comes of an expression: all that can be asked of it, printed.
struct Outcome {
    /// As the table writes it, or the error.
    printed: String,
    /// With the types of all items.
    typed: String,
    /// Of the items one by one.
    items: Vec<String>,
    truth: String,
    compiles: bool,
}

fn outcome(row: &Row<'_>, source: &str, style: Style) -> Outcome {
    let mut setting = Setting::new(row, Version::XPath2, false);
    let origin = origin(row, row.at);
    let program = match Program::compile(source, &mut setting.context) {
        Ok(program) => program,
        Err(error) => {
            let (range, code) = (error.range(), error.kind().code());
            let suffix = if style == Style::Plain { String::new() } else { format!(" [{code}]") };
            let printed = format!("error {}..{}: {error}{suffix}", range.start, range.end);
            let (items, truth) = (Vec::new(), printed.clone());
            return Outcome { typed: printed.clone(), printed, items, truth, compiles: false };
        }
    };
    let (binding, dynamic) = (setting.context.names().bind(row.document), setting.dynamic());
    let evaluator = Evaluator::new(row.document, &binding, &dynamic);
    let focus = Focus::on(origin);
    let truth = match evaluator.truth(&program, &focus) {
        Ok(truth) => truth.to_string(),
        Err(error) => failed(error),
    };
    match evaluator.value(&program, &focus) {
        Ok(value) => {
            let items = value.items().map(|item| typed_item(&item, row.document)).collect();
            let typed = typed(&value, row.document);
            let printed = if style == Style::Plain { plain(&value, row.document) } else { typed.clone() };
            Outcome { printed, typed, items, truth, compiles: true }
        }
        Err(error) => {
            Outcome { printed: failed(error), typed: failed(error), items: Vec::new(), truth, compiles: true }
        }
    }
}

fn failed(error: EvaluationError) -> String {
    match error {
        EvaluationError::Dynamic(code) => format!("error {code}"),
        other => format!("error: {other}"),
    }
}

/// The value of the row's expression; a word about it where two ways to it do not agree.
fn judge(row: &Row<'_>, style: Style) -> String {
    let Outcome { printed, typed, items, truth, compiles } = outcome(row, row.source, style);
    if !compiles {
        return printed;
    }
    let source = row.source;
    let only = |item: Option<&String>| item.cloned().unwrap_or("()".into());
    let negated = match &*truth {
        "true" => "false".into(),
        "false" => "true".into(),
        error => error.to_owned(),
    };
    let mut derived = vec![
        (format!("({source}, ())"), typed.clone()),
        (format!("let $derived := ({source}) return $derived"), typed.clone()),
        (format!("for $derived in ({source}) return $derived"), typed.clone()),
        (format!("if (1 eq 1) then ({source}) else 'no'"), typed.clone()),
        (format!("({source})[true()]"), typed.clone()),
        (format!("({source}) ! ."), typed.clone()),
        (format!("({source}) treat as item()*"), typed.clone()),
        (format!("reverse(reverse(({source})))"), typed.clone()),
        (format!("boolean(({source}))"), truth.clone()),
        (format!("not(({source}))"), negated),
        (format!("if ({source}) then true() else false()"), truth.clone()),
        (format!("({source}) and true()"), truth.clone()),
    ];
    if !typed.starts_with("error ") {
        let (count, is_empty) = (items.len(), items.is_empty());
        derived.extend([
            (format!("count(({source}))"), count.to_string()),
            (format!("count(({source})) = {count}"), "true".into()),
            (format!("empty(({source}))"), is_empty.to_string()),
            (format!("exists(({source}))"), (!is_empty).to_string()),
            (format!("({source})[1]"), only(items.first())),
            (format!("({source})[last()]"), only(items.last())),
            (format!("({source})[position() = last()]"), only(items.last())),
            (format!("subsequence(({source}), 1, 1)"), only(items.first())),
            (format!("deep-equal(({source}), ({source}))"), "true".into()),
            (format!("some $derived in ({source}) satisfies true()"), (!is_empty).to_string()),
            (format!("every $derived in ({source}) satisfies false()"), is_empty.to_string()),
            (format!("({source}) instance of empty-sequence()"), is_empty.to_string()),
        ]);
    }
    for (source, expected) in derived {
        let found = outcome(row, &source, Style::Typed).typed;
        if found != expected {
            return format!("{printed}, but `{source}` gives {found}, not {expected}");
        }
    }
    printed
}

/// As the tables of XPath 2.0 write a value.
fn typed(value: &Sequence<'_>, own: &Document) -> String {
    let items: Vec<String> = value.items().map(|item| typed_item(&item, own)).collect();
    if items.is_empty() { "()".into() } else { items.join(", ") }
}

fn typed_item(item: &Item<'_>, own: &Document) -> String {
    let atomic = match item {
        Item::Node(node) => return path_in(*node, own),
        Item::Atomic(atomic) => atomic,
    };
    let text = Sequence::Atomic(atomic.clone()).to_text().into_owned();
    match atomic {
        Atomic::String(_) => format!("'{text}'"),
        Atomic::Boolean(_) | Atomic::Integer(_) => text,
        Atomic::Decimal(_) if text.contains('.') => text,
        Atomic::Decimal(_) => format!("{text}.0"),
        Atomic::Double(number) if number.is_finite() => format!("{text}e0"),
        Atomic::Double(_) => text,
        Atomic::Float(_) => format!("xs:float({text})"),
        other => format!("xs:{}('{text}')", other.type_().name()),
    }
}

/// As the tables of XPath 1.0 write a value: a number of any type is a number.
fn plain(value: &Sequence<'_>, own: &Document) -> String {
    let numeric = |atomic: &Atomic<'_>| matches!(atomic, Atomic::Integer(_) | Atomic::Decimal(_) | Atomic::Float(_));
    match value {
        Sequence::Nodes(nodes) if !nodes.is_empty() => {
            nodes.iter().map(|node| path_in(*node, own)).collect::<Vec<_>>().join(" ")
        }
        Sequence::Atomic(number) if numeric(number) => value.to_text().into_owned(),
        Sequence::Atomic(Atomic::Double(number)) if number.is_finite() => number.to_string(),
        Sequence::Atomic(Atomic::Untyped(text) | Atomic::Uri(text)) => format!("'{text}'"),
        other => typed(other, own),
    }
}
