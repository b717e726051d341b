//! Loads a pack from its files: `pack.toml`, rules, code sets and structures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use kirjuri_xpath::{Pattern, Program, StaticContext, Version};
use serde::Deserialize;
use toml::Spanned;

use super::{Applies, DocumentKind, Guideline, Pack, Root};
use crate::as_of;
use crate::code_set::{self, CodeSets};
use crate::description::{self, DescribeEntry};
use crate::functions;
use crate::language::Texts;
use crate::rule::{self, Names, Rule};
use crate::series::{self, Series, SeriesSet};
use crate::source::{PackError, PackFile, PackSource, Reader};
use crate::structure::{self, StructureSet};
use crate::synthetic;

const MANIFEST: &str = "pack.toml";
const CODE_SETS: &str = "code-sets/";
const SERIES: &str = "series/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PackManifest {
    id: Spanned<String>,
    version: Spanned<String>,
    #[serde(default)]
    xpath: Language,
    title: Spanned<Texts>,
    applies: AppliesEntry,
    #[serde(default)]
    namespaces: BTreeMap<Spanned<String>, Spanned<String>>,
    guidelines: BTreeMap<String, GuidelineEntry>,
    #[serde(default)]
    key: Vec<KeyEntry>,
    #[serde(default)]
    document: Vec<KindEntry>,
    #[serde(default)]
    describe: DescribeEntry,
}

/// The language of a pack's expressions.
#[derive(Clone, Copy, Default, Deserialize)]
enum Language {
    #[default]
    #[serde(rename = "1.0")]
    XPath1,
    #[serde(rename = "2.0")]
    XPath2,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppliesEntry {
    root: Spanned<RootEntry>,
    when: Option<Spanned<String>>,
    date: Option<Spanned<String>>,
    identity: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a root element, or a list of them")]
enum RootEntry {
    One(String),
    Any(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GuidelineEntry {
    title: Spanned<String>,
    publisher: Spanned<String>,
    source: Option<Spanned<String>>,
    valid_from: Option<Spanned<String>>,
    valid_to: Option<Spanned<String>>,
}

/// An index of nodes, which expressions ask with `key()`, so that they need not look through the document each time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    name: Spanned<String>,
    #[serde(rename = "match")]
    matches: Spanned<String>,
    #[serde(rename = "use")]
    value: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    id: Spanned<String>,
    title: Spanned<Texts>,
    when: Spanned<String>,
}

/// Whether the laws that cost the most are enforced: those of the documents of examples.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Laws {
    Enforced,
    /// They hold.
    Proved,
}

pub(super) struct Loader<'s> {
    pub(super) source: &'s PackSource,
    pub(super) laws: Laws,
    pub(super) errors: &'s mut Vec<PackError>,
}

impl<'s> Loader<'s> {
    pub(super) fn pack(mut self) -> Option<Pack> {
        let Some(file) = self.source.files.iter().find(|file| file.path == MANIFEST) else {
            self.errors.push(PackError {
                path: format!("{}/{MANIFEST}", self.source.name),
                line: 1,
                column: 1,
                message: "a pack has a file pack.toml".into(),
                suggestion: None,
            });
            return None;
        };
        self.files();
        let reader = self.reader(file);
        let manifest: PackManifest = reader.parse().map_err(|error| self.errors.push(error)).ok()?;
        if !rule::is_kebab_case(manifest.id.as_ref()) {
            let message = "the id of a pack is lower-case words with hyphens";
            self.errors.push(reader.error(manifest.id.span().start, message));
        }
        reader.check_line(manifest.version.span().start, "version", manifest.version.as_ref(), self.errors);
        rule::check_texts(reader, "title", &manifest.title, self.errors);
        let code_sets = Arc::new(self.code_sets());
        let structures = Arc::new(StructureSet::read(self.source, self.laws, &code_sets, self.errors));
        let mut context = StaticContext::new(match manifest.xpath {
            Language::XPath1 => Version::XPath1,
            Language::XPath2 => Version::XPath2,
        });
        context.declare_namespace("k", functions::NAMESPACE);
        let namespaces = manifest.namespaces.values().map(|uri| uri.as_ref().clone()).collect();
        for (prefix, uri) in &manifest.namespaces {
            self.namespace(reader, prefix, uri, &mut context);
        }
        functions::declare(&mut context, &code_sets, &structures);
        let applies = self.applies(reader, &manifest.applies, &mut context)?;
        self.keys(reader, &manifest.key, &mut context);
        let kinds = self.kinds(reader, manifest.document, &mut context);
        let describing = description::read(reader, manifest.describe, &mut context, self.errors);
        let guidelines = manifest.guidelines.into_iter().map(|(key, entry)| (key, self.guideline(reader, entry)));
        let guidelines: BTreeMap<_, _> = guidelines.collect();
        let series = self.series(&mut context);
        // The language of groups is one for all packs.
        let mut group = StaticContext::new(Version::XPath2);
        if !series.is_empty() {
            group.declare_namespace("k", functions::NAMESPACE);
            functions::declare(&mut group, &code_sets, &structures);
        }
        let written = self.source.files.iter().filter_map(|file| file.path.strip_prefix(SERIES)?.strip_suffix(".toml"));
        let faulty: Vec<&str> = written.filter(|name| series.iter().all(|series| series.name != *name)).collect();
        let names = Names { document: &mut context, group: &mut group, series: &series, faulty: &faulty };
        let rules = self.rules(&guidelines, names);
        let series = SeriesSet::new(series, group, &rules);
        Some(Pack {
            namespaces,
            contexts: OnceLock::new(),
            series,
            looks: OnceLock::new(),
            id: manifest.id.into_inner(),
            version: manifest.version.into_inner(),
            title: manifest.title.into_inner(),
            guidelines,
            rules,
            code_sets,
            imported: None,
            structures,
            kinds,
            describing,
            applies,
            context,
        })
    }

