//! Reads the user's own file of areas.

use std::ops::Range;
use std::sync::Arc;

use kirjuri::identifiers::is_valid_oid;
use kirjuri::nearest;

use super::separated::{self, Value};
use super::{Areas, Own, arc_of};
use crate::fault::Fault;

/// What is wrong with a value, and what to do.
struct Wrong {
    span: Range<usize>,
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn at(value: &Value, message: impl Into<String>) -> Wrong {
        Wrong { span: value.span.clone(), message: message.into(), help: None }
    }

    fn with_help(self, help: impl Into<String>) -> Wrong {
        Wrong { help: Some(help.into()), ..self }
    }
}

/// The longest name or code of one's own, in characters.
const LONGEST: usize = 100;

/// Where the columns stand.
struct Columns {
    oid: usize,
    name: usize,
    area: usize,
    area_name: Option<usize>,
}

impl Areas {
    /// The areas with the user's own: a text of separated values (comma, semicolon or tab) whose first row names the columns
    /// `oid`, `name` and `area`, in any order; `area-name` is read if it is there, other columns are left alone.
    ///
    /// - `oid`: the OID of an organisation or a unit, for what is below it too, or a business identity code.
    /// - `name`: what reports call it; may be empty.
    /// - `area`: the code or name of an area, or a code of one's own in lower-case letters, digits and hyphens; may be empty.
    ///
    /// `path` is what faults call the file.
    ///
    /// # Errors
    /// All that is wrong, up to ten thousand faults.
    pub fn with_own(mut self, path: &str, text: &str) -> Result<Areas, Vec<Fault>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let heading = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
        // Where the decimal separator is a comma, spreadsheets write semicolons.
        let separator = [';', '\t'].into_iter().find(|separator| heading.contains(*separator)).unwrap_or(',');
        let mut rows = separated::rows(text, separator).into_iter();
        let told = |wrong: Vec<Wrong>, text: &str| -> Vec<Fault> {
            let (path, text): (Arc<str>, Arc<str>) = (path.into(), text.into());
            let fault = |Wrong { span, message, help }| Fault {
                path: Arc::clone(&path),
                text: Arc::clone(&text),
                span,
                message,
                help,
            };
            wrong.into_iter().map(fault).collect()
        };
        let columns = columns(&rows.next().unwrap_or_default()).map_err(|wrong| match wrong.len() {
            // A first row that names none of the columns is no heading; what it says instead is not shown.
            COLUMNS.. => told(vec![no_heading()], ""),
            _ => told(wrong, text),
        })?;
        let wrong = rows.filter_map(|row| self.take(&row, &columns).err()).take(MOST_WRONG).collect::<Vec<_>>();
        if wrong.is_empty() { Ok(self) } else { Err(told(wrong, text)) }
    }

    fn take(&mut self, row: &[Value], columns: &Columns) -> Result<(), Wrong> {
        let Some(first) = row.first() else { return Ok(()) };
        let value = |column: usize| row.get(column).filter(|value| !value.text.trim().is_empty());
        let Some(oid) = value(columns.oid) else {
            return Err(Wrong::at(row.get(columns.oid).unwrap_or(first), "the row has no OID"));
        };
        let key = key(oid)?;
        if let Some(twin) = self.own.get(&*key) {
            return Err(Wrong::at(oid, format!("`{key}` stands on line {} already", twin.line)));
        }
        let area = value(columns.area).map(|area| self.own_code(area)).transpose()?;
        let name = value(columns.name).map(shown).transpose()?;
        if let (Some(area), Some(called)) = (&area, columns.area_name.and_then(value))
            && !self.areas.contains_key(area)
        {
            self.own_areas.insert(area.clone(), shown(called)?);
        }
        self.own.insert(key, Own { area, name, line: oid.line });
        Ok(())
    }

    fn own_code(&self, area: &Value) -> Result<Box<str>, Wrong> {
        let written = area.text.trim();
        if let Some(code) = self.code_of(written) {
            return Ok(code.into());
        }
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_own = written.len() <= LONGEST
            && written.starts_with(|first: char| first.is_ascii_lowercase())
            && written.bytes().all(is_part);
        if is_own {
            return Ok(written.into());
        }
        let codes = self.codes().collect::<Vec<_>>().join(", ");
        let help = format!(
            "the codes are {codes}; an area of your own has a code of lower-case letters, digits and hyphens that begins \
             with a letter"
        );
        Err(Wrong::at(area, format!("there is no area `{written}`")).with_help(help))
    }
}

/// How many rows that are wrong are looked for: a large file may be none of areas.
const MOST_WRONG: usize = 10_000;

/// How many columns a file must have.
const COLUMNS: usize = 3;

const HEADING: &str = "the first row names the columns `oid`, `name` and `area`";

fn no_heading() -> Wrong {
    Wrong { span: 0..0, message: "the file has no heading".into(), help: Some(HEADING.into()) }
}

