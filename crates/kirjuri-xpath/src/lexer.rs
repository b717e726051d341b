//! Splits the text of an expression into tokens.
//!
//! Whether `*` multiplies and whether `and` is an operator is decided by the parser, which knows whether it expects
//! an operand or an operator; the lexer never has to guess.

use crate::context::Version;
use crate::error::{CompileError, CompileErrorKind};

/// A token and where it starts in the expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Token<'e> {
    pub(crate) kind: TokenKind<'e>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum TokenKind<'e> {
    /// A name without or with a prefix, as written.
    Name {
        prefix: Option<&'e str>,
        local: &'e str,
    },
    /// `prefix:*`
    PrefixWildcard(&'e str),
    /// `*:local`
    LocalWildcard(&'e str),
    /// What stands between the quotes; in XPath 2.0 a quote inside is written twice.
    Literal {
        inside: &'e str,
        quote: char,
    },
    /// A number of XPath 1.0, or one of XPath 2.0 with an exponent.
    Number(f64),
    /// Digits alone, in XPath 2.0.
    Integer(&'e str),
    /// Digits with a point, in XPath 2.0.
    Decimal(&'e str),
    Dollar,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Dot,
    DotDot,
    At,
    Comma,
    ColonColon,
    Slash,
    SlashSlash,
    Bar,
    Plus,
    Minus,
    Star,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    LessLess,
    GreaterGreater,
    BarBar,
    Bang,
    Arrow,
    Question,
    ColonEqual,
    End,
}

impl TokenKind<'_> {
    /// How a message names the token.
    pub(crate) fn describe(&self) -> String {
        match self {
            TokenKind::Name { prefix: Some(prefix), local } => format!("`{prefix}:{local}`"),
            TokenKind::Name { prefix: None, local } => format!("`{local}`"),
            TokenKind::PrefixWildcard(prefix) => format!("`{prefix}:*`"),
            TokenKind::Literal { .. } => "a string".into(),
            TokenKind::LocalWildcard(local) => format!("`*:{local}`"),
            TokenKind::Number(_) | TokenKind::Integer(_) | TokenKind::Decimal(_) => "a number".into(),
            TokenKind::End => "the end of the expression".into(),
            TokenKind::Dollar => "`$`".into(),
            TokenKind::LeftParenthesis => "`(`".into(),
            TokenKind::RightParenthesis => "`)`".into(),
            TokenKind::LeftBracket => "`[`".into(),
            TokenKind::RightBracket => "`]`".into(),
            TokenKind::Dot => "`.`".into(),
            TokenKind::DotDot => "`..`".into(),
            TokenKind::At => "`@`".into(),
            TokenKind::Comma => "`,`".into(),
            TokenKind::ColonColon => "`::`".into(),
            TokenKind::Slash => "`/`".into(),
            TokenKind::SlashSlash => "`//`".into(),
            TokenKind::Bar => "`|`".into(),
            TokenKind::Plus => "`+`".into(),
            TokenKind::Minus => "`-`".into(),
            TokenKind::Star => "`*`".into(),
            TokenKind::Equal => "`=`".into(),
            TokenKind::NotEqual => "`!=`".into(),
            TokenKind::Less => "`<`".into(),
            TokenKind::LessOrEqual => "`<=`".into(),
            TokenKind::Greater => "`>`".into(),
            TokenKind::GreaterOrEqual => "`>=`".into(),
            TokenKind::LessLess => "`<<`".into(),
            TokenKind::GreaterGreater => "`>>`".into(),
            TokenKind::BarBar => "`||`".into(),
            TokenKind::Bang => "`!`".into(),
            TokenKind::Arrow => "`=>`".into(),
            TokenKind::Question => "`?`".into(),
            TokenKind::ColonEqual => "`:=`".into(),
        }
    }
}

pub(crate) fn tokenize(source: &str, version: Version) -> Result<Vec<Token<'_>>, CompileError> {
    let mut lexer = Lexer { source, at: 0, later: version == Version::XPath2 };
    let mut tokens = Vec::with_capacity(source.len() / 3 + 1);
    loop {
        let token = lexer.next()?;
        tokens.push(token);
        if token.kind == TokenKind::End {
            return Ok(tokens);
        }
    }
}

struct Lexer<'e> {
    source: &'e str,
    at: usize,
    /// Whether the tokens are those of XPath 2.0.
    later: bool,
}

impl<'e> Lexer<'e> {
    fn rest(&self) -> &'e str {
        &self.source[self.at..]
    }

    fn next(&mut self) -> Result<Token<'e>, CompileError> {
        self.skip_space();
        while self.later && self.rest().starts_with("(:") {
            self.skip_comment()?;
            self.skip_space();
        }
        let start = self.at;
        let kind = self.kind()?;
        Ok(Token { kind, start, end: self.at })
    }

    fn skip_space(&mut self) {
        self.at += self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    /// `(: … :)`, which nests.
    fn skip_comment(&mut self) -> Result<(), CompileError> {
        let start = self.at;
        let mut open = 0_usize;
        loop {
            let rest = self.rest();
            let Some(next) = rest.find(['(', ':']) else {
                return Err(CompileError::new(CompileErrorKind::UnclosedComment, start, self.source.len()));
            };
            let (length, change) = match &rest[next..] {
                text if text.starts_with("(:") => (2, 1),
                text if text.starts_with(":)") => (2, -1),
                _ => (1, 0),
            };
            self.at += next + length;
            open = open.saturating_add_signed(change);
            if open == 0 {
                return Ok(());
            }
        }
    }

    fn kind(&mut self) -> Result<TokenKind<'e>, CompileError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(TokenKind::End) };
        let second = rest[first.len_utf8()..].chars().next();
        let (length, kind) = match (first, second) {
            (':', Some(':')) => (2, TokenKind::ColonColon),
            ('/', Some('/')) => (2, TokenKind::SlashSlash),
            ('.', Some('.')) => (2, TokenKind::DotDot),
            ('!', Some('=')) => (2, TokenKind::NotEqual),
            ('<', Some('=')) => (2, TokenKind::LessOrEqual),
            ('>', Some('=')) => (2, TokenKind::GreaterOrEqual),
            ('<', Some('<')) if self.later => (2, TokenKind::LessLess),
            ('>', Some('>')) if self.later => (2, TokenKind::GreaterGreater),
            ('|', Some('|')) if self.later => (2, TokenKind::BarBar),
            ('=', Some('>')) if self.later => (2, TokenKind::Arrow),
            (':', Some('=')) if self.later => (2, TokenKind::ColonEqual),
            ('!', _) if self.later => (1, TokenKind::Bang),
            ('?', _) if self.later => (1, TokenKind::Question),
            ('*', Some(':')) if self.later && rest[2..].starts_with(is_name_start) => {
                self.at += 2;
                return Ok(TokenKind::LocalWildcard(self.nc_name()));
            }
            ('.', Some(digit)) if digit.is_ascii_digit() => return self.number(),
            (digit, _) if digit.is_ascii_digit() => return self.number(),
            ('"' | '\'', _) => return self.literal(first),
            ('(', _) => (1, TokenKind::LeftParenthesis),
            (')', _) => (1, TokenKind::RightParenthesis),
            ('[', _) => (1, TokenKind::LeftBracket),
            (']', _) => (1, TokenKind::RightBracket),
            ('.', _) => (1, TokenKind::Dot),
            ('@', _) => (1, TokenKind::At),
            (',', _) => (1, TokenKind::Comma),
            ('$', _) => (1, TokenKind::Dollar),
            ('/', _) => (1, TokenKind::Slash),
            ('|', _) => (1, TokenKind::Bar),
            ('+', _) => (1, TokenKind::Plus),
            ('-', _) => (1, TokenKind::Minus),
            ('*', _) => (1, TokenKind::Star),
            ('=', _) => (1, TokenKind::Equal),
            ('<', _) => (1, TokenKind::Less),
            ('>', _) => (1, TokenKind::Greater),
            (letter, _) if is_name_start(letter) => return Ok(self.name()),
            (other, _) => {
                let end = self.at + other.len_utf8();
                return Err(CompileError::new(CompileErrorKind::UnexpectedCharacter(other), self.at, end));
            }
        };
        self.at += length;
        Ok(kind)
    }

    fn number(&mut self) -> Result<TokenKind<'e>, CompileError> {
        let rest = self.rest();
        let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mut length = digits(rest);
        let whole = length;
        if rest[length..].starts_with('.') {
            length += 1;
            length += digits(&rest[length..]);
        }
        let mantissa = length;
        if self.later && rest[length..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
            let exponent = digits(&rest[length + 1 + sign..]);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        let start = self.at;
        self.at += length;
        let written = &rest[..length];
        if self.later && rest[length..].starts_with(is_name_start) {
            // `1to 2` would be read differently by different readers; XPath 2.0 wants a space.
            let found = TokenKind::Number(0.0).describe();
            let kind = CompileErrorKind::Unexpected { expected: "a space behind the number", found };
            return Err(CompileError::new(kind, start, self.at));
        }
        if self.later && length == whole {
            return Ok(TokenKind::Integer(written));
        }
        if self.later && length == mantissa {
            return Ok(TokenKind::Decimal(written));
        }
        // Digits with at most one point always parse; a literal too large for a double is infinite, as IEEE 754 says.
        written
            .parse()
            .map(TokenKind::Number)
            .map_err(|_| CompileError::new(CompileErrorKind::UnexpectedCharacter('.'), start, self.at))
    }

    fn literal(&mut self, quote: char) -> Result<TokenKind<'e>, CompileError> {
        let inside = &self.rest()[1..];
        let mut end = 0;
        loop {
            let Some(next) = inside[end..].find(quote) else {
                return Err(CompileError::new(CompileErrorKind::UnclosedLiteral, self.at, self.source.len()));
            };
            end += next;
            if !(self.later && inside[end + 1..].starts_with(quote)) {
                break;
            }
            end += 2;
        }
        self.at += end + 2;
        Ok(TokenKind::Literal { inside: &inside[..end], quote })
    }

    fn name(&mut self) -> TokenKind<'e> {
        let local = self.nc_name();
        // `a:b` is one token, `a::b` an axis; white space is not allowed inside a qualified name.
        if let Some(after) = self.rest().strip_prefix(':') {
            if after.starts_with('*') {
                self.at += 2;
                return TokenKind::PrefixWildcard(local);
            }
            if after.starts_with(is_name_start) {
                self.at += 1;
                return TokenKind::Name { prefix: Some(local), local: self.nc_name() };
            }
        }
        TokenKind::Name { prefix: None, local }
    }

    fn nc_name(&mut self) -> &'e str {
        let rest = self.rest();
        // Names are mostly letters of ASCII, and those need no decoding.
        let plain = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let length = rest[plain..].find(|c| !is_name(c)).map_or(rest.len(), |more| plain + more);
        self.at += length;
        &rest[..length]
    }
}

/// NCNameStartChar of Namespaces in XML 1.0, third edition.
pub(crate) fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// NCNameChar.
pub(crate) fn is_name(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
