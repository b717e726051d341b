//! From bytes to a tree: decoding, then one pass over the text. Of XML it is cut into markup and characters.

mod builder;
pub(crate) mod characters;
pub(crate) mod declaration;
pub(crate) mod json;
mod reference;
mod scope;
mod tag;
mod unfinished;

use self::builder::{Builder, Parts};
use self::characters::Facts;
pub(crate) use self::characters::skip_white_space;
use crate::document::Unfinished;
use crate::encoding::{self, Decoded, Failure};
use crate::format::Format;
use crate::position::{PositionIndex, SourceEncoding};
use crate::{Document, ParseError, ParseErrorKind, Position, Reading};

/// More than this is never read, whatever the limits say: offsets into the text must fit 32 bits, and the text can
/// take three times as many bytes as an input in windows-1252.
pub(crate) const MOST_BYTES: usize = 1 << 30;

/// What is wrong, and at which offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ParseErrorKind,
    pub(crate) at: usize,
}

pub(crate) fn parse(bytes: &[u8], reading: &Reading<'_>) -> Result<Document, ParseError> {
    let (Decoded { text, encoding }, half) = decode(bytes, reading, |bytes| {
        encoding::decode(bytes, reading.around.and_then(|around| around.encoding.as_deref()))
    })?;
    match build(&text, reading) {
        Ok(parts) => {
            // Behind the root element no character comes that takes more than one byte, or unit of UTF-16.
            let is_possible =
                |error: &ParseError| error.kind == ParseErrorKind::InvalidUtf16 && error.offset + 1 == bytes.len();
            if let Some(error) = half.filter(|error| !is_possible(error)) {
                return Err(error);
            }
            let mut document = parts.into_document(text, encoding, Format::Xml);
            document.unfinished = half.map(|error| Unfinished { error, open: None });
            Ok(document)
        }
        Err((fault, None)) => Err(half.unwrap_or_else(|| unreadable(fault, &text, encoding))),
        Err((fault, Some(end))) => {
            let (parts, open) = Builder::closed(&text, reading, end).map_err(|it| unreadable(it, &text, encoding))?;
            let error = half.unwrap_or_else(|| unreadable(fault, &text, encoding));
            let mut document = parts.into_document(text, encoding, Format::Xml);
            document.unfinished = Some(Unfinished { error, open });
            Ok(document)
        }
    }
}

/// Decodes a document that is not too large; with it, what is wrong if half a character behind it was left out.
fn decode(
    bytes: &[u8],
    reading: &Reading<'_>,
    decode: impl Fn(&[u8]) -> Result<Decoded, Failure>,
) -> Result<(Decoded, Option<ParseError>), ParseError> {
    let at_start = |kind| ParseError { kind, position: Position { line: 1, column: 1 }, offset: 0 };
    let ask = || reading.ask().map_err(|fault| at_start(fault.kind));
    if bytes.len() > reading.limits.bytes.min(MOST_BYTES) {
        return Err(at_start(ParseErrorKind::TooLarge));
    }
    ask()?;
    let decoded = match decode(bytes) {
        Ok(decoded) => (decoded, None),
        Err(failure) => {
            let whole = failure.before_half_character(bytes).filter(|_| reading.unfinished);
            let again = whole.and_then(|whole| decode(whole).ok());
            let error = undecodable(failure);
            (again.ok_or(error)?, Some(error))
        }
    };
    ask()?;
    Ok(decoded)
}

fn unreadable(Fault { kind, at }: Fault, text: &str, encoding: SourceEncoding) -> ParseError {
    let index = PositionIndex::new(text, encoding);
    let (position, offset) = (index.position(text, at as u32), index.source_offset(text, at as u32, encoding));
    ParseError { kind, position, offset }
}

/// Beside the fault, where the document is to be cut off to be closed there, if it is only unfinished and to be taken so.
fn build(text: &str, reading: &Reading<'_>) -> Result<Parts, (Fault, Option<usize>)> {
    let facts = Facts::of(text);
    let illegal = facts.illegal;
    let mut builder = Builder::new(text, reading, facts);
    let built = builder.build();
    let end = match built {
        Err(fault) if reading.unfinished && illegal.is_none() => builder.unfinished_end(fault),
        _ => None,
    };
    let built = built.map(|()| builder.finish());
    // A character that is allowed nowhere makes the document unreadable wherever it stands, so it need not be looked
    // for on the way: it only has to be said before what comes behind it.
    match (illegal, built) {
        (Some(at), Ok(_)) => Err((Fault { kind: ParseErrorKind::IllegalCharacter, at }, None)),
        (Some(at), Err(fault)) if at <= fault.at || fault.kind.is_found_at_the_end() => {
            Err((Fault { kind: ParseErrorKind::IllegalCharacter, at }, None))
        }
        (_, built) => built.map_err(|fault| (fault, end)),
    }
}

fn undecodable(failure: Failure) -> ParseError {
    let Failure { kind, before, offset } = failure;
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32 + 1;
    let last = before.rfind('\n').map_or(0, |feed| feed + 1);
    let column = before[last..].chars().count() as u32 + 1;
    ParseError { kind, position: Position { line, column }, offset }
}

impl ParseErrorKind {
    /// Whether the fault is that something is missing at the end of the text, although its place is earlier.
    fn is_found_at_the_end(self) -> bool {
        matches!(
            self,
            ParseErrorKind::UnclosedTag
                | ParseErrorKind::UnclosedElement
                | ParseErrorKind::UnclosedComment
                | ParseErrorKind::UnclosedCdata
                | ParseErrorKind::UnclosedInstruction
        )
    }
}
