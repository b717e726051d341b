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
use super::{Fault, unreadable};
use crate::document::Unfinished;
use crate::encoding::{self, Decoded};
use crate::format::Format;
use crate::{Document, ParseError, Reading};

pub(crate) fn parse(bytes: &[u8], reading: &Reading<'_>) -> Result<Document, ParseError> {
    let (Decoded { text, encoding }, half) = super::decode(bytes, reading, encoding::decode_json)?;
    let (parts, unfinished) = match build(&text, reading) {
        // What is complete without the half character behind it cannot go on with one.
        Ok(parts) => (parts, half.map_or(Ok(None), Err)?),
        Err((fault, end)) => {
            let error = half.unwrap_or_else(|| unreadable(fault, &text, encoding));
            let end = end.ok_or(error)?;
            let parts = closed(&text, reading, end).map_err(|fault| unreadable(fault, &text, encoding))?;
            (parts, Some(Unfinished { error, open: None }))
        }
    };
    let mut document = parts.into_document(text, encoding, Format::Json);
    match fhir::rewrite(&document, reading) {
        Ok(None) => {}
        Ok(Some(mut parts)) => {
            parts.decoded.buffer = std::mem::take(&mut document.decoded.buffer);
            document = parts.into_document(document.text, encoding, Format::Json);
        }
        Err(fault) => return Err(unreadable(fault, &document.text, encoding)),
    }
    document.unfinished = unfinished;
    Ok(document)
}

/// Beside the fault, where the text is to be cut off to be closed there, if it is only unfinished and to be taken so.
///
/// Whether the object at the top has a second member is known only behind the first. Most have none, so the text is
/// read as if, and once more from the start if it has: looking ahead would cost every document.
fn build(text: &str, reading: &Reading<'_>) -> Result<Parts, (Fault, Option<usize>)> {
    let mut root = Root::OnlyMember;
    loop {
        let mut reader = Reader::new(text, reading);
        match reader.read(root) {
            Ok(true) => return Ok(reader.finish()),
            Ok(false) => root = Root::Fixed,
            Err(fault) => return Err((fault, reader.unfinished_end(fault).filter(|_| reading.unfinished))),
        }
    }
}

/// Reads an unfinished text up to `end`, where a value, a comma or an opening bracket has been read, and closes what is
/// open as if its end stood at the end of the text.
fn closed(text: &str, reading: &Reading<'_>, end: usize) -> Result<Parts, Fault> {
    let mut root = Root::OnlyMember;
    loop {
        let mut reader = Reader::new(&text[..end], reading);
        reader.close_at(text.len());
        match reader.read(root)? {
            true => return Ok(reader.finish()),
            false => root = Root::Fixed,
        }
    }
}
