//! Code sets for the conditions that are silent until the pack has the codes they ask for (`k:code-of`): with them, these
//! conditions are tested as all others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use kirjuri::{PackFile, PackSource};

const CALL: &str = "k:code-of('";

/// The pack with a made-up code set for each code system whose codes a condition asks for by their names. The code is the
/// name itself.
pub(crate) fn with_codes(mut source: PackSource) -> PackSource {
    let mut asked: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in source.files.iter().filter(|file| file.path.starts_with("conditions/")) {
        for call in file.text.split(CALL).skip(1) {
            let mut literals = call.split('\'').step_by(2);
            if let (Some(oid), Some(name)) = (literals.next(), literals.next()) {
                asked.entry(oid).or_default().insert(name);
            }
        }
    }
    let sets = asked.into_iter().map(|(oid, names)| {
        let mut text = format!("oid = \"{oid}\"\nname = \"Testi\"\ncomplete = false\nsource = [\"made up\"]\n");
        for name in names {
            write!(text, "\n[[code]]\ncode = \"{name}\"\nfi = \"{name}\"\n").unwrap();
        }
        PackFile { path: format!("code-sets/testi-{}.toml", oid.replace('.', "-")), text: text.into() }
    });
    let sets: Vec<PackFile> = sets.collect();
    // A set of the pack's own would be a second one of its OID.
    source.files.retain(|file| !(file.path.starts_with("code-sets/") && sets.iter().any(|set| oid(set) == oid(file))));
    source.files.extend(sets);
    source
}

fn oid(set: &PackFile) -> Option<&str> {
    set.text.lines().find(|line| line.starts_with("oid = "))
}
