//! Reads what schemas borrow from XSLT: variables with content, keys, and functions, whose bodies are turned into one
//! expression each.

use std::fmt::Write;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits, NodeId};
use kirjuri_xpath::{Version, called_functions};

use super::model::*;
use super::note::NoteKind;
use super::reader::{At, Kind, Reader};

impl Reader<'_> {
    /// A variable, its expression being in the attribute `attribute` unless it has content.
    pub(super) fn variable(&mut self, at: &At, attribute: &str) -> Option<LetModel> {
        let mut name = self.required(at, "name")?;
        // White space around a name is no part of it.
        name.text.truncate(name.text.trim_end().len());
        let declared = at.attribute("as");
        if let Some(value) = at.text(attribute) {
            return Some(LetModel { name, value: LetValue::Expression(value), declared });
        }
        if matches!(at.kind(), Kind::Xslt(_)) {
            let text = format!("({})", self.content(at, declared.as_deref(), Focus::Own)?);
            let value = LetValue::Expression(Text { text, origin: at.origin(), is_verbatim: false });
            return Some(LetModel { name, value, declared });
        }
        match element_content(&at.document, at.node) {
            Some(content) => Some(LetModel { name, value: LetValue::Content(Arc::new(content)), declared }),
            None => {
                self.error(at.origin(), format!("the content of `{}` cannot be read", name.text));
                None
            }
        }
    }

    pub(super) fn key(&mut self, at: &At) -> Option<KeyModel> {
        let (name, matches) = (self.required(at, "name")?, self.required(at, "match")?);
        let value = match at.text("use") {
            Some(value) => value,
            None => {
                let children = self.children(at);
                // Plain text is plain in both query languages.
                let is_text = children.iter().all(|child| matches!(child.kind(), Kind::Text | Kind::Xslt("text")));
                let text = match is_text {
                    true => literal(at.string_value().trim()),
                    false => format!("({})", self.body(at, Focus::Own, Form::Items)?),
                };
                Text { text, origin: at.origin(), is_verbatim: false }
            }
        };
        Some(KeyModel { name, matches, value })
    }

    pub(super) fn function(&mut self, at: &At) -> Option<FunctionModel> {
        let name = self.required(at, "name")?;
        let (prefix, local) = name.text.split_once(':').unwrap_or(("", &name.text));
        let Some(namespace) = at.document.lookup_prefix(at.node, prefix).filter(|_| !prefix.is_empty()) else {
            self.error(name.origin, format!("the name of the function `{}` has no namespace", name.text));
            return None;
        };
        let (namespace, local) = (namespace.to_owned(), local.to_owned());
        let mut parameters = Vec::new();
        let mut body = String::new();
        for child in self.children(at).iter().filter(|child| child.kind() == Kind::Xslt("param")) {
            let parameter = self.required(child, "name")?.text;
            if let Some(declared) = child.attribute("as") {
                let converted = converted(&format!("${parameter}"), &declared);
                let _ = write!(body, "let ${parameter} := {converted} return ");
            }
            parameters.push(parameter);
        }
        let result = format!("({})", self.body(at, Focus::Own, Form::Items)?);
        match at.attribute("as") {
            // A function without parameters or variables has nothing before its value.
            Some(declared) => body.push_str(&converted(&result, &declared)),
            None => body.push_str(&result),
        }
        let body = Text { text: body, origin: at.origin(), is_verbatim: false };
        Some(FunctionModel { namespace, name: Text { text: local, ..name }, parameters, body })
    }

    /// What instructions give, as one expression. Variables stand before all else, since nothing they follow can
    /// change them.
    fn body(&mut self, at: &At, focus: Focus, form: Form) -> Option<String> {
        let (mut variables, mut items) = (String::new(), Vec::new());
        for child in self.children(at) {
            match child.kind() {
                Kind::Text => {
                    let text = child.document.value(child.node);
                    if !text.trim().is_empty() {
                        items.push(form.text(&literal(text)));
                    }
                }
                Kind::Xslt("param" | "fallback" | "message") => {}
                Kind::Xslt("variable") => {
                    let name = self.required(&child, "name")?.text;
                    let declared = child.attribute("as");
                    let value = match (child.attribute("select").is_some(), &declared) {
                        (true, Some(declared)) => converted(&self.select(&child, "select", focus)?, declared),
                        (true, None) => self.select(&child, "select", focus)?,
                        (false, _) => self.content(&child, declared.as_deref(), focus)?,
                    };
                    let _ = write!(variables, "let ${name} := {value} return ");
                }
                Kind::Xslt("sequence" | "copy-of") => {
                    items.push(form.items(self.select(&child, "select", focus)?));
                }
                Kind::Xslt("value-of") => {
                    let separator = child.attribute("separator");
                    // Content is put together without spaces, unless it says otherwise.
                    let (value, usual) = match child.attribute("select") {
                        Some(_) => (self.select(&child, "select", focus)?, " "),
                        None => (self.body(&child, focus, Form::Items)?, ""),
                    };
                    items.push(form.text(&joined(&value, separator.as_deref().unwrap_or(usual))));
                }
                Kind::Xslt("text") => items.push(form.text(&literal(&child.string_value()))),
                Kind::Xslt("if") => {
                    let test = self.select(&child, "test", focus)?;
                    items.push(format!("(if ({test}) then ({}) else ())", self.body(&child, focus, form)?));
                }
                Kind::Xslt("choose") => items.push(self.choice(&child, focus, form)?),
                Kind::Xslt("for-each") => {
                    let select = self.select(&child, "select", focus)?;
                    items.push(format!("({select} ! ({}))", self.body(&child, Focus::Each, form)?));
                }
                _ => {
                    let name = child.document.qname(child.document.name(child.node)).local.to_owned();
                    let message = format!("`{name}` is not supported in a function or a variable");
                    self.note(NoteKind::NotCompiled, child.origin(), message);
                    return None;
                }
            }
        }
        Some(format!("{variables}({})", items.join(", ")))
    }

    fn choice(&mut self, at: &At, focus: Focus, form: Form) -> Option<String> {
        let (mut choice, mut otherwise) = (String::from("("), String::from("()"));
        for child in self.children(at) {
            match child.kind() {
                Kind::Xslt("when") => {
                    let test = self.select(&child, "test", focus)?;
                    let _ = write!(choice, "if ({test}) then ({}) else ", self.body(&child, focus, form)?);
                }
                Kind::Xslt("otherwise") => otherwise = format!("({})", self.body(&child, focus, form)?),
                _ => {}
            }
        }
        Some(format!("{choice}{otherwise})"))
    }

    /// The expression of an attribute in brackets.
    fn select(&mut self, at: &At, attribute: &str, focus: Focus) -> Option<String> {
        let select = self.required(at, attribute)?;
        // As a part of a larger expression, `current()` would be what that starts from, not the item of the loop.
        if focus == Focus::Each && select.text.contains("current") {
            let called = called_functions(&select.text, Version::XPath2).unwrap_or_default();
            if called.iter().any(|name| name == "current" || name == "fn:current") {
                let message = "`current()` inside `for-each` is not supported in a function or a variable";
                self.note(NoteKind::NotCompiled, select.origin, message);
                return None;
            }
        }
        Some(format!("({})", select.text))
    }

    /// The value of a variable by its content: a tree of text, unless its type says otherwise.
    fn content(&mut self, at: &At, declared: Option<&str>, focus: Focus) -> Option<String> {
        Some(match declared {
            Some(declared) => converted(&format!("({})", self.body(at, focus, Form::Items)?), declared),
            None => tree(&self.body(at, focus, Form::Marked)?),
        })
    }
}

