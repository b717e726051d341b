//! Reads what schemas borrow from XSLT: variables with content, keys, and functions, whose bodies are turned into one
//! expression each.

use std::fmt::Write;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits, NodeId};

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
            let text = format!("({})", self.content(at, declared.as_deref())?);
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
                    false => format!("({})", self.body(at)?),
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
        let result = format!("({})", self.body(at)?);
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
    fn body(&mut self, at: &At) -> Option<String> {
        let (mut variables, mut items) = (String::new(), Vec::new());
        for child in self.children(at) {
            match child.kind() {
                Kind::Text => {
                    let text = child.document.value(child.node);
                    if !text.trim().is_empty() {
                        items.push(untyped(&literal(text)));
                    }
                }
                Kind::Xslt("param" | "fallback" | "message") => {}
                Kind::Xslt("variable") => {
                    let name = self.required(&child, "name")?.text;
                    let value = match child.attribute("select") {
                        Some(select) => match child.attribute("as") {
                            Some(declared) => converted(&format!("({select})"), &declared),
                            None => format!("({select})"),
                        },
                        None => self.content(&child, child.attribute("as").as_deref())?,
                    };
                    let _ = write!(variables, "let ${name} := {value} return ");
                }
                Kind::Xslt("sequence" | "copy-of") => {
                    items.push(format!("({})", self.required(&child, "select")?.text));
                }
                Kind::Xslt("value-of") => {
                    let separator = child.attribute("separator").unwrap_or_else(|| " ".into());
                    let value = match child.text("select") {
                        Some(select) => select.text,
                        None => self.body(&child)?,
                    };
                    items.push(joined(&value, &separator));
                }
                Kind::Xslt("text") => items.push(untyped(&literal(&child.string_value()))),
                Kind::Xslt("if") => {
                    let test = self.required(&child, "test")?.text;
                    items.push(format!("(if ({test}) then ({}) else ())", self.body(&child)?));
                }
                Kind::Xslt("choose") => items.push(self.choice(&child)?),
                Kind::Xslt("for-each") => {
                    let select = self.required(&child, "select")?.text;
                    items.push(format!("(({select}) ! ({}))", self.body(&child)?));
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

    fn choice(&mut self, at: &At) -> Option<String> {
        let (mut choice, mut otherwise) = (String::from("("), String::from("()"));
        for child in self.children(at) {
            match child.kind() {
                Kind::Xslt("when") => {
                    let test = self.required(&child, "test")?.text;
                    let _ = write!(choice, "if ({test}) then ({}) else ", self.body(&child)?);
                }
                Kind::Xslt("otherwise") => otherwise = format!("({})", self.body(&child)?),
                _ => {}
            }
        }
        Some(format!("{choice}{otherwise})"))
    }

    /// The value of a variable by its content: a tree of text, unless its type says otherwise.
    fn content(&mut self, at: &At, declared: Option<&str>) -> Option<String> {
        let body = self.body(at)?;
        Some(match declared {
            Some(declared) => converted(&format!("({body})"), declared),
            None => joined(&body, ""),
        })
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn untyped(value: &str) -> String {
    format!("xs:untypedAtomic({value})")
}

/// A text node of the values with `separator` between.
fn joined(value: &str, separator: &str) -> String {
    untyped(&format!("string-join(for $item in data(({value})) return string($item), {})", literal(separator)))
}

/// A value converted as XSLT converts it to a declared type: untyped values become of the type, whole numbers become
/// doubles where these are wanted. Other types are taken as they come.
fn converted(value: &str, declared: &str) -> String {
    let declared = declared.trim().trim_end_matches(['?', '*', '+']);
    let Some((prefix, local)) = declared.split_once(':').filter(|(_, local)| !local.contains('(')) else {
        return value.to_owned();
    };
    match local {
        "anyAtomicType" => format!("data({value})"),
        "untypedAtomic" => value.to_owned(),
        "double" | "float" => format!(
            "(for $item in data({value}) return if ($item instance of {prefix}:untypedAtomic or $item instance of \
             {prefix}:decimal) then {declared}($item) else $item)"
        ),
        _ => format!(
            "(for $item in data({value}) return if ($item instance of {prefix}:untypedAtomic) then {declared}($item) \
             else $item)"
        ),
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
