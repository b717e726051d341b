//! Why a document could not be read, and where.

use crate::{Origin, Position};

/// The first thing that makes a document unreadable.
///
/// It says what and where, and holds nothing of the document's content.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}:{}: {kind}", position.line, position.column)]
pub struct ParseError {
    pub(crate) kind: ParseErrorKind,
    pub(crate) position: Position,
    pub(crate) offset: usize,
}

impl ParseError {
    /// An error found by somebody who reads documents in his own way, to be reported like those found here.
    pub fn new(kind: ParseErrorKind, position: Position, offset: usize) -> ParseError {
        ParseError { kind, position, offset }
    }

    /// The error in a part of a file, with its place in the file.
    pub(crate) fn moved(self, origin: Origin) -> ParseError {
        ParseError { kind: self.kind, position: origin.position(self.position), offset: origin.offset(self.offset) }
    }

    /// What is wrong.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// Line and column.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Byte offset in the input as it came.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// Writes the enumeration and everything that is said once a kind: its sentence, its id, its place in `ALL`.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $id:literal, $sentence:literal;)+) => {
        /// What makes a document unreadable.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
        #[non_exhaustive]
        pub enum ParseErrorKind {
            $($(#[doc = $doc])+ #[error($sentence)] $kind,)+
        }

        impl ParseErrorKind {
            /// All kinds.
            pub const ALL: &[ParseErrorKind] = &[$(ParseErrorKind::$kind,)+];

            /// The stable name of the kind, for reports and configuration.
            pub fn id(self) -> &'static str {
                match self {
                    $(ParseErrorKind::$kind => $id,)+
                }
            }
        }
    };
}

