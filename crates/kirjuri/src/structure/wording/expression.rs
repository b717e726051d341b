//! Writes conditions as XPath.

use std::fmt::Write as _;

use super::scope::{Client, Scope};
use crate::structure::Datatype;

/// Writes expressions about the fields of a structure, relative to an occurrence of one of its groups.
pub(super) struct Expressions<'e, 's> {
    pub(super) scope: &'e Scope<'s>,
}

impl Expressions<'_, '_> {
    /// Whether at least one of the fields is there.
    pub(super) fn at_least_one(&self, at: usize, fields: &[usize]) -> Option<String> {
        let each: Option<Vec<_>> = fields.iter().map(|&field| self.there(at, field)).collect();
        Some(each?.join(" or "))
    }

    /// Whether exactly one of the switches is on.
    pub(super) fn exactly_one(&self, at: usize, switches: &[usize]) -> Option<String> {
        let on = |&switch: &usize| Some(format!("{}[. = 'true']", self.path(at, switch)?));
        let all: Option<Vec<_>> = switches.iter().map(on).collect();
        Some(format!("count({}) = 1", all?.join(" | ")))
    }

    /// Whether a field is there: it has text; of an identifier, its value. In a group that is a list it is there if the
    /// list has an item and every item has it.
    pub(super) fn there(&self, at: usize, field: usize) -> Option<String> {
        let (up, down) = self.way(at, field)?;
        let mut lists = Vec::new();
        let mut path = up;
        for &group in down.split_last()?.1 {
            self.push(&mut path, group)?;
            if self.scope.is_repeatable(group) {
                lists.push(std::mem::take(&mut path));
            }
        }
        self.push(&mut path, field)?;
        let is_identifier = matches!(self.scope.datatype(field)?, Datatype::Identifier { .. });
        let mut there = match (self.scope.is_repeatable(field), is_identifier) {
            (false, false) => format!("normalize-space({path})"),
            (false, true) => format!("normalize-space({path}/value)"),
            (true, false) => format!("{path}[normalize-space()]"),
            (true, true) => format!("{path}[normalize-space(value)]"),
        };
        for list in lists.iter().rev() {
            there = format!("({list} and not({list}[not({there})]))");
        }
        Some(there)
    }

    /// The elements of a field.
    pub(super) fn path(&self, at: usize, field: usize) -> Option<String> {
        let (mut path, down) = self.way(at, field)?;
        for field in down {
            self.push(&mut path, field)?;
        }
        Some(path)
    }

    /// Whether the client has certainly reached an age, or certainly not, on the day of the document; that an age is not
    /// reached, else on the day of checking. Where the age is unknown neither is certain: something that is no day makes the difference no
    /// number, and that compares with nothing.
    pub(super) fn age(&self, at: usize, client: &Client, years: u32, reached: bool) -> Option<String> {
        let whole = |field: usize| Some(format!("{}[string-length() = 10]", self.path(at, field)?));
        let digits = |day: &str| format!("translate({day}, '-', '')");
        // `a` where there is one, else `b`, both of eight digits.
        let either = |a: &str, there: &str, b: &str| format!("concat({a}, substring({b}, 1 + 8 * boolean({there})))");
        let identifier = match client.identifier {
            Some(field) => Some(format!("k:hetu-birth-date({}/value)", self.path(at, field)?)),
            None => None,
        };
        let birth_date = client.birth_date.map(|field| Some(digits(&whole(field)?)));
        let birth = match (identifier, birth_date) {
            (Some(identifier), Some(date)) => either(&identifier, &identifier, &date?),
            (Some(identifier), None) => identifier,
            (None, date) => date??,
        };
        let day = match (client.day, reached) {
            // Who has not reached an age on a later day had not on that of the document; not so the other way round.
            (Some(day), false) => either(&digits(&whole(day)?), &whole(day)?, "k:as-of()"),
            (Some(day), true) => digits(&whole(day)?),
            (None, false) => "k:as-of()".to_owned(),
            (None, true) => return None,
        };
        let sign = if reached { ">=" } else { "<" };
        Some(format!("{day} - {birth} {sign} {years}0000"))
    }

    /// The way from a group to a field: the steps outwards, then the fields inwards.
    fn way(&self, at: usize, field: usize) -> Option<(String, Vec<usize>)> {
        let mut up = String::new();
        for common in std::iter::once(at).chain(self.scope.groups(at)) {
            let mut down = vec![field];
            down.extend(self.scope.groups(field).take_while(|&group| group != common));
            if common == 0 || self.scope.groups(field).any(|group| group == common) {
                down.reverse();
                return Some((up, down));
            }
            up.push_str("../");
        }
        None
    }

    fn push(&self, path: &mut String, field: usize) -> Option<()> {
        let key = self.scope.schema.fields.get(field)?.key.as_str();
        if !path.is_empty() && !path.ends_with("../") {
            path.push('/');
        }
        match written(key)? {
            Key::Name => path.push_str(key),
            // One with both quotation marks cannot be written.
            Key::Attribute if !key.contains('\'') => write!(path, "_[@key = '{key}']").ok()?,
            Key::Attribute if !key.contains('"') => write!(path, "_[@key = \"{key}\"]").ok()?,
            Key::Attribute => return None,
        }
        Some(())
    }
}

/// Where the tree has a key.
enum Key {
    /// It is the name of the element.
    Name,
    /// It is no name, and stands in an attribute.
    Attribute,
}

/// Where the tree has a key; not known of the rarer letters, of which a name may have some and not others.
fn written(key: &str) -> Option<Key> {
    let is_latin = |c: char| matches!(c, '\u{C0}'..='\u{2FF}') && !matches!(c, '×' | '÷');
    if !key.chars().all(|c| c.is_ascii() || is_latin(c)) {
        return None;
    }
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || is_latin(c);
    let goes_on = |c: char| starts(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    let is_name = key != "_" && key.starts_with(starts) && key.chars().all(goes_on);
    Some(if is_name { Key::Name } else { Key::Attribute })
}
