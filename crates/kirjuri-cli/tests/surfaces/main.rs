//! The command as its users meet it: arguments, files and exit status in; text, JSON and exit status out.

#![allow(clippy::unwrap_used)]

mod accounts;
mod archives;
mod baseline;
mod book;
mod cached;
mod coverage;
mod documents;
mod evidence;
mod groups;
mod inputs;
mod leaks;
mod outputs;
#[cfg(unix)]
mod paths;
mod privacy;
mod readme;
#[cfg(unix)]
mod runs;
mod sandbox;
mod scenarios;
mod schema;
mod schematron;
mod series_fixture;
mod settings;
