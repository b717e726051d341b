//! Compiles calls: of the functions of XPath 1.0 and 2.0, of types, and of functions that rules or the host define.

use memchr::memmem::Finder;

use super::{Compiler, ItemKind};
use crate::atomic::types::AtomicType;
use crate::builtin::{Builtin, Parameter, Signature};
use crate::context::{FUNCTIONS, XML_SCHEMA};
use crate::error::{CompileError, CompileErrorKind, ErrorCode};
use crate::library::{self, Gives, Takes};
use crate::program::{Contains, Expression, General, Listed, Order, Path, Start, Translate, Type};
use crate::sequence_type::{ItemType, SequenceType};
use crate::strings::Translation;
use crate::syntax::{Comparison, Name, Occurrence, Syntax};
use crate::value::Atomic;

impl Compiler<'_> {
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &[Syntax],
        syntax: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        if let Some(prefix) = &name.prefix {
            return self.foreign_call(prefix, name, arguments, syntax);
        }
        let Some(signature) = Builtin::named(&name.local) else {
            return self.library_call(name, arguments, syntax);
        };
        if arguments.len() < signature.least || arguments.len() > signature.most {
            return Err(wrong_arity(name, takes(signature), arguments.len(), syntax));
        }
        self.last_used |= signature.builtin == Builtin::Last;
        self.position_used |= signature.builtin == Builtin::Position;
        let compiled = arguments.iter().map(|argument| match signature.parameter {
            Parameter::Nodes => self.nodes(argument, &format!("`{}()`", name.local)),
            Parameter::Any => Ok(self.expression(argument)?.0),
        });
        let mut compiled = compiled.collect::<Result<Vec<_>, _>>()?;
        let expression = match (signature.builtin, compiled.len()) {
            (Builtin::True, _) => Expression::Boolean(true),
            (Builtin::False, _) => Expression::Boolean(false),
            (Builtin::Not, 1) => Expression::Not(Box::new(compiled.remove(0).for_truth())),
            (Builtin::Count, 1) => Expression::Count(Box::new(compiled.remove(0))),
            // A path without steps: its node needs no list.
            (Builtin::Current, _) => current(),
            (Builtin::Concat, _) => concatenation(compiled),
            (Builtin::Contains, _) => containment(compiled),
            (Builtin::Translate, _) => translation(compiled),
            (builtin, _) => Expression::Call { builtin, arguments: compiled.into() },
        };
        Ok((expression, signature.result))
    }

    /// A call with a prefix: of a function of the standard, of a type, of the rules' own or of the host.
    pub(super) fn foreign_call(
        &mut self,
        prefix: &str,
        name: &Name,
        arguments: &[Syntax],
        syntax: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        let uri = self.namespace(prefix, syntax.start)?;
        if self.is_later() && uri == FUNCTIONS {
            return self.later_call(name, arguments, syntax);
        }
        if self.is_later() && uri == XML_SCHEMA {
            return self.constructor(name, arguments, syntax);
        }
        if let Some(function) = self.context.user_function(&uri, &name.local, arguments.len()) {
            let arguments = arguments.iter().map(|argument| Ok(self.expression(argument)?.0));
            let arguments = arguments.collect::<Result<_, CompileError>>()?;
            let call = General::UserCall { function, arguments };
            return Ok((Expression::General(Box::new(call)), Type::Any));
        }
        let Some(function) = self.context.functions.get(&(uri.clone(), name.local.clone())).cloned() else {
            let known: Vec<String> = self
                .context
                .functions
                .keys()
                .filter(|(namespace, _)| *namespace == uri)
                .map(|(_, local)| format!("{prefix}:{local}"))
                .collect();
            return Err(unknown_function(name, syntax, known.iter().map(String::as_str)));
        };
        if arguments.len() != function.parameters.len() {
            let takes = count_of_arguments(function.parameters.len());
            return Err(wrong_arity(name, takes, arguments.len(), syntax));
        }
        let mut compiled = Vec::with_capacity(arguments.len());
        for (argument, parameter) in arguments.iter().zip(&function.parameters) {
            if *parameter == Type::Nodes {
                compiled.push(self.nodes(argument, &format!("`{name}()`"))?);
                continue;
            }
            let (argument, type_) = self.expression(argument)?;
            compiled.push(if type_ == *parameter { argument } else { self.converted(argument, *parameter) });
        }
        let result = function.result;
        Ok((Expression::Extension { function, arguments: compiled.into() }, result))
    }

    /// An argument of a function of the host, as a value of the type it takes.
    fn converted(&self, argument: Expression, to: Type) -> Expression {
        let builtin = match to {
            Type::String => Builtin::String,
            Type::Number => Builtin::Number,
            Type::Boolean => Builtin::Boolean,
            Type::Nodes | Type::Any => return argument,
        };
        Expression::Call { builtin, arguments: Box::new([argument]) }
    }

    /// A call of a function of XSLT in XPath 1.0, whose arguments are converted as XPath 1.0 does.
    fn library_call(
        &mut self,
        name: &Name,
        arguments: &[Syntax],
        syntax: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        let version = self.context.version();
        let function = self.signature(name, arguments.len(), syntax)?;
        if library::named(&name.local, version).next().is_none() {
            let known = Builtin::names().chain(library::functions(version).map(|function| function.name));
            return Err(unknown_function(name, syntax, known));
        }
        let mut compiled = Vec::with_capacity(arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            let (argument, _) = self.expression(argument)?;
            compiled.push(match function.parameter(index) {
                Some(Takes::Atoms(AtomicType::String, _)) => self.converted(argument, Type::String),
                Some(Takes::Atoms(AtomicType::Double, _) | Takes::Numbers(_)) => self.converted(argument, Type::Number),
                _ => argument,
            });
        }
        Ok(call_of(function, compiled))
    }

    /// The function of a name that takes so many arguments.
    fn signature(
        &self,
        name: &Name,
        given: usize,
        syntax: &Syntax,
    ) -> Result<&'static library::Signature, CompileError> {
        let version = self.context.version();
        let mut takes = Vec::new();
        for function in library::named(&name.local, version) {
            if (function.least..=function.most).contains(&given) {
                return Ok(function);
            }
            takes.push(counts(function.least, function.most));
        }
        if takes.is_empty() {
            let builtins = Builtin::names().chain(library::functions(version).map(|function| function.name));
            return Err(unknown_function(name, syntax, builtins));
        }
        Err(wrong_arity(name, takes.join(" or "), given, syntax))
    }

    /// A call of a function of XPath 2.0.
    pub(super) fn later_call(
        &mut self,
        name: &Name,
        arguments: &[Syntax],
        syntax: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        let local = &*name.local;
        match (local, arguments.len()) {
            ("true", 0) => return Ok((Expression::Boolean(true), Type::Boolean)),
            ("false", 0) => return Ok((Expression::Boolean(false), Type::Boolean)),
            ("current", 0) => return Ok((current(), Type::Nodes)),
            ("position" | "last", 0) => return Ok((self.place(local), Type::Any)),
            ("current" | "position" | "last", given) => {
                return Err(wrong_arity(name, count_of_arguments(0), given, syntax));
            }
            _ => {}
        }
        let mut compiled = Vec::with_capacity(arguments.len());
        for argument in arguments {
            compiled.push(self.expression(argument)?);
        }
        if let Some(fast) = self.fast_call(local, &mut compiled) {
            return Ok(fast);
        }
        if let Some(call) = self.regex_call(local, arguments, &mut compiled)? {
            return Ok(call);
        }
        let function = self.signature(name, arguments.len(), syntax)?;
        let arguments = compiled.into_iter().enumerate();
        let arguments = arguments.map(|(index, (argument, type_))| match function.parameter(index) {
            Some(takes) => self.argument(argument, type_, takes),
            None => argument,
        });
        let arguments: Vec<_> = arguments.collect();
        Ok(call_of(function, arguments))
    }

    /// `position()` and `last()`
    fn place(&mut self, name: &str) -> Expression {
        if self.item == ItemKind::Absent {
            return Expression::General(Box::new(General::ContextItem));
        }
        let builtin = if name == "last" { Builtin::Last } else { Builtin::Position };
        self.last_used |= builtin == Builtin::Last;
        self.position_used |= builtin == Builtin::Position;
        whole(Expression::Call { builtin, arguments: Box::new([]) })
    }

    /// The form of XPath 1.0 for a call whose arguments are texts and nodes, for which both versions say the same.
    /// Takes the arguments only where there is one.
    fn fast_call(&self, name: &str, arguments: &mut Vec<(Expression, Type)>) -> Option<(Expression, Type)> {
        if let ("not" | "boolean" | "exists" | "empty" | "count", [(_, type_)]) = (name, &arguments[..]) {
            let is_nodes = *type_ == Type::Nodes;
            // How many items a variable has is known without a list of them.
            if !is_nodes && matches!(arguments[0].0, Expression::Variable(_)) && !matches!(name, "not" | "boolean") {
                let (variable, _) = arguments.pop()?;
                let compare =
                    |operator| Expression::CompareCount { operator, nodes: Box::new(variable.clone()), number: 0.0 };
                return Some(match name {
                    "exists" => (compare(Comparison::Greater), Type::Boolean),
                    "empty" => (compare(Comparison::Equal), Type::Boolean),
                    _ => (whole(Expression::Count(Box::new(variable))), Type::Any),
                });
            }
            if !is_nodes && !matches!(name, "not" | "boolean") {
                return None;
            }
            let (argument, _) = arguments.pop()?;
            return Some(match name {
                "not" | "empty" => (Expression::Not(Box::new(argument.for_truth())), Type::Boolean),
                "count" => (whole(Expression::Count(Box::new(argument))), Type::Any),
                _ => {
                    let arguments = Box::new([argument.for_truth()]);
                    (Expression::Call { builtin: Builtin::Boolean, arguments }, Type::Boolean)
                }
            });
        }
        let (builtin, least, type_) = match name {
            "local-name" => (Builtin::LocalName, 0, Type::String),
            "name" => (Builtin::Name, 0, Type::String),
            "string" => (Builtin::String, 0, Type::String),
            "number" => (Builtin::Double, 0, Type::Number),
            "normalize-space" => (Builtin::NormalizeSpace, 0, Type::String),
            "string-length" => (Builtin::StringLength, 0, Type::Any),
            "concat" => (Builtin::Concat, 2, Type::String),
            "starts-with" => (Builtin::StartsWith, 2, Type::Boolean),
            "contains" => (Builtin::Contains, 2, Type::Boolean),
            "substring-before" => (Builtin::SubstringBefore, 2, Type::String),
            "substring-after" => (Builtin::SubstringAfter, 2, Type::String),
            "substring" => (Builtin::Substring, 2, Type::String),
            "translate" => (Builtin::Translate, 3, Type::String),
            _ => return None,
        };
        let count = arguments.len();
        let fits = match builtin {
            Builtin::Concat => count >= 2,
            Builtin::Substring => (2..=3).contains(&count),
            _ if least == 0 => count == 1 || (count == 0 && self.item == ItemKind::Node),
            _ => count == least,
        };
        let is_node_function = matches!(builtin, Builtin::LocalName | Builtin::Name);
        let suits = |(index, (argument, type_)): (usize, &(Expression, Type))| match (builtin, index) {
            (Builtin::Substring, 1..) => is_double(argument, *type_),
            _ => *type_ == Type::Nodes || (*type_ == Type::String && !is_node_function),
        };
        if !fits || !arguments.iter().enumerate().all(suits) {
            return None;
        }
        let taken = std::mem::take(arguments).into_iter().enumerate();
        let taken = taken.map(|(index, (argument, type_))| match (builtin, index, type_) {
            (Builtin::Substring, 1.., _) => as_double(argument),
            (_, _, Type::Nodes) => single(argument),
            _ => argument,
        });
        let taken: Vec<_> = taken.collect();
        let call = match builtin {
            Builtin::Concat => concatenation(taken),
            Builtin::Contains => containment(taken),
            Builtin::Translate => translation(taken),
            // A string is its own string.
            Builtin::String if matches!(taken[..], [Expression::Literal(_)]) => taken.into_iter().next()?,
            builtin => Expression::Call { builtin, arguments: taken.into() },
        };
        Some(match builtin {
            Builtin::StringLength => (whole(call), type_),
            _ => (call, type_),
        })
    }

    /// An argument, converted where its static type leaves open whether it fits.
    pub(super) fn argument(&self, argument: Expression, type_: Type, takes: Takes) -> Expression {
        let fits = matches!(
            (takes, type_),
            (Takes::Items(Occurrence::Any), _)
                | (Takes::Nodes(Occurrence::Any), Type::Nodes)
                | (Takes::Atoms(AtomicType::String | AtomicType::AnyAtomic, _), Type::String)
                | (Takes::Atoms(AtomicType::Boolean | AtomicType::AnyAtomic, _), Type::Boolean)
                | (Takes::Atoms(AtomicType::Double | AtomicType::AnyAtomic, _), Type::Number)
                | (Takes::Numbers(_), Type::Number)
                | (Takes::Items(_), Type::String | Type::Number | Type::Boolean)
        );
        match fits {
            true => argument,
            false => Expression::General(Box::new(General::Convert(argument, takes.as_type()))),
        }
    }

    /// `xs:date(value)`: the same as `value cast as xs:date?`.
    fn constructor(
        &mut self,
        name: &Name,
        arguments: &[Syntax],
        syntax: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        let Some(type_) = AtomicType::named(&name.local).filter(|type_| type_.can_be_cast_to()) else {
            let known: Vec<String> = AtomicType::all().map(|type_| format!("xs:{}", type_.name())).collect();
            return Err(unknown_function(name, syntax, known.iter().map(String::as_str)));
        };
        let [argument] = arguments else {
            return Err(wrong_arity(name, count_of_arguments(1), arguments.len(), syntax));
        };
        self.cast_to(argument, type_, true)
    }

    /// `cast as`, which for names needs the namespaces of the expression.
    pub(super) fn cast_to(
        &mut self,
        operand: &Syntax,
        type_: AtomicType,
        optional: bool,
    ) -> Result<(Expression, Type), CompileError> {
        let (expression, operand_type) = self.expression(operand)?;
        if let (AtomicType::QName, Expression::Literal(text)) = (type_, &expression) {
            let fail = |code| {
                let what = "the text is no qualified name of a declared prefix".into();
                CompileError::new(
                    CompileErrorKind::Type { what, code: ErrorCode::new(code) },
                    operand.start,
                    operand.end,
                )
            };
            let text = text.trim();
            let (prefix, local) = text.split_once(':').unwrap_or(("", text));
            if !crate::atomic::lexical::is_nc_name(local)
                || (text.contains(':') && !crate::atomic::lexical::is_nc_name(prefix))
            {
                return Err(fail("FORG0001"));
            }
            let namespace = match prefix {
                "" => self.context.default_element_namespace.clone(),
                _ => self.context.namespace(prefix).map(str::to_owned).ok_or_else(|| fail("FONS0004"))?,
            };
            let name = crate::value::QName { prefix: prefix.into(), namespace, local: local.into() };
            return Ok((Expression::Value(Box::new(Atomic::QName(name.into()))), Type::Any));
        }
        // Exactly one value comes out of one that goes in.
        let result = match (type_, operand_type) {
            (AtomicType::String, Type::String | Type::Number | Type::Boolean) => Type::String,
            (AtomicType::Double, Type::String | Type::Number | Type::Boolean) => Type::Number,
            _ => Type::Any,
        };
        Ok((Expression::General(Box::new(General::CastAs(expression, type_, optional))), result))
    }
}

