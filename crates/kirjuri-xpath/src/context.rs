//! What an expression is compiled against (the static context) and evaluated in (the dynamic context).

use std::any::Any;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use kirjuri_tree::{Document, Interrupt, NodeId};

use crate::names::NameTable;
use crate::program::Type;
use crate::user_function::Library;
use crate::value::{Node, Sequence};

/// The namespace of the types.
pub(crate) const XML_SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace of the functions of XPath 2.0.
pub(crate) const FUNCTIONS: &str = "http://www.w3.org/2005/xpath-functions";

/// The language an expression is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Version {
    /// XPath 1.0 with `current()` of XSLT.
    #[default]
    XPath1,
    /// XPath 2.0 for documents without a schema, with `||`, `!`, `=>` and `let` of later versions, and the functions
    /// of XSLT 2.0 that rules use.
    XPath2,
}

/// All that is known before a document is seen: namespaces, variables, functions and the version of the language.
#[derive(Clone, Default, Debug)]
pub struct StaticContext {
    pub(crate) version: Version,
    pub(crate) namespaces: BTreeMap<String, String>,
    variables: Vec<Type>,
    /// The last declared place of each name.
    variable_places: BTreeMap<String, usize>,
    pub(crate) functions: BTreeMap<(String, String), Arc<Function>>,
    pub(crate) names: NameTable,
    pub(crate) prefixes_required: bool,
    pub(crate) default_element_namespace: String,
    pub(crate) focus_absent: bool,
    pub(crate) library: Library,
    /// How often a declaration has changed what a name means: two expressions with the same text are the same only
    /// within one revision.
    pub(crate) revision: u32,
}

impl StaticContext {
    /// A context without namespaces, variables or functions of the host.
    pub fn new(version: Version) -> StaticContext {
        StaticContext { version, ..StaticContext::default() }
    }

    /// The language of the expressions.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Declares a prefix. The prefix `xml` is always declared.
    pub fn declare_namespace(&mut self, prefix: impl Into<String>, uri: impl Into<String>) {
        let replaced = self.namespaces.insert(prefix.into(), uri.into());
        self.revision += u32::from(replaced.is_some());
    }

    /// Declares a variable and returns its place in [`DynamicContext::variables`].
    ///
    /// A later declaration of the same name hides this one from the expressions compiled after it.
    pub fn declare_variable(&mut self, name: impl Into<String>, type_: Type) -> usize {
        let place = self.variables.len();
        self.variables.push(type_);
        let replaced = self.variable_places.insert(name.into(), place);
        self.revision += u32::from(replaced.is_some());
        place
    }

    /// Adds a function of the host.
    pub fn declare_function(&mut self, namespace: impl Into<String>, function: Function) {
        let replaced = self.functions.insert((namespace.into(), function.name.clone()), Arc::new(function));
        self.revision += u32::from(replaced.is_some());
    }

    /// Makes an element name without a prefix an error. In documents that have a namespace such a name never
    /// matches anything, and a rule that matches nothing looks like a rule that found nothing.
    pub fn require_prefixes(&mut self) {
        self.prefixes_required = true;
    }

    /// Sets the namespace of element names without a prefix; none unless it is set.
    pub fn set_default_element_namespace(&mut self, uri: impl Into<String>) {
        self.default_element_namespace = uri.into();
        self.revision += 1;
    }

    /// Makes expressions that ask for the context item an error when they run, as where there is none.
    pub fn without_context_item(&mut self) {
        self.focus_absent = true;
    }

    /// The functions and keys defined so far, for [`DynamicContext::library`].
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Hides a variable again; what was compiled with it keeps it.
    pub fn forget_variable(&mut self, name: &str) {
        self.variable_places.remove(name);
        self.revision += 1;
    }

    /// A place for a variable of an expression.
    pub(crate) fn local_variable(&mut self, name: String, type_: Type) -> (usize, Option<usize>) {
        let place = self.variables.len();
        self.variables.push(type_);
        (place, self.variable_places.insert(name, place))
    }

    /// Ends the scope of a variable of an expression.
    pub(crate) fn leave_variable(&mut self, name: &str, before: Option<usize>) {
        match before {
            Some(place) => self.variable_places.insert(name.to_owned(), place),
            None => self.variable_places.remove(name),
        };
    }

    /// How many variables have been declared.
    pub(crate) fn variable_count(&self) -> usize {
        self.variables.len()
    }

    /// The names that the expressions compiled so far test for.
    pub fn names(&self) -> &NameTable {
        &self.names
    }

    pub(crate) fn variable(&self, name: &str) -> Option<(usize, Type)> {
        let place = *self.variable_places.get(name)?;
        Some((place, *self.variables.get(place)?))
    }

