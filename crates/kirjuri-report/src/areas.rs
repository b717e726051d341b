//! The areas that arrange social and health care, and to which of them the provider of a service belongs.

use std::collections::BTreeMap;

use kirjuri::identifiers::{business_id_of_oid, is_valid_business_id};
use kirjuri::{Description, Language};

use crate::groups::Dimension;

mod own;
mod separated;

const AREAS: &str = include_str!("../areas/areas.csv");
const MUNICIPALITIES: &str = include_str!("../areas/municipalities.csv");
const ORGANISATIONS: &str = include_str!("../areas/organisations.csv");

/// The wellbeing services counties, Helsinki, HUS and Åland, the organisations and municipalities that belong to them, and
/// what the user's own file says beside.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Areas {
    /// By code.
    areas: BTreeMap<Box<str>, Names>,
    /// The areas by business identity code of an organisation.
    organisations: BTreeMap<Box<str>, Box<str>>,
    /// The areas by code of a municipality.
    municipalities: BTreeMap<Box<str>, Box<str>>,
    /// By OID: of what is below it too, unless that has an entry of its own.
    own: BTreeMap<Box<str>, Own>,
    /// Names of areas of the user's own, by their codes.
    own_areas: BTreeMap<Box<str>, Box<str>>,
}

/// A name in three languages.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Names {
    fi: Box<str>,
    sv: Box<str>,
    en: Box<str>,
}

/// What the user's own file says of an OID.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
struct Own {
    area: Option<Box<str>>,
    name: Option<Box<str>>,
    /// The line of the file.
    line: usize,
}

impl Areas {
    /// The national areas.
    pub fn national() -> Areas {
        let mut areas = Areas::default();
        for [code, fi, sv, en] in rows(AREAS) {
            areas.areas.insert(code.into(), Names { fi: fi.into(), sv: sv.into(), en: en.into() });
        }
        for [code, area, _, _] in rows(ORGANISATIONS) {
            areas.organisations.insert(code.into(), area.into());
        }
        for [area, municipalities] in rows(MUNICIPALITIES) {
            for municipality in municipalities.split(' ') {
                areas.municipalities.insert(municipality.into(), area.into());
            }
        }
        areas
    }

    /// The codes of the areas, in their order, without those of the user's own file.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.areas.keys().map(|code| &**code)
    }

    /// The area that a document belongs to, by its provider: the user's own mapping of the unit or the provider, of which the
    /// longest OID counts, then the area of the organisation; a provider of no area is its own, by its OID. A document that
    /// names none is of the area of its municipality, if it says one.
    pub fn area_of(&self, description: &Description) -> Option<Box<str>> {
        let Description { unit, provider, municipality, .. } = description;
        let own = [unit, provider].into_iter().flatten().find_map(|oid| self.own_area(oid));
        if let Some(own) = own {
            return Some(own.into());
        }
        if let Some(provider) = provider {
            let area = business_id_of_oid(provider).and_then(|code| self.organisations.get(&*code));
            return Some(area.unwrap_or(provider).clone());
        }
        municipality.as_deref().and_then(|code| self.municipalities.get(code)).cloned()
    }

    /// What a value of a dimension is called, as far as the list of areas or the user's own file knows it: names never come
    /// from documents.
    pub fn name_of(&self, dimension: Dimension, value: &str, language: Language) -> Option<&str> {
        let own = || self.own.get(value).and_then(|own| own.name.as_deref());
        match dimension {
            Dimension::Area => {
                let names = self.areas.get(value).map(|names| match language {
                    Language::Finnish => &*names.fi,
                    Language::Swedish => &*names.sv,
                    Language::English => &*names.en,
                });
                names.or_else(|| self.own_areas.get(value).map(|name| &**name)).or_else(own)
            }
            Dimension::Provider | Dimension::Unit => own(),
            _ => None,
        }
    }

    /// The area that the user's own file gives the longest OID that is this one or above it.
    fn own_area(&self, oid: &str) -> Option<&str> {
        let mut rest = oid;
        loop {
            if let Some(area) = self.own.get(rest).and_then(|own| own.area.as_deref()) {
                return Some(area);
            }
            (rest, _) = rest.rsplit_once('.')?;
        }
    }

    /// The code of an area as somebody may write it: the code, without its leading zero, or the name in any language.
    fn code_of(&self, written: &str) -> Option<&str> {
        let is_named = |names: &Names| {
            [&names.fi, &names.sv, &names.en].iter().any(|name| name.to_lowercase() == written.to_lowercase())
        };
        let is_code = |code: &str| code == written || code.strip_prefix('0') == Some(written);
        let found = self.areas.iter().find(|(code, names)| is_code(code) || is_named(names));
        found.map(|(code, _)| &**code)
    }
}

/// The rows of a file of ours behind its heading, as far as they have all fields; a test looks at them all.
fn rows<const N: usize>(text: &str) -> impl Iterator<Item = [&str; N]> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(|line| line.split(',').collect::<Vec<_>>().try_into().ok())
}