/// `current()`: a path without steps, whose node needs no list.
fn current() -> Expression {
    let (start, steps) = (Start::Current, Box::new([]));
    Expression::Path(Box::new(Path { start, steps, order: Order::One, near: None }))
}

fn call_of(function: &'static library::Signature, arguments: Vec<Expression>) -> (Expression, Type) {
    let type_ = match function.result {
        Gives::Nodes => Type::Nodes,
        Gives::Text => Type::String,
        Gives::Truth => Type::Boolean,
        Gives::Double => Type::Number,
        Gives::Plain | Gives::Any => Type::Any,
    };
    (Expression::General(Box::new(General::Call { function, arguments: arguments.into() })), type_)
}

/// An integer of XPath 2.0 out of a number that is whole.
fn whole(number: Expression) -> Expression {
    Expression::General(Box::new(General::Whole(number)))
}

/// Nodes where one at most may stand.
pub(super) fn single(nodes: Expression) -> Expression {
    match &nodes {
        _ if nodes.order() == Order::One => nodes,
        // An element has one attribute of a name.
        Expression::Path(path) if path.near.is_some() => nodes,
        _ => Expression::Single(Box::new(nodes)),
    }
}

/// Whether a number is a double, or an integer that a double holds.
pub(super) fn is_double(expression: &Expression, type_: Type) -> bool {
    match expression {
        Expression::Value(value) => matches!(**value, Atomic::Integer(number) if number.unsigned_abs() < 1 << 53),
        Expression::General(general) => type_ == Type::Number || matches!(**general, General::Whole(_)),
        _ => type_ == Type::Number,
    }
}