kinds! {
    /// More bytes than [`Limits::bytes`](crate::Limits::bytes), or than the 1 GiB that is never exceeded.
    /// The place is the start of the document.
    TooLarge = "too-large", "the document is larger than the limit";
    /// Elements nested deeper than [`Limits::depth`](crate::Limits::depth).
    TooDeep = "too-deep", "elements are nested deeper than the limit";
    /// An element with more attributes and namespace declarations than
    /// [`Limits::attributes`](crate::Limits::attributes).
    TooManyAttributes = "too-many-attributes", "an element has more attributes than the limit";
    /// More nodes than [`Limits::nodes`](crate::Limits::nodes).
    TooManyNodes = "too-many-nodes", "the document has more nodes than the limit";

    /// The reading was stopped by [`Reading::interrupt`](crate::Reading::interrupt).
    Interrupted = "interrupted", "the reading was interrupted";

    /// Bytes that are not UTF-8 where UTF-8 is declared, or nothing is. The place is the first bad byte.
    InvalidUtf8 = "invalid-utf-8", "the bytes are not valid UTF-8";
    /// A lone surrogate or half a code unit.
    InvalidUtf16 = "invalid-utf-16", "the bytes are not valid UTF-16";
    /// A byte to which the declared encoding gives no character.
    UnassignedByte = "unassigned-byte", "the byte stands for no character in the declared encoding";
    /// An encoding that is not read, or not known at all.
    UnsupportedEncoding = "unsupported-encoding", "the encoding of the document is not supported";
    /// The bytes cannot be in the encoding that the document declares.
    EncodingContradicted = "encoding-contradicted", "the bytes are not in the encoding that the document declares";

    /// A document type declaration, which is refused whatever it says.
    DtdRefused = "dtd-refused", "the document has a document type declaration (DTD), which is refused";
    /// XML 1.1, which differs from XML 1.0 in its characters and line ends.
    Xml11Refused = "xml-1-1-refused", "the document is XML 1.1, only XML 1.0 is read";
    /// An XML declaration that breaks its syntax, or a version other than 1.x.
    MalformedXmlDeclaration = "malformed-xml-declaration", "the XML declaration is malformed";
    /// An XML declaration that is not at the very start.
    MisplacedXmlDeclaration = "misplaced-xml-declaration",
        "the XML declaration does not stand at the very start of the document";

    /// A character that XML does not allow anywhere.
    IllegalCharacter = "illegal-character", "the character is not allowed in XML";
    /// A character reference to a character that XML does not allow.
    IllegalCharacterReference = "illegal-character-reference",
        "the reference is to a character that is not allowed in XML";
    /// An ampersand that starts no reference.
    MalformedReference = "malformed-reference", "the ampersand does not start a reference";
    /// A reference to an entity other than the five predefined ones.
    UndeclaredEntity = "undeclared-entity", "the reference is to an entity that is not predefined in XML";

    /// A start or end tag that breaks its syntax.
    MalformedTag = "malformed-tag", "the tag is malformed";
    /// A tag that is never ended with `>`.
    UnclosedTag = "unclosed-tag", "the tag is not closed";
    /// A name with a character that names may not have there.
    MalformedName = "malformed-name", "the character is not allowed in a name here";
    /// A name with a colon where namespaces allow none.
    MalformedQualifiedName = "malformed-qualified-name", "the colon is not allowed in the name here";
    /// An attribute without `=` or without quotes.
    MalformedAttribute = "malformed-attribute", "the attribute is malformed";
    /// Attributes that no white space separates.
    MissingWhiteSpace = "missing-white-space", "white space is missing between attributes";
    /// A `<` in the value of an attribute.
    LessThanInAttribute = "less-than-in-attribute", "the value of an attribute contains the character <";
    /// Two attributes of the same name; names are the same when namespace and local part are.
    DuplicateAttribute = "duplicate-attribute", "the element has the attribute twice";

    /// A prefix that no namespace declaration binds here.
    UndeclaredPrefix = "undeclared-prefix", "the prefix is not declared";
    /// A prefix or URI of `xml` or `xmlns` used for something else.
    ReservedNamespace = "reserved-namespace", "the prefix or namespace is reserved";
    /// `xmlns:p=""`: only the default namespace can be taken away.
    EmptyPrefixBinding = "empty-prefix-binding", "the prefix is declared with an empty namespace";

    /// An end tag of another name than the element that is open. The place is the end tag.
    MismatchedTag = "mismatched-tag", "the end tag does not match the start tag";
    /// An end tag where no element is open.
    UnopenedTag = "unopened-tag", "the end tag has no start tag";
    /// An element that is still open where the document ends. The place is its start tag.
    UnclosedElement = "unclosed-element", "the element is not closed";

    /// `<!` that starts neither a comment nor a CDATA section nor, in its place, a document type declaration.
    MalformedMarkup = "malformed-markup", "the markup is not known";
    /// A comment that is never ended.
    UnclosedComment = "unclosed-comment", "the comment is not closed";
    /// `--` within a comment, or `--->` at its end.
    DoubleHyphenInComment = "double-hyphen-in-comment", "the comment contains two hyphens";
    /// A CDATA section that is never ended.
    UnclosedCdata = "unclosed-cdata", "the CDATA section is not closed";
    /// `]]>` in text.
    CdataEndInText = "cdata-end-in-text", "the text contains the end of a CDATA section";
    /// A processing instruction that is never ended.
    UnclosedInstruction = "unclosed-instruction", "the processing instruction is not closed";
    /// A processing instruction without a target, or without white space behind it.
    MalformedInstruction = "malformed-instruction", "the processing instruction is malformed";
    /// A processing instruction whose target is `xml` in some case.
    ReservedTarget = "reserved-target", "the target of the processing instruction is reserved";

    /// No root element, as in an empty document.
    MissingRoot = "missing-root", "the document has no root element";
    /// An element behind the root element.
    SecondRoot = "second-root", "the document has a second root element";
    /// Text, a reference or a CDATA section outside the root element.
    ContentOutsideRoot = "content-outside-root", "there is content outside the root element";

    /// JSON: something else, or nothing, where a value has to stand.
    MissingValue = "missing-value", "a JSON value is missing here";
    /// JSON: a word other than `true`, `false` and `null`.
    MalformedLiteral = "malformed-literal", "the word is not a JSON value";
    /// JSON: a number that breaks its syntax. The place is the first character that does not belong there.
    MalformedNumber = "malformed-number", "the number is malformed";
    /// JSON: a string that is never closed. The place is its opening quote.
    UnclosedString = "unclosed-string", "the string is not closed";
    /// JSON: a line end, a tab or another control character in a string, where it needs an escape.
    ControlCharacterInString = "control-character-in-string", "the string contains a control character";
    /// JSON: a backslash that starts no escape.
    MalformedEscape = "malformed-escape", "the backslash does not start an escape";
    /// JSON: an escape of half a surrogate pair, which is no character.
    LoneSurrogate = "lone-surrogate", "the escape is of half a surrogate pair";
    /// JSON: something other than a string where the name of a member has to stand.
    MissingMemberName = "missing-member-name", "the name of a member is missing here";
    /// JSON: no colon behind the name of a member.
    MissingColon = "missing-colon", "a colon is missing behind the name of the member";
    /// JSON: no comma between two members or two items.
    MissingComma = "missing-comma", "a comma is missing here";
    /// JSON: a comma behind the last member or item. The place is the comma.
    TrailingComma = "trailing-comma", "the comma has nothing behind it";
    /// JSON: a bracket that closes something else than what is open.
    MismatchedBracket = "mismatched-bracket", "the closing bracket does not match the opening one";
    /// JSON: an object or array that is still open where the text ends. The place is its opening bracket.
    UnclosedBracket = "unclosed-bracket", "the object or array is not closed";
    /// JSON: a name that its object has already. The place is the second one.
    DuplicateMember = "duplicate-member", "the object has two members of the same name";
    /// JSON: anything behind the value at the top.
    ContentBehindValue = "content-behind-value", "there is content behind the JSON value";
}
