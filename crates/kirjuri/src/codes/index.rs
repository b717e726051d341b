//! An indexed file of a code set: found by the code without reading anything before, and sound whatever its bytes.
//!
//! All numbers are little-endian. A header of 32 bytes (magic, version of the format, flags, how many records, slots,
//! bytes of the head and bytes of texts) is followed by the slots of a hash table (the number of a record and 1, and the
//! place of its code, 8 bytes each), the records (28 bytes each, sorted by code), the head (TOML), the texts (each `u16` bytes and UTF-8) and a checksum.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::code_set::{folded, is_folded_alike};
use crate::identifiers::{Date, Timestamp, is_valid_oid};
use crate::language::Language;

pub(super) const MAGIC: [u8; 8] = *b"kirjcode";
/// The version of the format that is written, and the only one that is read.
pub(super) const VERSION: u32 = 1;
pub(super) const COMPLETE: u32 = 1;
pub(super) const HEADER: usize = 32;
pub(super) const SLOT: usize = 8;
pub(super) const RECORD: usize = 28;
const CHECKSUM: usize = 8;
/// The head is a few lines.
const LARGEST_HEAD: usize = 64 << 10;
/// What stands between the other names of a code, which no name holds.
pub(super) const BETWEEN: char = '\n';

/// The code set of an indexed file. It owns the bytes of the file; looking a code up allocates nothing.
pub struct CodeIndex {
    bytes: Vec<u8>,
    head: Head,
    complete: bool,
    slots: Range<usize>,
    records: Range<usize>,
    texts: Range<usize>,
    /// By folded name, the number of a record; none where several codes have the name. Made when first asked for.
    by_name: OnceLock<FxHashMap<String, Option<u32>>>,
}

/// What the file says of the set as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) oid: String,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    pub(super) source: Vec<String>,
    /// The day of the import, YYYYMMDD.
    pub(super) imported: String,
}

/// Why bytes are no indexed file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeIndexError {
    /// The file begins with something else.
    #[error("this is no indexed file of a code set; `kirjuri codes import` makes one")]
    Unlike,
    /// The file was written by another version of kirjuri, in a format that is not read.
    #[error("the file has version {0} of the format, and only version {VERSION} is read; import the code set again")]
    Version(u32),
    /// The file is shorter or longer than its header says.
    #[error("the file is cut off or has more than belongs to it: its header says {expected} bytes, it has {actual}")]
    Length {
        /// Bytes by the header.
        expected: u64,
        /// Bytes there are.
        actual: u64,
    },
    /// The bytes are not those that were written.
    #[error("the file is damaged: its checksum does not agree; import the code set again")]
    Checksum,
    /// The file is whole and says what no file does that `kirjuri codes import` wrote.
    #[error("the file contradicts itself: {0}")]
    Contradiction(&'static str),
}

/// A code of an indexed file.
#[derive(Clone, Copy)]
pub struct CodeRecord<'i> {
    index: &'i CodeIndex,
    number: u32,
}

/// A checksum that any change within a word of eight bytes changes: each step can be undone. Four sums go on side by side,
/// since a processor multiplies the next word before it has the product of the last.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(29);
    let (blocks, rest) = bytes.as_chunks::<32>();
    let mut sums = [1_u64, 2, 3, 4];
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        sums.iter_mut().zip(words).for_each(|(sum, word)| *sum = step(*sum, u64::from_le_bytes(*word)));
    }
    let sum = sums.into_iter().fold(bytes.len() as u64, step);
    rest.chunks(8).fold(sum, |sum, word| {
        let mut whole = [0; 8];
        whole.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
        step(sum, u64::from_le_bytes(whole))
    })
}