/// A number of which [`is_double`] holds, as one.
pub(super) fn as_double(expression: Expression) -> Expression {
    match expression {
        Expression::Value(value) => match *value {
            Atomic::Integer(number) => Expression::Number(number as f64),
            other => Expression::Value(Box::new(other)),
        },
        Expression::General(general) => match *general {
            General::Whole(number) => number,
            other => Expression::General(Box::new(other)),
        },
        other => other,
    }
}

/// Such as `xs:string?`.
pub(super) fn atoms(type_: AtomicType, occurrence: Occurrence) -> SequenceType {
    SequenceType::new(ItemType::Atomic(type_), occurrence)
}

/// `contains()`; a list of words asked for one of them is a set.
fn containment(arguments: Vec<Expression>) -> Expression {
    match <[Expression; 2]>::try_from(arguments) {
        Ok([Expression::Literal(list), Expression::Call { builtin: Builtin::Concat, arguments }]) => {
            match <Box<[Expression; 3]>>::try_from(arguments).map(|parts| *parts) {
                Ok([Expression::Literal(mark), text, Expression::Literal(after)])
                    // Marks of several characters can overlap.
                    if mark == after && mark.chars().count() == 1 =>
                {
                    // What stands before the first mark or behind the last is between no two.
                    let mut words: Vec<&str> = list.split(&*mark).skip(1).collect();
                    words.pop();
                    let words = words.into_iter().map(Into::into).collect();
                    Expression::Listed(Box::new(Listed { list, mark, words, text }))
                }
                Ok(parts) => contains(Expression::Literal(list), concatenation(parts.into())),
                Err(parts) => contains(Expression::Literal(list), concatenation(parts.into())),
            }
        }
        Ok([whole, part]) => contains(whole, part),
        Err(arguments) => Expression::Call { builtin: Builtin::Contains, arguments: arguments.into() },
    }
}

