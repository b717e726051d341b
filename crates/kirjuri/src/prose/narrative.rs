//! The text of a narrative as its reader sees it: with an end where a line, a paragraph, an item or a cell of it ends.

use std::borrow::Cow;

use kirjuri_tree::{Document, Format, NodeId, NodeKind};

/// Stands where a line ends, an item of a list or a cell of a table.
pub(crate) const LINE_END: char = '\u{2028}';
/// Stands where a paragraph ends.
pub(crate) const PASSAGE_END: char = '\u{2029}';

/// What an element of a narrative block of CDA or of XHTML is to the text around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    Inline,
    Passage,
    /// The strongest: of what stands in an item or a cell nothing is asked that is asked of paragraphs.
    Line,
}

fn block_of(local: &str) -> Block {
    match local {
        "paragraph" | "p" | "div" => Block::Passage,
        "br" | "item" | "list" | "table" | "caption" | "td" | "th" | "tr" | "li" | "ul" | "ol" | "title" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" => Block::Line,
        _ => Block::Inline,
    }
}

/// The text of a node with [`LINE_END`] and [`PASSAGE_END`] where XML has elements for them; that of a JSON string as it is.
/// White space between such elements is left out.
pub(crate) fn narrative(document: &Document, node: NodeId) -> Cow<'_, str> {
    let is_text = |inside: &NodeId| document.kind(*inside) == NodeKind::Text;
    if document.format() == Format::Json || !document.descendants(node).any(|inside| document.is_element(inside)) {
        return document.string_value(node);
    }
    let mut text = String::new();
    // The blocks that are open, with the first node behind each.
    let mut open: Vec<(NodeId, Block)> = Vec::new();
    let mut pending = Block::Inline;
    for inside in document.descendants(node) {
        while let Some((_, block)) = open.pop_if(|(end, _)| *end <= inside) {
            pending = pending.max(block);
        }
        if document.is_element(inside) {
            let local = document.qname(document.name(inside)).local;
            let block = block_of(local);
            if block != Block::Inline {
                // What introduces a list or a table need not be a whole sentence.
                let is_list = matches!(local, "list" | "table" | "ul" | "ol");
                pending = pending.max(if is_list { Block::Line } else { Block::Passage });
                open.push((document.subtree_end(inside), block));
            }
        } else if is_text(&inside) {
            let value = document.value(inside);
            if pending != Block::Inline || text.is_empty() {
                if value.trim().is_empty() {
                    continue;
                }
                if pending != Block::Inline && !text.is_empty() {
                    text.push(if pending == Block::Passage { PASSAGE_END } else { LINE_END });
                }
                pending = Block::Inline;
            }
            text.push_str(value);
        }
    }
    // What closes behind the last text.
    let last = open.into_iter().map(|(_, block)| block).max().unwrap_or(Block::Inline).max(pending);
    if last == Block::Line {
        text.push(LINE_END);
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_paragraphs_end_where_their_elements_do() {
        for (source, expected) in [
            ("<text>Yksi.</text>", "Yksi."),
            ("<text>\n <paragraph>Yksi.</paragraph>\n <paragraph>Kaksi.</paragraph>\n</text>", "Yksi.¶Kaksi."),
            ("<text><paragraph>Yksi <content>kaksi</content>.<br/>Kolme.</paragraph></text>", "Yksi kaksi.|Kolme."),
            ("<text><list><item>Yksi</item><item>Kaksi</item></list></text>", "Yksi|Kaksi|"),
            ("<text><paragraph>Ohje ja</paragraph><list><item>Yksi</item></list></text>", "Ohje ja|Yksi|"),
            ("<text>Alku<table><tr><td>A</td><td><p>B</p></td></tr></table>loppu</text>", "Alku|A|B|loppu"),
            ("<text><br/>Yksi</text>", "Yksi"),
            ("<text/>", ""),
        ] {
            let document = Document::parse(source.as_bytes(), &kirjuri_tree::Limits::default()).unwrap();
            let text = narrative(&document, document.root_element()).replace(LINE_END, "|").replace(PASSAGE_END, "¶");
            assert_eq!(text, expected, "{source}");
        }
    }
}
