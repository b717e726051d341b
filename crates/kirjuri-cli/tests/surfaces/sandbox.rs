//! A folder of its own for each test, with the fixtures in it, in which the command runs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::archives;

/// The folder of the project's fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Whether golden files are to be rewritten. The difference is read before it is committed.
pub(crate) fn update() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

pub(crate) struct Sandbox {
    pub(crate) folder: PathBuf,
}

impl Sandbox {
    /// A folder with `documents`, `unreadable` and `foreign` of the fixtures in `fixtures/`, and with what is in
    /// `tests/world`.
    pub(crate) fn new(name: &str) -> Sandbox {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for part in ["documents", "unreadable", "foreign"] {
            copy(&fixtures().join(part), &folder.join("fixtures").join(part));
        }
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/world"), &folder);
        // What version control cannot keep.
        fs::create_dir(folder.join("nothing")).unwrap();
        archives::write_all(&folder.join("archives"));
        Sandbox { folder }
    }

    /// A folder with the packs of `tests/world` only, for a test that needs it many times.
    pub(crate) fn with_packs(name: &str) -> Sandbox {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/world/packs"), &folder.join("packs"));
        Sandbox { folder }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kirjuri"));
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        // What the terminal or the builder of the test says must not show in the output.
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RAYON_NUM_THREADS"] {
            command.env_remove(variable);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Standard output of a run.
    pub(crate) fn stdout(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.run(arguments).stdout).unwrap()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.stdout(arguments)).unwrap()
    }

    /// Writes a file of the sandbox.
    #[cfg_attr(not(unix), allow(dead_code))]
    pub(crate) fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Runs a command with bytes for its standard input.
pub(crate) fn feed(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
