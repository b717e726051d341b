//! Functions and keys that a set of rules defines in the expression language itself.

use std::ops::Range;

use crate::context::StaticContext;
use crate::error::CompileError;
use crate::pattern::Pattern;
use crate::program::{Program, Type};

/// The functions and keys that programs of one static context call.
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub(crate) functions: Vec<UserFunction>,
    pub(crate) keys: Vec<Key>,
}

impl Library {
    /// Whether there are keys: indexes of a whole document, made when an expression first asks for one.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty()
    }
}

/// A function defined in the expression language.
#[derive(Clone, Debug)]
pub(crate) struct UserFunction {
    pub(crate) namespace: String,
    pub(crate) local: String,
    /// The variables of the parameters.
    pub(crate) parameters: Vec<usize>,
    /// All variables that the function binds, the parameters first.
    pub(crate) slots: Range<usize>,
    /// None until it is defined.
    pub(crate) body: Option<Program>,
}

/// Nodes that are found by a value, as `xsl:key` defines them.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) matches: Pattern,
    pub(crate) value: Program,
}

/// A declared function, to be defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunctionId(usize);

impl StaticContext {
    /// Declares a function by its namespace, local name and number of parameters, so that expressions can call it
    /// before it is defined: functions may call one another.
    pub fn declare_user_function(&mut self, namespace: &str, local: &str, parameters: usize) -> FunctionId {
        self.library.functions.push(UserFunction {
            namespace: namespace.into(),
            local: local.into(),
            parameters: Vec::with_capacity(parameters),
            slots: 0..parameters,
            body: None,
        });
        FunctionId(self.library.functions.len() - 1)
    }

    /// Defines a declared function: the names of its parameters and the expression that is its value. A call of a
    /// function that is never defined has no value.
    ///
    /// # Errors
    /// As [`Program::compile`].
    pub fn define_user_function(
        &mut self,
        function: FunctionId,
        parameters: &[&str],
        body: &str,
    ) -> Result<(), CompileError> {
        let first = self.variable_count();
        let declared = parameters.iter().map(|name| (*name, self.local_variable((*name).to_owned(), Type::Any)));
        let declared: Vec<_> = declared.collect();
        let absent = std::mem::replace(&mut self.focus_absent, true);
        let compiled = Program::compile(body, self);
        self.focus_absent = absent;
        let slots = first..self.variable_count();
        for (name, (_, before)) in declared.iter().rev() {
            self.leave_variable(name, *before);
        }
        let body = compiled?;
        if let Some(function) = self.library.functions.get_mut(function.0) {
            function.parameters = declared.iter().map(|(_, (slot, _))| *slot).collect();
            function.slots = slots;
            function.body = Some(body);
        }
        Ok(())
    }

    /// Declares a key: the nodes that a pattern matches, found by the values of an expression at each of them.
    ///
    /// # Errors
    /// As [`Pattern::compile`] and [`Program::compile`].
    pub fn declare_key(&mut self, name: &str, matches: &str, value: &str) -> Result<(), CompileError> {
        let matches = Pattern::compile(matches, self)?;
        let value = Program::compile(value, self)?;
        self.library.keys.push(Key { name: name.into(), matches, value });
        Ok(())
    }

    /// The number of the function of a name with so many parameters.
    pub(crate) fn user_function(&self, namespace: &str, local: &str, parameters: usize) -> Option<usize> {
        let is_it = |function: &UserFunction| {
            let count = match function.body {
                Some(_) => function.parameters.len(),
                None => function.slots.len(),
            };
            function.local == local && function.namespace == namespace && count == parameters
        };
        self.library.functions.iter().position(is_it)
    }
}