    fn reader(&self, file: &'s PackFile) -> Reader<'s> {
        Reader { pack: &self.source.name, file }
    }

    /// The laws of all files, whatever they are for.
    fn files(&mut self) {
        for file in self.source.files.iter().filter(|file| file.path.ends_with(".toml")) {
            let reader = self.reader(file);
            if self.laws == Laws::Enforced {
                synthetic::judge_file(reader, self.errors);
            }
            let is_known = [CODE_SETS, SERIES].iter().any(|folder| file.path.starts_with(folder));
            if file.path.contains('/') && !is_known && !structure::owns(&file.path) {
                let message = "a rule stands beside pack.toml, a code set in code-sets/, a series in series/, a structure in structures/";
                self.errors.push(reader.error(0, message));
            }
        }
    }

    fn namespace(
        &mut self,
        reader: Reader<'_>,
        prefix: &Spanned<String>,
        uri: &Spanned<String>,
        context: &mut StaticContext,
    ) {
        let (at, name) = (prefix.span().start, prefix.as_ref());
        match name.as_str() {
            "k" => self.errors.push(reader.error(at, "the prefix `k` is that of the engine's functions")),
            "xml" => self.errors.push(reader.error(at, "the prefix `xml` has its meaning from XML itself")),
            _ => {
                reader.check_line(at, "a prefix", name, self.errors);
                // A prefix of its own for names without a namespace, as those of JSON, keeps the law that no name of an
                // element goes without a prefix.
                if !uri.as_ref().is_empty() {
                    reader.check_line(uri.span().start, name, uri.as_ref(), self.errors);
                }
                context.declare_namespace(name, uri.as_ref());
            }
        }
    }

    fn keys(&mut self, reader: Reader<'_>, entries: &[KeyEntry], context: &mut StaticContext) {
        for KeyEntry { name, matches, value } in entries {
            if !rule::is_kebab_case(name.as_ref()) {
                self.errors.push(reader.error(name.span().start, "the name of a key is lower-case words with hyphens"));
            }
            if rule::compile(reader, matches, self.errors, |it| Pattern::compile(it, context)).is_some() {
                rule::compile(reader, value, self.errors, |it| {
                    context.declare_key(name.as_ref(), matches.as_ref(), it)
                });
            }
        }
    }

    fn kinds(&mut self, reader: Reader<'_>, entries: Vec<KindEntry>, context: &mut StaticContext) -> Vec<DocumentKind> {
        let mut kinds: Vec<DocumentKind> = Vec::with_capacity(entries.len());
        let mut seen = BTreeSet::new();
        for entry in entries {
            let (id, at) = (entry.id.as_ref(), entry.id.span().start);
            if !rule::is_kebab_case(id) {
                self.errors.push(reader.error(at, "the id of a kind of documents is lower-case words with hyphens"));
            } else if !seen.insert(id.clone()) {
                self.errors.push(reader.error(at, format!("the kind `{id}` is declared twice")));
            }
            rule::check_texts(reader, "title", &entry.title, self.errors);
            let when = rule::compile(reader, &entry.when, self.errors, |it| Program::compile(it, context));
            let (id, title) = (entry.id.into_inner(), entry.title.into_inner());
            kinds.extend(when.map(|when| DocumentKind { id, title, when }));
        }
        kinds
    }

    fn applies(&mut self, reader: Reader<'_>, entry: &AppliesEntry, context: &mut StaticContext) -> Option<Applies> {
        let at = entry.root.span().start;
        let written = match entry.root.as_ref() {
            RootEntry::One(root) => std::slice::from_ref(root),
            RootEntry::Any(roots) => roots,
        };
        let mut roots = Vec::with_capacity(written.len());
        for root in written {
            let named = root.strip_prefix("Q{").and_then(|rest| rest.split_once('}'));
            let Some((namespace, local)) = named.filter(|(_, local)| !local.is_empty()) else {
                let message = "a root element is written `Q{namespace}name`, `Q{namespace}*` for any name";
                self.errors.push(reader.error(at, message));
                return None;
            };
            if !namespace.is_empty() {
                context.require_prefixes();
            }
            let local = (local != "*").then(|| local.to_owned());
            roots.push(Root { namespace: namespace.into(), local });
        }
        let mut program = |written: &Option<Spanned<String>>| {
            rule::compile(reader, written.as_ref()?, self.errors, |it| Program::compile(it, context))
        };
        let (when, date, identity) = (program(&entry.when), program(&entry.date), program(&entry.identity));
        Some(Applies { roots, when, date, identity })
    }

    fn guideline(&mut self, reader: Reader<'_>, entry: GuidelineEntry) -> Guideline {
        let mut line = |key: &str, text: Spanned<String>| {
            reader.check_line(text.span().start, key, text.as_ref(), self.errors);
            text.into_inner()
        };
        let title = line("title", entry.title);
        let publisher = line("publisher", entry.publisher);
        let source = entry.source.map(|source| line("source", source));
        let (valid_from, valid_to) =
            as_of::read_period(reader, entry.valid_from.as_ref(), entry.valid_to.as_ref(), self.errors);
        Guideline { title, publisher, source, valid_from, valid_to }
    }

    fn code_sets(&mut self) -> CodeSets {
        let mut sets = CodeSets::default();
        for file in &self.source.files {
            if !file.path.starts_with(CODE_SETS) || !file.path.ends_with(".toml") {
                continue;
            }
            let reader = self.reader(file);
            let Some(set) = code_set::read(reader, self.laws, self.errors) else { continue };
            if let Some(twin) = sets.insert(set) {
                self.errors.push(reader.error(0, format!("the code set {} is defined twice", twin.oid)));
            }
        }
        sets
    }

    fn series(&mut self, context: &mut StaticContext) -> Vec<Series> {
        let is_series = |path: &str| path.ends_with(".toml") && path.starts_with(SERIES);
        let mut files: Vec<_> = self.source.files.iter().filter(|file| is_series(&file.path)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.into_iter().filter_map(|file| series::read(self.reader(file), context, self.errors)).collect()
    }

    fn rules(&mut self, guidelines: &BTreeMap<String, Guideline>, mut names: Names<'_>) -> Vec<Rule> {
        let is_rule = |path: &str| path.ends_with(".toml") && path != MANIFEST && !path.contains('/');
        let mut files: Vec<_> = self.source.files.iter().filter(|file| is_rule(&file.path)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut rules: Vec<Rule> = Vec::with_capacity(files.len());
        for file in files {
            let reader = self.reader(file);
            let Some(rule) = rule::read(reader, self.laws, guidelines, &mut names, self.errors) else { continue };
            // An id is never reused: neither a present nor a former name may stand for two rules.
            let taken = |name: &String| rules.iter().any(|other| other.name == *name || other.was.contains(name));
            if let Some(name) = rule.was.iter().chain([&rule.name]).find(|name| taken(name)) {
                self.errors.push(reader.error(0, format!("the name `{name}` already stands for another rule")));
            }
            rules.push(rule);
        }
        rules
    }
}
