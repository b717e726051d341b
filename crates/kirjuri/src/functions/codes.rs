//! What rules ask about codes and their names.
//!
//! Membership and validity are judged by the set of exactly the OID that is asked: what another version says of a code may
//! not hold for this one. Names, which only help a reader, may come from another version where this one is not known.

use kirjuri_xpath::{DynamicContext, Sequence};

use super::argument;
use crate::code_set::{CodeSet, CodeSets};
use crate::codes::{CodeIndex, CodeLibrary, base_of};
use crate::identifiers::Timestamp;
use crate::language::Language;

/// A code set that is known.
enum Known<'k> {
    /// It takes the place of a pack's own.
    Imported(&'k CodeIndex),
    Own(&'k CodeSet),
}

impl<'k> Known<'k> {
    /// The set of exactly an OID.
    fn of(oid: &str, sets: &'k CodeSets, dynamic: &DynamicContext<'k>) -> Option<Known<'k>> {
        let imported = imported(dynamic).and_then(|library| library.get(oid));
        imported.map(|set| Known::Imported(set)).or_else(|| sets.get(oid).map(Known::Own))
    }

    fn is_complete(&self) -> bool {
        match self {
            Known::Imported(set) => set.is_complete(),
            Known::Own(set) => set.complete,
        }
    }

    fn contains(&self, code: &str) -> bool {
        match self {
            Known::Imported(set) => set.contains(code),
            Known::Own(set) => set.contains(code),
        }
    }

    fn may_be_active(&self, code: &str, time: &Timestamp) -> bool {
        match self {
            Known::Imported(set) => set.may_be_active(code, time),
            Known::Own(set) => set.may_be_active(code, time),
        }
    }
}

fn imported<'k>(dynamic: &DynamicContext<'k>) -> Option<&'k CodeLibrary> {
    dynamic.host.and_then(|host| host.downcast_ref())
}

pub(super) fn is_in<'a>(sets: &CodeSets, dynamic: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let set = Known::of(&argument(arguments, 1), sets, dynamic).filter(Known::is_complete);
    // What was added after the import is not unknown.
    let is_behind = |set: &CodeIndex| imported(dynamic).is_some_and(|library| library.is_behind(set));
    let set = set.filter(|set| !matches!(set, Known::Imported(set) if is_behind(set)));
    Sequence::from(set.is_none_or(|set| set.contains(&argument(arguments, 0))))
}

pub(super) fn is_active_on<'a>(
    sets: &CodeSets,
    dynamic: &DynamicContext<'a>,
    arguments: &[Sequence<'a>],
) -> Sequence<'a> {
    let set = Known::of(&argument(arguments, 1), sets, dynamic);
    let time = Timestamp::parse(&argument(arguments, 2)).ok();
    Sequence::from(set.zip(time).is_none_or(|(set, time)| set.may_be_active(&argument(arguments, 0), &time)))
}

pub(super) fn code_of<'a>(sets: &CodeSets, dynamic: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let (oid, name) = (argument(arguments, 0), argument(arguments, 1));
    let library = imported(dynamic);
    let imported = library.and_then(|library| library.get(&oid).or_else(|| library.newest(&oid)));
    let code = match imported {
        // A version of the pack's own that the question names is nearer than another version.
        Some(set) if set.oid() == oid || sets.get(&oid).is_none() => set.code_of(&name),
        _ => sets.newest(&oid).and_then(|set| set.code_of(&name)),
    };
    Sequence::from(code.map(str::to_owned).unwrap_or_default())
}

pub(super) fn is_complete<'a>(
    sets: &CodeSets,
    dynamic: &DynamicContext<'a>,
    arguments: &[Sequence<'a>],
) -> Sequence<'a> {
    Sequence::from(Known::of(&argument(arguments, 0), sets, dynamic).is_some_and(|set| set.is_complete()))
}

pub(super) fn accepts_display<'a>(
    sets: &CodeSets,
    dynamic: &DynamicContext<'a>,
    arguments: &[Sequence<'a>],
) -> Sequence<'a> {
    let (code, oid, name) = (argument(arguments, 0), argument(arguments, 1), argument(arguments, 2));
    let own = sets.get(&oid);
    let accepts = match imported(dynamic).and_then(|library| library.get(&oid)) {
        // Beside the official names a pack may know others that are in use.
        Some(set) => {
            set.accepts_name(&code, &name)
                || own.is_some_and(|own| own.contains(&code) && own.accepts_name(&code, &name))
        }
        None => own.is_none_or(|own| own.accepts_name(&code, &name)),
    };
    Sequence::from(accepts)
}

