//! A code set as it was read, and the indexed file it becomes.

use rustc_hash::FxHashMap;

use super::index::{BETWEEN, COMPLETE, HEADER, Head, MAGIC, RECORD, SLOT, VERSION, checksum, hash, number_of};
use crate::identifiers::{Date, is_valid_oid};

/// A code set before it is indexed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeTable {
    /// OID of the code set, with its version where there is one.
    pub oid: String,
    /// What it is called.
    pub name: String,
    /// Its version, where the source names one.
    pub version: Option<String>,
    /// Whether these are all its codes.
    pub complete: bool,
    /// Where the codes were read.
    pub source: Vec<String>,
    /// Its codes, in any order; a code may stand several times.
    pub rows: Vec<CodeRow>,
}

/// A code of a code set.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub struct CodeRow {
    /// The code.
    pub code: String,
    /// First day in force, where the source says it.
    pub from: Option<Date>,
    /// Last day in force, where the source says it.
    pub to: Option<Date>,
    /// The name in Finnish.
    pub fi: Option<String>,
    /// The name in Swedish.
    pub sv: Option<String>,
    /// The name in English.
    pub en: Option<String>,
    /// Other names, such as the short one.
    pub also: Vec<String>,
}

/// Why a code set cannot be indexed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeTableError {
    /// The OID is none.
    #[error("`{0}` is no OID: numbers with dots between")]
    Oid(String),
    /// A code or name is longer than the format holds.
    #[error("the code or a name of `{0}` is longer than 65535 bytes")]
    LongText(String),
    /// There is more than the format holds.
    #[error("the code set is larger than an indexed file can be (4 GiB)")]
    TooLarge,
}

/// The texts of a file while they are put together, each once.
#[derive(Default)]
struct Texts<'t> {
    bytes: Vec<u8>,
    places: FxHashMap<std::borrow::Cow<'t, str>, u32>,
}

impl<'t> Texts<'t> {
    fn place(&mut self, text: std::borrow::Cow<'t, str>, code: &str) -> Result<u32, CodeTableError> {
        if let Some(&place) = self.places.get(&text) {
            return Ok(place);
        }
        let place = u32::try_from(self.bytes.len()).map_err(|_| CodeTableError::TooLarge)?;
        let length = u16::try_from(text.len()).map_err(|_| CodeTableError::LongText(shortened(code)))?;
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(text.as_bytes());
        self.places.insert(text, place);
        Ok(place)
    }
}

fn shortened(code: &str) -> String {
    code.chars().take(40).collect()
}

impl CodeTable {
    /// The indexed file. The same codes give the same bytes, in whatever order they stand.
    ///
    /// # Errors
    /// See [`CodeTableError`].
    pub fn to_bytes(&self, imported: Date) -> Result<Vec<u8>, CodeTableError> {
        if !is_valid_oid(&self.oid) {
            return Err(CodeTableError::Oid(self.oid.clone()));
        }
        let mut rows: Vec<&CodeRow> = self.rows.iter().collect();
        rows.sort();
        rows.dedup();
        let slots = rows.len().saturating_mul(2).next_power_of_two().max(2);
        let mut table = vec![(0, 0); slots];
        let mut records = Vec::with_capacity(rows.len() * RECORD);
        let mut texts = Texts::default();
        texts.place("".into(), "")?;
        // The codes lie together, so that looking them up touches little memory.
        for row in &rows {
            texts.place(row.code.as_str().into(), &row.code)?;
        }
        for (number, row) in rows.iter().enumerate() {
            let code = &row.code;
            let mut name = |name: &'_ Option<String>| match name {
                Some(name) => texts.place(name.clone().into(), code),
                None => Ok(0),
            };
            let (fi, sv, en) = (name(&row.fi)?, name(&row.sv)?, name(&row.en)?);
            let also = texts.place(row.also.join(&BETWEEN.to_string()).into(), code)?;
            let place = texts.place(code.as_str().into(), code)?;
            for part in [place, fi, sv, en, also, number_of(row.from), number_of(row.to)] {
                records.extend(part.to_le_bytes());
            }
            let is_first = number.checked_sub(1).and_then(|before| rows.get(before)).is_none_or(|it| it.code != *code);
            if is_first {
                let number = u32::try_from(number + 1).map_err(|_| CodeTableError::TooLarge)?;
                enter(&mut table, code, (number, place));
            }
        }
        let head = Head {
            oid: self.oid.clone(),
            name: self.name.clone(),
            version: self.version.clone(),
            source: self.source.clone(),
            imported: imported.to_string(),
        };
        let head = toml::to_string(&head).map_err(|_| CodeTableError::TooLarge)?;
        let mut bytes = Vec::with_capacity(HEADER + slots * SLOT + records.len() + head.len() + texts.bytes.len() + 8);
        bytes.extend(MAGIC);
        let flags = if self.complete { COMPLETE } else { 0 };
        for number in [VERSION as usize, flags as usize, rows.len(), slots, head.len(), texts.bytes.len()] {
            let number = u32::try_from(number).map_err(|_| CodeTableError::TooLarge)?;
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(table.iter().flat_map(|(number, place)| [*number, *place]).flat_map(u32::to_le_bytes));
        bytes.extend(records);
        bytes.extend(head.as_bytes());
        bytes.extend(texts.bytes);
        bytes.extend(checksum(&bytes).to_le_bytes());
        Ok(bytes)
    }
}

/// Puts a record into the first free slot from the code's own on; at least half of the slots stay free.
fn enter(table: &mut [(u32, u32)], code: &str, entry: (u32, u32)) {
    let mask = table.len() - 1;
    let mut slot = (hash(code) >> 16) as usize & mask;
    while table.get(slot).is_some_and(|(taken, _)| *taken != 0) {
        slot = (slot + 1) & mask;
    }
    if let Some(free) = table.get_mut(slot) {
        *free = entry;
    }
}
