//! Calls the library as C does, with what comes back put into Rust's hands. The header is kept here: what is passed lives
//! as long as the call, and every handle is freed once.

#![allow(dead_code, clippy::unwrap_used, unreachable_pub)]

use std::fs;
use std::path::{Path, PathBuf};
use std::ptr::{self, null, null_mut};

use kirjuri_capi::failure::{ErrorSlot, Failure};
use kirjuri_capi::handle::Handle;
use kirjuri_capi::*;

/// What an error says: its number and its message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failed {
    pub code: i32,
    pub message: String,
    pub position: Option<(String, u32, u32)>,
}

/// Calls a function that may fail.
pub fn calling<T>(what: impl FnOnce(ErrorSlot) -> T, failed: impl FnOnce(&T) -> bool) -> Result<T, Failed> {
    let mut error: *mut Handle<Failure> = ptr::without_provenance_mut(0x1234_5670);
    // SAFETY: the slot is used only while the function runs.
    let value = what(unsafe { ErrorSlot::at(&mut error) });
    if error.is_null() {
        assert!(!failed(&value), "a function failed without an error");
        return Ok(value);
    }
    assert!(failed(&value), "a function that did not fail gave an error");
    Err(take(error))
}

/// What an error says; it is freed.
pub fn take(error: *mut Handle<Failure>) -> Failed {
    // SAFETY: it is an error that nobody else has.
    unsafe {
        let mut position = KirjuriPosition::default();
        let has_place = kirjuri_error_position(error, &mut position);
        let failed = Failed {
            code: kirjuri_error_code(error),
            message: string(kirjuri_error_message(error)),
            position: has_place.then(|| (string(position.path), position.line, position.column)),
        };
        kirjuri_error_free(error);
        failed
    }
}

