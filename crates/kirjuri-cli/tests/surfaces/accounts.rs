//! The account adds up in everything that is written, for a batch with all that a batch may hold. What is expected is counted
//! while the batch is made, and never read from the program.

mod expected;
mod reports;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use expected::{Expected, Fate};

use crate::archives::{CLEAN, EMPTY, append, cut, gzip, tar, zip, zstd};
use crate::sandbox::Sandbox;

const LACKING: &str = "notes/empty-note";
const STRANGE_DAY: &str = "notes/malformed-day";
const SHOUTED: &str = "notes/shouted-title";

const COPIED: &str = "letters/duplicate-text";
const MISSING: &str = "letters/missing-letter";

const LOUD: &str =
    "<note xmlns=\"urn:example:note\" day=\"2026-03-05\"><title>JUNA</title><text>Odotin.</text></note>\n";
const FAULTY: &str =
    "<note xmlns=\"urn:example:note\" day=\"maaliskuu\"><title>JUNA</title><text/><text> </text></note>\n";
const MALFORMED: &str = "<note xmlns=\"urn:example:note\"><title></note>\n";

const FINE: Fate = Fate::Checked(&[]);
const ONE_FAULT: Fate = Fate::Checked(&[LACKING]);
const FOUR_FAULTS: Fate = Fate::Checked(&[LACKING, LACKING, STRANGE_DAY, SHOUTED]);
const NO_PACK: Fate = Fate::Skipped("no-pack-applies");
const NOTHING_INSIDE: Fate = Fate::Skipped("nothing-inside");
const DAMAGED: Fate = Fate::Unreadable("damaged-archive");
const MISMATCHED: Fate = Fate::Unreadable("mismatched-tag");

/// Documents of every kind, as files and as members of archives.
const DOCUMENTS: [(&str, &str, Fate); 10] = [
    ("clean.xml", CLEAN, FINE),
    ("lacking.xml", EMPTY, ONE_FAULT),
    ("loud.xml", LOUD, Fate::Checked(&[SHOUTED])),
    ("faulty.xml", FAULTY, FOUR_FAULTS),
    ("malformed.xml", MALFORMED, MISMATCHED),
    ("type.xml", "<!DOCTYPE note [<!ENTITY a 'b'>]><note/>", Fate::Unreadable("dtd-refused")),
    ("encoding.xml", "<?xml version='1.0' encoding='koi8-r'?><note/>", Fate::Unreadable("unsupported-encoding")),
    ("other.xml", "<other/>", NO_PACK),
    ("other.json", "{\"a\": 1}", NO_PACK),
    ("nothing.xml", "", Fate::Unreadable("missing-root")),
];

/// A folder `batch` that is being filled.
struct Filling {
    sandbox: Sandbox,
    expected: Expected,
}

