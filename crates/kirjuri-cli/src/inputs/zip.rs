//! Archives of zip, read by their table of contents; one that is cut off has none and is read from its start as far as it
//! goes.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use kirjuri_report::{ArchiveError, InputError};
use zip::ZipReadOptions;
use zip::read::{Config, read_zipfile_from_stream};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::kind::Kind;
use super::portions::Gone;
use super::unpack::{Unpacking, Whole, fault, member_name};

/// Hands on the members that are documents.
pub(super) fn unpack(unpacking: &mut Unpacking<'_>, name: &str, file: File) -> Result<(), Gone> {
    let mut file = BufReader::new(file);
    // Not the crate's `ZipArchive`: of several members of one name it keeps the last, and it holds them all in memory.
    let opened = file.get_ref().try_clone().map(BufReader::new).map_err(ZipError::Io);
    let archive = opened.and_then(|file| ZipIterable::try_new(file, Config::default()));
    let mut archive = match archive {
        Ok(archive) => archive,
        Err(error) => return from_start(unpacking, name, &mut file, error),
    };
    let members = match archive.files() {
        Ok(members) => members,
        Err(error) => return unpacking.unreadable(name, fault_of(&error)).map(drop),
    };
    if members.is_empty() {
        return unpacking.nothing_inside(name).map(drop);
    }
    for number in 0_u64.. {
        let member = match members.next() {
            None => break,
            Some(_) if number >= unpacking.options.max_members => {
                return unpacking.unreadable(name, InputError::Archive(ArchiveError::TooManyMembers)).map(drop);
            }
            Some(Ok(member)) => member,
            // Where the next one stands is not known.
            Some(Err(error)) => return unpacking.unreadable(name, fault_of(&error)).map(drop),
        };
        if member.is_dir() {
            continue;
        }
        if member.is_symlink() {
            unpacking.sink.ignore();
            continue;
        }
        let path = path(member.name(), member.name_raw()).into_owned();
        let shown = member_name(name, path.as_bytes());
        // What is passed by need not be readable.
        if Kind::of(&shown).is_none() {
            unpacking.sink.ignore();
            continue;
        }
        if member.encrypted() {
            unpacking.unreadable(&shown, InputError::Archive(ArchiveError::Encrypted))?;
            continue;
        }
        match member.with_reader(members.reader_mut(), ZipReadOptions::default()) {
            // One damaged member leaves the others as they are.
            Ok(content) => {
                let mut content = unpacking.rationed(content);
                unpacking.member(name, path.as_bytes(), &mut content)?;
            }
            Err(error) => drop(unpacking.unreadable(&shown, fault_of(&error))?),
        }
        if unpacking.is_spent() {
            return Ok(());
        }
    }
    Ok(())
}

/// Hands on the members up to where an archive without a table of contents ends, and reports that it has none.
fn from_start(
    unpacking: &mut Unpacking<'_>,
    name: &str,
    file: &mut BufReader<File>,
    error: ZipError,
) -> Result<(), Gone> {
    if file.seek(SeekFrom::Start(0)).is_ok() {
        for _ in 0..unpacking.options.max_members {
            let Ok(Some(content)) = read_zipfile_from_stream(file) else { break };
            if content.is_dir() {
                continue;
            }
            let path = path(content.name(), content.name_raw()).into_owned();
            let mut content = unpacking.rationed(content);
            let whole = unpacking.member(name, path.as_bytes(), &mut content)?;
            // It is the one that is cut, and has been reported.
            if whole == Whole::No {
                return Ok(());
            }
        }
    }
    unpacking.unreadable(name, fault_of(&error)).map(drop)
}

/// The path of a member, as well as it can be read.
fn path<'n>(name: Result<Cow<'n, str>, ZipError>, raw: &'n [u8]) -> Cow<'n, str> {
    name.unwrap_or_else(|_| String::from_utf8_lossy(raw))
}

fn fault_of(error: &ZipError) -> InputError {
    InputError::Archive(match error {
        ZipError::Io(error) => return fault(error),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ArchiveError::Encrypted
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            ArchiveError::UnknownCompression
        }
        _ => ArchiveError::Damaged,
    })
}
