//! The names of documents by their numbers, for what is found between documents at the end of a run.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Names in the order in which they were added. Most are never asked for, and there may be millions: they lie in a
/// temporary file once they are many, and a name takes eight bytes of memory.
#[derive(Default)]
pub(crate) struct Names {
    /// Where each ends.
    ends: Vec<u64>,
    /// The last ones, which are not in the file yet.
    recent: String,
    file: Option<File>,
    /// How much the file holds.
    written: u64,
}

/// So much is kept in memory.
const MOST_RECENT: usize = 1 << 20;

impl Names {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a name.
    ///
    /// # Errors
    /// The temporary file cannot be made or written.
    pub(crate) fn push(&mut self, name: &str) -> io::Result<()> {
        if self.recent.len().saturating_add(name.len()) > MOST_RECENT && !self.recent.is_empty() {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(tempfile::tempfile()?),
            };
            file.seek(SeekFrom::End(0))?;
            file.write_all(self.recent.as_bytes())?;
            self.written += self.recent.len() as u64;
            self.recent.clear();
        }
        self.recent.push_str(name);
        self.ends.push(self.written + self.recent.len() as u64);
        Ok(())
    }

    /// The name of a number; empty where there is none.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub(crate) fn get(&mut self, number: usize) -> io::Result<String> {
        let Some(&end) = self.ends.get(number) else { return Ok(String::new()) };
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        if let Some(start) = start.checked_sub(self.written) {
            let range = start as usize..end.saturating_sub(self.written) as usize;
            return Ok(self.recent.get(range).unwrap_or_default().to_owned());
        }
        let Some(file) = &mut self.file else { return Ok(String::new()) };
        file.seek(SeekFrom::Start(start))?;
        let mut name = String::new();
        file.take(end.saturating_sub(start)).read_to_string(&mut name)?;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again_in_the_file_and_in_memory() {
        let mut names = Names::default();
        let name = |number: usize| format!("a folder/document-{number:0100}.xml");
        for number in 0..20_000 {
            names.push(&name(number)).unwrap();
        }
        assert!(names.file.is_some() && names.recent.len() <= MOST_RECENT);
        for number in [0, 1, 9_000, 19_999, 5, 19_998] {
            assert_eq!(names.get(number).unwrap(), name(number));
        }
        names.push("").unwrap();
        names.push("last").unwrap();
        assert_eq!((names.get(20_000).unwrap(), names.get(20_001).unwrap()), (String::new(), "last".to_owned()));
        assert_eq!(names.get(20_002).unwrap(), "");
    }
}
