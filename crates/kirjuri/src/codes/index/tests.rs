use super::*;
use crate::codes::{CodeRow, CodeTable};

fn day(text: &str) -> Option<Date> {
    Date::parse(text)
}

fn row(code: &str, fi: &str, from: &str, to: &str) -> CodeRow {
    let fi = (!fi.is_empty()).then(|| fi.to_owned());
    CodeRow { code: code.into(), fi, from: day(from), to: day(to), ..CodeRow::default() }
}

fn table(rows: Vec<CodeRow>) -> CodeTable {
    let (oid, name) = ("1.2.246.537.6.999.2007".into(), "Koe".into());
    CodeTable { oid, name, version: Some("2007".into()), complete: true, source: vec!["koe.csv".into()], rows }
}

fn bytes(table: &CodeTable) -> Vec<u8> {
    table.to_bytes(Date::new(2026, 11, 22).unwrap()).unwrap()
}

fn many(count: usize) -> CodeTable {
    let row = |number: usize| CodeRow {
        sv: (!number.is_multiple_of(3)).then(|| format!("Namn {number}")),
        also: vec![format!("N{number}"), "Sama".into()],
        ..row(&format!("A{:03}.{}", number / 10, number % 10), &format!("Nimi {number}"), "19960101", "")
    };
    table((0..count).map(row).collect())
}

#[test]
fn what_was_written_is_read() {
    let index = CodeIndex::parse(bytes(&many(1000))).unwrap();
    assert_eq!(
        (index.oid(), index.name(), index.version(), index.is_complete(), index.len()),
        ("1.2.246.537.6.999.2007", "Koe", Some("2007"), true, 1000)
    );
    assert_eq!((index.source(), index.imported()), (&["koe.csv".to_owned()][..], Date::new(2026, 11, 22)));
    for number in 0..1000 {
        let code = format!("A{:03}.{}", number / 10, number % 10);
        let record = index.get(&code).unwrap();
        assert_eq!(record.code(), code);
        assert_eq!(record.name(Language::Finnish), Some(&*format!("Nimi {number}")));
        assert_eq!(record.name(Language::Swedish).is_some(), number % 3 > 0);
        assert_eq!(record.also().collect::<Vec<_>>(), [&format!("N{number}"), "Sama"]);
        assert_eq!((record.from(), record.to()), (day("19960101"), None));
        assert!(!index.contains(&format!("{code} ")));
    }
    assert!(!index.contains("") && !index.contains("A100.0") && !index.contains("a000.0"));
    assert!(index.iter().is_sorted_by(|a, b| a.code() < b.code()));
    assert_eq!(index.code_of("  NIMI 7"), Some("A000.7"));
    assert_eq!(index.code_of("sama"), None);
    assert_eq!(index.oddities().len(), 334);
}

#[test]
fn the_order_of_the_codes_does_not_change_the_bytes() {
    let (table, mut turned) = (many(50), many(50));
    turned.rows.reverse();
    turned.rows.push(table.rows[7].clone());
    assert_eq!(bytes(&table), bytes(&turned));
}

#[test]
fn a_code_is_in_force_where_one_of_its_times_may_hold() {
    let rows = vec![
        row("1", "a", "20000101", "20051231"),
        row("1", "b", "20100101", ""),
        row("2", "c", "", "20201231"),
        row("3", "d", "", ""),
        row("4", "e", "20210301", "20200101"),
    ];
    let index = CodeIndex::parse(bytes(&table(rows))).unwrap();
    for (code, time, expected) in [
        ("1", "1999", false),
        ("1", "20000101", true),
        ("1", "2005", true),
        ("1", "20051231235959", true),
        ("1", "2006", false),
        ("1", "200912", false),
        ("1", "2009", false),
        ("1", "20100101", true),
        ("2", "1900", true),
        ("2", "20201231235959+0200", true),
        // Midnight in Finland is still the day before elsewhere, and a day is told by Finnish clocks.
        ("2", "20201231220000+0000", false),
        ("2", "20201231210000+0000", true),
        ("2", "20210101", false),
        ("2", "2020", true),
        ("3", "2020", true),
        ("4", "2020", false),
        ("9", "2020", true),
    ] {
        let time_read = Timestamp::parse(time).unwrap();
        assert_eq!(index.may_be_active(code, &time_read), expected, "{code} {time}");
    }
    assert_eq!(index.display("1", Language::Finnish), Some("b"));
    assert!(index.accepts_name("1", "A") && index.accepts_name("1", "B") && !index.accepts_name("1", "C"));
    assert!(index.accepts_name("9", "mikä vain"));
    let odd: Vec<String> = index.oddities().iter().map(|it| format!("{} {:?}", it.code, it.kind)).collect();
    assert_eq!(odd, ["4 EndBeforeBeginning"]);
}

