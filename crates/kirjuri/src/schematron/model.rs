//! A schema as it is written, includes spliced in: what the reader gives and the expansion of abstract patterns takes.

use std::sync::Arc;

use kirjuri_tree::Document;

use super::message::Markup;

/// A place in a file of the schema.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Origin {
    pub(crate) file: usize,
    /// Byte offset in the file's text.
    pub(crate) at: u32,
}

/// An expression as written, or a word of the schema that messages may point at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) origin: Origin,
    /// The file says it byte by byte, so that an offset in it is a place in the file.
    pub(crate) is_verbatim: bool,
}

impl Text {
    /// The place of a byte of the text, as far as it is known.
    pub(crate) fn place(&self, offset: usize) -> Origin {
        match self.is_verbatim {
            true => Origin { at: self.origin.at.saturating_add(offset as u32), ..self.origin },
            false => self.origin,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct SchemaModel {
    pub(crate) title: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) query_binding: Option<Text>,
    pub(crate) default_phase: Option<Text>,
    pub(crate) namespaces: Vec<(Text, String)>,
    pub(crate) phases: Vec<PhaseModel>,
    pub(crate) lets: Vec<LetModel>,
    pub(crate) patterns: Vec<PatternModel>,
    /// Diagnostics and properties.
    pub(crate) remarks: Vec<RemarkModel>,
    pub(crate) keys: Vec<KeyModel>,
    pub(crate) functions: Vec<FunctionModel>,
}

#[derive(Clone, Debug)]
pub(crate) struct PhaseModel {
    pub(crate) id: Text,
    pub(crate) active: Vec<Text>,
    pub(crate) lets: Vec<LetModel>,
}

#[derive(Clone, Debug)]
pub(crate) struct LetModel {
    pub(crate) name: Text,
    pub(crate) value: LetValue,
    /// The type it declares (`as`).
    pub(crate) declared: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum LetValue {
    Expression(Text),
    /// Its element content, as a document whose root element holds it.
    Content(Arc<Document>),
}

#[derive(Clone, Debug)]
pub(crate) struct PatternModel {
    pub(crate) id: Option<Text>,
    pub(crate) title: Option<String>,
    pub(crate) is_abstract: bool,
    pub(crate) is_a: Option<Text>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) documents: Option<Text>,
    pub(crate) lets: Vec<LetModel>,
    pub(crate) rules: Vec<RuleModel>,
}

#[derive(Clone, Debug)]
pub(crate) struct RuleModel {
    pub(crate) id: Option<Text>,
    pub(crate) context: Option<Text>,
    pub(crate) is_abstract: bool,
    pub(crate) role: Option<String>,
    pub(crate) flag: Option<String>,
    pub(crate) subject: Option<Text>,
    pub(crate) items: Vec<RuleItem>,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug)]
pub(crate) enum RuleItem {
    Let(LetModel),
    Check(Box<CheckModel>),
    /// The rule that it takes its items from.
    Extends(Text),
}

#[derive(Clone, Debug)]
pub(crate) struct CheckModel {
    pub(crate) is_report: bool,
    pub(crate) id: Option<String>,
    pub(crate) test: Text,
    pub(crate) role: Option<String>,
    pub(crate) flag: Option<String>,
    pub(crate) subject: Option<Text>,
    pub(crate) see: Option<String>,
    pub(crate) icon: Option<String>,
    pub(crate) fpi: Option<String>,
    pub(crate) diagnostics: Vec<Text>,
    pub(crate) properties: Vec<Text>,
    pub(crate) language: Option<String>,
    pub(crate) message: Vec<PartModel>,
}

/// A diagnostic or a property.
#[derive(Clone, Debug)]
pub(crate) struct RemarkModel {
    pub(crate) is_property: bool,
    pub(crate) id: Text,
    pub(crate) role: Option<String>,
    pub(crate) scheme: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) message: Vec<PartModel>,
}

/// A part of a message.
#[derive(Clone, Debug)]
pub(crate) enum PartModel {
    Text(String),
    ValueOf(Text),
    /// The name of the context node.
    Name,
    NameOf(Text),
    /// Nodes as they are written in the document.
    CopyOf(Text),
    /// Up to the next end that is its own, the text is marked.
    Start(Markup),
    End(Markup),
}

/// `xsl:key`
#[derive(Clone, Debug)]
pub(crate) struct KeyModel {
    pub(crate) name: Text,
    pub(crate) matches: Text,
    pub(crate) value: Text,
}

/// `xsl:function`, its body as one expression.
#[derive(Clone, Debug)]
pub(crate) struct FunctionModel {
    pub(crate) namespace: String,
    pub(crate) name: Text,
    pub(crate) parameters: Vec<String>,
    pub(crate) body: Text,
}