/// Where in the table the search for a code begins (FNV-1a, its bits mixed once more). It is part of the format.
pub(super) fn hash(code: &str) -> u64 {
    let fnv = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let sum = code.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    (sum ^ (sum >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(number.try_into().ok()?))
}

impl CodeIndex {
    /// Takes the bytes of an indexed file. They are compared with their checksum and measured; no code is read.
    ///
    /// # Errors
    /// See [`CodeIndexError`].
    pub fn parse(bytes: Vec<u8>) -> Result<CodeIndex, CodeIndexError> {
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(CodeIndexError::Unlike);
        }
        let actual = bytes.len() as u64;
        let cut_off = CodeIndexError::Length { expected: (HEADER + CHECKSUM) as u64, actual };
        let number = |at: usize| number_at(&bytes, at).ok_or(cut_off);
        let version = number(8)?;
        if version != VERSION {
            return Err(CodeIndexError::Version(version));
        }
        let (flags, records, slots, head, texts) = (number(12)?, number(16)?, number(20)?, number(24)?, number(28)?);
        // In 64 bits, so that no header makes the sum less than it is.
        let sizes =
            [u64::from(slots) * SLOT as u64, u64::from(records) * RECORD as u64, u64::from(head), u64::from(texts)];
        let expected = (HEADER + CHECKSUM) as u64 + sizes.iter().sum::<u64>();
        if expected != actual {
            return Err(CodeIndexError::Length { expected, actual });
        }
        let mut end = HEADER;
        // The sum of the sizes is the length of what is in memory, so each of them fits.
        let [slots, records, head, texts] = sizes.map(|size| {
            let start = end;
            end += size as usize;
            start..end
        });
        let (content, sum) = bytes.split_at(end);
        if sum != checksum(content).to_le_bytes() {
            return Err(CodeIndexError::Checksum);
        }
        if flags & !COMPLETE != 0 || !(slots.len() / SLOT).is_power_of_two() {
            return Err(CodeIndexError::Contradiction("its header has values that are never written"));
        }
        let said = content.get(head).filter(|head| head.len() <= LARGEST_HEAD);
        let said = said.and_then(|head| std::str::from_utf8(head).ok()).and_then(|head| toml::from_str(head).ok());
        let head: Head = said.ok_or(CodeIndexError::Contradiction("its head cannot be read"))?;
        if !is_valid_oid(&head.oid) {
            return Err(CodeIndexError::Contradiction("its `oid` is no OID"));
        }
        let complete = flags & COMPLETE != 0;
        Ok(CodeIndex { bytes, head, complete, slots, records, texts, by_name: OnceLock::new() })
    }

    /// The bytes of the indexed file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// OID of the code set, with its version where the source names one.
    pub fn oid(&self) -> &str {
        &self.head.oid
    }

    /// What the code set is called.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// The version, where the source names one.
    pub fn version(&self) -> Option<&str> {
        self.head.version.as_deref()
    }

    /// Whether the source lists the whole set. Only then is a code that is not here an unknown code.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Where the codes were read.
    pub fn source(&self) -> &[String] {
        &self.head.source
    }

    /// The day of the import. Codes may have been added since: that gives a code set no new version.
    pub fn imported(&self) -> Option<Date> {
        Date::parse(&self.head.imported)
    }

    /// How many records there are. A code has several where it was in force at several times.
    pub fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many bytes the file has.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// All records, ordered by code.
    pub fn iter(&self) -> impl Iterator<Item = CodeRecord<'_>> {
        (0..self.len() as u32).map(|number| CodeRecord { index: self, number })
    }

    /// The first record of a code.
    pub fn get(&self, code: &str) -> Option<CodeRecord<'_>> {
        let slots = self.slots.len() / SLOT;
        let mask = slots.checked_sub(1)?;
        let start = (hash(code) >> 16) as usize & mask;
        // A table that was written has free slots; one that has none is searched once.
        for step in 0..slots {
            let slot = (start + step) & mask;
            let at = self.slots.start + slot * SLOT;
            let number = number_at(&self.bytes, at)?.checked_sub(1)?;
            // The slot says where the code is, so that the record need not come from memory.
            if self.text_bytes(number_at(&self.bytes, at + 4)?) == Some(code.as_bytes()) {
                return Some(CodeRecord { index: self, number });
            }
        }
        None
    }

    /// All records of a code.
    pub fn records_of<'i, 'c>(&'i self, code: &'c str) -> impl Iterator<Item = CodeRecord<'i>> + use<'i, 'c> {
        let first = self.get(code).map_or(self.len() as u32, |record| record.number);
        let records = (first..self.len() as u32).map(|number| CodeRecord { index: self, number });
        records.take_while(move |record| record.code() == code)
    }

    /// Whether the set has the code.
    pub fn contains(&self, code: &str) -> bool {
        self.get(code).is_some()
    }

    /// The name of a code in a language, where it is known.
    pub fn display(&self, code: &str, language: Language) -> Option<&str> {
        // Where it was in force several times, the last name is the present one.
        self.records_of(code).filter_map(|record| record.name(language)).last()
    }

    /// Whether a name may stand beside the code: it is one of the code's names but for case and white space, or no name is
    /// known for the code.
    pub fn accepts_name(&self, code: &str, name: &str) -> bool {
        let mut names = self.records_of(code).flat_map(CodeRecord::names).peekable();
        names.peek().is_none() || names.any(|known| is_folded_alike(known, name))
    }

    /// The code that has the name, case and white space aside. None where several have it.
    pub fn code_of(&self, name: &str) -> Option<&str> {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: FxHashMap<String, Option<u32>> = FxHashMap::default();
            for record in self.iter() {
                for name in record.names() {
                    let known = by_name.entry(folded(name)).or_insert(Some(record.number));
                    let is_same = |number: u32| CodeRecord { index: self, number }.code() == record.code();
                    *known = known.filter(|number| is_same(*number));
                }
            }
            by_name
        });
        let number = (*by_name.get(&folded(name))?)?;
        Some(CodeRecord { index: self, number }.code())
    }

    /// False where the code was certainly not in force at a time.
    pub fn may_be_active(&self, code: &str, time: &Timestamp) -> bool {
        let mut records = self.records_of(code).peekable();
        records.peek().is_none() || records.any(|record| may_be_within(time, record.from(), record.to()))
    }

    /// A text of the file; the empty text where the file has none there.
    fn text(&self, at: u32) -> &str {
        self.text_bytes(at).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    fn text_bytes(&self, at: u32) -> Option<&[u8]> {
        let texts = self.bytes.get(self.texts.clone())?;
        let (length, rest) = texts.get(at as usize..)?.split_first_chunk::<2>()?;
        rest.get(..usize::from(u16::from_le_bytes(*length)))
    }
}

