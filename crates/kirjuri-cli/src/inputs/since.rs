//! `--changed-since`: from when on a change counts.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::{Failure, finland};

/// A moment, or the file whose time says it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Since {
    Moment(SystemTime),
    File(PathBuf),
}

impl Since {
    /// Reads a moment: a day, a day and a time, or `@` and a file. Without an offset it is Finnish time, wherever this
    /// machine is.
    pub(crate) fn parse(text: &str) -> Result<Since, &'static str> {
        if let Some(file) = text.strip_prefix('@').filter(|file| !file.is_empty()) {
            return Ok(Since::File(file.into()));
        }
        let moment = match text.parse::<Timestamp>() {
            Ok(moment) => Some(moment),
            Err(_) if text.contains(['T', 't', ' ']) => {
                let time = text.parse::<DateTime>().ok();
                time.and_then(|time| time.to_zoned(finland::time_zone()).ok()).map(|time| time.timestamp())
            }
            Err(_) => {
                let day = text.parse::<Date>().ok();
                day.and_then(|day| day.to_zoned(finland::time_zone()).ok()).map(|start| start.timestamp())
            }
        };
        let moment = moment.ok_or(
            "a moment is a day (2026-11-01), a day and a time (2026-11-01T06:00 or 2026-11-01T04:00Z), or @ and the file \
             whose time of change counts (@last-run)",
        )?;
        Ok(Since::Moment(moment.into()))
    }

    /// The moment itself.
    ///
    /// # Errors
    /// There is no such file.
    pub(crate) fn moment(&self) -> Result<SystemTime, Failure> {
        match self {
            Since::Moment(moment) => Ok(*moment),
            Since::File(path) => {
                let changed = path.metadata().and_then(|metadata| metadata.modified());
                changed.map_err(|error| {
                    let said = match error.kind() {
                        io::ErrorKind::NotFound => "there is no such file".to_owned(),
                        _ => error.to_string(),
                    };
                    Failure::Message(format!("--changed-since @{}: {said}", path.display()))
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_written_in_several_ways() {
        let at = |seconds| Ok(Since::Moment(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)));
        for (text, expected) in [
            // In summer Finland is three hours ahead, in winter two.
            ("2026-06-30", at(1_782_766_800)),
            ("2026-01-30", at(1_769_724_000)),
            ("2026-01-30T06:30", at(1_769_724_000 + 6 * 3600 + 30 * 60)),
            ("2026-01-30 06:30:15", at(1_769_724_000 + 6 * 3600 + 30 * 60 + 15)),
            ("2026-01-29T22:00:00Z", at(1_769_724_000)),
            ("2026-01-30T00:00+02:00", at(1_769_724_000)),
            ("@last-run", Ok(Since::File("last-run".into()))),
        ] {
            assert_eq!(Since::parse(text), expected, "{text}");
        }
        for text in ["", "@", "yesterday", "2026-02-30", "30.6.2026", "2026-06-30T25:00"] {
            assert!(Since::parse(text).is_err(), "{text}");
        }
    }
}
