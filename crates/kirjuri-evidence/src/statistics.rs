//! Tests of whether two shares differ by more than chance, and what many tests at once come to.
//!
//! The tests take each counted thing as independent of the others. Places of one document are not; documents of one unit
//! are not quite. `docs/evidence.md` says what follows from that.

/// Which way a difference is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sides {
    /// The second share may be the greater or the smaller one.
    Both,
    /// Only a second share that is greater counts.
    Greater,
}

/// How a probability was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// The z-test on two proportions with the pooled share.
    Normal,
    /// Fisher's exact test, where a cell of the table is expected to hold fewer than five.
    Exact,
}

impl Method {
    /// The name in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Method::Normal => "z-test",
            Method::Exact => "fisher-exact",
        }
    }
}

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Share {
    /// How many failed; no more than `of`.
    pub failed: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// The share as a number from 0 to 1; nothing where there is nothing to have a share of.
    pub fn rate(self) -> Option<f64> {
        (self.of > 0).then(|| self.failed as f64 / self.of as f64)
    }

    /// The share with counts that can be computed with exactly.
    fn countable(self) -> Share {
        let of = self.of.min(1 << 52);
        Share { failed: self.failed.min(of), of }
    }
}

/// What a test says of two shares.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tested {
    /// How probable a difference as large as this one, or larger, is where there is none.
    pub p: f64,
    /// How it was found.
    pub method: Method,
}

/// Expected counts below this make the normal distribution a poor likeness (Cochran's rule).
const FEWEST_EXPECTED: f64 = 5.0;

/// Tests whether two shares differ; nothing where one of them is of nothing.
pub fn two_proportions(first: Share, second: Share, sides: Sides) -> Option<Tested> {
    let (first, second) = (first.countable(), second.countable());
    let (rate_1, rate_2) = (first.rate()?, second.rate()?);
    let (n_1, n_2) = (first.of as f64, second.of as f64);
    let pooled = (first.failed as f64 + second.failed as f64) / (n_1 + n_2);
    let expected = [n_1 * pooled, n_2 * pooled, n_1 * (1.0 - pooled), n_2 * (1.0 - pooled)];
    if expected.iter().any(|&count| count < FEWEST_EXPECTED) {
        return Some(Tested { p: fisher(first, second, sides), method: Method::Exact });
    }
    let z = (rate_2 - rate_1) / (pooled * (1.0 - pooled) * (1.0 / n_1 + 1.0 / n_2)).sqrt();
    let p = match sides {
        Sides::Greater => upper_tail(z),
        Sides::Both => (2.0 * upper_tail(z.abs())).min(1.0),
    };
    Some(Tested { p, method: Method::Normal })
}

/// Fisher's exact test. Of both sides, all tables count that are no more probable than the one at hand.
fn fisher(first: Share, second: Share, sides: Sides) -> f64 {
    let failed = first.failed.saturating_add(second.failed);
    let all = first.of.saturating_add(second.of);
    // Failures of the second share, given the margins.
    let (least, most) = (failed.saturating_sub(first.of), failed.min(second.of));
    let here = second.failed.clamp(least, most);
    let log_of =
        |k: u64| ln_choose(second.of, k) + ln_choose(first.of, failed.saturating_sub(k)) - ln_choose(all, failed);
    let up = |from: u64| sum_outward(from..=most, &log_of);
    let down = |from: u64| sum_outward((least..=from).rev(), &log_of);
    // The greatest probability: the whole part of (failed + 1)(second + 1) / (all + 2).
    let product = (u128::from(failed) + 1) * (u128::from(second.of) + 1) / (u128::from(all) + 2);
    let mode = u64::try_from(product).unwrap_or(most).clamp(least, most);
    let p = match sides {
        Sides::Greater if here > mode => up(here),
        Sides::Greater => 1.0 - here.checked_sub(1).filter(|&below| below >= least).map_or(0.0, down),
        // Equal probabilities come out of the logarithms with small differences.
        Sides::Both => {
            let limit = log_of(here) + 1e-7;
            let is_rare = |k: u64| log_of(k) <= limit;
            let above = first_where(mode, most, is_rare);
            let below = first_where(0, mode - least, |steps| is_rare(mode - steps)).map(|steps| mode - steps);
            match (above, below) {
                // The most probable table is as rare as the one at hand, which is then itself most probable.
                (Some(above), _) if above == mode => 1.0,
                (above, below) => above.map_or(0.0, up) + below.map_or(0.0, down),
            }
        }
    };
    p.clamp(0.0, 1.0)
}

