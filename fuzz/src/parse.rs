//! A document is refused, or becomes a tree in which everything has its place.

use std::borrow::Cow;

use kirjuri_tree::{Document, Format, Limits, NodeId, NodeKind, NodeRef, ParseError, Reading, Span};

/// Parses any bytes and looks at the whole tree.
///
/// # Panics
/// When the tree or the error is not what the crate promises.
pub fn run(bytes: &[u8]) {
    let strict = Document::parse(bytes, &Limits::default());
    unfinished_is_the_same_where_it_is_complete(bytes, Format::Xml, &strict);
    match strict {
        Ok(document) => {
            the_tree_is_whole(&document);
            spans_are_nested(&document);
            values_are_what_the_source_says(&document);
            names_are_found(&document);
            places_lead_back_to_the_bytes(&document, bytes);
        }
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error:?}");
            assert!(error.position().line >= 1 && error.position().column >= 1, "{error:?}");
            assert_eq!(Document::parse(bytes, &Limits::default()).err(), Some(error), "not the same again");
        }
    }
    limits_are_kept(bytes);
}

/// A document that need not be complete is read as before where it is, and else is a whole tree, or is refused as before.
pub(crate) fn unfinished_is_the_same_where_it_is_complete(
    bytes: &[u8],
    format: Format,
    strict: &Result<Document, ParseError>,
) {
    let read = Document::read(bytes, format, &Reading { unfinished: true, ..Reading::default() });
    match (strict, read) {
        (Ok(document), Ok(read)) => {
            assert_eq!(read.unfinished(), None);
            assert_eq!(read.node_count(), document.node_count());
            for node in document.nodes() {
                assert_eq!(read.span(node), document.span(node));
                assert_eq!(read.subtree_end(node), document.subtree_end(node));
                assert_eq!(read.qname(read.name(node)), document.qname(document.name(node)));
                assert_eq!(read.value(node), document.value(node));
                let values = |of: &Document| -> Vec<String> {
                    of.attributes(node).map(|attribute| of.attribute_value(attribute).to_owned()).collect()
                };
                assert_eq!(values(&read), values(document));
            }
        }
        (Ok(_), Err(error)) => panic!("{error}: it is refused because it need not be complete"),
        (Err(strict), Err(error)) => assert_eq!(*strict, error),
        (Err(strict), Ok(read)) => {
            assert_eq!(read.unfinished(), Some(*strict));
            the_tree_is_whole(&read);
            places_lead_back_to_the_bytes(&read, bytes);
            names_occur(&read);
            for node in read.nodes() {
                let (span, content) = (read.span(node), read.content_span(node));
                assert!(span.start <= content.start && content.start <= content.end && content.end <= span.end);
                assert!(read.text().get(span.range()).is_some() && read.text().get(content.range()).is_some());
                let inside = |child| format == Format::Json || read.span(child).end <= span.end;
                assert!(read.children(node).all(inside));
                let _ = (read.value(node), read.prefix(node.into()));
                for attribute in read.attributes(node) {
                    let _ = (read.attribute_value(attribute), read.prefix(NodeRef::attribute(node, attribute)));
                }
            }
        }
    }
}

/// What was left out has left no name behind.
fn names_occur(document: &Document) {
    if document.format() == Format::Xml {
        for name in document.names() {
            assert!(!document.elements_named(name).is_empty() || !document.attributes_named(name).is_empty());
        }
    }
}

/// Parent, subtree and children agree, and every node is reached from the document node.
pub(crate) fn the_tree_is_whole(document: &Document) {
    let mut reached = 0;
    let mut attributes = 0;
    let mut waiting = vec![NodeId::DOCUMENT];
    while let Some(node) = waiting.pop() {
        reached += 1;
        let end = document.subtree_end(node);
        assert!(node < end);
        let mut next = node.next();
        let mut before = None;
        for child in document.children(node) {
            assert_eq!(child, next, "a node between the children");
            assert_eq!(document.parent(child), Some(node));
            let kind = document.kind(child);
            assert!(kind != NodeKind::Document);
            assert!(before != Some(NodeKind::Text) || kind != NodeKind::Text, "two texts side by side");
            before = Some(kind);
            next = document.subtree_end(child);
            waiting.push(child);
        }
        assert_eq!(next, end, "the children do not fill the subtree");
        assert!(document.kind(node) == NodeKind::Element || document.attributes(node).len() == 0);
        attributes += document.attributes(node).len();
    }
    assert_eq!(reached, document.node_count());
    assert_eq!(attributes, document.attribute_count());
    assert_eq!(document.parent(NodeId::DOCUMENT), None);
    assert!(document.is_element(document.root_element()));
    let elements = document.children(NodeId::DOCUMENT).filter(|&node| document.is_element(node));
    assert_eq!(elements.count(), 1, "a document has one root");
}

