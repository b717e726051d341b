//! Reads the user's own file of areas.

use std::fmt;

use kirjuri::identifiers::is_valid_oid;

use super::separated::{self, Value};
use super::{Areas, Own, arc_of};

/// What is wrong in a file of areas, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AreasError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, with what to write instead.
    pub message: String,
}

impl fmt::Display for AreasError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for AreasError {}

impl AreasError {
    fn at(value: &Value, message: impl Into<String>) -> AreasError {
        AreasError { line: value.line, column: value.column, message: message.into() }
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
    /// # Errors
    /// All that is wrong.
    pub fn with_own(mut self, text: &str) -> Result<Areas, Vec<AreasError>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let heading = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
        // Where the decimal separator is a comma, spreadsheets write semicolons.
        let separator = [';', '\t'].into_iter().find(|separator| heading.contains(*separator)).unwrap_or(',');
        let mut rows = separated::rows(text, separator).into_iter();
        let columns = columns(&rows.next().unwrap_or_default()).map_err(|error| vec![error])?;
        let mut errors = Vec::new();
        for row in rows {
            if let Err(error) = self.take(&row, &columns) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    fn take(&mut self, row: &[Value], columns: &Columns) -> Result<(), AreasError> {
        let Some(first) = row.first() else { return Ok(()) };
        let value = |column: usize| row.get(column).filter(|value| !value.text.trim().is_empty());
        let Some(oid) = value(columns.oid) else {
            return Err(AreasError::at(row.get(columns.oid).unwrap_or(first), "the row has no OID"));
        };
        let key = key(oid)?;
        if let Some(twin) = self.own.get(&*key) {
            return Err(AreasError::at(oid, format!("`{key}` stands on line {} already", twin.line)));
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

    fn own_code(&self, area: &Value) -> Result<Box<str>, AreasError> {
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
        let message = format!(
            "there is no area `{written}`; the codes are {codes}, and an area of your own has a code of lower-case letters, \
             digits and hyphens that begins with a letter"
        );
        Err(AreasError::at(area, message))
    }
}

/// Finds the columns by their names.
fn columns(heading: &[Value]) -> Result<Columns, AreasError> {
    let find = |name: &str| heading.iter().position(|value| value.text.trim().eq_ignore_ascii_case(name));
    let need = |name: &str| {
        find(name).ok_or_else(|| {
            let (line, column) = heading.first().map_or((1, 1), |first| (first.line, first.column));
            let message =
                format!("there is no column `{name}`: the first row names the columns `oid`, `name` and `area`");
            AreasError { line, column, message }
        })
    };
    Ok(Columns { oid: need("oid")?, name: need("name")?, area: need("area")?, area_name: find("area-name") })
}

/// The OID that a row is about.
fn key(oid: &Value) -> Result<Box<str>, AreasError> {
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
    let message = if is_business_id {
        format!("the check digit of the business identity code `{written}` is wrong")
    } else {
        format!("`{written}` is neither an OID, such as 1.2.246.10.99999984.10.1, nor a business identity code")
    };
    Err(AreasError::at(oid, message))
}

/// A name as it can be shown.
fn shown(value: &Value) -> Result<Box<str>, AreasError> {
    let text = value.text.trim();
    if text.chars().any(char::is_control) || text.chars().count() > LONGEST {
        let message = format!("a name is one line of {LONGEST} characters at most");
        return Err(AreasError::at(value, message));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &[&str]) {
        let errors = Areas::national().with_own(text).unwrap_err();
        let found: Vec<String> = errors.iter().map(AreasError::to_string).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[track_caller]
    fn taken(text: &str, oid: &str, area: &str) {
        let areas = Areas::national().with_own(text).unwrap();
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
        refused("", &["1:1: there is no column `oid`: the first row names the columns `oid`, `name` and `area`"]);
        refused(
            "oid,nmae,area\n",
            &["1:1: there is no column `name`: the first row names the columns `oid`, `name` and `area`"],
        );
        refused(
            "oid,name,area\nx,,04\n1.2.3,,04\n\n1.2.3,a,05\n,b,04\n0124610-8,,04\n1.2.4,\"a\nb\",04\n",
            &[
                "2:1: `x` is neither an OID, such as 1.2.246.10.99999984.10.1, nor a business identity code",
                "5:1: `1.2.3` stands on line 3 already",
                "6:1: the row has no OID",
                "7:1: the check digit of the business identity code `0124610-8` is wrong",
                "8:7: a name is one line of 100 characters at most",
            ],
        );
        let errors = Areas::national().with_own("oid,name,area\n1.2.3,,99\n1.2.4,,Etelä\n").unwrap_err();
        assert!(errors[0].to_string().starts_with("2:8: there is no area `99`; the codes are 01, 02, "));
        assert!(errors[1].to_string().starts_with("3:8: there is no area `Etelä`; "));
    }

    #[test]
    fn an_area_of_one_s_own_may_have_a_name() {
        let text = "oid,name,area,area-name\n1.2.3,,etela,Etelän alue\n1.2.4,,04,Muu\n";
        let areas = Areas::national().with_own(text).unwrap();
        let name = |code| areas.name_of(crate::Dimension::Area, code, kirjuri::Language::English);
        assert_eq!(name("etela"), Some("Etelän alue"));
        assert_eq!(name("04"), Some("Vantaa and Kerava wellbeing services county"));
    }
}
