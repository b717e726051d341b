//! Functions on nodes and their names, on truth values, and those that ask for the context (F&O 2.0, sections 2, 3, 9,
//! 11, 14.1 to 14.9 and 15.5; XSLT 2.0, section 16.6).

use std::borrow::Cow;
use std::sync::Arc;

use kirjuri_tree::{Document, NodeId, NodeKind};

use super::{ANY, Call, Gives, ONE, OPTIONAL, Origin, Signature, TEXT, TEXT_OR_NONE, Takes, optional};
use crate::atomic::lexical;
use crate::atomic::types::AtomicType;
use crate::error::{EvaluationError, fault};
use crate::functions;
use crate::value::{Atomic, Item, Node, QName, Sequence};

type Value<'a> = Result<Sequence<'a>, EvaluationError>;

const NODE_OR_NONE: Takes = Takes::Nodes(OPTIONAL);
/// That it is an element is seen where it is used.
const ELEMENT: Takes = Takes::Nodes(ONE);
const NAME_OR_NONE: Takes = Takes::Atoms(AtomicType::QName, OPTIONAL);
const ITEMS: Takes = Takes::Items(ANY);

const CODE_POINTS: &str = "http://www.w3.org/2005/xpath-functions/collation/codepoint";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

pub(super) const FUNCTIONS: &[Signature] = &[
    Signature::new("node-name", &[NODE_OR_NONE], Gives::Plain, |call| {
        Ok(call.node(0).map_or(Sequence::EMPTY, name_of))
    }),
    // Without a schema no element is nilled.
    Signature::new("nilled", &[NODE_OR_NONE], Gives::Plain, |call| {
        let element = call.node(0).filter(|node| node.node.as_node().is_some_and(|id| node.document.is_element(id)));
        Ok(element.map_or(Sequence::EMPTY, |_| Sequence::from(false)))
    }),
    Signature::new("string", &[Takes::Items(OPTIONAL)], Gives::Text, string).from(0),
    Signature::new("data", &[ITEMS], Gives::Any, |call| {
        Ok(Sequence::from_atoms(call.evaluator.atomized(call.argument(0))?))
    }),
    Signature::new("base-uri", &[NODE_OR_NONE], Gives::Plain, base_uri).from(0),
    // Where a document came from is not known here.
    Signature::new("document-uri", &[NODE_OR_NONE], Gives::Plain, |_| Ok(Sequence::EMPTY)),
    Signature::new("name", &[NODE_OR_NONE], Gives::Text, |call| named(call, functions::qualified_name)).from(0),
    Signature::new("local-name", &[NODE_OR_NONE], Gives::Text, |call| named(call, functions::local_name)).from(0),
    Signature::new("namespace-uri", &[NODE_OR_NONE], Gives::Plain, |call| {
        let namespace = named(call, functions::namespace_uri)?;
        Ok(Sequence::Atomic(Atomic::Uri(namespace.to_text())))
    })
    .from(0),
    Signature::new("number", &[Takes::Atoms(AtomicType::AnyAtomic, OPTIONAL)], Gives::Double, number).from(0),
    Signature::new("lang", &[TEXT_OR_NONE, ELEMENT], Gives::Truth, |call| {
        let wanted = call.text(0)?;
        match call.node_or_context(1)? {
            Some(node) => Ok(Sequence::from(call.evaluator.lang(&wanted, node)?)),
            None => Ok(Sequence::from(false)),
        }
    })
    .from(1),
    Signature::new("root", &[NODE_OR_NONE], Gives::Nodes, |call| {
        let Some(node) = call.node_or_context(0)? else { return Ok(Sequence::EMPTY) };
        Ok(Sequence::Nodes(vec![Node { node: NodeId::DOCUMENT.into(), ..node }]))
    })
    .from(0),
    Signature::new("QName", &[TEXT_OR_NONE, TEXT], Gives::Plain, |call| {
        let (namespace, written) = (call.text(0)?, call.text(1)?);
        let (prefix, local) = parts(&written)?;
        match namespace.is_empty() && !prefix.is_empty() {
            true => Err(fault("FOCA0002")),
            false => Ok(qname(prefix, &namespace, local)),
        }
    }),
    Signature::new("resolve-QName", &[TEXT_OR_NONE, ELEMENT], Gives::Plain, |call| {
        let (document, element) = element(call, 1)?;
        let Some(written) = call.optional_text(0)? else { return Ok(Sequence::EMPTY) };
        let (prefix, local) = parts(&written)?;
        match (namespace_in_scope(call, document, element, prefix)?, prefix) {
            (Some(namespace), prefix) => Ok(qname(prefix, namespace, local)),
            (None, "") => Ok(qname("", "", local)),
            (None, _) => Err(fault("FONS0004")),
        }
    }),
    Signature::new("prefix-from-QName", &[NAME_OR_NONE], Gives::Plain, |call| {
        let prefix = |name: Arc<QName>| (!name.prefix.is_empty()).then(|| nc_name(name.prefix.clone()));
        optional(name_argument(call).and_then(prefix))
    }),
    Signature::new("local-name-from-QName", &[NAME_OR_NONE], Gives::Plain, |call| {
        optional(name_argument(call).map(|name| nc_name(name.local.clone())))
    }),
    Signature::new("namespace-uri-from-QName", &[NAME_OR_NONE], Gives::Plain, |call| {
        optional(name_argument(call).map(|name| Atomic::Uri(Cow::Owned(name.namespace.clone()))))
    }),
    Signature::new("namespace-uri-for-prefix", &[TEXT_OR_NONE, ELEMENT], Gives::Plain, |call| {
        let (document, element) = element(call, 1)?;
        let namespace = namespace_in_scope(call, document, element, &call.text(0)?)?;
        optional(namespace.map(|namespace| Atomic::Uri(Cow::Borrowed(namespace))))
    }),
    Signature::new("in-scope-prefixes", &[ELEMENT], Gives::Plain, in_scope_prefixes),
    // The code that an expression names here could be content of the document: it is not passed on.
    Signature::new("error", &[NAME_OR_NONE, TEXT, ITEMS], Gives::Any, |_| Err(fault("FOER0000"))).from(0),
    Signature::new("trace", &[ITEMS, TEXT], Gives::Any, |call| Ok(call.argument(0).clone())),
    Signature::new("default-collation", &[], Gives::Text, |_| Ok(Sequence::from(CODE_POINTS))),
    Signature::new("static-base-uri", &[], Gives::Plain, |_| Ok(Sequence::EMPTY)),
    Signature::new("generate-id", &[NODE_OR_NONE], Gives::Text, generate_id).from(0).of(Origin::Xslt),
    Signature::new("system-property", &[TEXT], Gives::Text, |call| Ok(Sequence::from(property(&call.text(0)?))))
        .of(Origin::Xslt),
    Signature::new("true", &[], Gives::Truth, |_| Ok(Sequence::from(true))),
    Signature::new("false", &[], Gives::Truth, |_| Ok(Sequence::from(false))),
    Signature::new("boolean", &[ITEMS], Gives::Truth, |call| Ok(Sequence::from(call.argument(0).effective_boolean()?))),
    Signature::new("not", &[ITEMS], Gives::Truth, |call| Ok(Sequence::from(!call.argument(0).effective_boolean()?))),
];

