//! Numbers, shares, days and times as a language writes them.

use super::words::{Words, fill};
use crate::summary::CriterionScore;

/// Writes numbers in a language.
#[derive(Clone, Copy)]
pub(super) struct Figures {
    words: &'static Words,
}

impl Figures {
    pub(super) fn new(words: &'static Words) -> Figures {
        Figures { words }
    }

    /// `12 345`.
    pub(super) fn count(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 2);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.words.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// A number that is not negative, with so many decimals.
    pub(super) fn decimals(self, number: f64, decimals: usize) -> String {
        let text = format!("{number:.decimals$}");
        match text.split_once('.') {
            Some((whole, fraction)) => {
                let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| self.count(whole));
                format!("{whole}{}{fraction}", self.words.decimal)
            }
            None => text.parse().map_or(text.clone(), |whole| self.count(whole)),
        }
    }

    /// A part of a whole in per cent. Only nothing is 0 % and only all is 100 %.
    pub(super) fn share(self, part: u64, whole: u64) -> String {
        format!("{}{}", self.bare_share(part, whole), self.words.percent)
    }

    /// The same without the sign.
    pub(super) fn bare_share(self, part: u64, whole: u64) -> String {
        if part == 0 || whole == 0 {
            return self.count(0);
        }
        if part >= whole {
            return self.count(100);
        }
        let share = part as f64 * 100.0 / whole as f64;
        match share {
            _ if share < 0.01 => format!("<\u{A0}{}", self.decimals(0.01, 2)),
            _ if share < 0.995 => self.decimals(share, 2),
            _ if share < 99.95 => self.decimals(share, 1),
            _ => format!(">\u{A0}{}", self.decimals(99.9, 1)),
        }
    }

    /// A score in per cent, without the sign: what its sum divided by its rules comes to, both as they are shown, so that
    /// whoever computes it again gets the same. Only a score without failures is 100.
    pub(super) fn score(self, score: &CriterionScore) -> String {
        if score.failed == 0 {
            return self.count(100);
        }
        let percent = rounded_sum(score).0 / score.exercised.max(1) as f64 * 100.0;
        if percent < 99.95 {
            return self.decimals(percent, 1);
        }
        // Rounding must not make all of nearly all.
        self.decimals(((percent * 100.0).floor() / 100.0).min(99.99), 2)
    }

    /// The sum that [`Figures::score`] divides, and the number of rules that it divides it by.
    pub(super) fn sum(self, score: &CriterionScore) -> String {
        if score.failed == 0 {
            return self.count(score.exercised as u64);
        }
        let (sum, decimals) = rounded_sum(score);
        self.decimals(sum, decimals)
    }

    /// A number of per cent with its sign.
    pub(super) fn percent(self, bare: &str) -> String {
        format!("{bare}{}", self.words.percent)
    }

    /// A change of a score in percentage points, with its sign.
    pub(super) fn change(self, from: f64, to: f64) -> String {
        let tenths = ((to - from) * 1000.0).round();
        let sign = match tenths {
            _ if tenths > 0.0 => "+",
            _ if tenths < 0.0 => "−",
            _ => "±",
        };
        fill(self.words.points, &[&format!("{sign}{}", self.decimals(tenths.abs() / 10.0, 1))])
    }

    /// A day, from a text that begins as `2026-11-22`; another text as it stands.
    pub(super) fn day(self, text: &str) -> String {
        let Some((year, month, day)) = day_of(text) else { return text.to_owned() };
        match self.words.months.and_then(|names| names.get(month.checked_sub(1)?).copied()) {
            Some(name) => format!("{day}\u{A0}{name}\u{A0}{year}"),
            None => format!("{day}.{month}.{year}"),
        }
    }

    /// A day and a time, from a text as `2026-11-22T10:00:00+02:00`; another text as it stands.
    pub(super) fn time(self, text: &str) -> String {
        let time = text.split_once('T').and_then(|(_, time)| time.get(..5));
        let (Some(time), Some(_)) = (time, day_of(text)) else { return text.to_owned() };
        let (hours, minutes) = (time.get(..2).unwrap_or_default(), time.get(3..).unwrap_or_default());
        let separator = if self.words.months.is_some() { ':' } else { '.' };
        fill(self.words.day_and_time, &[&self.day(text), &format!("{hours}{separator}{minutes}")])
    }

    /// How long something took.
    pub(super) fn duration(self, milliseconds: u64) -> String {
        let [small, middle, large] = self.words.durations;
        let seconds = milliseconds / 1000;
        match milliseconds {
            0..1_000 => fill(small, &[&self.count(milliseconds)]),
            1_000..60_000 => fill(middle, &[&self.decimals(milliseconds as f64 / 1000.0, 1)]),
            _ => fill(large, &[&self.count(seconds / 60), &(seconds % 60).to_string()]),
        }
    }
}

