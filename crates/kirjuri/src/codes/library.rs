//! The imported code sets of a run, by OID.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::CodeIndex;
use crate::identifiers::Date;

/// Imported code sets, known to all packs of a rule set. A set takes the place of a pack's set of the same OID.
#[derive(Clone, Default, Debug)]
pub struct CodeLibrary {
    /// Hashed without a secret: the keys come from the files, and a document only looks them up.
    sets: Arc<FxHashMap<String, Arc<CodeIndex>>>,
    /// The day of the document that is judged by the sets, where it is known.
    day: Option<Date>,
}

/// The OID of a code system without the version at its end, where there is one: the last number is the year in which the
/// version was adopted (`.2007`), or the year and a number (`.201901`). A number of the code system itself is not taken for
/// one: the national arcs have the code systems at the sixth place, so that a version is at the seventh or behind it.
pub fn base_of(oid: &str) -> Option<&str> {
    let (base, last) = oid.rsplit_once('.')?;
    let is_version = matches!(last.len(), 4 | 6)
        && last.bytes().all(|byte| byte.is_ascii_digit())
        && last.get(..4).is_some_and(|year| ("1900"..="2099").contains(&year));
    (is_version && base.matches('.').count() >= 5).then_some(base)
}

impl CodeLibrary {
    /// Adds a set.
    ///
    /// # Errors
    /// The set itself, where there is one of its OID already.
    pub fn insert(&mut self, set: Arc<CodeIndex>) -> Result<(), Arc<CodeIndex>> {
        if self.sets.contains_key(set.oid()) {
            return Err(set);
        }
        Arc::make_mut(&mut self.sets).insert(set.oid().to_owned(), set);
        Ok(())
    }

    /// The same sets, as a document of a day is judged by them.
    pub(crate) fn on(&self, day: Option<Date>) -> CodeLibrary {
        CodeLibrary { sets: Arc::clone(&self.sets), day }
    }

    /// Whether the document is later than the import of a set, which may lack codes that were added meanwhile: that gives a
    /// code set no new version.
    pub(crate) fn is_behind(&self, set: &CodeIndex) -> bool {
        self.day.zip(set.imported()).is_some_and(|(day, imported)| imported < day)
    }

    /// The set of exactly this OID.
    pub fn get(&self, oid: &str) -> Option<&Arc<CodeIndex>> {
        self.sets.get(oid)
    }

    /// The newest of the versions of a code system, whose OID is given without one.
    pub fn newest(&self, base: &str) -> Option<&Arc<CodeIndex>> {
        let versions = self.sets.values().filter(|set| base_of(set.oid()) == Some(base));
        // Of one year and a year with a number, the longer one is the later.
        versions.max_by(|a, b| a.oid().cmp(b.oid()))
    }

    /// The set that says what codes are called: that of the OID, else that of its code system without a version, else the
    /// newest version of the code system.
    pub fn nearest(&self, oid: &str) -> Option<&Arc<CodeIndex>> {
        let base = base_of(oid).unwrap_or(oid);
        self.get(oid).or_else(|| self.get(base)).or_else(|| self.newest(base))
    }

    /// All sets, ordered by OID.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<CodeIndex>> {
        self.sets.iter().collect::<BTreeMap<_, _>>().into_values()
    }

    /// Whether there is no set.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_year_at_the_end() {
        for (oid, expected) in [
            ("1.2.246.537.6.1.1999", Some("1.2.246.537.6.1")),
            ("1.2.246.537.5.40202.201901", Some("1.2.246.537.5.40202")),
            ("1.2.246.777.5.99902.2006", Some("1.2.246.777.5.99902")),
            ("1.2.246.537.6.1", None),
            ("1.2.246.537.6.1221", None),
            // The year would be the code system itself.
            ("1.2.246.537.6.2007", None),
            ("1.2.246.537.6.12.999", None),
            ("1.2.246.537.6.12.20070", None),
            ("", None),
        ] {
            assert_eq!(base_of(oid), expected, "{oid}");
        }
    }
}