fn string<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let item = match call.count() {
        0 => Some(call.context_item()?),
        _ => call.item(0),
    };
    Ok(match item {
        None => Sequence::from(""),
        Some(Item::Node(node)) => Sequence::from(call.evaluator.text_of(node)?),
        Some(Item::Atomic(atomic)) => Sequence::from(atomic.canonical_text()),
    })
}

fn number<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let atomic = match call.count() {
        0 => Some(call.evaluator.atom(call.context_item()?)?),
        _ => call.atom(0),
    };
    let double = atomic.and_then(|atomic| call.evaluator.cast(&atomic, AtomicType::Double).ok());
    Ok(double.map_or(Sequence::from(f64::NAN), Sequence::Atomic))
}

/// What a function says of the node of an argument or of the context; of no node, the empty string.
fn named<'a>(call: &Call<'a, '_>, say: fn(Node<'a>) -> Sequence<'a>) -> Value<'a> {
    call.evaluator.spend(1)?;
    Ok(call.node_or_context(0)?.map_or(Sequence::from(""), say))
}

/// The name of a node as a value; none for nodes without a name.
fn name_of(node: Node<'_>) -> Sequence<'_> {
    let is_named = node
        .node
        .as_node()
        .is_none_or(|id| matches!(node.document.kind(id), NodeKind::Element | NodeKind::ProcessingInstruction));
    match is_named {
        true => {
            let prefix = node.document.prefix(node.node);
            qname(prefix, &functions::namespace_uri(node).to_text(), &functions::local_name(node).to_text())
        }
        false => Sequence::EMPTY,
    }
}

/// Only what `xml:base` says is known, and only where it says a whole address.
fn base_uri<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let Some(node) = call.node_or_context(0)? else { return Ok(Sequence::EMPTY) };
    let document = node.document;
    let Some(name) = document.find_name(XML, "base") else { return Ok(Sequence::EMPTY) };
    let mut relative: Vec<&'a str> = Vec::new();
    let mut here = Some(node.node.owner());
    while let Some(element) = here {
        call.evaluator.spend(1)?;
        if let Some(attribute) = document.attribute(element, name) {
            let written = document.attribute_value(attribute);
            call.evaluator.spend_on(written)?;
            match (has_scheme(written), &relative[..]) {
                (true, []) => return Ok(Sequence::Atomic(Atomic::Uri(Cow::Borrowed(written)))),
                (true, _) => return joined(call, written, &relative),
                (false, _) => relative.push(written),
            }
        }
        here = document.parent(element);
    }
    Ok(Sequence::EMPTY)
}

