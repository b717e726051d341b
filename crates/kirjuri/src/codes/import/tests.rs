use super::*;
use crate::codes::CodeIndex;

fn options(oid: &str) -> ImportOptions {
    ImportOptions { oid: (!oid.is_empty()).then(|| oid.to_owned()), source: "koe".into(), ..ImportOptions::default() }
}

/// The rows of a table as one text: code, names, other names, days.
fn shown(bytes: &[u8], options: &ImportOptions) -> Result<Vec<String>, String> {
    let imported = import(bytes, options).map_err(|errors| errors.to_string())?;
    let text = |name: &Option<String>| name.clone().unwrap_or_default();
    let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let rows = imported.tables.iter().flat_map(|table| &table.rows);
    Ok(rows
        .map(|row| {
            let names = [&row.fi, &row.sv, &row.en].map(text).join("|");
            format!("{}|{names}|{}|{}-{}", row.code, row.also.join("+"), date(row.from), date(row.to))
        })
        .collect())
}

#[track_caller]
fn check(text: &str, columns: &str, expected: Result<&[&str], &str>) {
    let mut options = options("1.2.3");
    if !columns.is_empty() {
        options.columns = Columns::parse(columns).unwrap();
    }
    let expected = expected.map(|rows| rows.iter().map(|row| (*row).to_owned()).collect()).map_err(str::to_owned);
    assert_eq!(shown(text.as_bytes(), &options), expected, "{text}");
}

#[test]
fn an_export_of_the_code_server_is_read() {
    let export = "CodeId;ParentId;HierarchyLevel;LongName;ShortName;Abbreviation;A:Långt_namn;A:Long_name;A:Huom;\
        BeginningDate;ExpiringDate;LastModifiedDate\r\n\
        A00;A00-A09;2;Kolera;Kolera;;Kolera;Cholera;;1.1.1996;;2.3.2015\r\n\
        A01;A00-A09;2;\"Lavantauti; \"\"tyfus\"\"\";Lavant.;LT;;;x;01.01.1996;31.12.2020;\r\n\r\n";
    let expected = ["A00|Kolera|Kolera|Cholera||19960101-", "A01|Lavantauti; \"tyfus\"|||Lavant.+LT|19960101-20201231"];
    check(export, "", Ok(&expected));
    check(&export.replace(';', "\t").replace("Lavantauti\t", "Lavantauti;"), "", Ok(&expected));
    let imported = import(export.as_bytes(), &options("1.2.246.537.6.1.1999")).unwrap();
    assert_eq!(imported.unused, ["A:Huom"]);
    let table = &imported.tables[0];
    assert_eq!((table.version.as_deref(), table.complete), (Some("1999"), true));
    let index = CodeIndex::parse(table.to_bytes(Date::new(2026, 1, 1).unwrap()).unwrap()).unwrap();
    assert_eq!(index.get("A00").unwrap().name(crate::Language::Swedish), Some("Kolera"));
}

#[test]
fn every_encoding_that_exports_have_is_read() {
    let text = "code;fi;A:Långt_namn\n1;Äiti;Mor på väg\n";
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (marked, Encoding::Utf8),
        (latin, Encoding::Latin1),
        ([b"\xff\xfe", &*little].concat(), Encoding::Utf16Le),
        (little, Encoding::Utf16Le),
        ([b"\xfe\xff", &*big].concat(), Encoding::Utf16Be),
        (big, Encoding::Utf16Be),
    ] {
        assert_eq!(import(&bytes, &options("1.2.3")).unwrap().encoding, encoding);
        assert_eq!(shown(&bytes, &options("1.2.3")), Ok(vec!["1|Äiti|Mor på väg|||-".to_owned()]), "{encoding:?}");
    }
}

#[test]
fn a_plain_table_is_read() {
    check(
        "code,fi,sv,en,from,to\n1,Mies,Man,Male,2000-01-01,\n2,\"Nainen,\ntyttö\",Kvinna,Female,,20201231\n",
        "",
        Ok(&["1|Mies|Man|Male||20000101-", "2|Nainen, tyttö|Kvinna|Female||-20201231"]),
    );
    check("Tunnus;Nimi\n1;Mies\n", "code=Tunnus,fi=Nimi", Ok(&["1|Mies||||-"]));
    // What is said of a column wins over what its heading would mean.
    check("id;koodi;fi\n1;A;Mies\n", "code=koodi", Ok(&["A|Mies||||-"]));
    check("code;x\n1;Mies\n", "ignore=x", Ok(&["1|||||-"]));
}