pub(super) fn display_of<'a>(
    sets: &CodeSets,
    dynamic: &DynamicContext<'a>,
    arguments: &[Sequence<'a>],
) -> Sequence<'a> {
    let (code, oid, language) = (argument(arguments, 0), argument(arguments, 1), argument(arguments, 2));
    let Ok(language) = language.parse::<Language>() else { return Sequence::from("") };
    let library = imported(dynamic);
    let exact = library.and_then(|library| library.get(&oid)).and_then(|set| set.display(&code, language));
    let own = || sets.get(&oid).and_then(|set| set.display(&code, language));
    let nearest = || library.and_then(|library| library.nearest(&oid)).and_then(|set| set.display(&code, language));
    let base = base_of(&oid).unwrap_or(&oid);
    // What only begins with the OID may be another code system.
    let is_version = |set: &&CodeSet| set.oid == base || base_of(&set.oid) == Some(base);
    let newest = || sets.newest(base).filter(is_version).and_then(|set| set.display(&code, language));
    Sequence::from(exact.or_else(own).or_else(nearest).or_else(newest).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kirjuri_xpath::{Evaluator, Focus, Node, Program, StaticContext};

    use super::*;
    use crate::codes::{CodeRow, CodeTable};
    use crate::identifiers::Date;
    use crate::{PackFile, functions};

    fn set(oid: &str, complete: bool, rows: &[(&str, &str, &str)]) -> Arc<CodeIndex> {
        let rows = rows.iter().map(|(code, fi, to)| CodeRow {
            code: (*code).into(),
            fi: Some((*fi).into()),
            to: Date::parse(to),
            ..CodeRow::default()
        });
        let (oid, name, rows) = (oid.into(), "n".into(), rows.collect());
        let table = CodeTable { oid, name, version: None, complete, source: Vec::new(), rows };
        Arc::new(CodeIndex::parse(table.to_bytes(Date::new(2026, 1, 1).unwrap()).unwrap()).unwrap())
    }

    fn own() -> CodeSets {
        let file =
            |oid: &str, code: &str| format!("oid = '{oid}'\nname = 'n'\ncomplete = true\nsource = ['s']\n{code}");
        let mut sets = CodeSets::default();
        for text in [
            file("1.2.246.537.6.1.1999", "[[code]]\ncode = '1'\nfi = 'oma'\nalso = ['muu']\nto = '1999-12-31'"),
            file("1.2.246.537.6.2.2005", "[[code]]\ncode = '1'\nfi = 'pakka'\nfrom = '2000-01-01'\nto = '2005-12-31'"),
        ] {
            let file = PackFile { path: "code-sets/a.toml".into(), text: text.into() };
            let (mut errors, reader) = (Vec::new(), crate::source::Reader { pack: "p", file: &file });
            let set = crate::code_set::read(reader, crate::pack::Laws::Enforced, &mut errors).unwrap();
            assert!(errors.is_empty(), "{errors:?}");
            sets.insert(set);
        }
        sets
    }

    #[test]
    fn imported_sets_take_the_place_of_a_packs_own_and_versions_accuse_nobody() {
        let mut library = CodeLibrary::default();
        for imported in [
            set("1.2.246.537.6.1.1999", true, &[("1", "tuotu", ""), ("2", "kaksi", "20041231")]),
            set("1.2.246.537.6.3", true, &[("1", "ilman versiota", "")]),
            set("1.2.246.537.6.4.2007", true, &[("1", "vanha", ""), ("2", "poistunut", "")]),
            set("1.2.246.537.6.4.201902", true, &[("1", "uusi", "")]),
            set("1.2.246.537.6.5.2007", false, &[("1", "osa", "")]),
        ] {
            library.insert(imported).unwrap();
        }
        let mut context = StaticContext::default();
        context.declare_namespace("k", functions::NAMESPACE);
        functions::declare(&mut context, &Arc::new(own()), &Arc::default());
        let document = kirjuri_tree::Document::parse(b"<a/>", &kirjuri_tree::Limits::default()).unwrap();
        let node = Node { document: &document, node: document.root_element().into() };
        for (source, without, with) in [
            // The imported set has a code more than the pack's.
            ("k:code-in('2', '1.2.246.537.6.1.1999')", "false", "true"),
            ("k:code-in('9', '1.2.246.537.6.1.1999')", "false", "false"),
            // The pack's other sets stay.
            ("k:code-in('9', '1.2.246.537.6.2.2005')", "false", "false"),
            // A set without a version is judged where it is asked; a version of it may have other codes.
            ("k:code-in('9', '1.2.246.537.6.3')", "true", "false"),
            ("k:code-in('9', '1.2.246.537.6.3.2010')", "true", "true"),
            ("k:code-set-complete('1.2.246.537.6.3.2010')", "false", "false"),
            // Nor does a version say what the code system has without one, or another version.
            ("k:code-in('9', '1.2.246.537.6.4')", "true", "true"),
            ("k:code-in('9', '1.2.246.537.6.4.2010')", "true", "true"),
            ("k:code-set-complete('1.2.246.537.6.4.2007')", "false", "true"),
            ("k:code-set-complete('1.2.246.537.6.5.2007')", "false", "false"),
            ("k:code-in('9', '1.2.246.537.6.5.2007')", "true", "true"),
            ("k:code-active-on('1', '1.2.246.537.6.1.1999', '20200101')", "false", "true"),
            ("k:code-active-on('2', '1.2.246.537.6.1.1999', '20050101')", "true", "false"),
            ("k:code-active-on('2', '1.2.246.537.6.1.1999', '2004')", "true", "true"),
            ("k:code-active-on('2', '1.2.246.537.6.1', '20050101')", "true", "true"),
            ("k:code-active-on('2', '1.2.246.537.6.1.1999', 'eilen')", "true", "true"),
            ("k:code-active-on('2', '1.2.246.537.6.1.1999', '')", "true", "true"),
            ("k:code-active-on('1', '1.2.246.537.6.2.2005', '19991231')", "false", "false"),
            ("k:code-active-on('1', '1.2.246.537.6.2.2005', '20051231235959+0200')", "true", "true"),
            // Names that a pack knows beside the official ones are accepted still.
            ("k:display-accepted('1', '1.2.246.537.6.1.1999', 'MUU')", "true", "true"),
            ("k:display-accepted('1', '1.2.246.537.6.1.1999', 'tuo tu')", "false", "true"),
            ("k:display-accepted('1', '1.2.246.537.6.1.1999', 'x')", "false", "false"),
            ("k:display-accepted('2', '1.2.246.537.6.1.1999', 'x')", "true", "false"),
            ("k:display-accepted('1', '1.2.246.537.6.4', 'x')", "true", "true"),
            ("k:display-of('1', '1.2.246.537.6.1.1999', 'fi')", "oma", "tuotu"),
            ("k:display-of('1', '1.2.246.537.6.1.1999', 'sv')", "", ""),
            ("k:display-of('1', '1.2.246.537.6.1.1999', 'de')", "", ""),
            ("k:display-of('1', '1.2.246.537.6.3.2010', 'fi')", "", "ilman versiota"),
            ("k:display-of('1', '1.2.246.537.6.4', 'fi')", "", "uusi"),
            ("k:display-of('1', '1.2.246.537.6.4.2007', 'fi')", "", "vanha"),
            ("k:display-of('1', '1.2.246.537.6.4.2010', 'fi')", "", "uusi"),
            ("k:display-of('1', '1.2.246.537.6.2', 'fi')", "pakka", "pakka"),
            ("k:display-of('1', '1.2.246.537.6', 'fi')", "", ""),
            ("k:code-of('1.2.246.537.6.1.1999', 'KAKSI')", "", "2"),
            ("k:code-of('1.2.246.537.6.4', 'uusi')", "", "1"),
            ("k:code-of('1.2.246.537.6.2', 'pakka')", "1", "1"),
        ] {
            let program = Program::compile(source, &mut context).unwrap();
            let binding = context.names().bind(&document);
            for (host, expected) in [(None, without), (Some(&library as &(dyn std::any::Any + Send + Sync)), with)] {
                let dynamic = DynamicContext { host, ..DynamicContext::default() };
                let value = Evaluator::new(&document, &binding, &dynamic).value(&program, &Focus::on(node)).unwrap();
                assert_eq!(value.to_text(), expected, "{source}");
            }
        }
    }

    #[test]
    fn a_set_says_nothing_of_codes_added_after_its_import() {
        let mut library = CodeLibrary::default();
        library.insert(set("1.2.246.537.6.3", true, &[("1", "tuotu", "")])).unwrap();
        let mut context = StaticContext::default();
        context.declare_namespace("k", functions::NAMESPACE);
        functions::declare(&mut context, &Arc::new(own()), &Arc::default());
        let document = kirjuri_tree::Document::parse(b"<a/>", &kirjuri_tree::Limits::default()).unwrap();
        let focus = Focus::on(Node { document: &document, node: document.root_element().into() });
        for (source, day, expected) in [
            // Imported on 2026-01-01.
            ("k:code-in('9', '1.2.246.537.6.3')", None, false),
            ("k:code-in('9', '1.2.246.537.6.3')", Date::new(2025, 12, 31), false),
            ("k:code-in('9', '1.2.246.537.6.3')", Date::new(2026, 1, 1), false),
            ("k:code-in('9', '1.2.246.537.6.3')", Date::new(2026, 1, 2), true),
            // A pack's own set was not imported.
            ("k:code-in('9', '1.2.246.537.6.2.2005')", Date::new(2026, 1, 2), false),
        ] {
            let program = Program::compile(source, &mut context).unwrap();
            let (binding, library) = (context.names().bind(&document), library.on(day));
            let dynamic = DynamicContext { host: Some(&library), ..DynamicContext::default() };
            let holds = Evaluator::new(&document, &binding, &dynamic).truth(&program, &focus).unwrap();
            assert_eq!(holds, expected, "{source} {day:?}");
        }
    }
}
