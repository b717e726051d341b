//! XML formats: texts that XML can hold, and elements on lines of their own.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;

use crate::text::printable;

/// A text on one line that XML can hold, whatever is in it.
pub(crate) fn legal(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    // The only characters besides controls that XML does not have.
    if !text.contains(['\u{FFFE}', '\u{FFFF}']) {
        return text;
    }
    text.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}").into()
}

/// A writer of elements, each on its own line, that is used for a part of a report.
pub(crate) fn elements(out: &mut dyn Write) -> Writer<&mut dyn Write> {
    Writer::new_with_indent(out, b' ', 2)
}

/// Writes the beginning of an XML document.
pub(crate) fn write_declaration(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
}