fn contains(whole: Expression, part: Expression) -> Expression {
    if let Expression::Literal(mark) = &part {
        let mark = Finder::new(mark.as_bytes()).into_owned();
        return Expression::Contains(Box::new(Contains { text: whole, mark }));
    }
    Expression::Call { builtin: Builtin::Contains, arguments: Box::new([whole, part]) }
}

/// `concat()`; literals beside each other are one, and of literals alone nothing is left to join.
fn concatenation(arguments: Vec<Expression>) -> Expression {
    let mut joined: Vec<Expression> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match (joined.last_mut(), argument) {
            (Some(Expression::Literal(before)), Expression::Literal(text)) => {
                *before = [&**before, &*text].concat().into();
            }
            (_, argument) => joined.push(argument),
        }
    }
    match <[Expression; 1]>::try_from(joined) {
        Ok([literal @ Expression::Literal(_)]) => literal,
        Ok(one) => Expression::Call { builtin: Builtin::Concat, arguments: Box::new(one) },
        Err(arguments) => Expression::Call { builtin: Builtin::Concat, arguments: arguments.into() },
    }
}

/// `translate()`; between two literals its table is made once.
fn translation(arguments: Vec<Expression>) -> Expression {
    match <[Expression; 3]>::try_from(arguments) {
        Ok([text, Expression::Literal(from), Expression::Literal(to)]) => {
            let translation = Translation::new(&from, &to);
            Expression::Translate(Box::new(Translate { text, translation }))
        }
        Ok(arguments) => Expression::Call { builtin: Builtin::Translate, arguments: Box::new(arguments) },
        Err(arguments) => Expression::Call { builtin: Builtin::Translate, arguments: arguments.into() },
    }
}

fn takes(signature: &Signature) -> String {
    counts(signature.least, signature.most)
}

/// How many arguments, in words.
fn counts(least: usize, most: usize) -> String {
    match (least, most) {
        (least, most) if least == most => count_of_arguments(least),
        (least, usize::MAX) => format!("at least {}", count_of_arguments(least)),
        (least, most) if least + 1 == most => format!("{least} or {}", count_of_arguments(most)),
        (least, most) => format!("{least} to {}", count_of_arguments(most)),
    }
}

fn count_of_arguments(count: usize) -> String {
    match count {
        0 => "no argument".into(),
        1 => "1 argument".into(),
        _ => format!("{count} arguments"),
    }
}

fn wrong_arity(name: &Name, takes: String, given: usize, syntax: &Syntax) -> CompileError {
    CompileError::new(CompileErrorKind::WrongArity { name: name.to_string(), takes, given }, syntax.start, syntax.end)
}

fn unknown_function<'n>(name: &Name, syntax: &Syntax, known: impl IntoIterator<Item = &'n str>) -> CompileError {
    let written = name.to_string();
    let kind = CompileErrorKind::UnknownFunction(written.clone());
    CompileError::new(kind, syntax.start, syntax.start + written.len()).suggest(&written, known)
}