impl Filling {
    fn new(name: &str) -> Filling {
        let sandbox = Sandbox::with_packs(name);
        for left in ["batch", "written", "kept"] {
            let _ = fs::remove_dir_all(sandbox.folder.join(left));
        }
        sandbox.write("salt", "a salt of the test, long enough to be one");
        fs::create_dir(sandbox.folder.join("batch")).unwrap();
        Filling { sandbox, expected: Expected::default() }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.sandbox.folder.join("batch").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn file(&mut self, name: &str, bytes: impl AsRef<[u8]>, fate: Fate) {
        self.write(name, bytes);
        self.expected.add(format!("batch/{name}"), fate);
    }

    /// A file with documents in it, by their names behind the exclamation mark.
    fn holder(&mut self, name: &str, bytes: impl AsRef<[u8]>, inside: &[(&str, Fate)]) {
        self.write(name, bytes);
        for (member, fate) in inside {
            self.expected.add(format!("batch/{name}!{member}"), *fate);
        }
    }

    fn no_document(&mut self, name: &str) {
        self.write(name, "no document");
        self.expected.ignored += 1;
    }

    /// An archive that can be read to its end, with documents of every kind, lines, and what is no document.
    fn archive(&mut self, name: &str, pack: impl Fn(&[(&str, &str)]) -> Vec<u8>) {
        let mut members: Vec<(&str, &str)> = DOCUMENTS.iter().map(|(name, text, _)| (*name, *text)).collect();
        members.extend([("readme.txt", "no document"), ("lines.ndjson", "<other/>\n\n<note>\n")]);
        self.expected.ignored += 1;
        let mut inside: Vec<(&str, Fate)> = DOCUMENTS.iter().map(|(name, _, fate)| (*name, *fate)).collect();
        inside.extend([("lines.ndjson!1", NO_PACK), ("lines.ndjson!3", Fate::Unreadable("unclosed-element"))]);
        self.holder(name, pack(&members), &inside);
    }

    /// A gzipped tar that breaks off, of three documents with one fault each. How much of it is left, another reader says.
    fn cut_tar(&mut self, name: &str, missing: usize) {
        let members = ["one.xml", "two.xml", "three.xml"];
        let packed = gzip(&tar(&members.map(|member| (member, EMPTY))));
        let left = packed.len() - missing;
        let packed = cut(packed, left);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap_err();
        // A member is a header of 512 bytes and a block of as many.
        let whole = |number: &usize| unpacked.len() >= number * 1024 + 512 + EMPTY.len();
        let (whole, lost): (Vec<_>, Vec<_>) = (0..members.len()).partition(whole);
        let inside: Vec<_> = whole.iter().map(|number| (members[*number], ONE_FAULT)).collect();
        self.holder(name, packed, &inside);
        // Where the next header came, the member has a name.
        let named = lost.first().filter(|number| unpacked.len() >= *number * 1024 + 512);
        let path = named.map_or(format!("batch/{name}"), |number| format!("batch/{name}!{}", members[*number]));
        self.expected.add(path, DAMAGED);
    }

    fn lines(&mut self, name: &str) {
        let line = |text: &str| text.replace('\n', "");
        let lines = [&*line(CLEAN), &*line(FAULTY), "", "<note>", "  ", "{\"a\": 1}", "{\"a\":", &*line(EMPTY)];
        let inside = [
            ("1", FINE),
            ("2", FOUR_FAULTS),
            ("4", Fate::Unreadable("unclosed-element")),
            ("6", NO_PACK),
            ("7", Fate::Unreadable("unclosed-bracket")),
            ("8", ONE_FAULT),
        ];
        self.holder(name, lines.join("\n"), &inside);
    }
}

/// A batch with everything, and the paths that are named on the command line.
fn everything(name: &str) -> (Filling, Vec<&'static str>) {
    let mut batch = Filling::new(name);
    for (name, text, fate) in DOCUMENTS {
        batch.file(name, text, fate);
        batch.file(&format!("deep/er/{name}"), text, fate);
    }
    batch.file("latin.xml", b"<note>j\xE4\xE4</note>", Fate::Unreadable("invalid-utf-8"));
    batch.file("twin-a.xml", FAULTY, FOUR_FAULTS);
    batch.file("twin-b.xml", FAULTY, FOUR_FAULTS);
    for name in ["readme.txt", "deep/picture.png", "none"] {
        batch.no_document(name);
    }
    batch.lines("lines.ndjson");
    batch.lines("deep/lines.jsonl");
    batch.file("blank.ndjson", "\n  \n", NOTHING_INSIDE);

    batch.archive("whole.zip", zip);
    batch.archive("whole.tar", tar);
    batch.archive("whole.tar.gz", |members| gzip(&tar(members)));
    batch.archive("deep/whole.tar.zst", |members| zstd(&tar(members)));
    batch.file("packed.xml.gz", gzip(FAULTY.as_bytes()), FOUR_FAULTS);
    batch.file("packed.xml.zst", b"no zstd", DAMAGED);
    batch.file("empty.zip", zip(&[]), NOTHING_INSIDE);
    batch.file("zero.zip", "", DAMAGED);
    batch.file("closed.7z", "7z", Fate::Unreadable("unknown-compression"));
    let nested = Fate::Unreadable("archive-in-archive");
    let inner = String::from_utf8_lossy(&zip(&[("a.xml", EMPTY)])).into_owned();
    let members = [("before.xml", EMPTY), ("inner.zip", &*inner), ("inner.tar.gz", ""), ("behind.xml", CLEAN)];
    let inside = [("before.xml", ONE_FAULT), ("inner.zip", nested), ("inner.tar.gz", nested), ("behind.xml", FINE)];
    batch.holder("nested.zip", zip(&members), &inside);
    batch.holder("nested.tar.zst", zstd(&tar(&members)), &inside);

    // In the header of its second member, so that there is no name.
    let two = zip(&[("one.xml", EMPTY), ("two.xml", EMPTY)]);
    let second = (1..two.len()).find(|at| two[*at..].starts_with(b"PK\x03\x04")).unwrap();
    batch.holder("cut.zip", cut(two, second + 20), &[("one.xml", ONE_FAULT)]);
    batch.expected.add("batch/cut.zip".into(), DAMAGED);
    for missing in [9, 20, 40, 60] {
        batch.cut_tar(&format!("cut-{missing}.tar.gz"), missing);
    }
    // Members that may not be what was packed: the checksum at the end is that of something else.
    let mut spoilt = gzip(&tar(&[("one.xml", EMPTY), ("two.xml", CLEAN)]));
    let checksum = spoilt.len() - 8;
    spoilt[checksum] ^= 1;
    batch.holder("spoilt.tar.gz", spoilt, &[("one.xml", ONE_FAULT), ("two.xml", FINE)]);
    batch.expected.add("batch/spoilt.tar.gz".into(), DAMAGED);
    let mut odd = tar::Builder::new(Vec::new());
    append(&mut odd, tar::EntryType::Symlink, "link.xml", b"");
    append(&mut odd, tar::EntryType::Regular, "last.xml", EMPTY.as_bytes());
    batch.expected.ignored += 1;
    batch.holder("odd.tar", odd.into_inner().unwrap(), &[("last.xml", ONE_FAULT)]);

    add_letters(&mut batch);
    batch.expected.add("gone.xml".into(), Fate::Unreadable("not-found"));
    add_links_and_locks(&mut batch);
    // What is named again is there once.
    (batch, vec!["batch", "batch/clean.xml", "./batch/faulty.xml", "batch/*.zip", "batch/deep", "gone.xml"])
}

/// A letter of an exchange: its number, between whom, and its text.
fn letter(number: u32, between: &str, text: &str) -> String {
    format!(
        "<letter xmlns='urn:letter' number='{number}' date='20260101'><between>{between}</between><text>{text}</text></letter>"
    )
}

/// Letters of some exchanges, wherever documents may be: what is wrong shows only beside the others.
fn add_letters(batch: &mut Filling) {
    batch.file("letters/a.xml", letter(1, "a", "one"), FINE);
    let (copied, late) = (letter(2, "a", "one"), letter(5, "a", "five"));
    batch.holder("letters/b.zip", zip(&[("b.xml", &copied), ("c.xml", &late)]), &[("b.xml", FINE), ("c.xml", FINE)]);
    let lines = [letter(7, "b", "seven"), letter(8, "b", "eight"), letter(8, "b", "eight")].join("\n");
    batch.holder("letters/d.ndjson", lines, &[("1", FINE), ("2", FINE), ("3", FINE)]);
    for (name, rule) in
        [("b.zip!b.xml", COPIED), ("b.zip!c.xml", MISSING), ("d.ndjson!1", MISSING), ("d.ndjson!3", COPIED)]
    {
        batch.expected.series.push((format!("batch/letters/{name}"), rule));
    }
}

/// Links to what is there already, one that leads nowhere, and files that may not be read.
#[cfg(unix)]
fn add_links_and_locks(batch: &mut Filling) {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = batch.sandbox.folder.join("batch");
    for (target, link) in [("faulty.xml", "zz-link.xml"), ("whole.zip", "zz-link.zip"), ("deep", "zz-deep")] {
        symlink(target, folder.join(link)).unwrap();
    }
    symlink("nowhere.xml", folder.join("zz-nowhere.xml")).unwrap();
    batch.expected.add("batch/zz-nowhere.xml".into(), Fate::Unreadable("not-found"));
    for (name, bytes, open) in [
        ("locked.xml", FAULTY.as_bytes().to_vec(), ("batch/locked.xml", FOUR_FAULTS)),
        ("locked.zip", zip(&[("a.xml", EMPTY)]), ("batch/locked.zip!a.xml", ONE_FAULT)),
    ] {
        batch.write(name, bytes);
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o000)).unwrap();
        // Whoever is root may read everything.
        match fs::read(folder.join(name)).is_ok() {
            true => batch.expected.add(open.0.into(), open.1),
            false => batch.expected.add(format!("batch/{name}"), Fate::Unreadable("permission-denied")),
        }
    }
}

