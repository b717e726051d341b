//! The core function library of XPath 1.0 (section 4 of the recommendation).
//!
//! The functions that the compiler turns into expressions of their own (`not`, `count`, `true`, `false` and XSLT's
//! `current`) are evaluated where those are.

use std::borrow::Cow;

use kirjuri_tree::NodeKind;

use crate::atomic::lexical;
use crate::builtin::Builtin;
use crate::context::Focus;
use crate::error::EvaluationError;
use crate::evaluate::Evaluator;
use crate::number;
use crate::program::Expression;
use crate::strings;
use crate::value::{Node, Sequence};
use crate::walk::GO_ON;

impl<'a> Evaluator<'a> {
    pub(crate) fn call(
        &self,
        builtin: Builtin,
        arguments: &'a [Expression],
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        // The compiler has counted the arguments; a missing optional one means the context node.
        let text = |index: usize| self.argument(arguments, index, focus);
        let number = |index: usize| match arguments.get(index) {
            Some(argument) => self.number(argument, focus),
            None => self.number_of(focus.node),
        };
        let first = || match arguments.first() {
            Some(argument) => self.first(argument, focus),
            None => Ok(Some(focus.node)),
        };
        Ok(match builtin {
            Builtin::Last => Sequence::from(focus.size as f64),
            Builtin::Position => Sequence::from(focus.position as f64),
            Builtin::Count => Sequence::from(match arguments.first() {
                Some(argument) => self.count(argument, f64::INFINITY, focus)?,
                None => 0.0,
            }),
            // Identifiers are declared in a DTD, which no document here has.
            Builtin::Id => Sequence::Nodes(Vec::new()),
            Builtin::LocalName => first()?.map_or(Sequence::from(""), local_name),
            Builtin::NamespaceUri => first()?.map_or(Sequence::from(""), namespace_uri),
            Builtin::Name => first()?.map_or(Sequence::from(""), qualified_name),
            Builtin::String
            | Builtin::Concat
            | Builtin::SubstringBefore
            | Builtin::SubstringAfter
            | Builtin::Substring
            | Builtin::NormalizeSpace
            | Builtin::Translate => Sequence::from(self.call_for_text(builtin, arguments, focus)?),
            Builtin::StringLength => Sequence::from(text(0)?.chars().count() as f64),
            Builtin::Boolean
            | Builtin::Not
            | Builtin::True
            | Builtin::False
            | Builtin::StartsWith
            | Builtin::Contains
            | Builtin::Lang => Sequence::from(self.test(builtin, arguments, focus)?),
            Builtin::Number => Sequence::from(number(0)?),
            Builtin::Double => Sequence::from(lexical::double(&text(0)?).unwrap_or(f64::NAN)),
            Builtin::Sum => Sequence::from(match arguments.first() {
                Some(argument) => self.sum(argument, focus)?,
                None => 0.0,
            }),
            Builtin::Floor => Sequence::from(number(0)?.floor()),
            Builtin::Ceiling => Sequence::from(number(0)?.ceil()),
            Builtin::Round => Sequence::from(number::round(number(0)?)),
            Builtin::Current => Sequence::Nodes(vec![focus.current]),
        })
    }

