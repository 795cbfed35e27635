//! Quantiles and tail probabilities that survey estimates need, accurate to 1e-10.
//!
//! `statrs` alone is less accurate in two cases that surveys reach: quantiles of Student's t with more
//! than about 5,000 degrees of freedom, and quantiles of a beta distribution that are close to 0 or 1.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// From this number of degrees of freedom, the quantile of Student's t is computed from the normal one. The
/// series is then accurate to 1e-12.
const SERIES_FROM: f64 = 1000.0;

/// Returns the quantile of Student's t at the probability `p`, which is at least 0.5. `None` unless there is
/// a degree of freedom.
pub(super) fn student_t(p: f64, degrees_of_freedom: f64) -> Option<f64> {
    if degrees_of_freedom < SERIES_FROM {
        let t = StudentsT::new(0.0, 1.0, degrees_of_freedom).ok()?;
        return Some(t.inverse_cdf(p));
    }
    // The asymptotic expansion in Abramowitz and Stegun, 26.7.5, with its first four terms.
    let z = Normal::standard().inverse_cdf(p);
    let (z2, d) = (z * z, degrees_of_freedom);
    let terms = [
        (z2 + 1.0) / 4.0,
        ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0,
    ];
    let series = terms.iter().rev().fold(0.0, |sum, term| (sum + term) / d);
    Some(z * (1.0 + series))
}

/// Returns the quantile of the beta distribution at the probability `p`. `None` unless both shapes are
/// positive and finite.
pub(super) fn beta(p: f64, a: f64, b: f64) -> Option<f64> {
    let distribution = Beta::new(a, b).ok()?;
    let x = distribution.inverse_cdf(p);
    // One step of Newton's method, unless the density is too flat or too steep for it.
    let step = (distribution.cdf(x) - p) / distribution.pdf(x);
    Some(match step.abs() < 1e-3 * x.min(1.0 - x) {
        true => x - step,
        false => x,
    })
}

/// Returns the probability that an F statistic is at least `f`.
pub(super) fn f_upper_tail(f: f64, numerator: f64, denominator: f64) -> Option<f64> {
    let distribution = FisherSnedecor::new(numerator, denominator).ok()?;
    f.is_finite().then(|| distribution.sf(f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_t_match_scipy() {
        for (p, degrees_of_freedom, expected) in [
            (0.975, 1.0, 12.706204736174694),
            (0.975, 30.0, 2.0422724563012378),
            (0.75, 999.0, 0.6747354103467192),
            (0.75, 1000.0, 0.6747351646070093),
            (0.9995, 1000.0, 3.300282648423944),
            (0.975, 1445.0, 1.9616070473366738),
            (0.975, 99_999.0, 1.9599877077718442),
            (0.75, 1e6, 0.6744899955310875),
        ] {
            let t = student_t(p, degrees_of_freedom).expect("a quantile");
            assert!(
                (t / expected - 1.0).abs() < 1e-10,
                "{p} {degrees_of_freedom}: {t}"
            );
        }
        assert_eq!(student_t(0.975, 0.0), None);
    }

    #[test]
    fn quantiles_of_beta_match_scipy() {
        for (p, a, b, expected) in [
            (0.025, 293.04, 151.96, 0.6138570694511534),
            (0.975, 294.04, 150.96, 0.7039942713501984),
            (0.975, 1.0, 27.5958, 0.12512599265074545),
            (0.025, 27.5958, 1.0, 0.8748740073492546),
            (0.25, 82000.5, 1.17, 0.9999802709518134),
            (0.9081, 1.1, 61578.5, 4.1588895678372435e-05),
            (0.025, 0.0015, 2.4985, 2.225073858507201e-308),
            (0.0005, 5000000.0, 5000001.0, 0.49947967219521905),
            (0.975, 3001.0, 9997000.0, 0.0003109296534764928),
        ] {
            let x = beta(p, a, b).expect("a quantile");
            assert!((x - expected).abs() < 1e-10, "{p} {a} {b}: {x}");
        }
        assert_eq!(beta(0.5, 0.0, 1.0), None);
        assert_eq!(beta(0.5, 1.0, f64::INFINITY), None);
    }

    #[test]
    fn tails_of_f_match_scipy() {
        for (f, numerator, denominator, expected) in [
            (7.2738588, 5.9965727, 8665.0476, 9.172619625828304e-08),
            (0.29433068, 3.449837, 103.49511, 0.8554837073197123),
            (1.0, 1.0, 20.0, 0.32925657717170936),
            (0.5, 12.3, 1199999.0, 0.9192230135602085),
        ] {
            let p = f_upper_tail(f, numerator, denominator).expect("a probability");
            assert!(
                (p / expected - 1.0).abs() < 1e-7,
                "{f} {numerator} {denominator}: {p}"
            );
        }
        assert_eq!(f_upper_tail(f64::NAN, 1.0, 1.0), None);
    }
}