#[cfg(not(unix))]
fn add_links_and_locks(_: &mut Filling) {}

/// A batch in which XML files hold many documents.
fn records(name: &str) -> (Filling, Vec<&'static str>) {
    let mut batch = Filling::new(name);
    let export = format!("<export>{CLEAN}{FAULTY}<note><a></note>\n{EMPTY}<other/>{LOUD}</export>");
    let fates = [FINE, FOUR_FAULTS, MISMATCHED, ONE_FAULT, Fate::Checked(&[SHOUTED])];
    let name_of = |number: usize| format!("note[{}]", number + 1);
    let names: Vec<_> = (0..fates.len()).map(name_of).collect();
    let inside: Vec<_> = names.iter().map(String::as_str).zip(fates).collect();
    batch.holder("export.xml", &export, &inside);
    batch.holder("packed.xml.gz", gzip(export.as_bytes()), &inside);
    let names: Vec<_> = (0..fates.len()).map(|number| format!("export.xml!{}", name_of(number))).collect();
    let inside: Vec<_> = names.iter().map(String::as_str).zip(fates).chain([("none.xml", NOTHING_INSIDE)]).collect();
    let members = [("export.xml", &*export), ("none.xml", "<other/>"), ("readme.txt", "")];
    batch.holder("export.zip", zip(&members), &inside);
    batch.holder("export.tar.gz", gzip(&tar(&members)), &inside);
    batch.expected.ignored += 2;
    batch.file("none.xml", "<other/>", NOTHING_INSIDE);
    batch.file("nothing.xml", "", Fate::Unreadable("missing-root"));
    batch.file("other.json", "{\"a\": 1}", NO_PACK);
    batch.lines("lines.ndjson");
    // What is around the records is wrong: those before it are checked, and the file is one unreadable entry more.
    batch.holder(
        "broken.xml",
        format!("<export>{EMPTY}{LOUD}</exprot>"),
        &[("note[1]", ONE_FAULT), ("note[2]", Fate::Checked(&[SHOUTED]))],
    );
    batch.expected.add("batch/broken.xml".into(), MISMATCHED);
    (batch, vec!["batch", "--record", "note"])
}

