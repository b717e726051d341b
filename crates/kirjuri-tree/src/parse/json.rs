//! From JSON text (RFC 8259) to the same tree as XML: `docs/parsing.md` says what it looks like.
//!
//! The grammar is read by hand, since no parser in wide use gives the places of member names and values, and since the
//! text is to become nodes without anything between.

mod fhir;
mod grammar;
mod number;
mod string;
mod tree;

use self::grammar::{Reader, Root};
use super::builder::Parts;
use super::{Fault, check_size, undecodable, unreadable};
use crate::encoding::{self, Decoded};
use crate::format::Format;
use crate::{Document, Limits, ParseError};

pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    check_size(bytes, limits)?;
    let Decoded { text, encoding } = encoding::decode_json(bytes).map_err(undecodable)?;
    let mut document = match build(&text, limits) {
        Ok(parts) => parts.into_document(text, encoding, Format::Json),
        Err(fault) => return Err(unreadable(fault, &text, encoding)),
    };
    match fhir::rewrite(&document, limits) {
        Ok(None) => Ok(document),
        Ok(Some(mut parts)) => {
            parts.decoded.buffer = std::mem::take(&mut document.decoded.buffer);
            Ok(parts.into_document(document.text, encoding, Format::Json))
        }
        Err(fault) => Err(unreadable(fault, &document.text, encoding)),
    }
}

/// Whether the object at the top has a second member is known only behind the first. Most have none, so the text is
/// read as if, and once more from the start if it has: looking ahead would cost every document.
fn build(text: &str, limits: &Limits) -> Result<Parts, Fault> {
    let mut root = Root::OnlyMember;
    loop {
        if let Some(parts) = Reader::new(text, limits).read(root)? {
            return Ok(parts);
        }
        root = Root::Fixed;
    }
}
