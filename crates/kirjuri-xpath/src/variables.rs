//! The values of variables while programs run: bound by the host, by expressions, or computed when first read.

use std::ops::Deref;
use std::rc::Rc;

use crate::context::Focus;
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::program::Program;
use crate::value::Sequence;

/// What a variable is bound to.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot<'a> {
    /// Nothing here: the value is the one of the dynamic context.
    #[default]
    Given,
    Bound(Rc<Sequence<'a>>),
    /// Computed when it is first read.
    Later(&'a Program, Focus<'a>),
    /// Being computed: to read it now would never end.
    Running,
    Failed(EvaluationError),
}

/// The value of a variable.
#[derive(Debug)]
pub(crate) enum Held<'a> {
    Given(&'a Sequence<'a>),
    Bound(Rc<Sequence<'a>>),
}

impl<'a> Deref for Held<'a> {
    type Target = Sequence<'a>;

    fn deref(&self) -> &Sequence<'a> {
        match self {
            Held::Given(value) => value,
            Held::Bound(value) => value,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Gives a variable its value until it is bound anew.
    pub fn bind(&self, variable: usize, value: Sequence<'a>) {
        self.put(variable, Slot::Bound(Rc::new(value)));
    }

    /// Gives a variable the value of a program at a node, computed when it is first read: what is never read costs
    /// nothing, and what cannot be computed fails only the expressions that read it.
    pub fn bind_lazily(&self, variable: usize, program: &'a Program, focus: Focus<'a>) {
        self.put(variable, Slot::Later(program, focus));
    }

    pub(crate) fn put(&self, variable: usize, slot: Slot<'a>) -> Slot<'a> {
        let mut slots = self.slots.borrow_mut();
        if slots.len() <= variable {
            slots.resize(variable + 1, Slot::Given);
        }
        std::mem::replace(&mut slots[variable], slot)
    }

    /// The value of a variable; no nodes where the host has given none.
    pub(crate) fn variable(&self, variable: usize) -> Result<Held<'a>, EvaluationError> {
        const NONE: &Sequence<'static> = &Sequence::EMPTY;
        let slot = match self.slots.borrow().get(variable) {
            None | Some(Slot::Given) => return Ok(Held::Given(self.dynamic.variables.get(variable).unwrap_or(NONE))),
            Some(Slot::Bound(value)) => return Ok(Held::Bound(Rc::clone(value))),
            Some(Slot::Failed(error)) => return Err(*error),
            // A variable that needs itself has no value.
            Some(Slot::Running) => return Err(fault("XTDE0640")),
            Some(Slot::Later(program, focus)) => (*program, *focus),
        };
        let (program, focus) = slot;
        self.put(variable, Slot::Running);
        let computed = self.levels_within(program.levels(), || self.sequence(program.expression(), &focus));
        match computed {
            Ok(value) => {
                let value = Rc::new(value);
                self.put(variable, Slot::Bound(Rc::clone(&value)));
                Ok(Held::Bound(value))
            }
            Err(error) => {
                self.put(variable, Slot::Failed(error));
                Err(error)
            }
        }
    }

    /// Runs with a value in a variable, and puts back what was there.
    pub(crate) fn with<T>(
        &self,
        variable: usize,
        value: Sequence<'a>,
        run: impl FnOnce() -> Result<T, EvaluationError>,
    ) -> Result<T, EvaluationError> {
        let before = self.put(variable, Slot::Bound(Rc::new(value)));
        let result = run();
        self.put(variable, before);
        result
    }
}