/// Finds the columns by their names; else tells each that is not there.
fn columns(heading: &[Value]) -> Result<Columns, Vec<Wrong>> {
    let find = |name: &str| heading.iter().position(|value| value.text.trim().eq_ignore_ascii_case(name));
    let mut wrong = Vec::new();
    let mut need = |name: &str| {
        let found = find(name);
        if found.is_none() {
            let is_near = |value: &&Value| nearest(value.text.trim(), [name]).is_some();
            let near =
                heading.iter().find(is_near).map(|value| (value.span.clone(), format!("did you mean `{name}`?")));
            let whole =
                heading.first().map_or(0, |first| first.span.start)..heading.last().map_or(0, |last| last.span.end);
            let (span, help) = near.unwrap_or((whole, HEADING.to_owned()));
            wrong.push(Wrong { span, message: format!("there is no column `{name}`"), help: Some(help) });
        }
        found
    };
    match (need("oid"), need("name"), need("area")) {
        (Some(oid), Some(name), Some(area)) => Ok(Columns { oid, name, area, area_name: find("area-name") }),
        _ => Err(wrong),
    }
}

/// The OID that a row is about.
fn key(oid: &Value) -> Result<Box<str>, Wrong> {
    let written = oid.text.trim();
    let bare = written.strip_prefix("urn:oid:").unwrap_or(written);
    if is_valid_oid(bare) {
        return Ok(bare.into());
    }
    let is_business_id = matches!(bare.as_bytes(), [digits @ .., b'-', b'0'..=b'9']
        if digits.len() == 7 && digits.iter().all(u8::is_ascii_digit));
    if let Some(arc) = arc_of(bare) {
        return Ok(arc.into());
    }
    Err(if is_business_id {
        Wrong::at(oid, format!("the check digit of the business identity code `{written}` is wrong"))
    } else {
        Wrong::at(oid, format!("`{written}` is neither an OID nor a business identity code"))
            .with_help("an OID is written 1.2.246.10.99999984.10.1, a business identity code 0124610-9")
    })
}

/// A name as it can be shown.
fn shown(value: &Value) -> Result<Box<str>, Wrong> {
    let text = value.text.trim();
    if text.chars().any(char::is_control) || text.chars().count() > LONGEST {
        return Err(Wrong::at(value, format!("a name is one line of {LONGEST} characters at most")));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &[&str]) {
        let faults = Areas::national().with_own("a.csv", text).unwrap_err();
        let found: Vec<String> = faults.iter().map(Fault::to_string).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[track_caller]
    fn taken(text: &str, oid: &str, area: &str) {
        let areas = Areas::national().with_own("a.csv", text).unwrap();
        assert_eq!(areas.own_area(oid).unwrap_or_default(), area, "{text:?}");
    }

    #[test]
    fn spreadsheets_write_the_file_in_several_ways() {
        for text in [
            "oid,name,area\n1.2.3,,04\n",
            "oid;name;area\r\n1.2.3;;04\r\n",
            "\u{feff}oid\tname\tarea\n1.2.3\t\t04",
            "# mine\nArea,Kaupunki,Name,OID\n 4 ,Vantaa,\"Yksi, toinen\",urn:oid:1.2.3\n",
            "oid,name,area\n1.2.3,,vantaan ja keravan hyvinvointialue\n",
        ] {
            taken(text, "1.2.3.4", "04");
        }
        taken("oid,name,area\n0124610-9,,hus\n", "1.2.246.10.1246109.10.1", "hus");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let heading = "the first row names the columns `oid`, `name` and `area`";
        for text in ["", "Mallinen,Malla,010190-900P\n"] {
            refused(text, &[&format!("a.csv:1:1: the file has no heading; {heading}")]);
        }
        refused(
            "oid,nmae,unit\n",
            &[
                "a.csv:1:5: there is no column `name`; did you mean `name`?",
                &format!("a.csv:1:1: there is no column `area`; {heading}"),
            ],
        );
        refused(
            "oid,name,area\nx,,04\n1.2.3,,04\n\n1.2.3,a,05\n,b,04\n0124610-8,,04\n1.2.4,\"a\nb\",04\n",
            &[
                "a.csv:2:1: `x` is neither an OID nor a business identity code; an OID is written \
                 1.2.246.10.99999984.10.1, a business identity code 0124610-9",
                "a.csv:5:1: `1.2.3` stands on line 3 already",
                "a.csv:6:1: the row has no OID",
                "a.csv:7:1: the check digit of the business identity code `0124610-8` is wrong",
                "a.csv:8:7: a name is one line of 100 characters at most",
            ],
        );
        let faults = Areas::national().with_own("a.csv", "oid,name,area\n1.2.3,,99\n1.2.4,,Etelä\n").unwrap_err();
        assert!(faults[0].to_string().starts_with("a.csv:2:8: there is no area `99`; the codes are 01, 02, "));
        assert!(faults[1].to_string().starts_with("a.csv:3:8: there is no area `Etelä`; "));
    }

    #[test]
    fn a_file_that_is_wrong_in_every_row_is_not_told_to_its_end() {
        let text = format!("oid,name,area\n{}", "x,,\n".repeat(MOST_WRONG + 1));
        assert_eq!(Areas::national().with_own("a.csv", &text).unwrap_err().len(), MOST_WRONG);
    }

    #[test]
    fn an_area_of_one_s_own_may_have_a_name() {
        let text = "oid,name,area,area-name\n1.2.3,,etela,Etelän alue\n1.2.4,,04,Muu\n";
        let areas = Areas::national().with_own("a.csv", text).unwrap();
        let name = |code| areas.name_of(crate::Dimension::Area, code, kirjuri::Language::English);
        assert_eq!(name("etela"), Some("Etelän alue"));
        assert_eq!(name("04"), Some("Vantaa and Kerava wellbeing services county"));
    }
}
