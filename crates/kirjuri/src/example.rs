//! Proves the rules of a pack by their examples.

use std::fmt;

use kirjuri_tree::{Document, Limits};

use crate::lint::{self, LintOptions, Outcome};
use crate::pack::Pack;
use crate::place::Places;
use crate::rule::{Example, Rule};

/// An example that does not show what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExampleFailure {
    /// Name of the rule.
    pub rule: String,
    /// Name of the example.
    pub example: String,
    /// Byte offset of the example in the rule's file.
    pub offset: usize,
    /// What happened instead.
    pub kind: ExampleFailureKind,
}

/// How an example fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExampleFailureKind {
    /// A passing example in which the rule applies to no node shows nothing.
    NotExercised,
    /// The rule found something elsewhere, or missed something, than the example says.
    Places {
        /// The places the example names.
        expected: Vec<String>,
        /// The places of the findings.
        found: Vec<String>,
    },
    /// The example could not be evaluated.
    Unevaluated,
}

impl fmt::Display for ExampleFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: the example \"{}\" ", self.rule, self.example)?;
        let list = |places: &[String]| if places.is_empty() { "nothing".into() } else { places.join(", ") };
        match &self.kind {
            ExampleFailureKind::NotExercised => {
                out.write_str("does not exercise the rule: no node matches the context")
            }
            ExampleFailureKind::Places { expected, found } => {
                write!(out, "should find {} and finds {}", list(expected), list(found))
            }
            ExampleFailureKind::Unevaluated => out.write_str("could not be evaluated"),
        }
    }
}

impl Pack {
    /// Runs every example of every rule; returns those that do not show what they say.
    pub fn test(&self) -> Vec<ExampleFailure> {
        self.rules().iter().enumerate().flat_map(|(number, rule)| self.test_rule(number, rule)).collect()
    }

    fn test_rule(&self, number: usize, rule: &Rule) -> Vec<ExampleFailure> {
        let examples = rule.passing.iter().chain(&rule.failing);
        let failed = |example: &Example| {
            let kind = self.test_example(number, example)?;
            let (rule, example_name) = (rule.name.clone(), example.name.clone());
            Some(ExampleFailure { rule, example: example_name, offset: example.offset, kind })
        };
        examples.filter_map(failed).collect()
    }

    fn test_example(&self, number: usize, example: &Example) -> Option<ExampleFailureKind> {
        let Ok(document) = Document::parse(example.xml.as_bytes(), &Limits::default()) else {
            return Some(ExampleFailureKind::Unevaluated);
        };
        let mut applied = 0;
        let is_declared = |namespace: &str| self.declares(namespace);
        let mut places = Places::new(&document, &is_declared);
        let mut found = Vec::new();
        let options = LintOptions { as_of: example.as_of, ..LintOptions::default() };
        let run = lint::run(self, &document, &self.bind(&document), &options, |of, outcome, _| {
            if of == number {
                applied += 1;
                if let Outcome::Failed(at) = outcome {
                    found.push(places.path(at).unwrap_or_default());
                }
            }
        });
        if run.is_err() {
            return Some(ExampleFailureKind::Unevaluated);
        }
        let mut expected = example.at.clone();
        expected.sort();
        found.sort();
        if expected != found {
            return Some(ExampleFailureKind::Places { expected, found });
        }
        (applied == 0).then_some(ExampleFailureKind::NotExercised)
    }
}
