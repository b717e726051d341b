//! What a document is known by: the same in every export of it, and in every version of it that says so.

use kirjuri_tree::{Document, NodeId};

use super::hash::Hash;

const HL7: &str = "urn:hl7-org:v3";
const FHIR: &str = "http://hl7.org/fhir";

/// What a document is known by where its pack does not say: of CDA, the set of versions it belongs to, else its own id; of a
/// FHIR resource its address, else an identifier, else its id. Nothing is known of other documents.
pub(super) fn of(document: &Document) -> Option<u128> {
    let root = document.root_element();
    let name = document.qname(document.name(root));
    match name.namespace {
        HL7 => {
            let header = match name.local {
                "ClinicalDocument" => root,
                // A frame around it.
                _ => *document.elements_named(document.find_name(HL7, "ClinicalDocument")?).first()?,
            };
            ["setId", "id"].iter().find_map(|child| {
                let id = children(document, header, HL7, child).next()?;
                let root = attribute(document, id, "root").filter(|root| !root.trim().is_empty())?;
                of_texts([("root", root), ("extension", attribute(document, id, "extension").unwrap_or_default())])
            })
        }
        FHIR => {
            let value = |of: NodeId, child: &str| {
                children(document, of, FHIR, child).find_map(|child| attribute(document, child, "value"))
            };
            let identifier = || {
                let one = children(document, root, FHIR, "identifier").next()?;
                of_texts([("system", value(one, "system").unwrap_or_default()), ("value", value(one, "value")?)])
            };
            let url = value(root, "url").and_then(|url| of_texts([("url", url)]));
            url.or_else(identifier).or_else(|| of_texts([("id", value(root, "id")?)]))
        }
        _ => None,
    }
}

/// What some named texts say, whatever their order; nothing where all are empty.
pub(super) fn of_texts<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Option<u128> {
    let mut said: Vec<_> = texts.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
    said.sort_unstable();
    let mut hash = Hash::new();
    for (name, text) in &said {
        hash.text(name);
        hash.words(text);
    }
    (!said.is_empty()).then(|| hash.finish())
}

fn children<'d>(
    document: &'d Document,
    of: NodeId,
    namespace: &'d str,
    local: &'d str,
) -> impl Iterator<Item = NodeId> + 'd {
    let name = document.find_name(namespace, local);
    document.children(of).filter(move |child| document.is_element(*child) && Some(document.name(*child)) == name)
}

fn attribute<'d>(document: &'d Document, element: NodeId, name: &str) -> Option<&'d str> {
    Some(document.attribute_value(document.attribute(element, document.find_name("", name)?)?))
}