pub fn string(string: KirjuriString) -> String {
    if string.length == 0 {
        return String::new();
    }
    // SAFETY: it came from the library just now, and its handle lives.
    let bytes = unsafe { std::slice::from_raw_parts(string.data, string.length) };
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn borrowed(text: &str) -> KirjuriString {
    KirjuriString { data: text.as_ptr(), length: text.len() }
}

pub struct Rules(pub *mut Handle<kirjuri_capi::rule_set::Rules>);

// SAFETY: the header promises it.
unsafe impl Send for Rules {}
// SAFETY: the header promises it.
unsafe impl Sync for Rules {}

impl Rules {
    pub fn built_in() -> Rules {
        Rules::open(&[]).unwrap()
    }

    pub fn open(sources: &[KirjuriSource]) -> Result<Rules, Failed> {
        // SAFETY: they live as long as the call.
        calling(|slot| unsafe { kirjuri_rule_set_open(sources.as_ptr(), sources.len(), slot) }, |it| it.is_null())
            .map(Rules)
    }

    pub fn check(&self, bytes: &[u8], options: &KirjuriCheckOptions) -> Result<Report, Failed> {
        let check = |slot| {
            // SAFETY: what is passed lives as long as the call.
            unsafe { kirjuri_check(self.0, bytes.as_ptr(), bytes.len(), options, slot) }
        };
        calling(check, |it| it.is_null()).map(Report)
    }

    pub fn identify(&self, bytes: &[u8], options: &KirjuriCheckOptions) -> Result<serde_json::Value, Failed> {
        let identify = |slot| {
            // SAFETY: what is passed lives as long as the call.
            unsafe { kirjuri_identify(self.0, bytes.as_ptr(), bytes.len(), options, slot) }
        };
        calling(identify, |it| it.is_null()).map(json)
    }

    pub fn describe(&self, language: i32) -> Result<serde_json::Value, Failed> {
        // SAFETY: the set lives.
        calling(|slot| unsafe { kirjuri_rule_set_describe(self.0, language, slot) }, |it| it.is_null()).map(json)
    }

    pub fn list(&self) -> Vec<String> {
        // SAFETY: the set lives.
        let list = calling(|slot| unsafe { kirjuri_rule_set_list(self.0, slot) }, |it| it.is_null()).map(json);
        serde_json::from_value(list.unwrap()).unwrap()
    }

    pub fn describe_rule(&self, id: &str, language: i32) -> Result<serde_json::Value, Failed> {
        let describe = |slot| {
            // SAFETY: the set and the id live.
            unsafe { kirjuri_rule_describe(self.0, borrowed(id), language, slot) }
        };
        calling(describe, |it| it.is_null()).map(json)
    }
}

impl Drop for Rules {
    fn drop(&mut self) {
        // SAFETY: nobody uses it any more.
        unsafe { kirjuri_rule_set_free(self.0) };
    }
}

fn json(text: *mut Handle<kirjuri_capi::text::Text>) -> serde_json::Value {
    // SAFETY: it is a text that nobody else has.
    unsafe {
        let value = serde_json::from_str(&string(kirjuri_text_string(text))).unwrap();
        kirjuri_text_free(text);
        value
    }
}

pub struct Report(pub *mut Handle<kirjuri_capi::report::Report>);

// SAFETY: the header promises it.
unsafe impl Send for Report {}

impl Report {
    pub fn status(&self) -> i32 {
        // SAFETY: it lives.
        unsafe { kirjuri_report_status(self.0) }
    }

    pub fn count(&self, severity: i32) -> usize {
        // SAFETY: it lives.
        unsafe { kirjuri_report_count(self.0, severity) }
    }

    pub fn findings(&self) -> Vec<KirjuriFinding> {
        // SAFETY: it lives.
        let count = unsafe { kirjuri_report_finding_count(self.0) };
        (0..count)
            .map(|index| {
                let mut finding = KirjuriFinding::default();
                // SAFETY: it lives, and so does the finding.
                calling(|slot| unsafe { kirjuri_report_finding(self.0, index, &mut finding, slot) }, |is| !is).unwrap();
                finding
            })
            .collect()
    }

    pub fn missing(&self) -> Vec<KirjuriMissing> {
        // SAFETY: it lives.
        let count = unsafe { kirjuri_report_missing_count(self.0) };
        (0..count)
            .map(|index| {
                let mut missing = KirjuriMissing::default();
                // SAFETY: it lives, and so does what is filled.
                calling(|slot| unsafe { kirjuri_report_missing(self.0, index, &mut missing, slot) }, |is| !is).unwrap();
                missing
            })
            .collect()
    }

    pub fn problem(&self) -> Option<KirjuriProblem> {
        let mut problem = KirjuriProblem::default();
        let mut error = null_mut();
        // SAFETY: it lives, and so do the places that are filled.
        let is = unsafe { kirjuri_report_problem(self.0, &mut problem, ErrorSlot::at(&mut error)) };
        assert!(error.is_null());
        is.then_some(problem)
    }

    pub fn json(&self) -> Result<String, Failed> {
        let mut json = KirjuriString { data: null(), length: 0 };
        // SAFETY: it lives, and so does the string.
        calling(|slot| unsafe { kirjuri_report_json(self.0, &mut json, slot) }, |is| !is)?;
        Ok(string(json))
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        // SAFETY: nobody uses it any more.
        unsafe { kirjuri_report_free(self.0) };
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All documents of the fixtures, by their path there.
pub fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    collect(&root().join("fixtures"), "", &mut found);
    assert!(found.len() > 100, "only {} fixtures", found.len());
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|ending| ending == "xml" || ending == "json") {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
}

pub fn fixture(path: &str) -> Vec<u8> {
    fs::read(root().join("fixtures").join(path)).unwrap()
}

/// A sound pack of one rule.
pub const MANIFEST: &str = r#"id = "house"
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

pub const RULE: &str = r#"criterion = "correctness"
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

pub const SCHEMA: &str = r#"<schema xmlns="http://purl.oclc.org/dsdl/schematron">
  <ns prefix="x" uri="urn:x"/>
  <pattern id="letters"><rule context="x:letter">
    <assert id="dated" role="warning" test="@date">a letter is dated</assert>
    <report id="secret" test="@secret">a letter is secret: <value-of select="@secret"/></report>
  </rule></pattern>
</schema>
"#;
