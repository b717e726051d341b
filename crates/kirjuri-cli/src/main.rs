//! The `kirjuri` command: files in, findings out. Everything impure — arguments, files, clock, threads, terminal —
//! lives here.

mod arguments;
mod baseline;
mod book;
mod cache;
mod check;
mod codes;
mod destination;
mod evidence;
mod explain;
mod fault;
mod finland;
mod groups;
mod identify;
mod init;
mod inputs;
mod manual;
mod packs;
mod rules;
mod schemas;
mod settings;
mod stop;
mod structures;
mod svrl;
mod test;
mod text_file;
mod watch;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use kirjuri::PackError;
use kirjuri_report::{Fault, write_faults};
use mimalloc::MiMalloc;

use crate::arguments::{
    Arguments, BaselineCommand, CodesCommand, Command, InitCommand, PacksCommand, StructuresCommand,
};
use crate::fault::write_pack_faults;

/// Trees and findings are made and given up all the time, on every thread: with the allocator of the system a run on many
/// documents takes a tenth longer on one thread, and more on several.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How a run ended. The greater one wins where several hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Status {
    /// Nothing found that was asked to fail the run.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Found = 1,
    /// The job could not be done, or not all of it.
    Failed = 2,
}

/// What stops a run before it has a result.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Something about the arguments or packs, in words.
    #[error("{0}")]
    Message(String),
    /// A pack is not what a pack must be; what is wrong, each fault with its place.
    #[error("the pack `{name}` cannot be used")]
    Pack { name: String, faults: Vec<PackError> },
    /// What was given is not what it must be; what is wrong, each fault with its place.
    #[error("`{name}` cannot be used")]
    Input { name: String, faults: Vec<String> },
    /// Code sets that cannot be imported, by what the files hold or by what was asked; what is wrong, each fault with its
    /// place.
    #[error("nothing was imported")]
    Import { faults: Vec<String> },
    /// A file that a user wrote says what makes no sense; what is wrong, each fault with its place.
    #[error("`{name}` cannot be used")]
    File { name: String, faults: Vec<Fault> },
    /// Settings that make no sense; what is wrong, each fault with its place.
    #[error("the settings cannot be used")]
    Settings { faults: Vec<Fault> },
    /// The output could not be written.
    #[error("the output could not be written: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Writes what is wrong to standard error.
    fn tell(&self) {
        let mut err = anstream::stderr().lock();
        let _ = match self {
            Failure::Pack { faults, .. } => write_pack_faults(faults, fault::is_styled(), &mut err),
            // Bare lines that begin with the place, so that editors and terminals can follow it.
            Failure::Input { faults, .. } | Failure::Import { faults } => {
                faults.iter().try_for_each(|fault| writeln!(err, "{fault}"))
            }
            Failure::File { faults, .. } | Failure::Settings { faults } => {
                write_faults(faults, fault::is_styled(), &mut err)
            }
            Failure::Message(_) | Failure::Output(_) => Ok(()),
        };
        let _ = writeln!(err, "kirjuri: {self}");
    }
}

fn main() -> ExitCode {
    // Bad arguments end here with status 2, help and version with 0.
    let arguments = Arguments::parse();
    arguments.color.write_global();
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Baseline(BaselineCommand::Write(arguments)) => baseline::write(&arguments),
        Command::Baseline(BaselineCommand::Check(arguments)) => baseline::check(&arguments),
        Command::Baseline(BaselineCommand::Prune(arguments)) => baseline::prune(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Identify(arguments) => identify::run(&arguments),
        Command::Config(arguments) => settings::show(&arguments),
        Command::Packs(PacksCommand::Diff(arguments)) => packs::diff::run(&arguments),
        Command::Structures(StructuresCommand::Import(arguments)) => structures::import(&arguments),
        Command::Codes(CodesCommand::Import(arguments)) => codes::import(&arguments),
        Command::Codes(CodesCommand::List(arguments)) => codes::list(&arguments),
        Command::Codes(CodesCommand::Show(arguments)) => codes::show(&arguments),
        Command::Codes(CodesCommand::Check(arguments)) => codes::check(&arguments),
        Command::Init(InitCommand::Config(arguments)) => init::config(&arguments),
        Command::Init(InitCommand::Pack(arguments)) => init::pack(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments),
        Command::Man(arguments) => manual::man(&arguments),
        Command::Gate(arguments) => evidence::gate(&arguments),
        Command::Report(arguments) => evidence::report(&arguments),
        Command::Compare(arguments) => evidence::compare(&arguments),
        Command::Merge(arguments) => evidence::merge(&arguments),
        Command::Trend(arguments) => evidence::trend(&arguments),
    };
    match result {
        Ok(status) => ExitCode::from(status as u8),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            // The reader has left; there is nobody to tell.
            ExitCode::from(Status::Failed as u8)
        }
        Err(failure) => {
            failure.tell();
            ExitCode::from(Status::Failed as u8)
        }
    }
}