/// The first number of a range of which something holds that, where it holds, holds of all that follow.
fn first_where(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if !holds(to) {
        return None;
    }
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    Some(low)
}

/// Sums probabilities away from the greatest one, until the rest adds nothing. Where the exact test is used the
/// distribution is narrow, so that this is soon.
fn sum_outward(numbers: impl Iterator<Item = u64>, log_of: &dyn Fn(u64) -> f64) -> f64 {
    let (mut sum, mut first) = (0.0, None);
    for number in numbers {
        let log = log_of(number);
        if log < *first.get_or_insert(log) - NEGLIGIBLE {
            break;
        }
        sum += log.exp();
    }
    sum
}

/// By how much the logarithm of a probability falls until it adds nothing to a sum.
const NEGLIGIBLE: f64 = 40.0;

fn ln_choose(n: u64, k: u64) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

/// Stirling's series, from a number on at which its error is below the precision of the arithmetic.
fn ln_factorial(n: u64) -> f64 {
    if n < 32 {
        return (2..=n).map(|factor| (factor as f64).ln()).sum();
    }
    let n = n as f64;
    let series = 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3)) + 1.0 / (1260.0 * n.powi(5));
    n * n.ln() - n + 0.5 * (2.0 * std::f64::consts::PI * n).ln() + series
}

/// The probability that a standard normal variable is greater.
fn upper_tail(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

/// The complementary error function: its Taylor series near zero, its continued fraction farther out.
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    if x < 2.5 {
        let (mut term, mut sum) = (x, x);
        for n in 1..120 {
            term *= -x * x / f64::from(n);
            let part = term / f64::from(2 * n + 1);
            sum += part;
            if part.abs() < 1e-17 {
                break;
            }
        }
        return 1.0 - sum * std::f64::consts::FRAC_2_SQRT_PI;
    }
    let mut fraction = x;
    for n in (1..60).rev() {
        fraction = x + f64::from(n) / 2.0 / fraction;
    }
    (-x * x).exp() / fraction / std::f64::consts::PI.sqrt()
}

