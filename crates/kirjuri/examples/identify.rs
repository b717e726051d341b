//! Says of each line `kind<TAB>value` on standard input whether the value is of that kind: `true` or `false`.
//!
//! Kinds: `hetu`, `business-id`, `oid`, `timestamp`, and `finnish-offset`, a point in time that carries the offset
//! Finland has then. `scripts/compare-identifiers.py` compares the answers with other implementations.

use std::error::Error;
use std::io::{self, BufRead, Write};

use kirjuri::identifiers::{Hetu, Timestamp, is_valid_business_id, is_valid_oid};

fn main() -> Result<(), Box<dyn Error>> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (kind, value) = line.split_once('\t').ok_or("a line is a kind, a tab and a value")?;
        let answer = match kind {
            "hetu" => Hetu::parse(value).is_ok(),
            "business-id" => is_valid_business_id(value),
            "oid" => is_valid_oid(value),
            "timestamp" => Timestamp::parse(value).is_ok(),
            "finnish-offset" => Timestamp::parse(value).is_ok_and(|timestamp| {
                let written = timestamp.offset_minutes();
                written.is_some() && written == timestamp.finnish_offset_minutes()
            }),
            _ => return Err("a kind is hetu, business-id, oid, timestamp or finnish-offset".into()),
        };
        writeln!(output, "{answer}")?;
    }
    output.flush()?;
    Ok(())
}
