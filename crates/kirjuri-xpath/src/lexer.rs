//! Splits the text of an expression into tokens.
//!
//! Whether `*` multiplies and whether `and` is an operator is decided by the parser, which knows whether it expects
//! an operand or an operator; the lexer never has to guess.

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
    /// What stands between the quotes.
    Literal(&'e str),
    Number(f64),
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
    End,
}

impl TokenKind<'_> {
    /// How a message names the token.
    pub(crate) fn describe(&self) -> String {
        match self {
            TokenKind::Name { prefix: Some(prefix), local } => format!("`{prefix}:{local}`"),
            TokenKind::Name { prefix: None, local } => format!("`{local}`"),
            TokenKind::PrefixWildcard(prefix) => format!("`{prefix}:*`"),
            TokenKind::Literal(_) => "a string".into(),
            TokenKind::Number(_) => "a number".into(),
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
        }
    }
}

pub(crate) fn tokenize(source: &str) -> Result<Vec<Token<'_>>, CompileError> {
    let mut lexer = Lexer { source, at: 0 };
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
}

impl<'e> Lexer<'e> {
    fn rest(&self) -> &'e str {
        &self.source[self.at..]
    }

    fn next(&mut self) -> Result<Token<'e>, CompileError> {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\n']).len();
        let start = self.at;
        let kind = self.kind()?;
        Ok(Token { kind, start, end: self.at })
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
        if rest[length..].starts_with('.') {
            length += 1;
            length += digits(&rest[length..]);
        }
        let start = self.at;
        self.at += length;
        // Digits with at most one point always parse; a literal too large for a double is infinite, as IEEE 754 says.
        rest[..length]
            .parse()
            .map(TokenKind::Number)
            .map_err(|_| CompileError::new(CompileErrorKind::UnexpectedCharacter('.'), start, self.at))
    }

    fn literal(&mut self, quote: char) -> Result<TokenKind<'e>, CompileError> {
        let inside = &self.rest()[1..];
        match inside.find(quote) {
            Some(end) => {
                self.at += end + 2;
                Ok(TokenKind::Literal(&inside[..end]))
            }
            None => Err(CompileError::new(CompileErrorKind::UnclosedLiteral, self.at, self.source.len())),
        }
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
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }
}

/// NCNameStartChar of Namespaces in XML 1.0, third edition.
fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// NCNameChar.
fn is_name(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