/// Checks a batch into a folder below `written`, in every format, and gives what was written by its name.
fn written(batch: &Filling, label: &str, arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let folder = format!("written/{label}");
    fs::create_dir_all(batch.sandbox.folder.join(&folder)).unwrap();
    let outputs = reports::FORMATS.map(|format| format!("--output={format}={folder}/report.{format}"));
    let evidence = format!("--evidence={folder}/evidence");
    let mut all =
        vec!["check", "--isolated", "--pack=packs/notes", "--pack=packs/letters", "--as-of=2026-06-30", "--lang=en"];
    all.extend(["--salt-file=salt", &*evidence]);
    all.extend(outputs.iter().map(String::as_str).chain(arguments.iter().copied()));
    let output = batch.sandbox.command(&all).env("SOURCE_DATE_EPOCH", "1782900000").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{label}: {said}");
    let mut found = BTreeMap::new();
    read_all(&batch.sandbox.folder.join(folder), "", &mut found);
    assert_eq!(found.len(), reports::FORMATS.len() + 6, "{label}: {:?}", found.keys());
    found
}

fn read_all(folder: &Path, before: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{before}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => read_all(&path, &format!("{name}/"), found),
            false => drop(found.insert(name, fs::read(&path).unwrap())),
        }
    }
}

/// Checks everything that is said of a batch, however it is checked.
fn check(batch: &mut Filling, paths: &[&str]) {
    let all = |more: &[&'static str]| [paths, more].concat();
    let first = written(batch, "one", &all(&["--jobs=1"]));
    reports::check(&first, &batch.expected);
    tables::check(&batch.sandbox.folder.join("written/one"), &batch.expected);
    for (label, more) in [
        ("four", &["--jobs=4"][..]),
        ("cold", &["--jobs=4", "--cache=kept"]),
        ("warm", &["--jobs=1", "--cache=kept"]),
        ("warm-four", &["--jobs=4", "--cache=kept"]),
    ] {
        let again = written(batch, label, &all(more));
        for (name, bytes) in &first {
            assert!(again[name] == *bytes, "{label}: {name} is another");
        }
    }

    // Known are the findings of one rule, then all.
    batch.sandbox.write("known/loud.xml", LOUD);
    let baseline =
        ["baseline", "write", "--isolated", "--pack=packs/notes", "--pack=packs/letters", "--as-of=2026-06-30"];
    let one_rule = [&baseline[..], &["known", "-o", "one-rule.toml"]].concat();
    let all_rules = [&baseline[..], paths, &["-o", "all-rules.toml"]].concat();
    for (arguments, file, known) in [
        (one_rule, "--baseline=one-rule.toml", &[SHOUTED][..]),
        (all_rules, "--baseline=all-rules.toml", &[SHOUTED, LACKING, STRANGE_DAY, COPIED, MISSING]),
    ] {
        batch.sandbox.run(&arguments);
        batch.expected.known = known.iter().copied().collect();
        for (label, more) in [("cold", "--jobs=4"), ("warm", "--cache=kept")] {
            let label = format!("known-{}-{label}", known.len());
            let found = written(batch, &label, &all(&[file, more]));
            reports::check(&found, &batch.expected);
            tables::check(&batch.sandbox.folder.join("written").join(label), &batch.expected);
        }
    }
}

#[test]
fn the_account_adds_up_in_all_that_is_written() {
    let (mut batch, paths) = everything("accounts");
    assert!(batch.expected.account()[0] > 100);
    check(&mut batch, &paths);
}

#[test]
fn the_account_of_records_adds_up_in_all_that_is_written() {
    let (mut batch, paths) = records("accounts-of-records");
    check(&mut batch, &paths);
}
