//! A sound pack of one rule, for the tests that change something in it.

use kirjuri::{PackFile, PackSource};

pub(crate) const MANIFEST: &str = r#"id = "house"
version = "1.0.0"

[title]
fi = "talon säännöt"
sv = "husets regler"
en = "house rules"

[applies]
root = "Q{urn:x}letter"

[namespaces]
x = "urn:x"

[guidelines.manual]
title = "Kirjeopas"
publisher = "Talo"
"#;

pub(crate) const RULE: &str = r#"criterion = "correctness"
severity = "error"
guideline = [{ doc = "manual", clause = "1" }]
context = "x:letter"
assert = "@date"

[title]
fi = "päiväys puuttuu"
sv = "dateringen saknas"
en = "the date is missing"

[why]
fi = "Ikä jää epäselväksi."
sv = "Åldern förblir oklar."
en = "The age stays unclear."

[fix]
fi = "Lisää päiväys."
sv = "Lägg till datum."
en = "Add the date."

[[pass]]
name = "dated"
xml = '''<letter xmlns="urn:x" date="1"/>'''

[[fail]]
name = "undated"
at = ["/letter"]
xml = '''<letter xmlns="urn:x"/>'''
"#;

pub(crate) fn source(files: &[(&str, &str)]) -> PackSource {
    let file = |(path, text): &(&str, &str)| PackFile { path: (*path).into(), text: (*text).to_owned().into() };
    PackSource { name: "house".into(), files: files.iter().map(file).collect() }
}
