//! The arguments of `kirjuri codes`, and those that name imported code sets.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use kirjuri::codes::Columns;
use kirjuri::identifiers::Date;

use super::parse_day;

#[derive(Subcommand, Debug)]
pub(crate) enum CodesCommand {
    /// Make indexed files of published code sets: tables (CSV exports of the national code server, or code,fi,sv,en,from,to)
    /// and FHIR CodeSystem and ValueSet in JSON
    Import(CodesImportArguments),
    /// List the code sets: those of packs, and imported ones
    List(CodesListArguments),
    /// Show a code set, or a code of it
    Show(CodesShowArguments),
    /// Look indexed files over: whether they are whole, and what is odd in them
    Check(CodesCheckArguments),
}

#[derive(Args, Debug)]
pub(crate) struct CodesImportArguments {
    /// The published files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where the indexed files go: a folder, in which each is named by its OID, or a file whose name ends in .codes
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) into: PathBuf,
    /// OID of the code set, with its version where it has one; a table does not say it
    #[arg(long, value_name = "OID")]
    pub(crate) oid: Option<String>,
    /// What the code set is called [default: as the file says, else its OID]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The file lists only some of the codes, so that no code is unknown because it is not there
    #[arg(long)]
    pub(crate) incomplete: bool,
    /// What the columns of a table mean that are not known by their headings: code, fi, sv, en, also, from, to, ignore
    #[arg(long, value_parser = Columns::parse, value_name = "MEANING=HEADING,...")]
    pub(crate) columns: Option<Columns>,
    /// The day of the import that is noted in the files, as YYYY-MM-DD [default: today in Finland]
    #[arg(long, value_parser = parse_day, value_name = "DATE")]
    pub(crate) imported: Option<Date>,
}

/// Imported code sets.
#[derive(Args, Clone, Debug)]
pub(crate) struct CodesArguments {
    /// An imported code set (`kirjuri codes import`), or a folder of them; may be given several times. All packs know it,
    /// in the place of their own set of the same OID
    #[arg(long = "codes", value_name = "PATH")]
    pub(crate) codes: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CodesListArguments {
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    /// A built-in pack by name, or the folder of a pack; may be given several times [default: all built-in packs]
    #[arg(long = "pack", value_name = "PACK")]
    pub(crate) packs: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CodesShowArguments {
    /// OID of the code set. Without a version, all its versions are shown
    pub(crate) oid: String,
    /// A code of it
    pub(crate) code: Option<String>,
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    /// A built-in pack by name, or the folder of a pack; may be given several times [default: all built-in packs]
    #[arg(long = "pack", value_name = "PACK")]
    pub(crate) packs: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CodesCheckArguments {
    /// Indexed files, or folders of them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}
