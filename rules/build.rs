//! Lists the files of the built-in packs, so that they are embedded without being named twice.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    println!("cargo:rerun-if-changed=.");
    let mut code = String::from("&[\n");
    for pack in sorted(&here)? {
        if !pack.join("pack.toml").is_file() {
            continue;
        }
        let mut files = Vec::new();
        collect(&pack, "", &mut files)?;
        let _ = writeln!(code, "    ({:?}, &[", name(&pack));
        for (path, file) in files {
            let _ = writeln!(code, "        ({path:?}, include_str!({file:?})),");
        }
        code.push_str("    ]),\n");
    }
    code.push_str("]\n");
    fs::write(out.join("packs.rs"), code)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in sorted(folder)? {
        let path = format!("{prefix}{}", name(&entry));
        if entry.is_dir() {
            collect(&entry, &format!("{path}/"), files)?;
        } else if path.ends_with(".toml") {
            files.push((path, entry));
        }
    }
    Ok(())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
