//! The interface is what the header, the list of symbols, the sources and the built library all say.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use kirjuri_capi::*;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(here().join(path)).unwrap()
}

/// The functions that tests have, and nobody else.
fn is_for_tests(name: &str) -> bool {
    name.starts_with("kirjuri_test_")
}

fn listed() -> BTreeSet<String> {
    let text = read("symbols.txt");
    let names: Vec<&str> = text.lines().collect();
    assert!(names.is_sorted(), "symbols.txt is in order");
    names.into_iter().map(str::to_owned).collect()
}

/// What stands before the first bracket behind each mark, as far as it is the name of a function.
fn names_behind(text: &str, mark: &str) -> BTreeSet<String> {
    let names = text.split(mark).skip(1).filter_map(|declared| {
        let name = declared.split('(').next()?.rsplit([' ', '*', '\n']).next()?;
        name.starts_with("kirjuri_").then(|| name.to_owned())
    });
    names.filter(|name| !is_for_tests(name)).collect()
}

#[test]
fn the_header_declares_the_listed_functions() {
    assert_eq!(names_behind(&read("include/kirjuri.h"), "\nKIRJURI_API "), listed());
}

#[test]
fn the_sources_define_the_listed_functions() {
    let mut defined = BTreeSet::new();
    for entry in fs::read_dir(here().join("src")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let functions = names_behind(&text, "extern \"C\" fn ");
        let exported = text.matches("#[unsafe(no_mangle)]\n").count();
        assert!(exported >= functions.len());
        defined.extend(functions);
    }
    assert_eq!(defined, listed());
}

/// The library as cargo built it beside this test.
fn library() -> PathBuf {
    let folder = env::current_exe().unwrap().parent().unwrap().to_path_buf();
    folder.join(format!("{}kirjuri_capi{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX))
}

#[test]
fn the_library_exports_the_listed_functions_and_nothing_else() {
    let output = match Command::new("nm").args(["-D", "--defined-only"]).arg(library()).output() {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).unwrap(),
        other => {
            assert!(!cfg!(target_os = "linux") || other.is_err(), "{other:?}");
            return println!("skipped: there is no nm that reads {}", library().display());
        }
    };
    let exported = output.lines().filter_map(|line| line.split_whitespace().nth(2));
    let exported: BTreeSet<String> = exported.filter(|name| !is_for_tests(name)).map(str::to_owned).collect();
    assert_eq!(exported, listed());
}

#[test]
fn what_is_installed_is_called_by_the_version_of_the_interface() {
    let abi = KIRJURI_ABI_VERSION;
    // cargo-c names the library by this; the install script reads the header.
    assert!(read("Cargo.toml").contains(&format!("\nversion = \"{abi}.0.0\"\n")));
    // CMake takes any version since this one for a program that asks for an older one.
    assert!(read("cmake/kirjuri-config-version.cmake").contains(&format!("set(_kirjuri_first_of_abi_{abi} ")));
}

/// Size of each structure and place of each field, one a line.
macro_rules! layout {
    ($($c:literal $rust:ident { $($field:ident)+ })+) => {{
        let mut lines = String::new();
        $(
            writeln!(lines, "{} {}", $c, size_of::<$rust>()).unwrap();
            $(writeln!(lines, "{}.{} {}", $c, stringify!($field), offset_of!($rust, $field)).unwrap();)+
        )+
        let mut program = String::from("#include <stdio.h>\n#include \"kirjuri.h\"\nint main(void) {\n");
        $(
            writeln!(program, "printf(\"{0} %zu\\n\", sizeof({0}));", $c).unwrap();
            $(
                let field = stringify!($field);
                writeln!(program, "printf(\"{0}.{field} %zu\\n\", offsetof({0}, {field}));", $c).unwrap();
            )+
        )+
        program.push_str("return 0; }\n");
        (lines, program)
    }};
}

#[test]
fn structures_are_the_same_on_both_sides() {
    let (lines, program) = layout! {
        "kirjuri_string" KirjuriString { data length }
        "kirjuri_file" KirjuriFile { path text }
        "kirjuri_place" KirjuriPlace { path start end line column }
        "kirjuri_position" KirjuriPosition { size path line column }
        "kirjuri_source" KirjuriSource { size name files file_count phase kind reserved }
        "kirjuri_check_options" KirjuriCheckOptions {
            size language as_of draft reserved max_findings time_limit_ms memory_limit name previous cancel
        }
        "kirjuri_finding" KirjuriFinding { size rule title severity flags place inner }
        "kirjuri_missing" KirjuriMissing { size rule title severity flags path place inner }
        "kirjuri_problem" KirjuriProblem { size kind message offset line column }
    };
    // What a 64-bit program was built against must stay, whatever is added.
    if cfg!(target_pointer_width = "64") {
        if env::var_os("UPDATE").is_some_and(|value| value == "1") {
            fs::write(here().join("layout.txt"), &lines).unwrap();
        }
        assert!(read("layout.txt") == lines, "UPDATE=1 rewrites layout.txt; found:\n{lines}");
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, binary) = (folder.join("layout.c"), folder.join(format!("layout{}", env::consts::EXE_SUFFIX)));
    fs::write(&source, program).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"]).arg(here().join("include"));
    match compiler.arg("-o").args([&binary, &source]).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => return println!("skipped: there is no C compiler ({error})"),
    }
    let output = Command::new(binary).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), lines);
}

#[test]
fn constants_are_the_same_on_both_sides() {
    let header = read("include/kirjuri.h");
    let value = |name: &str| {
        let line = header.lines().find(|line| line.starts_with(&format!("#define {name} "))).unwrap();
        let value = line.split("/*").next().unwrap().trim_end().trim_end_matches(')');
        let digits = value.rsplit([')', ' ']).next().unwrap();
        digits.parse::<u32>().unwrap_or_else(|_| panic!("{line}"))
    };
    use failure::Code;
    for (name, known) in [
        ("KIRJURI_ABI_VERSION", KIRJURI_ABI_VERSION),
        ("KIRJURI_CHECKED", KIRJURI_CHECKED as u32),
        ("KIRJURI_UNREADABLE", KIRJURI_UNREADABLE as u32),
        ("KIRJURI_SKIPPED", KIRJURI_SKIPPED as u32),
        ("KIRJURI_HAS_INNER", KIRJURI_HAS_INNER),
        ("KIRJURI_IS_ASSERTION", KIRJURI_IS_ASSERTION),
        ("KIRJURI_INVALID_ARGUMENT", Code::InvalidArgument as u32),
        ("KIRJURI_INVALID_HANDLE", Code::InvalidHandle as u32),
        ("KIRJURI_UNREADABLE_FILE", Code::UnreadableFile as u32),
        ("KIRJURI_BROKEN_PACK", Code::BrokenPack as u32),
        ("KIRJURI_UNREADABLE_DOCUMENT", Code::UnreadableDocument as u32),
        ("KIRJURI_NOT_FOUND", Code::NotFound as u32),
        ("KIRJURI_CANCELLED", Code::Cancelled as u32),
        ("KIRJURI_TIME_LIMIT", Code::TimeLimit as u32),
        ("KIRJURI_MEMORY_LIMIT", Code::MemoryLimit as u32),
        ("KIRJURI_OUT_OF_MEMORY", Code::OutOfMemory as u32),
        ("KIRJURI_INTERNAL", Code::Internal as u32),
    ] {
        assert_eq!(value(name), known, "{name}");
    }
    assert_eq!(kirjuri_abi_version(), KIRJURI_ABI_VERSION);
}