/// Benjamini and Hochberg's correction: of each p the smallest share of false discoveries at which it would be one of
/// those called different. In the order of the input.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
    let (mut corrected, mut least) = (vec![1.0; p.len()], 1.0_f64);
    for (above, (index, p)) in order.into_iter().enumerate() {
        let rank = corrected.len().saturating_sub(above).max(1);
        least = least.min(p * corrected.len() as f64 / rank as f64);
        if let Some(place) = corrected.get_mut(index) {
            *place = least;
        }
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(failed: u64, of: u64) -> Share {
        Share { failed, of }
    }

    /// Expected values are those of R 4.3: `prop.test(correct = FALSE)` and `fisher.test`.
    fn check(first: (u64, u64), second: (u64, u64), sides: Sides, method: Method, expected: f64) {
        let tested = two_proportions(share(first.0, first.1), share(second.0, second.1), sides).unwrap();
        assert_eq!(tested.method, method, "{first:?} {second:?}");
        assert!((tested.p - expected).abs() < 1e-4 * expected.max(1e-3), "{first:?} {second:?}: {}", tested.p);
    }

    #[test]
    fn two_shares_give_the_known_probabilities() {
        // The lady tasting tea: 17/70 and 34/70.
        check((1, 4), (3, 4), Sides::Greater, Method::Exact, 17.0 / 70.0);
        check((1, 4), (3, 4), Sides::Both, Method::Exact, 34.0 / 70.0);
        check((3, 4), (1, 4), Sides::Both, Method::Exact, 34.0 / 70.0);
        // Fisher's twins: 2 of 15 and 10 of 12 convicted, z = 3.637.
        check((2, 15), (10, 12), Sides::Greater, Method::Normal, 0.000137752);
        check((0, 10), (10, 10), Sides::Both, Method::Normal, 7.744216e-06);
        check((0, 4), (4, 4), Sides::Both, Method::Exact, 2.0 / 70.0);
        check((0, 4), (4, 4), Sides::Greater, Method::Exact, 1.0 / 70.0);
        // z = 2.828427.
        check((40, 100), (60, 100), Sides::Both, Method::Normal, 0.0046777350);
        check((60, 100), (40, 100), Sides::Greater, Method::Normal, 0.9976611325);
        // Nothing differs.
        check((0, 100), (0, 100), Sides::Both, Method::Exact, 1.0);
        check((7, 100), (7, 100), Sides::Both, Method::Normal, 1.0);
    }

    #[test]
    fn an_exact_test_on_two_sides_is_the_sum_over_all_rarer_tables() {
        // By the definition, without any short cut.
        for (a, n, b, m) in [(0, 30, 4, 25), (1, 1000, 5, 900), (3, 8, 0, 9), (9, 10, 3, 5), (2, 50, 2, 40)] {
            let (first, second): (Share, Share) = (share(a, n), share(b, m));
            let log = |k: u64| ln_choose(m, k) + ln_choose(n, a + b - k) - ln_choose(n + m, a + b);
            let sum = |counts: &dyn Fn(u64) -> bool| -> f64 {
                let range = (a + b).saturating_sub(n)..=(a + b).min(m);
                range.filter(|&k| counts(k)).map(|k| log(k).exp()).sum()
            };
            let both = sum(&|k| log(k) <= log(b) + 1e-7);
            assert!((fisher(first, second, Sides::Both) - both).abs() < 1e-9, "{first:?} {second:?}");
            let greater = sum(&|k| k >= b);
            assert!((fisher(first, second, Sides::Greater) - greater).abs() < 1e-9, "{first:?} {second:?}");
        }
    }

    #[test]
    fn what_is_of_nothing_is_not_tested() {
        assert_eq!(two_proportions(share(0, 0), share(1, 2), Sides::Both), None);
        assert_eq!(two_proportions(share(1, 2), share(0, 0), Sides::Both), None);
    }

    #[test]
    fn a_huge_table_is_tested_at_once() {
        let tested = two_proportions(share(3, 1_000_000_000_000), share(900, 1_000_000_000), Sides::Both).unwrap();
        assert!(tested.p < 1e-12 && tested.p >= 0.0);
        assert!(two_proportions(share(u64::MAX, u64::MAX), share(1, u64::MAX), Sides::Both).is_some());
    }

    #[test]
    fn the_error_function_is_that_of_the_tables() {
        for (x, expected) in
            [(0.0, 1.0), (0.5, 0.479_500_122_186_953), (1.0, 0.157_299_207_050_285), (3.0, 2.209_049_699_858_544e-5)]
        {
            assert!((erfc(x) - expected).abs() < 1e-12, "{x}: {}", erfc(x));
        }
        assert!((erfc(-1.0) - 1.842_700_792_949_715).abs() < 1e-12);
    }

    #[test]
    fn many_tests_are_corrected_as_benjamini_and_hochberg_say() {
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.5), "BH").
        let corrected = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.5]);
        for (found, expected) in corrected.iter().zip([0.04, 0.053_333_333, 0.053_333_333, 0.5]) {
            assert!((found - expected).abs() < 1e-8, "{corrected:?}");
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
