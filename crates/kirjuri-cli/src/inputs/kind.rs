//! What a file is by the ending of its name: a document, or something that holds many.

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kind {
    pub(super) form: Form,
    pub(super) compression: Compression,
}

/// What is in a file once it is unpacked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Document,
    /// A document on each line.
    Lines,
    Tar,
    Zip,
    /// An archive that cannot be opened here.
    Unknown,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Kind {
    /// A document as it is.
    pub(super) const DOCUMENT: Kind = Kind { form: Form::Document, compression: Compression::None };

    /// What the ending of a name says; nothing of a file that is no document by its name.
    pub(super) fn of(name: &str) -> Option<Kind> {
        let ends = |name: &str, endings: &[&str]| {
            let found = name.rsplit_once('.').map(|(_, ending)| ending);
            found.is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
        };
        let (inner, compression) = match name.rsplit_once('.') {
            Some((inner, ending)) if ending.eq_ignore_ascii_case("gz") => (inner, Compression::Gzip),
            Some((inner, ending)) if ending.eq_ignore_ascii_case("zst") => (inner, Compression::Zstd),
            _ => (name, Compression::None),
        };
        let kind = |form, compression| Some(Kind { form, compression });
        if ends(inner, &["xml", "json"]) {
            return kind(Form::Document, compression);
        }
        if ends(inner, &["ndjson", "jsonl"]) {
            return kind(Form::Lines, compression);
        }
        if ends(inner, &["tar"]) {
            return kind(Form::Tar, compression);
        }
        if ends(name, &["tgz"]) {
            return kind(Form::Tar, Compression::Gzip);
        }
        if ends(name, &["tzst"]) {
            return kind(Form::Tar, Compression::Zstd);
        }
        if ends(name, &["zip"]) {
            return kind(Form::Zip, Compression::None);
        }
        // Documents may be in them: better to say that nobody looked than to pass them by.
        let is_archive = ends(name, &["7z", "rar", "tbz2", "txz"]);
        let is_compressed = ends(name, &["bz2", "xz"]);
        let holds_documents = || name.rsplit_once('.').is_some_and(|(inner, _)| Kind::of(inner).is_some());
        if is_archive || is_compressed && holds_documents() {
            return kind(Form::Unknown, Compression::None);
        }
        None
    }

    /// Whether its documents are read where they are, without being unpacked or cut out.
    pub(super) fn is_plain(self) -> bool {
        self == Kind::DOCUMENT
    }

    pub(super) fn is_archive(self) -> bool {
        matches!(self.form, Form::Tar | Form::Zip | Form::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_a_file_is() {
        let kind = |form, compression| Some(Kind { form, compression });
        for (name, expected) in [
            ("a.xml", Some(Kind::DOCUMENT)),
            (".JSON", Some(Kind::DOCUMENT)),
            ("a.xml.GZ", kind(Form::Document, Compression::Gzip)),
            ("a.ndjson", kind(Form::Lines, Compression::None)),
            ("a.jsonl.zst", kind(Form::Lines, Compression::Zstd)),
            ("a.zip", kind(Form::Zip, Compression::None)),
            ("a.tar", kind(Form::Tar, Compression::None)),
            ("a.tar.gz", kind(Form::Tar, Compression::Gzip)),
            ("a.tgz", kind(Form::Tar, Compression::Gzip)),
            ("a.tar.zst", kind(Form::Tar, Compression::Zstd)),
            ("a.TZST", kind(Form::Tar, Compression::Zstd)),
            ("a.tar.xz", kind(Form::Unknown, Compression::None)),
            ("a.xml.bz2", kind(Form::Unknown, Compression::None)),
            ("a.7z", kind(Form::Unknown, Compression::None)),
            ("a.pdf", None),
            ("a.pdf.gz", None),
            ("a.zip.gz", None),
            ("a.txt.xz", None),
            ("xml", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(name), expected, "{name}");
        }
    }
}
