//! The structures and constants of the header, field by field.

use std::ptr;

use crate::cancel::Cancel;
use crate::handle::Handle;
use crate::report::Report;

/// `KIRJURI_ABI_VERSION` of the header.
pub const KIRJURI_ABI_VERSION: u32 = 1;

/// `kirjuri_status`: it was checked.
pub const KIRJURI_CHECKED: i32 = 1;
/// `kirjuri_status`: it could not be read or checked.
pub const KIRJURI_UNREADABLE: i32 = 2;
/// `kirjuri_status`: no pack is about it.
pub const KIRJURI_SKIPPED: i32 = 3;

/// Flag: the place is inside something that the document carries.
pub const KIRJURI_HAS_INNER: u32 = 1;
/// Flag: the rule is an assertion of a Schematron schema.
pub const KIRJURI_IS_ASSERTION: u32 = 2;

/// `kirjuri_string`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KirjuriString {
    /// Where it begins.
    pub data: *const u8,
    /// Its length in bytes.
    pub length: usize,
}

impl KirjuriString {
    /// A text that lives in a handle, or for ever.
    pub(crate) fn of(text: &str) -> KirjuriString {
        KirjuriString { data: text.as_ptr(), length: text.len() }
    }
}

impl Default for KirjuriString {
    fn default() -> KirjuriString {
        KirjuriString { data: ptr::null(), length: 0 }
    }
}

/// `kirjuri_file`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct KirjuriFile {
    /// Its path in its pack or beside its schema.
    pub path: KirjuriString,
    /// Its bytes.
    pub text: KirjuriString,
}

/// A structure that begins with its size, as far as its caller knows it.
///
/// # Safety
/// It is `repr(C)`, begins with a `usize`, all its fields may be all zero, and `ENDS` are where its fields end, in order,
/// the last being where the structure ends.
pub(crate) unsafe trait Growing: Copy {
    /// Where its fields end: sizes it may have had.
    const ENDS: &'static [usize];
}

macro_rules! growing {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $field_doc:literal])+ $field:ident: $type:ty,)+ }) => {
        $(#[doc = $doc])+
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name {
            /// The size of the structure, as its user knows it.
            pub size: usize,
            $($(#[doc = $field_doc])+ pub $field: $type,)+
        }

        // SAFETY: see the fields: numbers, and pointers that may be null.
        unsafe impl Growing for $name {
            const ENDS: &'static [usize] = &[
                size_of::<usize>(),
                $(std::mem::offset_of!($name, $field) + size_of::<$type>(),)+
            ];
        }

        impl Default for $name {
            fn default() -> $name {
                // SAFETY: every field may be all zero.
                let zero: $name = unsafe { std::mem::zeroed() };
                $name { size: size_of::<$name>(), ..zero }
            }
        }
    };
}

growing! {
    /// `kirjuri_position`.
    KirjuriPosition {
        /// The file; empty where it is the document.
        path: KirjuriString,
        /// From 1.
        line: u32,
        /// In characters, from 1.
        column: u32,
    }
}

growing! {
    /// `kirjuri_source`.
    KirjuriSource {
        /// Name, folder or file.
        name: KirjuriString,
        /// Files in memory.
        files: *const KirjuriFile,
        /// How many.
        file_count: usize,
        /// Of a schema, the phase to run.
        phase: KirjuriString,
        /// Where the rules come from.
        kind: i32,
        /// 0.
        reserved: u32,
    }
}

growing! {
    /// `kirjuri_check_options`.
    KirjuriCheckOptions {
        /// Of titles and messages.
        language: i32,
        /// `YYYYMMDD` or 0.
        as_of: u32,
        /// 0 or 1.
        draft: u32,
        /// 0.
        reserved: u32,
        /// 0 for all.
        max_findings: u64,
        /// 0 for none.
        time_limit_ms: u64,
        /// In bytes; 0 for none.
        memory_limit: u64,
        /// What the report calls the document.
        name: KirjuriString,
        /// The report before the last edit.
        previous: *const Handle<Report>,
        /// A token to stop the check with.
        cancel: *const Handle<Cancel>,
    }
}

/// `kirjuri_place`.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct KirjuriPlace {
    /// The path.
    pub path: KirjuriString,
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

impl KirjuriPlace {
    /// A place of a report.
    pub(crate) fn of(place: &kirjuri::Place) -> KirjuriPlace {
        let kirjuri::Place { path, line, column, start, end, .. } = place;
        KirjuriPlace { path: KirjuriString::of(path), start: *start, end: *end, line: *line, column: *column }
    }
}

growing! {
    /// `kirjuri_finding`.
    KirjuriFinding {
        /// The id of the rule.
        rule: KirjuriString,
        /// What is wrong.
        title: KirjuriString,
        /// How grave it is.
        severity: i32,
        /// What else is to be known.
        flags: u32,
        /// Where.
        place: KirjuriPlace,
        /// Where in what the place carries.
        inner: KirjuriPlace,
    }
}

growing! {
    /// `kirjuri_missing`.
    KirjuriMissing {
        /// The id of the rule.
        rule: KirjuriString,
        /// What will be wrong.
        title: KirjuriString,
        /// How grave it will be.
        severity: i32,
        /// What else is to be known.
        flags: u32,
        /// Where it would go.
        path: KirjuriString,
        /// What is there of that.
        place: KirjuriPlace,
        /// The same in what the place carries.
        inner: KirjuriPlace,
    }
}

growing! {
    /// `kirjuri_problem`.
    KirjuriProblem {
        /// A stable name.
        kind: KirjuriString,
        /// What is wrong.
        message: KirjuriString,
        /// In bytes.
        offset: usize,
        /// From 1; 0 for no place.
        line: u32,
        /// In characters, from 1; 0 for no place.
        column: u32,
    }
}

/// `KIRJURI_INFO`, `KIRJURI_WARNING` or `KIRJURI_ERROR`.
pub(crate) fn severity_number(severity: kirjuri::Severity) -> i32 {
    match severity {
        kirjuri::Severity::Info => 1,
        kirjuri::Severity::Warning => 2,
        kirjuri::Severity::Error => 3,
    }
}