    pub(crate) fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.variable_places.keys().map(String::as_str)
    }

    /// The namespace that a prefix stands for.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        match (prefix, self.namespaces.get(prefix)) {
            ("xml", _) => Some("http://www.w3.org/XML/1998/namespace"),
            (_, Some(uri)) => Some(uri),
            // Rules use these without declaring them, as every processor of XPath 2.0 knows them.
            ("xs", None) if self.version == Version::XPath2 => Some(XML_SCHEMA),
            ("fn", None) if self.version == Version::XPath2 => Some(FUNCTIONS),
            _ => None,
        }
    }
}

/// A function of the host, callable from expressions by its name.
///
/// It is total: whatever the arguments, it has a value. Arguments arrive converted to the declared types.
pub struct Function {
    /// Local name.
    pub name: String,
    /// The types of the parameters; all are required.
    pub parameters: Vec<Type>,
    /// The type of the value.
    pub result: Type,
    /// What it does.
    pub body: FunctionBody,
}

/// The implementation of a [`Function`].
pub enum FunctionBody {
    /// Of one parameter, a string: whether it is something. Neither the text nor the answer is made a sequence.
    Test(fn(&str) -> bool),
    /// Of one parameter, a string: a text.
    Text(fn(&str) -> Cow<'_, str>),
    /// Anything else.
    Value(FunctionOfSequences),
}

/// A function of the values of its arguments.
pub type FunctionOfSequences = Box<dyn for<'a> Fn(&DynamicContext<'a>, &[Sequence<'a>]) -> Sequence<'a> + Send + Sync>;

/// What a function says of a text, borrowed where the text is.
pub(crate) fn text_of_text<'a>(body: fn(&str) -> Cow<'_, str>, text: Cow<'a, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => body(text),
        Cow::Owned(text) => Cow::Owned(body(&text).into_owned()),
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}({:?}) -> {:?}", self.name, self.parameters, self.result)
    }
}

/// What an evaluation may depend on besides the document: the values of variables and the date of checking.
#[derive(Clone, Default, Debug)]
pub struct DynamicContext<'a> {
    /// Values of the declared variables, by the places [`StaticContext::declare_variable`] gave.
    pub variables: Vec<Sequence<'a>>,
    /// The date the document is judged by, as `YYYYMMDD`; empty where there is none. Expressions see no clock.
    pub as_of: &'a str,
    /// What `current-dateTime()` is, as `xs:dateTime`; where it is empty, midnight of `as_of`, and where that is empty
    /// too, those functions have no value.
    pub now: &'a str,
    /// Minutes that a time without a zone is ahead of UTC.
    pub implicit_zone: i16,
    /// The functions and keys that programs call; see [`StaticContext::library`].
    pub library: Option<&'a Library>,
    /// The documents that `document()` and `doc()` find, and those that elements carry inside.
    pub documents: Option<&'a dyn Documents>,
    /// What functions of the host ask besides: whatever the host and they have agreed on.
    pub host: Option<&'a (dyn Any + Send + Sync)>,
    /// Asked every few thousand nodes that an evaluator visits whether to stop; without it, nothing stops but the budget.
    pub interrupt: Option<&'a dyn Interrupt>,
}

/// The documents that expressions can name. Nothing is ever read while an expression runs.
pub trait Documents: fmt::Debug + Sync {
    /// The document of an address, as the expression wrote it; none where there is no such document.
    fn open(&self, address: &str) -> Option<&Document>;

    /// The document that an element of the document which is evaluated carries as its text, for instance in base64; none
    /// where it carries none that can be read.
    fn inside(&self, element: NodeId) -> Option<&Document> {
        let _ = element;
        None
    }

    /// Whether what an element carries is certainly no document.
    fn is_malformed(&self, element: NodeId) -> bool {
        let _ = element;
        false
    }
}

/// The node an expression is evaluated at, and where it stands among its peers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Focus<'a> {
    /// The context node.
    pub node: Node<'a>,
    /// The context position, counted from 1.
    pub position: usize,
    /// The context size.
    pub size: usize,
    /// The node that the whole expression started from, `current()`.
    pub current: Node<'a>,
    pub(crate) item: ContextItem,
}

/// What the context item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ContextItem {
    /// The context node.
    Node,
    /// An atomic value that the evaluator holds at this place.
    Atomic(usize),
    Absent,
}

impl<'a> Focus<'a> {
    /// The focus where there is no context item; the document is still the one that `/` would start from.
    pub fn absent(document: &'a Document) -> Focus<'a> {
        let node = Node { document, node: NodeId::DOCUMENT.into() };
        Focus { item: ContextItem::Absent, position: 0, size: 0, ..Focus::on(node) }
    }

    /// The focus of a whole expression: one node alone.
    pub fn on(node: Node<'a>) -> Focus<'a> {
        Focus { node, position: 1, size: 1, current: node, item: ContextItem::Node }
    }
}
