//! What is taken from a document for a series, and its bytes, whose plain order is the canonical one.

use crate::fingerprint::Spot;
use crate::place::Place;

/// Something a document says that rules on a series compare with what others say. It holds no content of the document but
/// what its series keeps as written: numbers, times, codes and OIDs.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// Number of the series in the rule set.
    pub(crate) series: u32,
    /// Number of its kind in the series.
    pub(crate) kind: u16,
    /// Fingerprint of what it is grouped by.
    pub(crate) group: u128,
    /// What it is sorted by: numbers, times, OIDs and the like, and fingerprints of other texts.
    pub(crate) order: Vec<u8>,
    /// By fact of its kind.
    pub(crate) facts: Vec<Option<Fact>>,
    /// What a finding about it is known by, but for its rule.
    pub(crate) spot: Spot,
    /// Where a finding about it points.
    pub(crate) place: Place,
}

/// What is kept of a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fact {
    /// The text itself.
    Written(Box<str>),
    /// Its fingerprint.
    Fingerprint(u128),
}

/// The longest text that is kept as written, in bytes.
pub(crate) const LONGEST_VALUE: usize = 64;

/// Bytes that say of which group a member is: those of the series and of the group's fingerprint.
const GROUP_BYTES: usize = 4 + 16;

impl Member {
    /// Appends the bytes of a member of a document. Their plain order is that of the series, the groups, what members are
    /// sorted by, the documents by the number that the caller gives them, and the places. That number is to be the same
    /// whatever the order of input, such as the place of the document's name among all names.
    pub fn encode(&self, document: u32, out: &mut Vec<u8>) {
        out.extend(self.series.to_be_bytes());
        out.extend(self.group.to_be_bytes());
        out.extend(&self.order);
        out.extend(document.to_be_bytes());
        write_place_order(&self.place, out);
        out.extend(self.kind.to_be_bytes());
        out.extend(self.spot.0.to_be_bytes());
        write_place(&self.place, out);
        for fact in &self.facts {
            match fact {
                None => out.push(0),
                Some(Fact::Written(text)) => {
                    out.push(1);
                    write_text(text, out);
                }
                Some(Fact::Fingerprint(fingerprint)) => {
                    out.push(2);
                    out.extend(fingerprint.to_be_bytes());
                }
            }
        }
        out.extend((self.order.len() as u32).to_be_bytes());
    }

    /// The member of some bytes, and the number of its document; nothing where they are none of [`Member::encode`].
    pub fn decode(bytes: &[u8]) -> Option<(Member, u32)> {
        let (bytes, order) = bytes.split_last_chunk::<4>()?;
        let mut rest = Bytes(bytes);
        let (series, group) = (rest.number()?, rest.fingerprint()?);
        let order = rest.take(u32::from_be_bytes(*order) as usize)?.to_vec();
        let document = rest.number()?;
        rest.take(PLACE_ORDER_BYTES)?;
        let kind = u16::from_be_bytes(*rest.chunk()?);
        let spot = Spot(rest.fingerprint()?);
        let place = rest.place()?;
        let mut facts = Vec::new();
        while let Some([tag]) = rest.chunk() {
            facts.push(match tag {
                0 => None,
                1 => Some(Fact::Written(rest.text()?.into())),
                _ => Some(Fact::Fingerprint(rest.fingerprint()?)),
            });
        }
        Some((Member { series, kind, group, order, facts, spot, place }, document))
    }

    /// Whether it is of a series of this number in its rule set.
    pub(crate) fn is_of(&self, series: usize) -> bool {
        self.series as usize == series
    }

    /// Of the bytes of a member, the number of its series.
    pub(crate) fn series_of(bytes: &[u8]) -> Option<usize> {
        Bytes(bytes).number().map(|series| series as usize)
    }

    /// Of the bytes of a member, those that all members of its group share.
    pub fn group_of(bytes: &[u8]) -> &[u8] {
        bytes.get(..GROUP_BYTES).unwrap_or(bytes)
    }
}

/// A text as bytes that sort as people sort: numbers by their value, whatever their zeros in front. Runs of eight digits
/// and more are taken as times, of which the first digits count most. Only the first 128 bytes of a text count.
pub(crate) fn order_of(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes().get(..LONGEST_KEY).unwrap_or(text.as_bytes());
    while let Some(&byte) = rest.first() {
        if !byte.is_ascii_digit() {
            // Zero ends the text.
            out.push(byte.max(1));
            rest = &rest[1..];
            continue;
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, behind) = rest.split_at(end);
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = digits.get(zeros..).unwrap_or_default();
        out.extend([b'0', digits.len().min(LONGEST_NUMBER) as u8]);
        out.extend(digits);
        rest = behind;
    }
    out.push(0);
}

