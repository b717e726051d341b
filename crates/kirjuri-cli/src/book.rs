//! The rule book: every rule on a page for reading, as a static site in three languages or as one Markdown document.

use std::fs;
use std::io;
use std::path::Path;

use askama::Template;
use kirjuri::identifiers::Date;
use kirjuri::{Criterion, Language, Pack, Question, Rule, Severity};
use kirjuri_report::{Wording, capital, criterion_name, severity_name};

use crate::Failure;

mod markdown;
mod words;

pub(crate) use markdown::write_markdown;
use words::Words;

/// Writes the site into a folder, and says how many pages it has.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn write_site(packs: &[&Pack], folder: &Path) -> Result<usize, Failure> {
    let mut site = Site { folder, pages: 0 };
    site.write("book.css", include_str!("../templates/book/book.css"))?;
    site.write("book.js", include_str!("../templates/book/book.js"))?;
    site.pages = 0;
    site.page("index.html", &Languages { languages: LANGUAGES })?;
    for language in Language::ALL {
        let book = Book { language, packs };
        book.write(&mut site)?;
    }
    Ok(site.pages)
}

/// The files of the site.
struct Site<'f> {
    folder: &'f Path,
    pages: usize,
}

impl Site<'_> {
    fn page(&mut self, path: &str, template: &impl Template) -> Result<(), Failure> {
        let text = template.render().map_err(|error| Failure::Output(io::Error::other(error)))?;
        self.write(path, &text)
    }

    fn write(&mut self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(path);
        let cannot = |error: io::Error| Failure::Message(format!("{} could not be written: {error}", path.display()));
        fs::create_dir_all(path.parent().unwrap_or(self.folder)).map_err(cannot)?;
        fs::write(&path, text).map_err(cannot)?;
        self.pages += 1;
        Ok(())
    }
}

/// The languages by code, each with its own name.
const LANGUAGES: [(&str, &str); 3] = [("fi", "suomi"), ("sv", "svenska"), ("en", "English")];

#[derive(Template)]
#[template(path = "book/languages.html")]
struct Languages {
    languages: [(&'static str, &'static str); 3],
}

/// What all pages have.
struct Page {
    lang: &'static str,
    language: Language,
    /// The way to the folder of the site.
    root: &'static str,
    /// The page below the folder of its language, which is the same in all of them.
    path: String,
    words: &'static Words,
    version: &'static str,
}

impl Page {
    fn languages(&self) -> [(&'static str, &'static str); 3] {
        LANGUAGES
    }

    fn severities(&self) -> Vec<(&'static str, &'static str)> {
        Severity::ALL.iter().map(|severity| (severity.id(), severity_name(*severity, 1, self.language))).collect()
    }
}

#[derive(Template)]
#[template(path = "book/list.html")]
struct List {
    page: Page,
    title: String,
    /// Of a pack, its name and version.
    id: String,
    intro: String,
    /// Only on the first page.
    packs: Vec<PackRow>,
    criteria: Vec<CriterionRow>,
    rules: Vec<RuleText>,
}

struct PackRow {
    id: String,
    version: String,
    title: String,
    rules: usize,
}

struct CriterionRow {
    id: &'static str,
    title: String,
    rules: usize,
}

#[derive(Template)]
#[template(path = "book/rule.html")]
struct RulePage {
    page: Page,
    rule: RuleText,
}

/// A rule in a language.
struct RuleText {
    pack: String,
    pack_title: String,
    name: String,
    title: String,
    why: String,
    fix: String,
    severity: &'static str,
    severity_id: &'static str,
    criterion: String,
    criterion_id: &'static str,
    guidelines: Vec<String>,
    period: String,
    was: String,
    /// What it asks, each with what that is called.
    asks: Vec<(String, String)>,
    examples: Vec<ExampleText>,
}

struct ExampleText {
    kind: String,
    name: String,
    texts: Vec<String>,
    at: Vec<String>,
}

/// The rules of some packs in a language.
struct Book<'p> {
    language: Language,
    packs: &'p [&'p Pack],
}

