//! Files that hold many documents: what is found in them, where, and that the account adds up.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::archives::{CLEAN, EMPTY, append, cut, gzip, replace, tar, zip, zstd};
use crate::sandbox::{Sandbox, feed};

const CHECK: [&str; 5] = ["check", "--pack", "packs/notes", "--format", "json"];

/// The report on what a file of this name holds.
fn report(name: &str, bytes: &[u8], arguments: &[&str]) -> Value {
    let sandbox = Sandbox::with_packs(&std::thread::current().name().unwrap().replace(':', "-"));
    fs::write(sandbox.folder.join(name), bytes).unwrap();
    sandbox.json(&[&CHECK[..], &[name], arguments].concat())
}

/// Each document of a report and what became of it: `2` for two findings, else the kind of what is wrong.
fn outcomes(report: &Value) -> Vec<(String, String)> {
    let documents = report["documents"].as_array().unwrap();
    let account = &report["account"];
    let count = |key: &str| account[key].as_u64().unwrap();
    assert_eq!(count("seen"), count("checked") + count("unreadable") + count("skipped"));
    assert_eq!(count("seen"), documents.len() as u64);
    let outcome = |document: &Value| match document["status"].as_str().unwrap() {
        "checked" => document["findings"].as_array().unwrap().len().to_string(),
        "unreadable" => document["error"]["kind"].as_str().unwrap().to_owned(),
        _ => document["reason"]["kind"].as_str().unwrap().to_owned(),
    };
    documents.iter().map(|document| (document["path"].as_str().unwrap().to_owned(), outcome(document))).collect()
}

/// Checks what becomes of the documents in a file.
#[track_caller]
fn check(name: &str, bytes: &[u8], arguments: &[&str], expected: &[(&str, &str)]) {
    let found = outcomes(&report(name, bytes, arguments));
    let found: Vec<_> = found.iter().map(|(path, outcome)| (path.as_str(), outcome.as_str())).collect();
    assert_eq!(found, expected, "{name}");
}

const RECORD: [&str; 2] = ["--record", "note"];

#[test]
fn a_member_that_is_cut_off_is_reported_and_those_before_are_checked() {
    let members: Vec<(String, &str)> = (0..3).map(|number| (format!("{number}.xml"), EMPTY)).collect();
    let members: Vec<_> = members.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let whole = tar(&members);
    for left in (0..whole.len()).step_by(97) {
        let found = outcomes(&report("cut.tar", &cut(whole.clone(), left), &[]));
        let checked = found.iter().filter(|(_, outcome)| outcome == "1").count();
        // A member is a header and a block; behind the last stand two blocks.
        let expected = (0..3).filter(|number| left >= number * 1024 + 512 + EMPTY.len()).count();
        let is_ended = left >= 3 * 1024 + 512;
        assert_eq!((checked, found.len() - checked), (expected, usize::from(!is_ended)), "{left}: {found:?}");
    }
}

#[test]
fn archives_cut_or_changed_anywhere_never_panic_and_their_accounts_add_up() {
    let members = [("a.xml", EMPTY), ("b.xml.gz", "no gzip"), ("c.ndjson", "<a/>\n<b/>"), ("d.xml", CLEAN)];
    let archives = [
        ("a.zip", zip(&members)),
        ("a.tar", tar(&members)),
        ("a.tar.gz", gzip(&tar(&members))),
        ("a.tar.zst", zstd(&tar(&members))),
    ];
    let sandbox = Sandbox::new("broken-archives");
    for (name, whole) in archives {
        let path = sandbox.folder.join(name);
        let step = whole.len() / 25;
        for at in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            for bytes in [changed, cut(whole.clone(), at)] {
                fs::write(&path, bytes).unwrap();
                let output = sandbox.run(&[&CHECK[..], &[name]].concat());
                assert!(output.status.code().is_some_and(|code| code <= 2), "{name} {at}: {output:?}");
                assert!(!outcomes(&serde_json::from_slice(&output.stdout).unwrap()).is_empty(), "{name} {at}");
            }
        }
    }
}