/// What is sorted by the fingerprint of a text, behind all that is sorted by a text: equal ones stay together.
pub(crate) fn order_of_fingerprint(fingerprint: u128, out: &mut Vec<u8>) {
    // Behind the characters that texts have.
    out.push(0x7f);
    out.extend(fingerprint.to_be_bytes());
}

/// Bytes of a text that it is sorted by.
const LONGEST_KEY: usize = 128;
/// Of so many digits and more, a number is a time.
const LONGEST_NUMBER: usize = 8;

const PLACE_ORDER_BYTES: usize = 4 * 4;

/// Bytes of a place that sort as the places of a document do.
pub(super) fn write_place_order(place: &Place, out: &mut Vec<u8>) {
    let inner = place.inner.as_deref();
    // What is carried comes behind what carries it, as zero stands for none.
    let numbers = [place.start, place.end, inner.map_or(0, |it| it.start + 1), inner.map_or(0, |it| it.end + 1)];
    // No document is larger than a gibibyte.
    numbers.iter().for_each(|&number| out.extend((number as u32).to_be_bytes()));
}

pub(super) fn write_place(place: &Place, out: &mut Vec<u8>) {
    for number in [place.line, place.column, place.start as u32, place.end as u32] {
        out.extend(number.to_be_bytes());
    }
    write_text(&place.path, out);
    out.push(u8::from(place.inner.is_some()));
    // What is carried carries nothing.
    if let Some(inner) = &place.inner {
        let inner = Place { inner: None, ..(**inner).clone() };
        write_place(&inner, out);
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_be_bytes());
    out.extend(text.as_bytes());
}

/// Bytes that are read from the front.
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn chunk<const N: usize>(&mut self) -> Option<&'b [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        self.chunk().map(|bytes| u32::from_be_bytes(*bytes))
    }

    pub(super) fn fingerprint(&mut self) -> Option<u128> {
        self.chunk().map(|bytes| u128::from_be_bytes(*bytes))
    }

    fn text(&mut self) -> Option<&'b str> {
        let length = self.number()? as usize;
        std::str::from_utf8(self.take(length)?).ok()
    }

    pub(super) fn place_order(&mut self) -> Option<()> {
        self.take(PLACE_ORDER_BYTES).map(drop)
    }

    pub(super) fn place(&mut self) -> Option<Place> {
        let mut place = self.flat_place()?;
        if self.chunk::<1>()? == &[1] {
            let inner = self.flat_place()?;
            self.take(1)?;
            place.inner = Some(Box::new(inner));
        }
        Some(place)
    }

    fn flat_place(&mut self) -> Option<Place> {
        let (line, column) = (self.number()?, self.number()?);
        let (start, end) = (self.number()? as usize, self.number()? as usize);
        Some(Place { path: self.text()?.to_owned(), line, column, start, end, inner: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        order_of(text, &mut key);
        key
    }

    #[test]
    fn texts_sort_as_people_sort_them() {
        let rows = [
            ["1", "2"],
            ["2", "10"],
            ["09", "10"],
            ["a9", "a10"],
            ["", "0"],
            ["", "a"],
            ["1.2.9", "1.2.10"],
            ["20261121", "20261122"],
            ["20261121120000", "20261122"],
            ["20261122", "20261122120000"],
            ["2026112212+0200", "20261122120000+0200"],
        ];
        for [less, more] in rows {
            assert!(key(less) < key(more), "{less} {more}");
        }
        assert_eq!(key("007"), key("7"));
        let mut fingerprint = Vec::new();
        order_of_fingerprint(0, &mut fingerprint);
        assert!(key("20261122") < fingerprint && key("a9") < fingerprint);
        assert!(!key("a\0b").get(..3).is_some_and(|bytes| bytes.contains(&0)));
    }

    #[test]
    fn a_member_is_its_bytes() {
        let flat = Place { path: "/a/@b".into(), line: 2, column: 3, start: 10, end: 12, inner: None };
        let carried = Place { inner: Some(Box::new(flat.clone())), ..flat.clone() };
        let facts = vec![None, Some(Fact::Written("1.2".into())), Some(Fact::Fingerprint(7)), None];
        for place in [flat, carried] {
            for facts in [Vec::new(), facts.clone()] {
                let order = key("12");
                let (spot, place) = (Spot(4), place.clone());
                let member = Member { series: 1, kind: 2, group: 3, order, facts, spot, place };
                let mut bytes = Vec::new();
                member.encode(9, &mut bytes);
                assert_eq!(Member::decode(&bytes), Some((member.clone(), 9)));
                for end in 0..bytes.len() {
                    let cut = bytes.get(..end).unwrap_or_default();
                    assert!(Member::decode(cut).is_none_or(|(cut, _)| cut != member));
                }
            }
        }
    }
}
