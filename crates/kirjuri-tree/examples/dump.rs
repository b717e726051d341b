//! Shows the tree of a document as lines of JSON: a debugging aid, and our side of `scripts/compare-trees.py`.
//!
//! `cargo run -p kirjuri-tree --example dump -- FILE` writes one line a node to standard output. An unreadable
//! document is one line with `error`, `line`, `column` and `offset`, and exit status 1.

#![allow(clippy::print_stdout, clippy::print_stderr)]

#[path = "dump/lines.rs"]
mod lines;

use std::process::ExitCode;

use kirjuri_tree::{Document, Limits};

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: dump FILE");
        return ExitCode::from(2);
    };
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            return ExitCode::from(2);
        }
    };
    match Document::parse(&bytes, &Limits::default()) {
        Ok(document) => {
            print!("{}", lines::lines(&document));
            ExitCode::SUCCESS
        }
        Err(error) => {
            let (id, at, offset) = (error.kind().id(), error.position(), error.offset());
            println!("{{\"error\":\"{id}\",\"line\":{},\"column\":{},\"offset\":{offset}}}", at.line, at.column);
            ExitCode::FAILURE
        }
    }
}