fn spans_are_nested(document: &Document) {
    let within = |inner: Span, outer: Span| outer.start <= inner.start && inner.end <= outer.end;
    for node in document.nodes() {
        let (span, tag) = (document.span(node), document.start_tag_span(node));
        // Slicing proves that the span lies inside the text and cuts no character.
        let source = &document.text()[span.range()];
        assert!(within(tag, span));
        let mut from = tag.start;
        match document.kind(node) {
            NodeKind::Document => assert_eq!(source, document.text()),
            NodeKind::Text => assert!(!source.is_empty() && !source.starts_with("<!--")),
            NodeKind::Comment => assert!(source.starts_with("<!--") && source.ends_with("-->")),
            NodeKind::ProcessingInstruction => assert!(source.starts_with("<?") && source.ends_with("?>")),
            NodeKind::Element => {
                assert!(source.starts_with('<') && source.ends_with('>'));
                assert!(document.text()[tag.range()].ends_with('>'));
            }
        }
        for attribute in document.attributes(node) {
            let (whole, value) = (document.attribute_span(attribute), document.attribute_value_span(attribute));
            assert!(from <= whole.start && whole.end <= tag.end && within(value, whole));
            let written = &document.text()[whole.range()];
            assert!(written.ends_with(['"', '\'']) && written.contains('='));
            assert!(!document.text()[value.range()].contains('<'));
            from = whole.end;
        }
        let mut from = if document.is_element(node) { tag.end } else { span.start };
        for child in document.children(node) {
            let inside = document.span(child);
            assert!(from <= inside.start && within(inside, span), "children overlap");
            from = inside.end;
        }
    }
}

fn values_are_what_the_source_says(document: &Document) {
    // What makes a value differ from its source.
    let plain = |source: &str| !source.contains(['&', '\r', '<']);
    for node in document.nodes() {
        let source = &document.text()[document.span(node).range()];
        let value = document.value(node);
        match document.kind(node) {
            NodeKind::Text => {
                // An empty CDATA section alone is a text without a value, if the parser makes it one at all.
                assert!(!value.is_empty() || source.starts_with("<![CDATA["));
                assert!(!plain(source) || value == source);
            }
            NodeKind::Comment | NodeKind::ProcessingInstruction => assert!(!value.contains('\r')),
            NodeKind::Element | NodeKind::Document => assert_eq!(value, ""),
        }
        for attribute in document.attributes(node) {
            let source = &document.text()[document.attribute_value_span(attribute).range()];
            let value = document.attribute_value(attribute);
            assert!(source.contains(['&', '\r', '\n', '\t']) || value == source);
            assert_eq!(document.string_value(NodeRef::attribute(node, attribute)), value);
        }
    }
    let texts = document.nodes().filter(|&node| document.kind(node) == NodeKind::Text);
    let joined: String = texts.map(|text| document.value(text)).collect();
    assert_eq!(document.string_value(NodeId::DOCUMENT), Cow::Borrowed(joined.as_str()));
}

fn names_are_found(document: &Document) {
    let written = |start: u32, prefix: &str, local: &str| {
        let source = &document.text()[start as usize..];
        let behind_prefix = source.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':'));
        if prefix.is_empty() {
            source.starts_with(local)
        } else {
            behind_prefix.is_some_and(|it| it.starts_with(local))
        }
    };
    for element in document.nodes().filter(|&node| document.is_element(node)) {
        let (id, prefix) = (document.name(element), document.prefix(element.into()));
        let name = document.qname(id);
        assert!(!name.local.is_empty() && !name.local.contains(':'));
        assert!(id.index() < document.name_count());
        assert_eq!(document.find_name(name.namespace, name.local), Some(id));
        assert_eq!(document.find_namespace(name.namespace), Some(document.namespace_of(id)));
        assert!(document.elements_named(id).binary_search(&element).is_ok());
        assert!(written(document.span(element).start + 1, prefix, name.local));
        assert_eq!(document.lookup_prefix(element, prefix).unwrap_or_default(), name.namespace);
        for (index, attribute) in document.attributes(element).enumerate() {
            let id = document.attribute_name(attribute);
            let (name, reference) = (document.qname(id), NodeRef::attribute(element, attribute));
            let prefix = document.prefix(reference);
            assert!(written(document.attribute_span(attribute).start, prefix, name.local));
            assert_eq!(document.attribute(element, id), Some(attribute), "attribute {index} is there twice");
            assert_eq!(prefix.is_empty(), name.namespace.is_empty(), "the default namespace is not for attributes");
        }
    }
}

pub(crate) fn places_lead_back_to_the_bytes(document: &Document, bytes: &[u8]) {
    let is_source = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes) == document.text().as_bytes();
    let mut before = 0;
    // A place is counted from a checkpoint; of many nodes some will do.
    for node in document.nodes().step_by(1 + document.node_count() / 64) {
        let span = document.span(node);
        let source = document.source_range(span);
        assert!(source.start <= source.end && source.end <= bytes.len());
        assert!(node == NodeId::DOCUMENT || source.start >= before, "nodes come in the order of the source");
        before = source.start;
        if is_source {
            assert_eq!(&bytes[source], document.text()[span.range()].as_bytes());
        }
        let (start, end) = (document.position(span.start), document.position(span.end));
        assert!((1, 1) <= (start.line, start.column) && start <= end);
    }
}

/// Limits lower than the document never make it unreadable for another reason than the limit.
fn limits_are_kept(bytes: &[u8]) {
    let mut limits = Limits::default();
    (limits.depth, limits.nodes, limits.attributes) = (3, 8, 2);
    if let Ok(document) = Document::parse(bytes, &limits) {
        assert!(document.node_count() <= limits.nodes);
        let depth = |node| std::iter::successors(document.parent(node), |&node| document.parent(node)).count();
        for node in document.nodes() {
            assert!(!document.is_element(node) || depth(node) <= limits.depth);
            assert!(document.attributes(node).len() <= limits.attributes);
        }
    }
}