impl Book<'_> {
    fn write(&self, site: &mut Site<'_>) -> Result<(), Failure> {
        let lang = self.language.code();
        let rules = || self.packs.iter().flat_map(|pack| pack.rules().iter().map(move |rule| (*pack, rule)));
        let words = Words::of(self.language);
        let first = List {
            page: self.page("../", "index.html".into()),
            title: words.book.into(),
            id: String::new(),
            intro: words.intro.into(),
            packs: self.packs.iter().map(|pack| self.pack_row(pack)).collect(),
            criteria: criteria(self.packs)
                .map(|(criterion, rules)| CriterionRow { id: criterion.id(), title: self.criterion(criterion), rules })
                .collect(),
            rules: rules().map(|(pack, rule)| self.rule(pack, rule, false)).collect(),
        };
        site.page(&format!("{lang}/index.html"), &first)?;
        for (criterion, _) in criteria(self.packs) {
            let path = format!("criterion-{}.html", criterion.id());
            let own = rules().filter(|(_, rule)| rule.criterion == criterion);
            let list = self.list(self.page("../", path.clone()), self.criterion(criterion), String::new(), own);
            site.page(&format!("{lang}/{path}"), &list)?;
        }
        for pack in self.packs {
            let path = format!("{}/index.html", pack.id);
            let own = pack.rules().iter().map(|rule| (*pack, rule));
            let title = pack.title.get(self.language).to_owned();
            let id = format!("{} {}", pack.id, pack.version);
            site.page(&format!("{lang}/{path}"), &self.list(self.page("../../", path), title, id, own))?;
            for rule in pack.rules() {
                let path = format!("{}/{}.html", pack.id, rule.name);
                let page = self.page("../../", path.clone());
                site.page(&format!("{lang}/{path}"), &RulePage { page, rule: self.rule(pack, rule, true) })?;
            }
        }
        Ok(())
    }

    fn page(&self, root: &'static str, path: String) -> Page {
        let (language, version) = (self.language, env!("CARGO_PKG_VERSION"));
        Page { lang: language.code(), language, root, path, words: Words::of(language), version }
    }

    fn list<'r>(
        &self,
        page: Page,
        title: String,
        id: String,
        rules: impl Iterator<Item = (&'r Pack, &'r Rule)>,
    ) -> List {
        let rules = rules.map(|(pack, rule)| self.rule(pack, rule, false)).collect();
        List { page, title, id, intro: String::new(), packs: Vec::new(), criteria: Vec::new(), rules }
    }

    fn pack_row(&self, pack: &Pack) -> PackRow {
        let title = pack.title.get(self.language).to_owned();
        PackRow { id: pack.id.clone(), version: pack.version.clone(), title, rules: pack.rules().len() }
    }

    fn criterion(&self, criterion: Criterion) -> String {
        capital(criterion_name(criterion, self.language))
    }

    /// A rule in words; what only its own page says is left out of lists.
    fn rule(&self, pack: &Pack, rule: &Rule, whole: bool) -> RuleText {
        let language = self.language;
        let examples = |kind: Wording| {
            let examples = match kind {
                Wording::PassingExample => rule.passing(),
                _ => rule.failing(),
            };
            examples.iter().map(move |example| ExampleText {
                kind: capital(kind.get(language)),
                name: example.name.clone(),
                texts: example
                    .batch
                    .iter()
                    .chain([&example.document])
                    .chain(&example.carried)
                    .filter(|text| !text.is_empty())
                    .cloned()
                    .collect(),
                at: example.at.clone(),
            })
        };
        let written = |day: Option<Date>| day.map(Date::iso).unwrap_or_default();
        let period = match (rule.valid_from(), rule.valid_to()) {
            (None, None) => String::new(),
            (from, to) => format!("{} – {}", written(from), written(to)),
        };
        let guidelines = rule.guidelines.iter().filter_map(|clause| {
            let guideline = pack.guidelines().get(&clause.doc)?;
            Some(format!("{} ({}), {}", guideline.title, guideline.publisher, clause.clause))
        });
        RuleText {
            pack: pack.id.clone(),
            pack_title: pack.title.get(language).to_owned(),
            name: rule.name.clone(),
            title: rule.title().get(language).to_owned(),
            why: rule.why().get(language).to_owned(),
            fix: rule.fix().get(language).to_owned(),
            severity: severity_name(rule.severity, 1, language),
            severity_id: rule.severity.id(),
            criterion: criterion_name(rule.criterion, language).to_owned(),
            criterion_id: rule.criterion.id(),
            guidelines: guidelines.collect(),
            period: period.trim().to_owned(),
            was: rule.was.join(", "),
            asks: if whole { asks(pack, rule, language) } else { Vec::new() },
            examples: match whole {
                true => examples(Wording::PassingExample).chain(examples(Wording::FailingExample)).collect(),
                false => Vec::new(),
            },
        }
    }
}

/// The criteria that have rules, with how many.
fn criteria(packs: &[&Pack]) -> impl Iterator<Item = (Criterion, usize)> {
    let count = |criterion: Criterion| {
        let rules = packs.iter().flat_map(|pack| pack.rules());
        rules.filter(|rule| rule.criterion == criterion).count()
    };
    Criterion::ALL.into_iter().map(move |criterion| (criterion, count(criterion))).filter(|(_, rules)| *rules > 0)
}

/// What a rule asks, in its own expressions.
fn asks(pack: &Pack, rule: &Rule, language: Language) -> Vec<(String, String)> {
    let named = |wording: Wording, text: &str| (capital(wording.get(language)), text.trim().to_owned());
    match &rule.question {
        Question::Expression { context, assertion, words, .. } => {
            let words = words.as_ref().map(|words| named(Wording::Words, words.source()));
            let both = [named(Wording::Context, context.source()), named(Wording::Assertion, assertion.source())];
            both.into_iter().chain(words).collect()
        }
        Question::Series { series, context, assertion, .. } => {
            let series = pack.series().get(*series).map(|series| named(Wording::Series, &series.name));
            let both = [named(Wording::Context, context.source()), named(Wording::Assertion, assertion.source())];
            series.into_iter().chain(both).collect()
        }
        Question::Form(check) => vec![named(Wording::FormCheck, check.name())],
        Question::Structure(check) => vec![named(Wording::Check, check.name())],
    }
}