#[test]
fn long_names_are_read_and_shown_cut() {
    let long = format!("{}/last.xml", "a".repeat(300));
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(EMPTY.len() as u64);
    builder.append_data(&mut header, &long, EMPTY.as_bytes()).unwrap();
    let pax = format!("26 path=pax/{}.xml\n", "b".repeat(9));
    append(&mut builder, tar::EntryType::XHeader, "pax", pax.as_bytes());
    append(&mut builder, tar::EntryType::Regular, "short.xml", EMPTY.as_bytes());
    check(
        "a.tar",
        &builder.into_inner().unwrap(),
        &[],
        &[(&format!("a.tar!{long}"), "1"), ("a.tar!pax/bbbbbbbbb.xml", "1")],
    );
    let long = "a".repeat(5000) + ".xml";
    let found = outcomes(&report("a.zip", &zip(&[(&long, EMPTY)]), &[]));
    assert_eq!(found[0].1, "1");
    assert!(found[0].0.len() < 1100 && found[0].0.ends_with(".xml"), "{}", found[0].0);
}

#[test]
fn a_name_that_says_it_is_endless_is_not_kept() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(1 << 40);
    header.set_cksum();
    check("a.tar", header.as_bytes(), &[], &[("a.tar", "damaged-archive")]);
}

#[test]
fn records_are_cut_out_whatever_stands_around_them() {
    let first = ("a.xml!note[1]", "1");
    for (file, expected) in [
        (format!("<e>{EMPTY}</e>"), &[first][..]),
        // The root itself, and one after the other.
        (EMPTY.to_owned(), &[first]),
        (format!("<?xml version='1.0'?>{EMPTY}{EMPTY}"), &[first, ("a.xml!note[2]", "1")]),
        (
            "<e><note/><note /></e>".to_owned(),
            &[("a.xml!note[1]", "no-pack-applies"), ("a.xml!note[2]", "no-pack-applies")],
        ),
        // What only looks like one.
        (
            format!("<e><!-- <note> --><![CDATA[<note>]]><?p <note>?><x a='<note>'/>{EMPTY}</e>")
                .replace("'<", "'&lt;"),
            &[first],
        ),
        (format!("<e><notes/><nota/>{EMPTY}</e>"), &[first]),
        // One in another belongs to that.
        (
            EMPTY.replace("<text/>", "<text/><note>a <!--</note>--> <![CDATA[</note>]]></note>"),
            &[("a.xml!note[1]", "1")],
        ),
        // One that is malformed does not take the others with it.
        (
            format!("<e><note><a></note><note a=\"x></note>{EMPTY}</e>"),
            &[("a.xml!note[1]", "mismatched-tag"), ("a.xml!note[2]", "less-than-in-attribute"), ("a.xml!note[3]", "1")],
        ),
        // The file ends in one, or around them.
        (format!("<e>{EMPTY}<note><a>"), &[first, ("a.xml!note[2]", "unclosed-element")]),
        (format!("<e>{EMPTY}<note"), &[first, ("a.xml", "unclosed-tag")]),
        (format!("<e>{EMPTY}"), &[first, ("a.xml", "unclosed-element")]),
        (format!("<e>{EMPTY}<!-- "), &[first, ("a.xml", "unclosed-comment")]),
        (format!("<e>{EMPTY}</f>"), &[first, ("a.xml", "mismatched-tag")]),
        (format!("<e>{EMPTY}</e></e>"), &[first, ("a.xml", "unopened-tag")]),
        (format!("<!DOCTYPE e [<!ENTITY a 'b'>]><e>{EMPTY}</e>"), &[("a.xml", "dtd-refused")]),
        ("<e/>".to_owned(), &[("a.xml", "nothing-inside")]),
        (String::new(), &[("a.xml", "missing-root")]),
        ("  \n".to_owned(), &[("a.xml", "missing-root")]),
        (format!("\u{FEFF}<e>{EMPTY}</e>"), &[first]),
        (" {\"a\": 1}".to_owned(), &[("a.xml", "no-pack-applies")]),
        (format!("{}{EMPTY}", "<e>".repeat(300)), &[("a.xml", "too-deep")]),
        (
            format!("<e {}>{EMPTY}</e>", (0..300).map(|n| format!("xmlns:a{n}='b' ")).collect::<String>()),
            &[("a.xml", "too-many-attributes")],
        ),
    ] {
        let found = outcomes(&report("a.xml", file.as_bytes(), &RECORD));
        let found: Vec<_> = found.iter().map(|(path, outcome)| (path.as_str(), outcome.as_str())).collect();
        assert_eq!(found, expected, "{file}");
    }
}