/// The OID of the arc of a business identity code (JHS 159): `1.2.246.10.2048198` of `0204819-8`.
fn arc_of(business_id: &str) -> Option<String> {
    let digits = business_id.replace('-', "");
    is_valid_business_id(business_id).then(|| format!("1.2.246.10.{}", digits.trim_start_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(unit: &str, provider: &str, municipality: &str) -> Description {
        let said = |text: &str| (!text.is_empty()).then(|| text.into());
        Description {
            unit: said(unit),
            provider: said(provider),
            municipality: said(municipality),
            ..Description::default()
        }
    }

    #[track_caller]
    fn check(areas: &Areas, rows: &[(&str, &str, &str, &str)]) {
        for (unit, provider, municipality, expected) in rows {
            let area = areas.area_of(&description(unit, provider, municipality));
            assert_eq!(area.as_deref().unwrap_or_default(), *expected, "{unit} {provider} {municipality}");
        }
    }

    #[test]
    fn the_files_are_read_whole() {
        let areas = Areas::national();
        let lines = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count() - 1;
        assert_eq!((areas.areas.len(), lines(AREAS)), (24, 24));
        assert_eq!((areas.organisations.len(), lines(ORGANISATIONS)), (34, 34));
        assert_eq!((areas.municipalities.len(), lines(MUNICIPALITIES)), (308, 23));
        for (code, area) in &areas.organisations {
            assert!(is_valid_business_id(code), "{code}");
            assert!(areas.areas.contains_key(area), "{area}");
        }
        for (code, area) in &areas.municipalities {
            assert!(code.len() == 3 && areas.areas.contains_key(area), "{code} {area}");
        }
        // Åland is the one whose organisation is not known.
        let known: std::collections::BTreeSet<_> = areas.organisations.values().collect();
        let unknown: Vec<&str> = areas.codes().filter(|code| !known.iter().any(|it| it.as_ref() == *code)).collect();
        assert_eq!(unknown, ["91"]);
    }

    #[test]
    fn organisations_and_municipalities_belong_to_areas() {
        check(
            &Areas::national(),
            &[
                ("1.2.246.10.32213561.10.7", "1.2.246.10.32213561", "", "04"),
                ("", "1.2.246.10.32213086", "", "08"),
                ("", "1.2.246.10.2012566", "", "90"),
                ("", "1.2.246.10.15675350", "", "hus"),
                // A unit that has the OID that its city gave it.
                ("1.2.246.10.1246109.10.1", "1.2.246.10.1246109", "", "04"),
                // A private provider, whatever the municipality.
                ("1.2.246.10.99999984.10.1", "1.2.246.10.99999984", "092", "1.2.246.10.99999984"),
                ("", "", "092", "04"),
                ("", "", "091", "90"),
                ("", "", "478", "91"),
                ("", "", "999", ""),
                ("", "", "", ""),
            ],
        );
    }

    #[test]
    fn the_longest_oid_of_one_s_own_file_counts() {
        let text = "oid,name,area\n1.2.246.10.99999984,Malliset,08\n1.2.246.10.99999984.10.2,Kakkonen,\n\
                    1.2.246.10.99999984.10.2.1,Alla,itse\n3221356-1,,pohjoinen\n";
        let areas = Areas::national().with_own("own.csv", text).unwrap();
        check(
            &areas,
            &[
                ("1.2.246.10.99999984.10.1", "1.2.246.10.99999984", "", "08"),
                // An entry without an area says only the name.
                ("1.2.246.10.99999984.10.2", "1.2.246.10.99999984", "", "08"),
                ("1.2.246.10.99999984.10.2.1", "1.2.246.10.99999984", "", "itse"),
                ("1.2.246.10.99999984.10.21", "1.2.246.10.99999984", "", "08"),
                ("1.2.246.10.999999841.10.2", "1.2.246.10.999999841", "", "1.2.246.10.999999841"),
                // What is one's own goes before what is national.
                ("", "1.2.246.10.32213561", "", "pohjoinen"),
            ],
        );
        let name = |dimension, value| areas.name_of(dimension, value, Language::Swedish).unwrap_or_default();
        assert_eq!(name(Dimension::Unit, "1.2.246.10.99999984.10.2"), "Kakkonen");
        assert_eq!(name(Dimension::Unit, "1.2.246.10.99999984.10.1"), "");
        assert_eq!(name(Dimension::Provider, "1.2.246.10.99999984"), "Malliset");
        assert_eq!(name(Dimension::Area, "08"), "Birkalands välfärdsområde");
        assert_eq!(name(Dimension::Area, "pohjoinen"), "");
        assert_eq!(name(Dimension::Software, "1.2.246.10.99999984"), "");
    }

    #[test]
    fn an_arc_is_the_code_without_zeros_before_it() {
        for (code, expected) in
            [("0204819-8", Some("1.2.246.10.2048198")), ("3221356-1", Some("1.2.246.10.32213561")), ("0204819-9", None)]
        {
            assert_eq!(arc_of(code).as_deref(), expected, "{code}");
        }
    }
}
