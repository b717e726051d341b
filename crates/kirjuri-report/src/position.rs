//! Lines and columns of a text that a user wrote.

/// Bytes between two marks: few enough to be read for each place that is asked for.
const STRIDE: usize = 1 << 10;

/// Finds lines and columns without reading a text from its start, nor a long line from its own: a file may have a hundred
/// thousand entries, each with a place, and all of them on one line.
#[derive(Debug)]
pub(crate) struct Positions(Vec<Mark>);

/// A byte of a text, with its line and its column in characters, counted from 1.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: usize,
    line: usize,
    column: usize,
}

impl Mark {
    const START: Mark = Mark { at: 0, line: 1, column: 1 };

    /// The mark of a byte that lies behind it, or of the start of the character that the byte is in.
    fn moved(self, text: &str, to: usize) -> Mark {
        let at = text.floor_char_boundary(to);
        let between = text.get(self.at..at).unwrap_or_default();
        match between.rfind('\n') {
            Some(feed) => {
                let line = self.line + between.matches('\n').count();
                Mark { at, line, column: between.get(feed + 1..).unwrap_or_default().chars().count() + 1 }
            }
            None => Mark { at, line: self.line, column: self.column + between.chars().count() },
        }
    }
}

impl Positions {
    /// The marks of a text.
    pub(crate) fn of(text: &str) -> Positions {
        let mut last = Mark::START;
        let marks = (0..=text.len()).step_by(STRIDE).map(|at| {
            last = last.moved(text, at);
            last
        });
        Positions(marks.collect())
    }

    /// Line and column of a byte of the text that the marks are of.
    pub(crate) fn position(&self, text: &str, at: usize) -> (usize, usize) {
        let at = text.floor_char_boundary(at);
        let mark = self.0.get(at / STRIDE).copied().unwrap_or(Mark::START).moved(text, at);
        (mark.line, mark.column)
    }
}

/// Line and column in characters of one byte of a text, counted from 1.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    let mark = Mark::START.moved(text, at);
    (mark.line, mark.column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_however_it_is_found() {
        let lines = "ä = 1\r\n\n[[ö]]\n".repeat(300);
        for text in ["", "\n", "äö", &lines, &"€".repeat(2000), &format!("{lines}{}\n", "€".repeat(700))] {
            let positions = Positions::of(text);
            for at in (0..text.len() + 3).chain([usize::MAX]) {
                let before = &text[..text.floor_char_boundary(at)];
                let (line, last) = (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap());
                let expected = (line, last.chars().count() + 1);
                assert_eq!(positions.position(text, at), expected, "{at}");
                assert_eq!(position(text, at), expected, "{at}");
            }
        }
    }
}
