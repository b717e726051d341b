//! `kirjuri completions` and `kirjuri man`: what shells and `man` are told of the command, made from its arguments.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::arguments::{Arguments, CompletionsArguments, ManArguments};
use crate::{Failure, Status};

/// Writes the completions of a shell to standard output.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<Status, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "kirjuri", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Status::Clean)
}

/// Writes the page of the command to standard output, or the pages of all commands into a folder.
pub(crate) fn man(arguments: &ManArguments) -> Result<Status, Failure> {
    let mut command = Arguments::command();
    command.build();
    let Some(folder) = &arguments.output_dir else {
        io::stdout().lock().write_all(&page(command, "kirjuri")?)?;
        return Ok(Status::Clean);
    };
    fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    let mut count = 0;
    write_pages(command, "kirjuri", folder, &mut count)?;
    writeln!(anstream::stdout(), "{count} pages written to {}", folder.display())?;
    Ok(Status::Clean)
}

fn write_pages(command: clap::Command, name: &str, folder: &Path, count: &mut usize) -> Result<(), Failure> {
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let name = format!("{name}-{}", subcommand.get_name());
        write_pages(subcommand.clone(), &name, folder, count)?;
    }
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command, name)?).map_err(|error| cannot(&path, &error))?;
    *count += 1;
    Ok(())
}

fn page(command: clap::Command, name: &str) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // No date, so that the same program writes the same page.
    Man::new(command).title(name.to_uppercase()).date("").render(&mut page)?;
    Ok(page)
}

fn cannot(path: &Path, error: &io::Error) -> Failure {
    Failure::Message(format!("{} could not be written: {error}", path.display()))
}