    /// A function whose value is a text, without a sequence around it; see [`Builtin::is_text`].
    pub(crate) fn call_for_text(
        &self,
        builtin: Builtin,
        arguments: &'a [Expression],
        focus: &Focus<'a>,
    ) -> Result<Cow<'a, str>, EvaluationError> {
        let text = |index: usize| self.argument(arguments, index, focus);
        let number = |index: usize| match arguments.get(index) {
            Some(argument) => self.number(argument, focus),
            None => self.number_of(focus.node),
        };
        Ok(match builtin {
            Builtin::Concat => {
                let mut joined = String::with_capacity(64);
                for argument in arguments {
                    let part = self.text(argument, focus)?;
                    // By the byte: what is joined takes memory of its own.
                    self.spend(part.len() as u64)?;
                    joined.push_str(&part);
                }
                Cow::Owned(joined)
            }
            Builtin::SubstringBefore => strings::before(text(0)?, &text(1)?),
            Builtin::SubstringAfter => strings::after(text(0)?, &text(1)?),
            Builtin::Substring => {
                let length = if arguments.len() > 2 { Some(number(2)?) } else { None };
                strings::substring(text(0)?, number(1)?, length)
            }
            Builtin::NormalizeSpace => strings::normalize_space(text(0)?),
            Builtin::Translate => {
                let (whole, from, to) = (text(0)?, text(1)?, text(2)?);
                // The table is put in order at every call.
                self.spend((from.len() + to.len()) as u64)?;
                strings::translate(whole, &from, &to)
            }
            _ => text(0)?,
        })
    }

    /// A function whose value is a truth value.
    pub(crate) fn test(
        &self,
        builtin: Builtin,
        arguments: &'a [Expression],
        focus: &Focus<'a>,
    ) -> Result<bool, EvaluationError> {
        let text = |index: usize| self.argument(arguments, index, focus);
        let truth = || arguments.first().map_or(Ok(false), |argument| self.boolean(argument, focus));
        Ok(match builtin {
            Builtin::Boolean => truth()?,
            Builtin::Not => !truth()?,
            Builtin::True => true,
            Builtin::StartsWith => match arguments {
                // Whether a code system is one or a version of one: nothing is joined for that.
                [Expression::Call { builtin: Builtin::Concat, arguments: joined }, Expression::Literal(start)]
                    if let [whole, Expression::Literal(end)] = &joined[..] =>
                {
                    let whole = self.text(whole, focus)?;
                    self.spend_on(&whole)?;
                    strings::starts_joined(&whole, end, start)
                }
                _ => text(0)?.starts_with(&*text(1)?),
            },
            Builtin::Contains => strings::find(&text(0)?, &text(1)?).is_some(),
            Builtin::Lang => self.lang(&text(0)?, focus.node)?,
            _ => false,
        })
    }

    /// The text of an argument; where it is missing, that of the context node.
    fn argument(
        &self,
        arguments: &'a [Expression],
        index: usize,
        focus: &Focus<'a>,
    ) -> Result<Cow<'a, str>, EvaluationError> {
        let text = match arguments.get(index) {
            Some(argument) => self.text(argument, focus)?,
            None => self.text_of(focus.node)?,
        };
        self.spend_on(&text)?;
        Ok(text)
    }

    fn sum(&self, nodes: &'a Expression, focus: &Focus<'a>) -> Result<f64, EvaluationError> {
        let mut sum = 0.0;
        // In document order, as every sum of doubles depends on its order.
        if nodes.order().is_sorted() {
            let _ = self.each(nodes, focus, &mut |node| {
                sum += self.number_of(node)?;
                GO_ON
            })?;
        } else {
            for node in self.list(nodes, focus)? {
                sum += self.number_of(node)?;
            }
        }
        Ok(sum)
    }

    /// Whether the nearest `xml:lang` names the language or a kind of it, whatever the case.
    pub(crate) fn lang(&self, wanted: &str, node: Node<'a>) -> Result<bool, EvaluationError> {
        let document = node.document;
        let Some(name) = document.find_name("http://www.w3.org/XML/1998/namespace", "lang") else { return Ok(false) };
        let mut here = Some(node.node.owner());
        while let Some(element) = here {
            self.spend(1)?;
            if let Some(attribute) = document.attribute(element, name) {
                return Ok(strings::is_language(document.attribute_value(attribute), wanted));
            }
            here = document.parent(element);
        }
        Ok(false)
    }
}

pub(crate) fn local_name(node: Node<'_>) -> Sequence<'_> {
    let document = node.document;
    match node.node.as_attribute() {
        Some(attribute) => Sequence::from(document.qname(document.attribute_name(attribute)).local),
        None => match document.kind(node.node.owner()) {
            NodeKind::Element => Sequence::from(document.qname(document.name(node.node.owner())).local),
            _ => Sequence::from(document.target(node.node.owner())),
        },
    }
}

pub(crate) fn namespace_uri(node: Node<'_>) -> Sequence<'_> {
    let document = node.document;
    match node.node.as_attribute() {
        Some(attribute) => Sequence::from(document.qname(document.attribute_name(attribute)).namespace),
        None if document.is_element(node.node.owner()) => {
            Sequence::from(document.qname(document.name(node.node.owner())).namespace)
        }
        None => Sequence::from(""),
    }
}

pub(crate) fn qualified_name(node: Node<'_>) -> Sequence<'_> {
    let local = local_name(node);
    match node.document.prefix(node.node) {
        "" => local,
        prefix => Sequence::from(Cow::Owned(format!("{prefix}:{}", local.to_text()))),
    }
}
