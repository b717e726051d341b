//! Archives of notes, sound and not, as others make them and as nobody should.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;

pub(crate) const CLEAN: &str =
    "<note xmlns=\"urn:example:note\" day=\"2026-03-05\"><title>Juna</title><text>Tuli.</text></note>\n";
pub(crate) const EMPTY: &str =
    "<note xmlns=\"urn:example:note\" day=\"2026-03-05\">\n<title>Juna</title>\n<text/></note>\n";
/// Twice the same, which a zip of the crate would not write.
const TWIN: &str = "twin-b.xml";

/// A zip of members by name and content.
pub(crate) fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A tar of members by name and content.
pub(crate) fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in members {
        append(&mut tar, tar::EntryType::Regular, name, content.as_bytes());
    }
    tar.into_inner().unwrap()
}

/// Appends a member under any name, also one the crate would refuse.
pub(crate) fn append(tar: &mut tar::Builder<Vec<u8>>, kind: tar::EntryType, name: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.set_cksum();
    tar.append(&header, content).unwrap();
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Replaces bytes by others of the same length, wherever they are.
pub(crate) fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let places: Vec<_> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(old)).collect();
    assert!(!places.is_empty(), "{old:?} is not there");
    places.into_iter().for_each(|at| bytes[at..at + old.len()].copy_from_slice(new));
}

/// Changes what the headers of a member of a zip say: `local` bytes from the start of its header in front of it, `central`
/// in the table of contents.
pub(crate) fn change_header(zip: &mut [u8], name: &str, local: usize, central: usize, value: u8) {
    for (mark, before, at) in [(b"PK\x03\x04", 30, local), (b"PK\x01\x02", 46, central)] {
        let found = (0..zip.len()).find(|&start| {
            zip[start..].starts_with(mark)
                && zip.get(start + before..).is_some_and(|rest| rest.starts_with(name.as_bytes()))
        });
        zip[found.unwrap() + at] = value;
    }
}

/// Cuts off the end.
pub(crate) fn cut(mut bytes: Vec<u8>, left: usize) -> Vec<u8> {
    assert!(left < bytes.len());
    bytes.truncate(left);
    bytes
}

const MEMBERS: [(&str, &str); 4] =
    [("2026/b.xml", EMPTY), ("2026/a.xml", CLEAN), ("readme.txt", "no document"), ("lines.ndjson", "<a/>\n")];

pub(crate) fn write_all(folder: &Path) {
    fs::create_dir(folder).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    write("notes.zip", &zip(&MEMBERS));
    write("notes.tar", &tar(&MEMBERS));
    write("notes.tar.gz", &gzip(&tar(&MEMBERS)));
    write("notes.tar.zst", &zstd(&tar(&MEMBERS)));
    write("note.xml.gz", &gzip(EMPTY.as_bytes()));
    write("nothing.zip", &zip(&[]));
    write("nothing.tar", &tar(&[]));
    write("zero.zip", b"");
    write("zero.tar.gz", b"");
    write("export.zip", &zip(&[("export.xml", &format!("<e>{EMPTY}{EMPTY}</e>"))]));
    write("other.7z", b"7z");

    let mut hostile = zip(&[
        ("../../escape.xml", EMPTY),
        ("/etc/absolute.xml", EMPTY),
        ("C:\\drive.xml", EMPTY),
        ("command\u{1b}[2J.xml", EMPTY),
        ("twin-a.xml", EMPTY),
        (TWIN, CLEAN),
        ("zero.xml", ""),
        ("inner.zip", "PK"),
        ("secret.xml", EMPTY),
        ("odd.xml", EMPTY),
        ("damaged.xml", EMPTY),
        ("last.xml", EMPTY),
    ]);
    replace(&mut hostile, TWIN.as_bytes(), b"twin-a.xml");
    // The flag for encryption, a compression nobody knows, another checksum.
    change_header(&mut hostile, "secret.xml", 6, 8, 1);
    change_header(&mut hostile, "odd.xml", 8, 10, 77);
    change_header(&mut hostile, "damaged.xml", 14, 16, 0);
    write("hostile.zip", &hostile);

    let mut odd = tar::Builder::new(Vec::new());
    for (kind, name) in [
        (tar::EntryType::Symlink, "link.xml"),
        (tar::EntryType::Link, "hard.xml"),
        (tar::EntryType::Char, "device.xml"),
        (tar::EntryType::Fifo, "pipe.xml"),
    ] {
        append(&mut odd, kind, name, b"");
    }
    append(&mut odd, tar::EntryType::Directory, "folder.xml/", b"");
    append(&mut odd, tar::EntryType::GNUSparse, "sparse.xml", EMPTY.as_bytes());
    append(&mut odd, tar::EntryType::Regular, "../../escape.xml", EMPTY.as_bytes());
    append(&mut odd, tar::EntryType::Regular, "inner.tar.gz", b"");
    append(&mut odd, tar::EntryType::Regular, "damaged.xml.gz", b"no gzip");
    append(&mut odd, tar::EntryType::Regular, "last.xml", EMPTY.as_bytes());
    write("odd.tar", &odd.into_inner().unwrap());

    let three: Vec<(String, &str)> = (1..=3).map(|number| (format!("{number}.xml"), EMPTY)).collect();
    let three: Vec<_> = three.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    // In the second member, in the header of the third, behind the last.
    write("cut-in-member.tar", &cut(tar(&three), 1024 + 512 + 10));
    write("cut-in-header.tar", &cut(tar(&three), 2048 + 100));
    write("cut-at-end.tar", &cut(tar(&three), 3072));
    let packed = gzip(&tar(&three));
    let left = packed.len() - 12;
    write("cut.tar.gz", &cut(packed, left));
    let packed = zip(&three);
    let left = packed.len() * 3 / 5;
    write("cut.zip", &cut(packed, left));
    write("bomb.tar.gz", &gzip(&tar(&[("a.xml", EMPTY), ("b.xml", &" ".repeat(1 << 20)), ("c.xml", EMPTY)])));
    write("bomb.zip", &zip(&[("a.xml", EMPTY), ("b.xml", &" ".repeat(1 << 20)), ("c.xml", EMPTY)]));
}