#[test]
fn errors_say_where_and_what_may_be_meant() {
    for (text, columns, expected) in [
        (
            "code;lonname\n1;a\n",
            "",
            "1:6: the column `lonname` is not known; say what it means with --columns, for instance \
             --columns 'fi=lonname', or --columns 'ignore=lonname'; did you mean `LongName`?",
        ),
        ("fi;sv\na;b\n", "", "1:1: no column has the codes; say which with --columns code=HEADING"),
        (
            "code;Nimi\n1;a\n",
            "fi=Nimii",
            "1:1: no column has the heading `Nimii`, which --columns gives to `fi`; did you mean `Nimi`?\n\
             1:6: the column `Nimi` is not known; say what it means with --columns, for instance \
             --columns 'fi=Nimi', or --columns 'ignore=Nimi'",
        ),
        ("code;id\n1;2\n", "", "1:6: a second column means `code`; say which with --columns"),
        (
            "code;fi\n1\n2;a;b\n",
            "",
            "2:1: the line has 1 cell, and the heading 2\n3:1: the line has 3 cells, and the heading 2",
        ),
        ("code;fi\n;a\n", "", "2:1: the line has no code"),
        ("code;to\nä;31.2.2020\n", "", "2:3: there is no such day; a day is written 1.3.2007, 2007-03-01 or 20070301"),
        ("code;to\n1;1.3.07\n", "", "2:3: there is no such day; a day is written 1.3.2007, 2007-03-01 or 20070301"),
        ("code;fi\n1;\"a\n", "", "2:3: the quotation mark is never closed"),
        ("code;fi\n1;\"a\"b\n", "", "2:3: something follows the closing quotation mark"),
        ("code;fi\n", "", "the code set 1.2.3 has no code here"),
        ("", "", "1:1: no column has the codes; say which with --columns code=HEADING"),
    ] {
        check(text, columns, Err(expected));
    }
    let without = shown(b"code\n1\n", &options(""));
    assert_eq!(without, Err("a table does not say which code set it is: give its OID with --oid".into()));
    assert_eq!(shown(b"code\n1\n", &options("1.2.x")), Err("`1.2.x` is no OID: numbers with dots between".into()));
    for xml in ["<CodeSystem xmlns=\"http://hl7.org/fhir\"/>", "\u{feff}\n<?xml version=\"1.0\"?>"] {
        assert_eq!(shown(xml.as_bytes(), &options("")), Err("FHIR is read in JSON; this is XML".into()), "{xml}");
    }
    assert_eq!(shown(b"a\0b;c\n", &options("1.2.3")), Err("the file is no text: it has zero bytes".into()));
    for (columns, expected) in [
        ("koodi", "`koodi` is not written MEANING=HEADING, for instance code=Tunnus"),
        ("cod=a", "no column means `cod`: there are code, fi, sv, en, also, from, to, ignore; did you mean `code`?"),
        ("fi=a,fi=b", "`fi` is given twice"),
    ] {
        assert_eq!(Columns::parse(columns), Err(expected.into()));
    }
}

#[test]
fn a_code_system_of_fhir_is_read() {
    let system = r#"{"resourceType": "CodeSystem", "url": "urn:oid:1.2.246.537.5.1.1997", "version": "1997",
      "title": "Sukupuoli", "language": "fi-FI", "status": "active", "content": "complete", "concept": [
      {"code": "1", "display": "Mies", "designation": [{"language": "sv", "value": "Man"}, {"value": "M"}],
       "concept": [{"code": "1.1", "display": "Poika"}]},
      {"code": "2", "display": "Nainen", "property": [
        {"code": "effectiveDate", "valueDateTime": "1997"}, {"code": "status", "valueCode": "retired"},
        {"code": "deprecationDate", "valueDateTime": "2020-06"}]},
      {"code": "3", "property": [{"code": "deprecationDate", "valueDateTime": "2020-06-01"}]},
      {"code": "4", "property": [{"code": "retirementDate", "valueDateTime": "2021-01-01T00:00:00Z"}]}]}"#;
    let expected = ["1|Mies|Man||M|-", "1.1|Poika||||-", "2|Nainen||||19970101-20200630", "3|||||-", "4|||||-20210101"];
    assert_eq!(shown(system.as_bytes(), &options("")).unwrap(), expected);
    let table = |text: &str| import(text.as_bytes(), &options("")).unwrap().tables.remove(0);
    let read = table(system);
    assert_eq!((&*read.oid, &*read.name, read.version.as_deref()), ("1.2.246.537.5.1.1997", "Sukupuoli", Some("1997")));
    assert!(read.complete);
    assert!(!table(&system.replace("\"complete\"", "\"fragment\"")).complete);
    let by_identifier = system.replace(
        "\"url\": \"urn:oid:1.2.246.537.5.1.1997\"",
        "\"url\": \"http://example.org/a\", \"identifier\": [{\"value\": \"urn:oid:1.2.3\"}]",
    );
    assert_eq!(table(&by_identifier).oid, "1.2.3");
}

