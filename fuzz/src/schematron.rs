//! A schema is refused with a place in it, or it loads and finds the same in a document each time.

use std::sync::Arc;

use kirjuri::{
    Limits, LintOptions, Report, RuleSet, SchemaFiles, Schematron, SchematronOptions, SubordinateDocuments, check,
};

/// What no XML can hold stands between the schema, the document and any further files.
const SEPARATOR: u8 = 0x0C;

const SCHEMA: &str = "schema.sch";

/// Far less than real documents may take, so that expressions which are slow by nature end soon.
const BUDGET: u64 = 100_000;

/// The files of an input: the schema under its name, and any other path by its length one of the further files.
#[derive(Debug)]
struct Parts(Vec<Vec<u8>>);

impl Parts {
    fn part(&self, path: &str) -> Option<&Vec<u8>> {
        match path {
            SCHEMA => self.0.first(),
            _ => self.0.get(2 + path.len() % self.0.len().checked_sub(2).filter(|count| *count > 0)?),
        }
    }
}

impl SchemaFiles for Parts {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.part(path).cloned()
    }

    fn list(&self, _: &str) -> Vec<String> {
        vec![SCHEMA.to_owned()]
    }

    fn read_document(&self, uri: &str) -> Option<Vec<u8>> {
        self.part(uri).cloned()
    }
}

impl SubordinateDocuments for Parts {
    fn read(&self, address: &str) -> Option<Vec<u8>> {
        self.part(address).cloned()
    }
}

/// Loads the first part of an input as a schema and checks the second part with it. Whoever can write SVRL says how:
/// what is written must be XML.
///
/// # Panics
/// When an error or note points outside its file, the report contradicts itself, or anything comes out differently twice.
pub fn run(bytes: &[u8], svrl: &dyn Fn(&Report, &RuleSet) -> Option<Vec<u8>>) {
    let files = Arc::new(Parts(bytes.split(|&byte| byte == SEPARATOR).map(<[u8]>::to_vec).collect()));
    let Some(schema) = load(&files) else { return };
    let rules = RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)]);
    let Some(document) = files.0.get(1) else { return };
    let mut options = LintOptions::default();
    options.budget = BUDGET;
    options.documents = Some(Arc::clone(&files) as Arc<dyn SubordinateDocuments>);
    let quiet = check(document, &Limits::default(), &rules, &options);
    (options.messages, options.fired_rules) = (true, true);
    let first = check(document, &Limits::default(), &rules, &options);
    let second = check(document, &Limits::default(), &rules, &options);
    assert_eq!(first, second, "not the same again");
    if let (Ok(quiet), Ok(first)) = (&quiet, &first) {
        // Messages may cost more than the budget has, but they find nothing.
        assert!(rules.indexes().all(|rule| quiet.tally(rule) == first.tally(rule)));
        assert_eq!(quiet.unevaluated, first.unevaluated);
        assert!(quiet.fired_rules.is_empty() && quiet.findings.iter().all(|it| has_text(it) == Some(false)));
    }
    for report in [quiet, first].iter().flatten() {
        is_consistent(report, document, &rules);
        if let Some(written) = svrl(report, &rules) {
            let parsed = kirjuri::Document::parse(&written, &Limits::default());
            assert!(parsed.is_ok(), "{parsed:?} {}", String::from_utf8_lossy(&written));
        }
    }
}

/// The schema, if it loads.
fn load(files: &Arc<Parts>) -> Option<Schematron> {
    let options = SchematronOptions::default();
    let loaded = Schematron::load(&**files, SCHEMA, &options);
    let again = Schematron::load(&**files, SCHEMA, &options);
    let mut strict = options.clone();
    strict.strict = true;
    let is_strict = Schematron::load(&**files, SCHEMA, &strict).is_ok();
    match (loaded, again) {
        (Ok(schema), Ok(again)) => {
            assert_eq!(schema.notes(), again.notes(), "not the same again");
            assert_eq!(schema.assertions(), again.assertions(), "not the same again");
            for note in schema.notes() {
                stands_in_its_file(files, &note.path, note.line, note.column);
                assert!(note.assertions.end <= schema.assertions().len());
            }
            Some(schema)
        }
        (Err(errors), Err(again)) => {
            assert!(!errors.0.is_empty() && !is_strict, "a schema is refused for a reason");
            assert_eq!(errors.to_string(), again.to_string(), "not the same again");
            for error in &errors.0 {
                stands_in_its_file(files, &error.path, error.line, error.column);
            }
            None
        }
        _ => panic!("not the same again"),
    }
}

fn stands_in_its_file(files: &Parts, path: &str, line: usize, column: usize) {
    assert!(line >= 1 && column >= 1);
    // Lines of what comes in another encoding cannot be counted here.
    if let Some(text) = files.part(path).and_then(|bytes| str::from_utf8(bytes).ok()) {
        assert!(line <= text.split(['\r', '\n']).count(), "{path}:{line}:{column} of {text:?}");
        assert!(column <= text.chars().count() + 1, "{path}:{line}:{column} of {text:?}");
    }
}

fn has_text(finding: &kirjuri::Finding) -> Option<bool> {
    finding.assertion.as_ref().map(|about| about.text.is_some())
}

fn is_consistent(report: &Report, document: &[u8], rules: &RuleSet) {
    let mut failed = vec![0; rules.len()];
    for finding in &report.findings {
        failed[finding.rule.index()] += 1;
        let about = finding.assertion.as_ref().expect("all rules are assertions");
        assert!(about.location.starts_with('/'), "{about:?}");
        if about.document.is_none() {
            let place = &finding.place;
            assert!(place.start <= place.end && place.end <= document.len(), "{place:?}");
        }
    }
    for (rule, failed) in rules.indexes().zip(failed) {
        let tally = report.tally(rule);
        assert_eq!(tally.failed, failed);
        assert!(tally.failed <= tally.applied);
    }
}
