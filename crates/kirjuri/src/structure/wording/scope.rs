//! Finds the fields that a note speaks of, by the names it uses.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::note::Text;
use crate::structure::schema::{self, Schema};
use crate::structure::{Datatype, insides};

/// The fields of a structure by what notes call them.
pub(super) struct Scope<'s> {
    pub(super) schema: &'s Schema,
    inside: Vec<Range<usize>>,
    /// The fields of each name, with how well the name fits: 0 as a form shows the field, 1 as the component names it
    /// where the form shows something else, 2 as the form shows it without what stands in brackets.
    names: FxHashMap<String, Vec<(u8, usize)>>,
}

/// The client whose age a note speaks of.
pub(super) struct Client {
    /// The personal identity code.
    pub(super) identifier: Option<usize>,
    /// The date of birth.
    pub(super) birth_date: Option<usize>,
    /// The day of the document.
    pub(super) day: Option<usize>,
}

/// More names than any note lists.
const MOST_NAMES: usize = 12;

impl<'s> Scope<'s> {
    pub(super) fn new(schema: &'s Schema) -> Scope<'s> {
        let parents: Vec<usize> = schema.fields.iter().map(|field| field.parent).collect();
        let mut names: FxHashMap<String, Vec<(u8, usize)>> = FxHashMap::default();
        for (number, field) in schema.fields.iter().enumerate().skip(1) {
            let name = field.name.fi.as_deref().map(folded);
            let label = field.title.as_deref().map(folded).or_else(|| name.clone());
            let short = label.as_deref().and_then(without_brackets).map(str::to_owned);
            let mut add = |rank, name: Option<String>| {
                let Some(name) = name.filter(|name| !name.is_empty()) else { return };
                let fields = names.entry(name).or_default();
                if fields.last().is_none_or(|(_, known)| *known != number) {
                    fields.push((rank, number));
                }
            };
            add(0, label);
            add(1, name);
            add(2, short);
        }
        Scope { schema, inside: insides(&parents), names }
    }

    pub(super) fn datatype(&self, field: usize) -> Option<&Datatype> {
        self.schema.fields.get(field).map(|field| &field.datatype)
    }

    pub(super) fn is_conditional(&self, field: usize) -> bool {
        self.schema.fields.get(field).is_some_and(|field| field.conditional)
    }

    pub(super) fn is_repeatable(&self, field: usize) -> bool {
        self.schema.fields.get(field).is_some_and(|field| field.repeatable)
    }

    fn parent(&self, field: usize) -> usize {
        self.schema.fields.get(field).map_or(0, |field| field.parent)
    }

    /// The groups that a field is in, the nearest first, the document last.
    pub(super) fn groups(&self, field: usize) -> impl Iterator<Item = usize> {
        let above = |&group: &usize| (group > 0).then(|| self.parent(group));
        std::iter::successors((field > 0).then(|| self.parent(field)), above)
    }

    fn is_below(&self, group: usize, field: usize) -> bool {
        self.inside.get(group).is_some_and(|inside| inside.contains(&field))
    }

    /// The nearest field that a note at `from` can mean by a name: beside it, then further inside the groups beside it,
    /// then outwards. Where two are equally near, none is meant.
    pub(super) fn find(
        &self,
        from: usize,
        name: &str,
        accepts: impl Fn(&Datatype) -> bool,
        itself: bool,
    ) -> Option<usize> {
        let name = folded(name);
        let fits = |field: usize| (itself || field != from) && self.datatype(field).is_some_and(&accepts);
        let nearest = |name: &str| {
            let named: Vec<_> = self.names.get(name)?.iter().copied().filter(|&(_, field)| fits(field)).collect();
            for group in self.groups(from) {
                for children in [true, false] {
                    let near = |&(_, field): &(u8, usize)| match children {
                        true => self.parent(field) == group,
                        false => self.is_below(group, field),
                    };
                    let best = named.iter().copied().filter(near).map(|(rank, _)| rank).min();
                    let Some(best) = best else { continue };
                    let mut best = named.iter().copied().filter(near).filter(|(rank, _)| *rank == best);
                    return match (best.next(), best.next()) {
                        (Some((_, field)), None) => Some(field),
                        _ => None,
                    };
                }
            }
            None
        };
        nearest(&name).or_else(|| nearest(without_brackets(&name)?))
    }

    /// The fields of a list of names. Names may hold the words that stand between them, so that a longer name goes
    /// before a shorter one.
    pub(super) fn list(
        &self,
        from: usize,
        names: &Text,
        accepts: impl Fn(&Datatype) -> bool,
        itself: bool,
    ) -> Option<Vec<usize>> {
        let (items, between) = items(&names.text);
        if items.len() > MOST_NAMES {
            return None;
        }
        let text = |first: usize, last: usize| {
            // What is quoted is a name by itself.
            if last - first > 1 && items.get(first..last)?.iter().any(|item| item.contains(Text::is_quoted)) {
                return None;
            }
            let mut text = (*items.get(first)?).to_owned();
            for number in first + 1..last {
                text.push_str(between.get(number - 1)?);
                text.push_str(items.get(number)?);
            }
            Some(text)
        };
        let field = |first, last| {
            let text = text(first, last)?;
            let name = bare(&text);
            if name == "tämä kenttä" {
                return itself.then_some(from);
            }
            self.find(from, &names.plain(name), &accepts, itself)
        };
        // From the last name backwards: what the rest of the list means once its first name is settled.
        let mut rest: Vec<Option<Vec<usize>>> = vec![None; items.len() + 1];
        *rest.last_mut()? = Some(Vec::new());
        for first in (0..items.len()).rev() {
            let found = (first + 1..=items.len()).rev().find_map(|last| {
                let behind = rest.get(last)?.as_ref()?;
                let mut fields = vec![field(first, last)?];
                fields.extend(behind);
                Some(fields)
            });
            *rest.get_mut(first)? = found;
        }
        let mut fields = rest.into_iter().next()??;
        fields.sort_unstable();
        let count = fields.len();
        fields.dedup();
        (fields.len() == count).then_some(fields)
    }

    /// Whether a field is in a group of a name.
    pub(super) fn is_inside(&self, field: usize, group: &str) -> bool {
        let group = folded(group);
        let named = self.names.get(&group);
        self.groups(field).any(|above| named.is_some_and(|named| named.iter().any(|(_, known)| *known == above)))
    }

    /// The nearest group that all fields are in.
    pub(super) fn common_group(&self, fields: &[usize]) -> Option<usize> {
        let (first, rest) = fields.split_first()?;
        self.groups(*first).find(|&group| rest.iter().all(|&field| self.is_below(group, field)))
    }

    /// Where a requirement is asked: at the nearest group that the field and what decides it are in, for headings
    /// between are no excuse. But a group that is a list, or is itself required only sometimes, is asked at each of its
    /// occurrences, and not where it has none.
    pub(super) fn place_of(&self, field: usize, asked: &[usize]) -> Option<usize> {
        let all: Vec<usize> = asked.iter().copied().chain([field]).collect();
        let common = self.common_group(&all)?;
        let stops = |&group: &usize| group == common || self.is_repeatable(group) || self.is_conditional(group);
        self.groups(field).find(stops)
    }

    /// The one client of the document.
    pub(super) fn client(&self, field: usize) -> Option<Client> {
        let client = self.find(field, "asiakas", |datatype| *datatype == Datatype::Group, false)?;
        if self.is_repeatable(client) || self.groups(client).any(|group| self.is_repeatable(group)) {
            return None;
        }
        let named = |group: usize, name: &str, accepts: fn(&Datatype) -> bool| {
            let fits = |field: usize| self.parent(field) == group && !self.is_repeatable(field);
            let mut named = self.names.get(name)?.iter().map(|(_, field)| *field);
            named.find(|&field| fits(field) && self.datatype(field).is_some_and(accepts))
        };
        let is_date = |datatype: &Datatype| *datatype == Datatype::Date;
        let is_identifier = |datatype: &Datatype| matches!(datatype, Datatype::Identifier { .. });
        Some(Client {
            identifier: named(client, "henkilötunnus", is_identifier),
            birth_date: named(client, "syntymäaika", is_date),
            day: named(0, "päivämäärä", is_date),
        })
    }
}

/// A name as notes and forms may differ in it: case, white space, a full stop behind it.
pub(super) fn folded(name: &str) -> String {
    schema::folded(name).to_lowercase().trim_end_matches('.').trim_end().to_owned()
}

/// What stands before brackets at the end.
fn without_brackets(name: &str) -> Option<&str> {
    let (before, _) = name.strip_suffix(')')?.rsplit_once(" (")?;
    Some(before)
}

/// A name without the words that say what it names: "A-kenttä", "kenttä A".
fn bare(item: &str) -> &str {
    const ENDS: [&str; 5] = ["-kenttä", "-kenttää", "-tietokenttää", "-tietokokonaisuutta", "-"];
    let item = item.trim();
    let item = item.strip_prefix("kenttä ").or_else(|| item.strip_prefix("tietokenttä ")).unwrap_or(item);
    ENDS.iter().find_map(|end| item.strip_suffix(end)).unwrap_or(item).trim()
}

/// The pieces of a list, and what stands between them.
fn items(list: &str) -> (Vec<&str>, Vec<&str>) {
    // The longest first, since some begin as others do.
    const BETWEEN: [&str; 7] = [" ja/ tai ", " ja/tai ", ", tai ", ", ja ", " tai ", " ja ", ", "];
    let (mut items, mut between) = (Vec::new(), Vec::new());
    let mut rest = list;
    while let Some((at, word)) = BETWEEN
        .iter()
        .filter_map(|word| Some((rest.find(word)?, *word)))
        .min_by_key(|(at, word)| (*at, std::cmp::Reverse(word.len())))
    {
        items.push(&rest[..at]);
        between.push(word);
        rest = &rest[at + word.len()..];
    }
    items.push(rest);
    (items, between)
}