#[test]
fn a_value_set_lists_codes_and_is_never_complete() {
    let set = r#"{"resourceType": "ValueSet", "name": "Koe", "status": "active", "language": "en",
      "compose": {"include": [
        {"system": "urn:oid:1.2.3", "version": "2", "concept": [{"code": "a", "display": "A"}, {"code": "b"}]},
        {"system": "http://loinc.org", "concept": [{"code": "8480-6"}]},
        {"system": "http://example.org/x", "concept": [{"code": "x"}]}, {"system": "urn:oid:1.2.4"}]},
      "expansion": {"contains": [{"display": "group", "contains": [
        {"system": "urn:oid:1.2.3", "code": "b", "display": "B", "designation": [{"language": "fi", "value": "Bee"}]},
        {"system": "urn:oid:1.2.3", "code": "c"}]}]}}"#;
    let imported = import(set.as_bytes(), &options("")).unwrap();
    let tables: Vec<_> = imported.tables.iter().map(|it| (&*it.oid, it.rows.len(), it.complete)).collect();
    assert_eq!(tables, [("2.16.840.1.113883.6.1", 1, false), ("1.2.3", 3, false)]);
    assert_eq!(imported.tables[1].rows[1].fi.as_deref(), Some("Bee"));
    assert_eq!(
        imported.unused,
        [
            "what is included from `urn:oid:1.2.4` is not listed code by code",
            "the code system `http://example.org/x` has no OID"
        ]
    );
    let error = shown(set.as_bytes(), &options("1.2.9")).unwrap_err();
    assert!(error.ends_with("--oid names one code system, and the value set lists codes of 3"), "{error}");
}

#[test]
fn json_that_is_no_code_system_is_told_with_its_place() {
    for (text, expected) in [
        ("{\"resourceType\": \"CodeSystem\", \"concept\": [}", "1:44: the closing bracket"),
        ("[1]", "the file is JSON and no FHIR resource: it has no `resourceType`"),
        (
            "{\"resourceType\": \"Codesystem\"}",
            "a resource `Codesystem` has no codes: CodeSystem and ValueSet are read; did you mean `CodeSystem`?",
        ),
        (
            "{\"resourceType\": \"CodeSystem\"}",
            "the code system has no OID in `url` or `identifier`: give it with --oid",
        ),
        ("{\"resourceType\": \"CodeSystem\", \"url\": \"urn:oid:1.2.3\"}", "the code set 1.2.3 has no code here"),
        (
            "{\"resourceType\": \"CodeSystem\", \"url\": \"urn:oid:1.2.3\",\n \"concept\": [{\"display\": \"a\"}]}",
            "2:14: the concept has no code",
        ),
    ] {
        let error = shown(text.as_bytes(), &options("")).unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn no_bytes_stop_an_import() {
    let seeds: [&[u8]; 3] = [
        b"code;fi;from\n1;\"a;\"\"b\";1.1.2000\n2;c;\n",
        b"{\"resourceType\":\"CodeSystem\",\"url\":\"urn:oid:1.2.3\",\"concept\":[{\"code\":\"1\",\"display\":\"a\"}]}",
        b"\xff\xfec\0o\0d\0e\0\n\x001\0",
    ];
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for round in 0..6000 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        for _ in 0..random() % 4 + 1 {
            let at = random() % bytes.len();
            bytes[at] = b";\"\n\r\t,{}[]:0\xff\0a"[random() % 15];
        }
        bytes.truncate(random() % bytes.len() + 1);
        let _ = import(&bytes, &options("1.2.3"));
    }
}
