//! Sorts more records than memory holds.
//!
//! Records come as documents are checked, not from an iterator, and are bytes already, in whose plain order they are
//! wanted: what is left to do is little.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// Records as bytes, to be given back in their plain order. What does not fit in memory lies in temporary files without
/// names, which are gone when the process is.
#[derive(Debug)]
pub(crate) struct Sorter {
    /// Bytes of memory for a run.
    limit: usize,
    bytes: Vec<u8>,
    /// Where records begin and end.
    records: Vec<(usize, usize)>,
    /// Sorted runs, each with its level: how often its records were merged.
    runs: Vec<(u32, File)>,
}

/// So many runs of one level become one of the next: as many files are open at a time as that, for each level.
const FAN: usize = 32;

/// Bytes that a file is read by, and that a record takes beside its own.
const BUFFER: usize = 16 << 10;
const RECORD: usize = size_of::<(usize, usize)>();

impl Sorter {
    pub(crate) fn new(limit: usize) -> Sorter {
        Sorter { limit, bytes: Vec::new(), records: Vec::new(), runs: Vec::new() }
    }

    pub(crate) fn push(&mut self, record: &[u8]) -> io::Result<()> {
        if self.bytes.len() + self.records.len() * RECORD + record.len() > self.limit && !self.records.is_empty() {
            self.spill()?;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(record);
        self.records.push((start, self.bytes.len()));
        Ok(())
    }

    /// Writes what is in memory as a run.
    fn spill(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.bytes);
        let mut run = Run::Memory(Memory::new(bytes, std::mem::take(&mut self.records)));
        let file = write_run(|| run.next())?;
        if let Run::Memory(memory) = run {
            (self.bytes, self.records) = memory.into_parts();
        }
        self.runs.push((0, file));
        let mut level = 0;
        while self.runs.iter().filter(|(of, _)| *of == level).count() >= FAN {
            let (full, rest): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.runs).into_iter().partition(|it| it.0 == level);
            let mut sorted = Sorted::new(full.into_iter().map(|(_, file)| Run::file(file)))?;
            level += 1;
            self.runs = rest;
            self.runs.push((level, write_run(|| sorted.next().transpose())?));
        }
        Ok(())
    }

    /// All records in their order. Where some are in files the others go there as well: what is done with them next needs
    /// the memory.
    pub(crate) fn into_sorted(mut self) -> io::Result<Sorted> {
        if !self.runs.is_empty() && !self.records.is_empty() {
            self.spill()?;
            (self.bytes, self.records) = (Vec::new(), Vec::new());
        }
        let memory = Run::Memory(Memory::new(self.bytes, self.records));
        Sorted::new(self.runs.into_iter().map(|(_, file)| Run::file(file)).chain([memory]))
    }
}

/// Writes sorted records into a file, and goes back to its start.
fn write_run(mut next: impl FnMut() -> io::Result<Option<Vec<u8>>>) -> io::Result<File> {
    let mut out = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
    while let Some(record) = next()? {
        let length = u32::try_from(record.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(&record)?;
    }
    let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// Sorted records in memory.
#[derive(Debug)]
struct Memory {
    bytes: Vec<u8>,
    records: Vec<(usize, usize)>,
    next: usize,
}

impl Memory {
    fn new(bytes: Vec<u8>, mut records: Vec<(usize, usize)>) -> Memory {
        records.sort_unstable_by_key(|&(start, end)| bytes.get(start..end));
        Memory { bytes, records, next: 0 }
    }

    /// Its room, empty.
    fn into_parts(mut self) -> (Vec<u8>, Vec<(usize, usize)>) {
        self.bytes.clear();
        self.records.clear();
        (self.bytes, self.records)
    }
}

/// Sorted records that are still to be read.
#[derive(Debug)]
enum Run {
    Memory(Memory),
    File(BufReader<File>),
}

impl Run {
    fn file(file: File) -> Run {
        Run::File(BufReader::with_capacity(BUFFER, file))
    }

    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self {
            Run::Memory(memory) => {
                let record = memory.records.get(memory.next).and_then(|&(start, end)| memory.bytes.get(start..end));
                memory.next += 1;
                Ok(record.map(<[u8]>::to_vec))
            }
            Run::File(file) => {
                let mut length = [0; 4];
                match file.read_exact(&mut length) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                    Err(error) => return Err(error),
                }
                let mut record = vec![0; u32::from_be_bytes(length) as usize];
                file.read_exact(&mut record)?;
                Ok(Some(record))
            }
        }
    }
}

/// Records in their order.
#[derive(Debug)]
pub(crate) struct Sorted {
    runs: Vec<Run>,
    /// The next record of each run.
    heap: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
}

impl Sorted {
    fn new(runs: impl Iterator<Item = Run>) -> io::Result<Sorted> {
        let mut sorted = Sorted { runs: runs.collect(), heap: BinaryHeap::new() };
        for (number, run) in sorted.runs.iter_mut().enumerate() {
            sorted.heap.extend(run.next()?.map(|record| Reverse((record, number))));
        }
        Ok(sorted)
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        let Reverse((record, number)) = self.heap.pop()?;
        match self.runs.get_mut(number).map(Run::next) {
            Some(Ok(next)) => self.heap.extend(next.map(|record| Reverse((record, number)))),
            Some(Err(error)) => return Some(Err(error)),
            None => {}
        }
        Some(Ok(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_files_comes_as_from_memory() {
        // Records of one to seven bytes in no order, some more than once.
        let numbers = (0_u64..5000).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40);
        let records: Vec<Vec<u8>> = numbers.map(|number| format!("{}", number % 3000).into_bytes()).collect();
        let mut expected = records.clone();
        expected.sort();
        // All in memory; some runs; so many that runs of runs are merged; a record for each run.
        for limit in [usize::MAX, 20_000, 400, 0] {
            let mut sorter = Sorter::new(limit);
            records.iter().for_each(|record| sorter.push(record).unwrap());
            assert!(sorter.runs.len() < 4 * FAN);
            let sorted: Vec<Vec<u8>> = sorter.into_sorted().unwrap().map(Result::unwrap).collect();
            assert_eq!(sorted, expected, "{limit}");
        }
    }
}