#[test]
fn an_empty_set_and_odd_codes_are_held() {
    let index = CodeIndex::parse(bytes(&table(Vec::new()))).unwrap();
    assert!(index.is_empty() && !index.contains("") && index.code_of("a").is_none());
    let rows = vec![row("", "tyhjä", "", ""), row("ä", "", "", ""), row("1", "a", "2", ""), row("1", "b", "", "")];
    let index = CodeIndex::parse(bytes(&table(rows))).unwrap();
    assert!(index.contains("") && index.contains("ä"));
    let odd: Vec<String> = index.oddities().iter().map(|it| format!("{}: {}", it.code, it.kind)).collect();
    assert_eq!(odd, [": a code is empty", "1: the code is listed twice for the same time", "ä: the code has no name"]);
}

#[test]
fn what_the_format_cannot_hold_is_refused() {
    let long = table(vec![row("1", &"a".repeat(70_000), "", "")]);
    let today = Date::new(2026, 11, 22).unwrap();
    assert!(long.to_bytes(today).unwrap_err().to_string().contains("longer than 65535"));
    let nameless = CodeTable { oid: "koe".into(), ..table(Vec::new()) };
    assert_eq!(nameless.to_bytes(today).unwrap_err().to_string(), "`koe` is no OID: numbers with dots between");
}

/// Asks everything of a file that was taken.
fn exercise(index: &CodeIndex) {
    let time = Timestamp::parse("20200101").unwrap();
    for record in index.iter().take(100) {
        let code = record.code().to_owned();
        let _ = (record.names().count(), record.from(), record.to(), index.get(&code).is_some());
        let _ = (index.may_be_active(&code, &time), index.display(&code, Language::English).map(str::len));
    }
    for code in ["", "A000.1", "ä", "no such code"] {
        let _ = (index.contains(code), index.accepts_name(code, "a"), index.code_of(code).map(str::len));
    }
    let _ = index.oddities();
}

#[test]
fn every_cut_and_every_flipped_bit_is_seen() {
    let good = bytes(&many(20));
    for length in 0..good.len() {
        assert!(CodeIndex::parse(good[..length].to_vec()).is_err(), "{length}");
    }
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(CodeIndex::parse(bad).is_err(), "{bit}");
    }
    let mut long = good;
    long.push(0);
    assert!(matches!(CodeIndex::parse(long), Err(CodeIndexError::Length { .. })));
}

#[test]
fn a_hostile_file_with_a_right_checksum_harms_nothing() {
    let good = bytes(&many(20));
    let content = good.len() - 8;
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let mut taken = 0;
    for _ in 0..4000 {
        let mut bad = good[..content].to_vec();
        for _ in 0..random() % 6 + 1 {
            let at = 12 + random() % (content - 12);
            let values = [0, 1, 0x7f, 0xff, random() as u8];
            bad[at] = values[random() % values.len()];
        }
        bad.extend(checksum(&bad).to_le_bytes());
        if let Ok(index) = CodeIndex::parse(bad) {
            taken += 1;
            exercise(&index);
        }
    }
    assert!(taken > 500, "{taken}");
    // A table without a free slot is searched once; numbers of a header that add up to more than memory are not believed.
    let mut full = good[..content].to_vec();
    let slots = u32::from_le_bytes(full[20..24].try_into().unwrap()) as usize;
    full[HEADER..HEADER + slots * SLOT].fill(0xff);
    full.extend(checksum(&full).to_le_bytes());
    exercise(&CodeIndex::parse(full).unwrap());
    let mut large = good[..content].to_vec();
    large[16..32].fill(0xff);
    large.extend(checksum(&large).to_le_bytes());
    assert!(matches!(CodeIndex::parse(large), Err(CodeIndexError::Length { .. })));
}
