//! What a run is to do: what `kirjuri.toml`, `--config` and other options say, the strongest of them first, and where each
//! setting comes from.

mod choice;
mod file;
mod find;
mod paths;
mod place;
mod selector;
mod show;
#[cfg(test)]
mod tests;
mod thresholds;
mod wildcard;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::Language;
use kirjuri_report::{Dimension, Fault};

use crate::arguments::{
    CodesArguments, FailOn, JudgedBy, JudgementArguments, LanguageArgument, PackArguments, SelectionArguments,
    Unevaluated, Unreadable,
};
use crate::{Failure, codes};

pub(crate) use choice::Choice;
pub(crate) use paths::PathRules;
pub(crate) use place::Placed;
pub(crate) use show::run as show;

use file::Layer;
use place::Source;
use selector::parse_list;

/// The arguments that settings can take the place of.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) packs: &'a PackArguments,
    pub(crate) codes: &'a CodesArguments,
    pub(crate) language: &'a LanguageArgument,
    pub(crate) judgement: &'a JudgementArguments,
    pub(crate) selection: &'a SelectionArguments,
}

/// The settings of a run. What nobody says is `None`, and the program's own default.
#[derive(Default, Debug)]
pub(crate) struct Settings {
    /// The `kirjuri.toml` that was found, as a path from the working folder.
    pub(crate) file: Option<PathBuf>,
    pub(crate) packs: Option<Placed<Vec<Placed<PathBuf>>>>,
    pub(crate) codes: Option<Placed<Vec<Placed<PathBuf>>>>,
    pub(crate) language: Option<Placed<Language>>,
    pub(crate) as_of: Option<Placed<JudgedBy>>,
    pub(crate) fail_on: Option<Placed<FailOn>>,
    pub(crate) unreadable: Option<Placed<Unreadable>>,
    pub(crate) unevaluated: Option<Placed<Unevaluated>>,
    /// The file of accepted findings.
    pub(crate) baseline: Option<Placed<PathBuf>>,
    /// The file that maps organisations to areas.
    pub(crate) areas: Option<Placed<PathBuf>>,
    /// What reports group documents by.
    pub(crate) by: Option<Placed<Vec<Dimension>>>,
    /// The folder of what earlier runs found.
    pub(crate) cache: Option<Placed<PathBuf>>,
    /// All that was said, the weakest source first.
    layers: Vec<Layer>,
    /// What is wrong in it. It is told with what the rules do not know, so that all is told at once.
    faults: Vec<Fault>,
}

impl Settings {
    /// Reads the settings of some arguments: those of `kirjuri.toml` above the working folder, then those of `--config`, then
    /// the arguments themselves.
    ///
    /// # Errors
    /// A file that cannot be read, or names packs that are not there. What else is wrong [`Settings::choose`] tells.
    pub(crate) fn read(given: Given<'_>) -> Result<Settings, Failure> {
        let (file, sources) = find::sources(given.selection)?;
        let mut faults = Vec::new();
        let mut layers: Vec<Layer> = sources.iter().map(|source| file::read(source, &mut faults)).collect();
        layers.push(flags(given, &mut faults));
        let mut settings = Settings { file, faults, ..Settings::of(layers) };
        let told = settings.faults.len();
        settings.check_packs();
        match settings.faults.len() == told {
            true => Ok(settings),
            false => Err(Failure::Settings { faults: settings.faults }),
        }
    }

    /// The settings of some layers, the weakest first.
    fn of(layers: Vec<Layer>) -> Settings {
        fn last<T: Clone>(layers: &[Layer], get: impl Fn(&Layer) -> &Option<T>) -> Option<T> {
            layers.iter().rev().find_map(|layer| get(layer).clone())
        }
        Settings {
            file: None,
            packs: last(&layers, |it| &it.packs),
            codes: last(&layers, |it| &it.codes),
            language: last(&layers, |it| &it.language),
            as_of: last(&layers, |it| &it.as_of),
            fail_on: last(&layers, |it| &it.fail_on),
            unreadable: last(&layers, |it| &it.unreadable),
            unevaluated: last(&layers, |it| &it.unevaluated),
            baseline: last(&layers, |it| &it.baseline),
            areas: last(&layers, |it| &it.areas),
            by: last(&layers, |it| &it.by),
            cache: last(&layers, |it| &it.cache),
            layers,
            faults: Vec::new(),
        }
    }

