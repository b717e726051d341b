//! Which words of a document a path may repeat.
//!
//! Names come from a schema in any document that is what it says it is. A document that is not can have anything for a name,
//! the key of a JSON object as easily as its value: a number by which somebody is known, or the name of a person. What no pack
//! and no schema knows is therefore left out where it looks like that. It cannot be seen of a single word.

use crate::pack::Pack;
use crate::rule_set::RuleSet;
use crate::schematron::Schematron;

/// The words that somebody knows without the document.
pub(crate) trait Vocabulary {
    /// Whether a namespace is declared. Any other is the document's own word.
    fn declares(&self, namespace: &str) -> bool;

    /// Whether some expression or definition has a local name.
    fn has_name(&self, local: &str) -> bool;

    /// Whether a local name may be shown.
    fn shows(&self, local: &str) -> bool {
        !may_tell(local) || self.has_name(local)
    }

    /// A namespace as a path shows it.
    fn shown<'n>(&self, namespace: &'n str) -> &'n str {
        if self.declares(namespace) { namespace } else { "?" }
    }
}

impl Vocabulary for Pack {
    fn declares(&self, namespace: &str) -> bool {
        Pack::declares(self, namespace)
    }

    fn has_name(&self, local: &str) -> bool {
        self.asks_for(local)
    }
}

impl Vocabulary for Schematron {
    fn declares(&self, namespace: &str) -> bool {
        Schematron::declares(self, namespace)
    }

    fn has_name(&self, local: &str) -> bool {
        self.asks_for(local)
    }
}

impl Vocabulary for RuleSet {
    fn declares(&self, namespace: &str) -> bool {
        RuleSet::declares(self, namespace)
    }

    fn has_name(&self, local: &str) -> bool {
        self.packs.iter().any(|pack| pack.has_name(local)) || self.schemas.iter().any(|schema| schema.has_name(local))
    }
}

/// All words, for a report that may hold content.
pub(crate) struct Everything;

impl Vocabulary for Everything {
    fn declares(&self, _: &str) -> bool {
        true
    }

    fn has_name(&self, _: &str) -> bool {
        true
    }
}

/// Digits in a row that may be a number of somebody: of a telephone, an identity code, a client.
const TELLING_DIGITS: usize = 5;
/// What stands between words; a colon does in keys of JSON only.
const SEPARATORS: [char; 4] = ['_', '-', '.', ':'];

/// Whether a name is one that may tell of somebody: many digits, two words with capitals, letters that schemas do not use.
fn may_tell(name: &str) -> bool {
    if !name.is_ascii() {
        return true;
    }
    let mut digits = 0;
    let has_number = name.chars().any(|c| {
        if c.is_ascii_digit() {
            digits += 1;
        } else if !SEPARATORS.contains(&c) {
            digits = 0;
        }
        digits >= TELLING_DIGITS
    });
    let is_capitalised = |word: &&str| {
        // What is made from tables numbers its names: `Maija_Meikalainen1`.
        let word = word.trim_matches(|c: char| c.is_ascii_digit());
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().filter(char::is_ascii_alphabetic).count() > 1
    };
    let has_names = name.split(SEPARATORS).filter(is_capitalised).count() > 1;
    (has_number || has_names) && !is_message(name)
}

/// What an artefact of HL7 version 3 is: a domain model, a hierarchical description, an interaction, a message type, a refined
/// model.
const ARTEFACTS: [&[u8]; 5] = [b"DM", b"HD", b"IN", b"MT", b"RM"];

/// Whether a name is that of an artefact of HL7 version 3, with its six digits: `RCMR_IN100002FI01`.
fn is_message(name: &str) -> bool {
    let shape = name.bytes().map(|byte| match byte {
        b'A'..=b'Z' => b'A',
        b'0'..=b'9' => b'0',
        other => other,
    });
    let shape: Vec<u8> = shape.collect();
    [&b"AAAA_AA000000"[..], b"AAAA_AA000000AA00"].contains(&&shape[..])
        && name.as_bytes().get(5..7).is_some_and(|artefact| ARTEFACTS.contains(&artefact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_may_be_of_somebody_is_seen() {
        for (name, expected) in [
            ("puh_0401234567", true),
            ("puh_040_123_4567", true),
            ("h010190-900P", true),
            ("id12345", true),
            ("Maija_Meikalainen", true),
            ("Maija.Johanna-Meikalainen", true),
            ("MEIKALAINEN_MAIJA", true),
            ("Maija_Meikalainen1", true),
            ("Maija1_2Meikalainen", true),
            ("Maija1a_Meikalainen", true),
            ("Maija:Meikalainen", true),
            ("puh:040:123:4567", true),
            ("HETU_AB010190", true),
            ("HETU_AB010190FI01", true),
            ("Mäkinen", true),
            ("ClinicalDocument", false),
            ("organisaation_nimi", false),
            ("vuosi_2026", false),
            ("entryRelationship", false),
            ("h1", false),
            ("X509Certificate", false),
            ("RCMR_IN100002FI01", false),
            ("POCD_HD000040", false),
            ("PRPA_MT201306FI01", false),
            ("RCMR_IN100002FI01_Maija_Meikalainen", true),
            ("_derivedFrom", false),
            ("dsig-xpath", false),
            ("A_B", false),
            ("A1_B2", false),
            ("X509_Certificate", false),
        ] {
            assert_eq!(may_tell(name), expected, "{name}");
        }
    }
}
