//! The files of conditions that are written by hand, as far as the proof and the account need them.

use kirjuri::PackSource;
use toml::{Table, Value};

/// What is written of a structure.
pub(crate) struct Written {
    pub(crate) oid: String,
    pub(crate) conditions: Vec<WrittenCondition>,
    /// Fields without a note, each with the one beside it whose note is about both.
    pub(crate) twins: Vec<(String, String)>,
    /// Fields whose condition is not known, each with the reason.
    pub(crate) unknown: Vec<(String, String)>,
}

/// A condition with the documents that prove it.
pub(crate) struct WrittenCondition {
    pub(crate) fields: Vec<String>,
    pub(crate) assert: String,
    pub(crate) needs: Vec<String>,
    pub(crate) pass: String,
    pub(crate) fail: String,
}

impl Written {
    pub(crate) fn all(source: &PackSource) -> Vec<Written> {
        let read = |(path, text): (&str, &str)| {
            let oid = path.strip_prefix("conditions/")?.strip_suffix(".toml")?.to_owned();
            let file: Table = text.parse().unwrap();
            let condition = |entry: &Table| WrittenCondition {
                fields: texts(entry, "fields"),
                assert: text_of(entry, "assert"),
                needs: texts(entry, "needs"),
                pass: text_of(entry, "pass"),
                fail: text_of(entry, "fail"),
            };
            let pair = |first, second| move |entry: &Table| (text_of(entry, first), text_of(entry, second));
            Some(Written {
                oid,
                conditions: entries(&file, "condition").map(condition).collect(),
                twins: entries(&file, "twin").map(pair("field", "of")).collect(),
                unknown: entries(&file, "unknown").map(pair("field", "reason")).collect(),
            })
        };
        source.files.iter().filter_map(|file| read((&file.path, &file.text))).collect()
    }
}

fn list<'t>(table: &'t Table, key: &str) -> &'t [Value] {
    table.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn entries<'t>(file: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    list(file, key).iter().map(|entry| entry.as_table().unwrap())
}

fn text_of(table: &Table, key: &str) -> String {
    table[key].as_str().unwrap().to_owned()
}

fn texts(table: &Table, key: &str) -> Vec<String> {
    list(table, key).iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}