/// An address with the relative ones in it resolved, the innermost of which stands first.
fn joined<'a>(call: &Call<'a, '_>, base: &str, relative: &[&str]) -> Value<'a> {
    let mut address = base.to_owned();
    for inner in relative.iter().rev() {
        call.evaluator.spend(1 + (address.len() + inner.len()) as u64)?;
        address = crate::string_functions::resolve_uri(inner, &address)?;
    }
    Ok(Sequence::Atomic(Atomic::Uri(Cow::Owned(address))))
}

fn has_scheme(address: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    address.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
}

/// The element of an argument of type `element()`.
fn element<'a>(call: &Call<'a, '_>, index: usize) -> Result<(&'a Document, NodeId), EvaluationError> {
    let element = |node: Node<'a>| Some((node.document, node.node.as_node()?));
    call.node(index).and_then(element).filter(|(document, id)| document.is_element(*id)).ok_or(fault("XPTY0004"))
}

/// Prefix and local name of a name as it is written.
fn parts(written: &str) -> Result<(&str, &str), EvaluationError> {
    let trimmed = lexical::trim(written);
    let (prefix, local) = trimmed.split_once(':').map_or((None, trimmed), |(prefix, local)| (Some(prefix), local));
    match prefix.is_none_or(lexical::is_nc_name) && lexical::is_nc_name(local) {
        true => Ok((prefix.unwrap_or_default(), local)),
        false => Err(fault("FOCA0002")),
    }
}

fn qname<'a>(prefix: &str, namespace: &str, local: &str) -> Sequence<'a> {
    let name = QName { prefix: prefix.to_owned(), namespace: namespace.to_owned(), local: local.to_owned() };
    Sequence::Atomic(Atomic::QName(Arc::new(name)))
}

fn nc_name<'a>(text: String) -> Atomic<'a> {
    Atomic::Derived(AtomicType::NcName, Box::new(Atomic::String(Cow::Owned(text))))
}

fn name_argument(call: &Call<'_, '_>) -> Option<Arc<QName>> {
    match call.atom(0)? {
        Atomic::QName(name) => Some(name),
        _ => None,
    }
}

fn namespace_in_scope<'a>(
    call: &Call<'a, '_>,
    document: &'a Document,
    element: NodeId,
    prefix: &str,
) -> Result<Option<&'a str>, EvaluationError> {
    call.evaluator.spend(8 + prefix.len() as u64)?;
    Ok(document.lookup_prefix(element, prefix))
}

/// The prefixes that have a namespace at an element, the empty one among them where there is a default namespace.
fn in_scope_prefixes<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let (document, innermost) = element(call, 0)?;
    let mut prefixes = vec!["xml"];
    let mut here = Some(innermost).filter(|id| document.is_element(*id));
    while let Some(element) = here {
        let tag = document.text().get(document.start_tag_span(element).range()).unwrap_or_default();
        call.evaluator.spend(1)?;
        call.evaluator.spend_on(tag)?;
        // What looks like a declaration but stands inside a value does no harm: the document is asked what is in scope.
        for behind in tag.split("xmlns").skip(1) {
            let prefix = behind.strip_prefix(':').unwrap_or_default();
            let end = prefix.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(0);
            let prefix = prefix.get(..end).unwrap_or_default();
            call.evaluator.spend(1 + prefixes.len() as u64)?;
            if !prefixes.contains(&prefix) && namespace_in_scope(call, document, innermost, prefix)?.is_some() {
                prefixes.push(prefix);
            }
        }
        here = document.parent(element);
    }
    Ok(Sequence::from_atoms(prefixes.into_iter().map(|prefix| Atomic::String(Cow::Borrowed(prefix))).collect()))
}

/// The same text for the same node as long as the evaluator lives, and another for every other node.
fn generate_id<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let Some(node) = call.node_or_context(0)? else { return Ok(Sequence::from("")) };
    let document = call.evaluator.document_number(node.document)?;
    let owner = node.node.owner().index();
    Ok(Sequence::from(match node.node.as_attribute() {
        Some(attribute) => format!("d{document}n{owner}a{}", attribute.index()),
        None => format!("d{document}n{owner}"),
    }))
}

/// A property of the processor; the empty string for those it does not have.
fn property(name: &str) -> &'static str {
    match name.split_once(':').map_or(name, |(_, local)| local) {
        "version" => "2.0",
        "vendor" | "product-name" => "kirjuri",
        "product-version" => env!("CARGO_PKG_VERSION"),
        "is-schema-aware" | "supports-serialization" => "no",
        "supports-backwards-compatibility" => "yes",
        _ => "",
    }
}