#[test]
fn a_record_is_read_within_the_declarations_around_it() {
    let note = |start: &str, end: &str| {
        format!("<{start} day='2026-03-05'><{end}title>a</{end}title><{end}text/></{end}note>")
    };
    for (file, outcome) in [
        (format!("<e xmlns='urn:example:note'>{}</e>", note("note", "")), "1"),
        (format!("<e xmlns:n='urn:example:note'>{}</e>", note("n:note", "n:")), "1"),
        (format!("<e xmlns:n='urn:x'><f xmlns:n='urn:example:note'>{}</f></e>", note("n:note", "n:")), "1"),
        (format!("<e xmlns:n='urn:example:note'><f xmlns:n='urn:x'/>{}</e>", note("n:note", "n:")), "1"),
        (format!("<e xmlns:n='urn:example:&#110;ote'>{}</e>", note("n:note", "n:")), "1"),
        (format!("<e xmlns:n='urn:x'>{}</e>", note("n:note xmlns:n='urn:example:note'", "n:")), "1"),
        (format!("<e xmlns='urn:example:note'>{}</e>", note("note xmlns=''", "")), "no-pack-applies"),
        (format!("<e><f xmlns:n='urn:example:note'/>{}</e>", note("n:note", "n:")), "undeclared-prefix"),
    ] {
        check("a.xml", file.as_bytes(), &RECORD, &[("a.xml!note[1]", outcome)]);
    }
    let named = ["--record", "Q{urn:example:note}note"];
    let file = format!("<e xmlns:n='urn:x'><n:note/>{EMPTY}<note xmlns='urn:x'/></e>");
    check("a.xml", file.as_bytes(), &named, &[("a.xml!note[1]", "1")]);
}

#[test]
fn the_place_of_a_finding_in_a_record_is_that_in_the_file() {
    for (before, separator) in
        [("<e>", ""), ("<e>\n", "\n"), ("\u{FEFF}<e>\n  ä ", "\r\n \t"), ("<e><!--ääkköset-->", " ö ")]
    {
        let file = format!("{before}{CLEAN}{separator}{EMPTY}{separator}{EMPTY}</e>");
        let report = report("a.xml", file.as_bytes(), &RECORD);
        let mut from = 0;
        for document in &report["documents"].as_array().unwrap()[1..] {
            let place = &document["findings"][0]["place"];
            // A byte order mark is of the file and of no line.
            let start = from + file[from..].find("<text/>").unwrap();
            let line = file[..start].matches('\n').count() + 1;
            let column = file[..start].rsplit('\n').next().unwrap().trim_start_matches('\u{FEFF}').chars().count() + 1;
            for (key, expected) in [("start", start), ("end", start + 7), ("line", line), ("column", column)] {
                assert_eq!(place[key], expected, "{key} in {file:?}");
            }
            from = start + 1;
        }
    }
}