    /// Puts what settings say where the arguments said nothing.
    pub(crate) fn fill(
        &self,
        packs: &mut PackArguments,
        codes: &mut CodesArguments,
        language: &mut LanguageArgument,
        judgement: &mut JudgementArguments,
    ) {
        let paths = |paths: &Placed<Vec<Placed<PathBuf>>>| paths.value.iter().map(|path| path.value.clone()).collect();
        packs.packs = self.packs.as_ref().map(paths).unwrap_or_default();
        codes.codes = self.codes.as_ref().map(paths).unwrap_or_default();
        if let Some(chosen) = &self.language {
            language.set(chosen.value);
        }
        judgement.as_of = self.as_of.as_ref().map(|it| it.value);
        judgement.fail_on = self.fail_on.as_ref().map(|it| it.value);
        judgement.unreadable = self.unreadable.as_ref().map(|it| it.value);
        judgement.unevaluated = self.unevaluated.as_ref().map(|it| it.value);
    }

    /// Takes from settings the files that are not named otherwise: of areas, and of accepted findings where those count. One that
    /// is not there is told with its place by [`Settings::choose`].
    pub(crate) fn fill_files(
        &mut self,
        areas: &mut Option<PathBuf>,
        baseline: &mut Option<PathBuf>,
        counts_baseline: bool,
    ) {
        let files = [
            (areas, self.areas.as_ref(), None),
            (baseline, self.baseline.as_ref().filter(|_| counts_baseline), Some("`kirjuri baseline write` makes one")),
        ];
        for (given, placed, help) in files {
            let Some(placed) = placed.filter(|_| given.is_none()) else { continue };
            *given = Some(placed.value.clone());
            if !placed.value.exists() {
                let fault = placed.place.fault("there is no such file");
                self.faults.push(Fault { help: help.map(str::to_owned), ..fault });
            }
        }
    }

    /// Packs and code sets of files that are not there are told with their place; of options, as ever.
    fn check_packs(&mut self) {
        let mut faults = Vec::new();
        let is_built_in = |path: &Path| kirjuri_rules::names().any(|known| path == Path::new(known));
        let from_files = |paths: &&Placed<PathBuf>| paths.place.source.kind != place::Kind::Flag;
        for pack in self.packs.iter().flat_map(|packs| &packs.value).filter(from_files) {
            if !is_built_in(&pack.value) && !pack.value.exists() {
                let wanted = pack.value.to_string_lossy();
                let fault = pack.place.fault("there is no such pack: no built-in pack, folder or Schematron schema");
                let name = wanted.rsplit('/').next().unwrap_or_default();
                faults.push(fault.meant(kirjuri_rules::nearest(name)));
            }
        }
        for codes in self.codes.iter().flat_map(|codes| &codes.value).filter(from_files) {
            if !codes.value.exists() {
                faults.push(codes.place.fault("there is no such file or folder"));
            } else if codes::inside(&codes.value).is_ok_and(|inside| inside.is_empty()) {
                let fault = codes.place.fault("there is no imported code set in the folder");
                faults.push(Fault { help: Some("`kirjuri codes import` makes one".into()), ..fault });
            }
        }
        self.faults.append(&mut faults);
    }
}

/// What the arguments themselves say, which is the strongest layer.
fn flags(given: Given<'_>, faults: &mut Vec<Fault>) -> Layer {
    fn flag<T>(name: &str, value: T) -> Placed<T> {
        Placed { value, place: Source::flag(name, "").at(0..0) }
    }
    let paths = |name: &str, paths: &[PathBuf]| {
        let placed = paths.iter().map(|path| flag(name, path.clone())).collect();
        (!paths.is_empty()).then(|| flag(name, placed))
    };
    let mut selectors = |name: &str, texts: &[String]| {
        let found: Vec<_> = texts.iter().flat_map(|text| parse_list(&Source::flag(name, text), faults)).collect();
        (!texts.is_empty()).then(|| flag(name, found))
    };
    let Given { packs, codes, language, judgement, selection } = given;
    Layer {
        packs: paths("--pack", &packs.packs),
        codes: paths("--codes", &codes.codes),
        language: language.given().map(|it| flag("--lang", it)),
        as_of: judgement.as_of.map(|it| flag("--as-of", it)),
        fail_on: judgement.fail_on.map(|it| flag("--fail-on", it)),
        unreadable: judgement.unreadable.map(|it| flag("--unreadable", it)),
        unevaluated: judgement.unevaluated.map(|it| flag("--unevaluated", it)),
        select: selectors("--select", &selection.select),
        // It adds to what others ignore.
        extend_ignore: selectors("--ignore", &selection.ignore).map_or_else(Vec::new, |it| it.value),
        ..Layer::default()
    }
}

/// A source of a file.
fn source_of(kind: place::Kind, name: &Path, text: String, strength: usize) -> Arc<Source> {
    let folder = name.parent().map(Path::to_path_buf).unwrap_or_default();
    let name = name.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    Arc::new(Source { kind, name: name.into(), text: text.into(), folder, strength })
}
