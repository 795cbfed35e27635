//! Margins of error of published percentages.

use crate::vocabulary::MarginOfErrorMethod;

/// The confidence level of every computed margin.
pub const CONFIDENCE_LEVEL: f64 = 0.95;

/// The 97.5% quantile of the standard normal distribution, rounded as is common practice.
const Z: f64 = 1.96;

/// Half the width of a confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarginOfError {
    /// The margin in percentage points, in either direction, rounded to two decimals.
    pub points: f64,
    /// The confidence level, from 0 to 1.
    pub confidence_level: f64,
    /// How the margin was computed.
    pub method: MarginOfErrorMethod,
}

/// Computes the margin of error of `percent` (from 0 to 100) among `n` respondents, as if they were a
/// simple random sample: `100 * 1.96 * sqrt(p * (1 - p) / n)` percentage points at the 95% level, with
/// `p = percent / 100` (Cochran, *Sampling Techniques*, 3rd edition 1977, section 3.3, without the
/// finite population correction).
///
/// Returns `None` if the base or the percentage is not published; neither is estimated. The survey's
/// design and weights are not disclosed, so the design effect, which AAPOR's *Standard Definitions*
/// and Transparency Initiative ask for, is unknown and the true margin is likely larger. At 0 and
/// 100% the formula gives 0, which is not meaningful.
pub fn simple_random_sample(percent: Option<f64>, n: Option<u32>) -> Option<MarginOfError> {
    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent))?;
    let n = n.filter(|n| *n > 0)?;
    let proportion = percent / 100.0;
    let standard_error = (proportion * (1.0 - proportion) / f64::from(n)).sqrt();
    Some(MarginOfError {
        // More digits would suggest a precision that neither the percentage, which is rounded to whole
        // points, nor the formula has.
        points: (100.0 * Z * standard_error * 100.0).round() / 100.0,
        confidence_level: CONFIDENCE_LEVEL,
        method: MarginOfErrorMethod::SimpleRandomSample,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(percent: f64, n: u32) -> f64 {
        simple_random_sample(Some(percent), Some(n))
            .expect("published")
            .points
    }

    #[test]
    fn margins_match_hand_computed_values() {
        for (percent, n, expected) in [
            (31.0, 1446, 2.38), // 196 * sqrt(0.2139 / 1446)
            (20.0, 740, 2.88),  // 196 * sqrt(0.16 / 740)
            (50.0, 1446, 2.58), // 196 * sqrt(0.25 / 1446)
            (59.0, 740, 3.54),  // 196 * sqrt(0.2419 / 740)
        ] {
            let points = points(percent, n);
            assert_eq!(points, expected, "{percent} of {n}");
        }
    }

    #[test]
    fn there_is_no_margin_without_a_valid_percentage_and_base() {
        assert_eq!(simple_random_sample(Some(46.0), None), None);
        assert_eq!(simple_random_sample(None, Some(1446)), None);
        assert_eq!(simple_random_sample(Some(46.0), Some(0)), None);
        assert_eq!(simple_random_sample(Some(146.0), Some(10)), None);
    }

    #[test]
    fn margins_have_a_level_and_a_method() {
        let margin = simple_random_sample(Some(31.0), Some(1446)).expect("published");
        assert_eq!(margin.confidence_level, 0.95);
        assert_eq!(margin.method, MarginOfErrorMethod::SimpleRandomSample);
    }

    #[test]
    fn four_times_the_base_halves_the_margin() {
        assert!((points(31.0, 100) / points(31.0, 400) - 2.0).abs() < 0.01);
    }
}