/// False where a time is certainly before the first or behind the last of some days.
pub(crate) fn may_be_within(time: &Timestamp, from: Option<Date>, to: Option<Date>) -> bool {
    // A day as a point in time is the whole day on a Finnish clock.
    let day = |date: Option<Date>| Timestamp::parse(&date?.to_string()).ok();
    let is_early = day(from).is_some_and(|from| time.compare(&from).is_some_and(|order| order.is_lt()));
    let is_late = day(to).is_some_and(|to| time.compare(&to).is_some_and(|order| order.is_gt()));
    !is_early && !is_late
}

impl<'i> CodeRecord<'i> {
    fn number(self, place: usize) -> u32 {
        // A slot may name any number.
        let at = (self.number as usize).saturating_mul(RECORD).saturating_add(self.index.records.start + place * 4);
        // What lies behind the records is no record.
        number_at(&self.index.bytes, at).filter(|_| at < self.index.records.end).unwrap_or(u32::MAX)
    }

    /// The code.
    pub fn code(self) -> &'i str {
        self.index.text(self.number(0))
    }

    /// The name in a language, where it is known.
    pub fn name(self, language: Language) -> Option<&'i str> {
        let place = match language {
            Language::Finnish => 1,
            Language::Swedish => 2,
            Language::English => 3,
        };
        Some(self.index.text(self.number(place))).filter(|name| !name.is_empty())
    }

    /// Other names, such as the short one.
    pub fn also(self) -> impl Iterator<Item = &'i str> {
        self.index.text(self.number(4)).split(BETWEEN).filter(|name| !name.is_empty())
    }

    /// All names.
    pub fn names(self) -> impl Iterator<Item = &'i str> {
        Language::ALL.into_iter().filter_map(move |language| self.name(language)).chain(self.also())
    }

    /// The first day in force, where it is known.
    pub fn from(self) -> Option<Date> {
        date_of(self.number(5))
    }

    /// The last day in force, where it is known.
    pub fn to(self) -> Option<Date> {
        date_of(self.number(6))
    }
}

/// A day as a number, YYYYMMDD; 0 is no day.
pub(super) fn number_of(date: Option<Date>) -> u32 {
    date.map_or(0, |date| u32::from(date.year()) * 10_000 + u32::from(date.month()) * 100 + u32::from(date.day()))
}

fn date_of(number: u32) -> Option<Date> {
    Date::new((number / 10_000).try_into().ok()?, (number / 100 % 100) as u8, (number % 100) as u8)
}

impl fmt::Debug for CodeIndex {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CodeIndex").field("oid", &self.oid()).field("len", &self.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for CodeRecord<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("CodeRecord").field(&self.code()).finish()
    }
}

#[cfg(test)]
mod tests;