/// The sum of the rules' shares as it is shown, with four decimals, or more where it would seem to be whole.
fn rounded_sum(score: &CriterionScore) -> (f64, usize) {
    let exercised = score.exercised as f64;
    let rounded = |decimals: usize| {
        let unit = 10_f64.powi(decimals as i32);
        ((score.score * exercised * unit).round() / unit, decimals)
    };
    (4..9).map(rounded).find(|(sum, _)| *sum < exercised).unwrap_or((exercised, 9))
}

fn day_of(text: &str) -> Option<(u32, usize, u32)> {
    let mut parts = text.get(..10)?.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use kirjuri::{Criterion, Language};

    use super::*;

    fn all(write: impl Fn(Figures) -> String) -> [String; 3] {
        Language::ALL.map(|language| write(Figures::new(Words::of(language))).replace('\u{A0}', "_"))
    }

    #[test]
    fn numbers_are_written_as_in_the_language() {
        assert_eq!(all(|figures| figures.count(0)), ["0", "0", "0"]);
        assert_eq!(all(|figures| figures.count(1_234_567)), ["1_234_567", "1_234_567", "1,234,567"]);
        assert_eq!(all(|figures| figures.share(981, 1000)), ["98,1_%", "98,1_%", "98.1%"]);
        assert_eq!(all(|figures| figures.day("2026-11-02")), ["2.11.2026", "2.11.2026", "2_November_2026"]);
        let time = all(|figures| figures.time("2026-11-22T09:05:00+02:00"));
        assert_eq!(time, ["22.11.2026 klo 09.05", "22.11.2026 kl. 09.05", "22_November_2026, 09:05"]);
        assert_eq!(all(|figures| figures.change(0.95, 0.934)), ["−1,6 %-yks.", "−1,6 procentenheter", "−1.6 points"]);
        assert_eq!(all(|figures| figures.duration(754_000)), ["12 min 34 s", "12 min 34 s", "12 min 34 s"]);
    }

    #[test]
    fn only_nothing_is_none_and_only_all_is_all() {
        for (part, whole, expected) in [
            (0, 10, "0"),
            (0, 0, "0"),
            (10, 10, "100"),
            (1, 1_000_000, "<_0.01"),
            (3, 1000, "0.30"),
            (9_999_999, 10_000_000, ">_99.9"),
            (1, 3, "33.3"),
        ] {
            let [.., english] = all(|figures| figures.bare_share(part, whole));
            assert_eq!(english, expected, "{part} of {whole}");
        }
    }

    #[test]
    fn a_score_is_its_sum_divided_by_its_rules() {
        let figures = Figures::new(Words::of(Language::English));
        for exercised in 1..60_usize {
            for step in 0..200_u32 {
                let score = f64::from(step) / 200.0 + 0.000_437;
                let (criterion, failed) = (Criterion::Correctness, 1);
                let score = CriterionScore { criterion, exercised, not_exercised: 0, applied: 9, failed, score };
                let sum: f64 = figures.sum(&score).parse().unwrap_or_default();
                let shown: f64 = figures.score(&score).parse().unwrap_or_default();
                assert!((sum / exercised as f64 * 100.0 - shown).abs() <= 0.050_001, "{sum} / {exercised} = {shown}");
                assert!(shown < 100.0);
            }
        }
    }

    #[test]
    fn a_text_that_is_no_day_stands_as_it_is() {
        for text in ["", "yesterday", "2026", "äöäöäöäöä", "2026-ab-01"] {
            assert_eq!(all(|figures| figures.day(text)), [text; 3]);
            assert_eq!(all(|figures| figures.time(text)), [text; 3]);
        }
    }
}