#[test]
fn records_are_read_in_the_encoding_of_the_file() {
    let body = format!("<e><!-- ä -->{}</e>", EMPTY.replace("Juna", "j\u{E4}l\u{E4}ss\u{E4}").replace('\n', ""));
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let declared = |label: &str| format!("<?xml version=\"1.0\" encoding=\"{label}\"?>{body}");
    for label in ["iso-8859-1", "windows-1252", "ISO-8859-15"] {
        let bytes = latin(&declared(label));
        let report = report("a.xml", &bytes, &RECORD);
        let place = &report["documents"][0]["findings"][0]["place"];
        let start = bytes.windows(7).position(|window| window == b"<text/>").unwrap();
        assert_eq!((&place["start"], &place["column"]), (&start.into(), &(start + 1).into()), "{label}");
    }
    check("a.xml", declared("utf-8").as_bytes(), &RECORD, &[("a.xml!note[1]", "1")]);
    check("a.xml", &latin(&body), &RECORD, &[("a.xml!note[1]", "invalid-utf-8")]);
    for label in ["utf-16", "koi8-r", "?"] {
        check("a.xml", declared(label).as_bytes(), &RECORD, &[("a.xml", "unsupported-encoding")]);
    }
    let wide: Vec<u8> = format!("\u{FEFF}{body}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("a.xml", &wide, &RECORD, &[("a.xml", "unsupported-encoding")]);
}

#[test]
fn a_record_that_is_too_large_is_not_kept() {
    let large = EMPTY.replace("<text/>", &format!("<text>{}</text>", "a".repeat(300_000)));
    let file = format!("<e>{EMPTY}{large}{EMPTY}</e>");
    let limit = [&RECORD[..], &["--max-bytes", "200000"]].concat();
    let expected = [("a.xml!note[1]", "1"), ("a.xml!note[2]", "too-large"), ("a.xml!note[3]", "1")];
    check("a.xml", file.as_bytes(), &limit, &expected);
    check("a.xml", format!("<e {}/>", "a".repeat(2 << 20)).as_bytes(), &RECORD, &[("a.xml", "too-large")]);
}

#[test]
fn records_are_the_same_wherever_the_window_cuts_the_file() {
    // Markup of every kind across the borders of what is read at a time.
    for shift in (65_536 - EMPTY.len() - 40..65_536 + 10).step_by(7) {
        let file = format!("<e><!--{}-->{EMPTY}<![CDATA[a]]><?p b?>{EMPTY}</e>", "x".repeat(shift));
        let report = report("a.xml", file.as_bytes(), &RECORD);
        let starts: Vec<_> = report["documents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["findings"][0]["place"]["start"].clone())
            .collect();
        let expected: Vec<_> = file.match_indices("<text/>").map(|(at, _)| Value::from(at)).collect();
        assert_eq!(starts, expected, "{shift}");
    }
}

#[test]
fn the_place_of_a_finding_on_a_line_is_that_in_the_file() {
    let note = EMPTY.replace('\n', "");
    let file = format!("\u{FEFF}{note}\n\n  \r\n{note}\r\n{note}");
    let report = report("a.ndjson", file.as_bytes(), &[]);
    let places = report["documents"].as_array().unwrap().iter().map(|document| {
        let place = &document["findings"][0]["place"];
        (document["path"].as_str().unwrap().to_owned(), place["line"].clone(), place["start"].clone())
    });
    let places: Vec<_> = places.collect();
    let starts: Vec<_> = file.match_indices("<text/>").map(|(at, _)| Value::from(at)).collect();
    let expected = [(1, 0), (4, 1), (5, 2)]
        .map(|(line, number)| (format!("a.ndjson!{line}"), Value::from(line), starts[number].clone()));
    assert_eq!(places, expected);
    check("empty.ndjson", b"\n \n", &[], &[("empty.ndjson", "nothing-inside")]);
    let long = format!("{note}\n{}\n{note}\n", "x".repeat(100_000));
    let expected = [("long.ndjson!1", "1"), ("long.ndjson!2", "too-large"), ("long.ndjson!3", "1")];
    check("long.ndjson", long.as_bytes(), &["--max-bytes", "1000"], &expected);
}

#[test]
fn what_comes_in_portions_comes_in_its_order_whatever_the_number_of_threads() {
    let members: Vec<_> =
        (0..700).map(|number| (format!("{number:04}.xml"), if number % 3 == 0 { EMPTY } else { CLEAN })).collect();
    let members: Vec<_> = members.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let sandbox = Sandbox::new("portions");
    for (name, bytes) in [("b.zip", zip(&members)), ("b.tar.gz", gzip(&tar(&members)))] {
        fs::write(sandbox.folder.join(name), bytes).unwrap();
        sandbox.write("a.xml", EMPTY);
        sandbox.write("c.xml", EMPTY);
        let run = |jobs: &str| sandbox.stdout(&[&CHECK[..], &["a.xml", "c.xml", name, "--jobs", jobs]].concat());
        let one = run("1");
        assert_eq!(one, run("2"));
        let found = outcomes(&serde_json::from_str(&one).unwrap());
        let expected = members.iter().map(|(member, _)| format!("{name}!{member}"));
        let expected: Vec<_> = ["a.xml".to_owned()].into_iter().chain(expected).chain(["c.xml".to_owned()]).collect();
        assert_eq!(found.into_iter().map(|(path, _)| path).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn the_account_adds_up_whatever_there_is() {
    let sandbox = Sandbox::new("everything");
    for folder in ["notes", "unreadable", "records"] {
        assert!(sandbox.folder.join(folder).is_dir());
    }
    sandbox.write("notes/zero.xml", "");
    sandbox.write("notes/twin.xml", EMPTY);
    sandbox.write("notes/other-twin.xml", EMPTY);
    let report =
        sandbox.json(&[&CHECK[..], &["notes", "unreadable", "records", "archives", "fixtures", "gone.xml"]].concat());
    let found = outcomes(&report);
    assert!(found.len() > 50);
    assert!(!Path::new(&sandbox.folder).join("../escape.xml").exists());
    let twins = found.iter().filter(|(path, outcome)| path.contains("twin.xml") && outcome == "1");
    assert_eq!(twins.count(), 2, "documents of the same content are two documents");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new("locked");
    for (name, bytes) in [("a/a.xml", EMPTY.as_bytes().to_vec()), ("a/b.zip", zip(&[("a.xml", EMPTY)]))] {
        sandbox.write(name, "");
        fs::write(sandbox.folder.join(name), bytes).unwrap();
        fs::set_permissions(sandbox.folder.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    // Whoever is root may read everything.
    if fs::read(sandbox.folder.join("a/a.xml")).is_err() {
        let found = outcomes(&sandbox.json(&[&CHECK[..], &["a"]].concat()));
        let outcomes: Vec<_> = found.iter().map(|(_, outcome)| outcome.as_str()).collect();
        assert_eq!(outcomes, ["permission-denied", "permission-denied"]);
    }
}

#[test]
fn files_are_left_out_by_the_time_of_their_change() {
    let sandbox = Sandbox::new("changed");
    let day = |day: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400);
    fs::create_dir(sandbox.folder.join("a")).unwrap();
    fs::copy(sandbox.folder.join("archives/notes.zip"), sandbox.folder.join("a/new.zip")).unwrap();
    for (name, changed) in [("a/old.xml", 10), ("a/new.xml", 30), ("a/new.zip", 30), ("stamp", 20)] {
        if !name.ends_with("zip") {
            sandbox.write(name, EMPTY);
        }
        let file = fs::File::options().append(true).open(sandbox.folder.join(name)).unwrap();
        file.set_modified(day(changed)).unwrap();
    }
    for (since, expected, unchanged) in [
        ("@stamp", &["a/new.xml", "a/new.zip!2026/b.xml", "a/new.zip!2026/a.xml", "a/new.zip!lines.ndjson!1"][..], 1),
        ("1970-02-01", &[], 3),
        (
            "1970-01-01",
            &["a/new.xml", "a/new.zip!2026/b.xml", "a/new.zip!2026/a.xml", "a/new.zip!lines.ndjson!1", "a/old.xml"],
            0,
        ),
    ] {
        let report = sandbox.json(&[&CHECK[..], &["a", "a/*.xml", "--changed-since", since]].concat());
        let found: Vec<_> = outcomes(&report).into_iter().map(|(path, _)| path).collect();
        assert_eq!(
            (found, &report["account"]["unchanged"]),
            (expected.iter().map(|it| (*it).to_owned()).collect(), &unchanged.into()),
            "{since}"
        );
    }
}

#[test]
fn a_list_may_end_its_paths_with_a_nul() {
    let sandbox = Sandbox::new("null");
    sandbox.write("a/line\nfeed.xml", EMPTY);
    sandbox.write("a/[b].xml", EMPTY);
    let command = || sandbox.command(&[&CHECK[..], &["--files-from", "-", "--null"]].concat());
    for list in ["a/line\nfeed.xml\0a/[b].xml\0", "./a/line\nfeed.xml\0\0a/[b].xml", "a\0a/[b].xml\0"] {
        let output = feed(command(), list.as_bytes());
        let found = outcomes(&serde_json::from_slice(&output.stdout).unwrap());
        assert_eq!(found, [("a/[b].xml".into(), "1".into()), ("a/line\nfeed.xml".into(), "1".into())], "{list:?}");
    }
}

#[test]
fn a_series_finds_its_documents_in_an_archive() {
    let sandbox = Sandbox::new("series-in-archive");
    let read = |name: &str| fs::read_to_string(sandbox.folder.join("letters").join(name)).unwrap();
    let names = ["april.xml", "february.xml", "january.xml", "other.xml"];
    let texts = names.map(read);
    let members: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    fs::write(sandbox.folder.join("letters.zip"), zip(&members)).unwrap();
    let series = |path: &str| {
        let report =
            sandbox.json(&["check", "--pack", "packs/letters", "--format", "json", "--as-of", "2026-06-30", path]);
        let text = serde_json::to_string(&report["series"]).unwrap();
        assert!(text.len() > 10, "{text}");
        text
    };
    assert_eq!(series("letters.zip").replace("letters.zip!", "letters/"), series("letters"));
}

#[test]
fn a_flag_of_zip_is_changed_in_both_of_its_headers() {
    let mut bytes = zip(&[("a.xml", EMPTY)]);
    replace(&mut bytes, b"a.xml", b"b.xml");
    check("a.zip", &bytes, &[], &[("a.zip!b.xml", "1")]);
}