/// What expressions start from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Focus {
    /// Whatever the whole body does.
    Own,
    /// An item of a loop in it.
    Each,
}

/// What instructions are turned into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// The items they give; text nodes are untyped values.
    Items,
    /// The strings of the items, each with marks of what it was, for [`tree`].
    Marked,
}

/// Marks around the strings of items; no document and no schema can write these characters.
const ATOMIC_START: char = '\u{1}';
const ATOMIC_END: char = '\u{2}';
const NODE: char = '\u{3}';

impl Form {
    /// A text node with the value of an expression that gives a string.
    fn text(self, value: &str) -> String {
        match self {
            Form::Items => untyped(value),
            Form::Marked => format!("concat('{NODE}', {value})"),
        }
    }

    /// The items of an expression in brackets.
    fn items(self, value: String) -> String {
        match self {
            Form::Items => value,
            Form::Marked => format!(
                "({value} ! (if (. instance of node()) then concat('{NODE}', string(.)) \
                 else concat('{ATOMIC_START}', string(.), '{ATOMIC_END}')))"
            ),
        }
    }
}

/// The text of a tree that is made of marked strings: there is a space between values that follow one another, and none
/// beside nodes.
fn tree(marked: &str) -> String {
    untyped(&format!(
        "translate(replace(string-join(({marked}), ''), '{ATOMIC_END}{ATOMIC_START}', ' '), \
         '{ATOMIC_START}{ATOMIC_END}{NODE}', '')"
    ))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn untyped(value: &str) -> String {
    format!("xs:untypedAtomic({value})")
}

/// A string of the values with `separator` between.
fn joined(value: &str, separator: &str) -> String {
    format!("string-join((data(({value})) ! string(.)), {})", literal(separator))
}

/// A value converted as XSLT converts it to a declared type, or an error where it is not of the type: untyped values
/// become of the type, numbers and addresses are promoted, and there must be as many as the type says.
///
/// Of other nodes than elements, attributes and documents only the number is checked, since text nodes that instructions
/// make are values here.
fn converted(value: &str, declared: &str) -> String {
    let declared = declared.trim();
    let (type_, many) = match declared.char_indices().next_back() {
        Some((at, many @ ('?' | '*' | '+'))) => (declared[..at].trim_end(), many),
        _ => (declared, '1'),
    };
    let items = match type_.split_once(':').filter(|(_, local)| !local.contains('(')) {
        Some((prefix, local)) => atomic(value, type_, prefix, local),
        None if ["element(", "attribute(", "document-node("].iter().any(|kind| type_.starts_with(kind)) => {
            format!("({value} treat as {type_}*)")
        }
        None => value.to_owned(),
    };
    match (many, type_.starts_with("empty-sequence")) {
        ('*', _) | (_, true) => items,
        ('?', _) => format!("zero-or-one({items})"),
        ('+', _) => format!("one-or-more({items})"),
        _ => format!("exactly-one({items})"),
    }
}

/// The values of an expression as a type without its number. No variable is bound in this, for it would hide one of the
/// schema.
fn atomic(value: &str, type_: &str, prefix: &str, local: &str) -> String {
    let becomes: &[&str] = match local {
        "anyAtomicType" => return format!("data({value})"),
        "untypedAtomic" => &[],
        "double" => &["untypedAtomic", "decimal", "float"],
        "float" => &["untypedAtomic", "decimal"],
        "string" => &["untypedAtomic", "anyURI"],
        _ => &["untypedAtomic"],
    };
    let tests: Vec<String> = becomes.iter().map(|from| format!(". instance of {prefix}:{from}")).collect();
    match tests.is_empty() {
        true => format!("(data({value}) ! (. treat as {type_}))"),
        false => {
            format!("(data({value}) ! (if ({}) then {type_}(.) else (. treat as {type_})))", tests.join(" or "))
        }
    }
}

/// The content of an element as a document of its own, whose root element holds it.
fn element_content(document: &Document, node: NodeId) -> Option<Document> {
    let (whole, start) = (document.span(node), document.start_tag_span(node));
    let inside = document.text().get(start.end as usize..whole.end as usize).unwrap_or_default();
    let inside = inside.rfind("</").map_or("", |end| &inside[..end]);
    let mut text = String::from("<content");
    // Every word before a colon may be a prefix; those that are declared here are declared there.
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut seen: Vec<&str> = Vec::new();
    for before in inside.split(':') {
        let prefix = &before[before.rfind(|c| !is_name(c)).map_or(0, |at| at + char_length(before, at))..];
        if prefix.is_empty() || prefix == "xml" || seen.contains(&prefix) {
            continue;
        }
        seen.push(prefix);
        if let Some(uri) = document.lookup_prefix(node, prefix) {
            let _ = write!(text, " xmlns:{prefix}=\"{}\"", escaped(uri));
        }
    }
    if let Some(uri) = document.lookup_prefix(node, "") {
        let _ = write!(text, " xmlns=\"{}\"", escaped(uri));
    }
    text.push('>');
    text.push_str(inside);
    text.push_str("</content>");
    Document::parse(text.as_bytes(), &Limits::default()).ok()
}

fn char_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// An expression whose value is converted to a declared type.
pub(super) fn typed(text: &Text, declared: &str) -> Text {
    let inside = format!("({})", text.text);
    let converted = converted(&inside, declared);
    match converted == inside {
        true => text.clone(),
        false => Text { text: converted, is_verbatim: false, ..text.clone() },
    }
}
