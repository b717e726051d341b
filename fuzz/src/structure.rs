//! A published structure is refused with a place, or becomes files that say the same when they are read again; and a
//! document is checked by it the same each time.

use kirjuri::structure::{import, published};
use kirjuri::{Limits, LintOptions, PackFile, parse};

/// Parts the structure from a document to be checked by it; it stands in no UTF-8.
const BETWEEN: u8 = 0xFF;

/// Reads what stands before the first byte `0xFF` as a published structure, and what stands behind it as a document.
///
/// # Panics
/// When the structure or the findings are not what the library promises.
pub fn run(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == BETWEEN);
    let Some(Ok(text)) = parts.next().map(std::str::from_utf8) else { return };
    let file = PackFile { path: "structure.json".into(), text: text.to_owned().into() };
    let made = match import(std::slice::from_ref(&file)) {
        Ok(made) => made,
        Err(errors) => {
            assert!(!errors.0.is_empty());
            assert!(errors.0.iter().all(|error| error.line >= 1 && error.column >= 1), "{errors}");
            return;
        }
    };
    assert_eq!(import(&made).expect("what was made can be read"), made, "not the same again");
    let structure = published(&file).expect("what can be imported is a structure");
    let Some(Ok(document)) = parts.next().map(|document| parse(document, &Limits::default())) else { return };
    let options = LintOptions::default();
    let first = structure.findings(&document, &options);
    assert_eq!(first, structure.findings(&document, &options), "not the same again");
    for finding in first.iter().flatten() {
        assert!(finding.fields.iter().all(|&field| field < structure.structure().fields.len()));
        assert!(finding.place.start <= finding.place.end && finding.place.line >= 1);
    }
}
