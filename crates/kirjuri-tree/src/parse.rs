//! From bytes to a tree: decoding, then one pass over the text. Of XML it is cut into markup and characters.

mod builder;
pub(crate) mod characters;
pub(crate) mod declaration;
pub(crate) mod json;
mod reference;
mod scope;
mod tag;

use self::builder::Builder;
use self::characters::Facts;
pub(crate) use self::characters::skip_white_space;
use crate::encoding::{self, Decoded, Failure};
use crate::format::Format;
use crate::position::{PositionIndex, SourceEncoding};
use crate::{Document, Limits, ParseError, ParseErrorKind, Position};

/// More than this is never read, whatever the limits say: offsets into the text must fit 32 bits, and the text can
/// take three times as many bytes as an input in windows-1252.
pub(crate) const MOST_BYTES: usize = 1 << 30;

/// What is wrong, and at which offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ParseErrorKind,
    pub(crate) at: usize,
}

pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    check_size(bytes, limits)?;
    let Decoded { text, encoding } = encoding::decode(bytes).map_err(undecodable)?;
    match build(&text, limits) {
        Ok(parts) => Ok(parts.into_document(text, encoding, Format::Xml)),
        Err(fault) => Err(unreadable(fault, &text, encoding)),
    }
}

fn check_size(bytes: &[u8], limits: &Limits) -> Result<(), ParseError> {
    if bytes.len() > limits.bytes.min(MOST_BYTES) {
        let position = Position { line: 1, column: 1 };
        return Err(ParseError { kind: ParseErrorKind::TooLarge, position, offset: 0 });
    }
    Ok(())
}

fn unreadable(Fault { kind, at }: Fault, text: &str, encoding: SourceEncoding) -> ParseError {
    let index = PositionIndex::new(text, encoding);
    let (position, offset) = (index.position(text, at as u32), index.source_offset(text, at as u32, encoding));
    ParseError { kind, position, offset }
}

fn build(text: &str, limits: &Limits) -> Result<builder::Parts, Fault> {
    let facts = Facts::of(text);
    let illegal = facts.illegal;
    let built = Builder::new(text, limits, facts).build();
    // A character that is allowed nowhere makes the document unreadable wherever it stands, so it need not be looked
    // for on the way: it only has to be said before what comes behind it.
    match (illegal, built) {
        (Some(at), Ok(_)) => Err(Fault { kind: ParseErrorKind::IllegalCharacter, at }),
        (Some(at), Err(fault)) if at <= fault.at || fault.kind.is_found_at_the_end() => {
            Err(Fault { kind: ParseErrorKind::IllegalCharacter, at })
        }
        (_, built) => built,
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
