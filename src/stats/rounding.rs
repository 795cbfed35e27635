//! The four operations rounded away from the true result, or left alone where they are exact.
//!
//! IEEE 754 rounds to the nearest number. The error of a sum, product or quotient can be told from
//! the operands ("error-free transformations": Dekker, *Numerische Mathematik* 18, 1971; Ogita, Rump
//! and Oishi, *SIAM Journal on Scientific Computing* 26, 2005), so a bound moves by one step only
//! where it must, and `31 + 50` stays `81`.

/// Towards which side a bound may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundingDirection {
    /// For a lower bound.
    Down,
    /// For an upper bound.
    Up,
}

/// Results nearer to zero than this are moved without asking: their error may itself underflow.
const MIN_ERROR_FREE_MAGNITUDE: f64 = 1e-250;

impl RoundingDirection {
    /// The result moved to a number that is surely not inside the true one; `error` has the sign of
    /// the true result less the rounded one.
    fn round_outward(self, rounded: f64, error: f64) -> f64 {
        match self {
            Self::Down if rounded == f64::INFINITY => f64::MAX,
            Self::Up if rounded == f64::NEG_INFINITY => f64::MIN,
            Self::Down if error < 0.0 => rounded.next_down(),
            Self::Up if error > 0.0 => rounded.next_up(),
            _ => rounded,
        }
    }

    /// The result moved although its error is not known.
    fn widen(self, rounded: f64) -> f64 {
        match self {
            Self::Down => rounded.next_down(),
            Self::Up => rounded.next_up(),
        }
    }

    /// `a + b`; infinite where an operand is.
    pub(super) fn sum(self, a: f64, b: f64) -> f64 {
        let sum = a + b;
        if a.is_infinite() || b.is_infinite() {
            return sum;
        }
        let from_b = sum - a;
        let error = (a - (sum - from_b)) + (b - from_b);
        self.round_outward(sum, error)
    }

    /// `a * b`, where zero times infinity is zero: the bound of a product whose factor can vanish.
    pub(super) fn product(self, a: f64, b: f64) -> f64 {
        if a == 0.0 || b == 0.0 {
            return 0.0;
        }
        let product = a * b;
        if a.is_infinite() || b.is_infinite() {
            return product;
        }
        if product.abs() < MIN_ERROR_FREE_MAGNITUDE {
            return self.widen(product);
        }
        self.round_outward(product, a.mul_add(b, -product))
    }

    /// `a / b` for `b` other than zero; zero where `b` is infinite.
    pub(super) fn quotient(self, a: f64, b: f64) -> f64 {
        if a == 0.0 || b.is_infinite() {
            return 0.0;
        }
        let quotient = a / b;
        if a.is_infinite() {
            return quotient;
        }
        if quotient.abs() < MIN_ERROR_FREE_MAGNITUDE || a.abs() < MIN_ERROR_FREE_MAGNITUDE {
            return self.widen(quotient);
        }
        let remainder = (-quotient).mul_add(b, a);
        self.round_outward(quotient, remainder * b.signum())
    }
}

#[cfg(test)]
mod tests {
    use super::RoundingDirection::{Down, Up};

    #[test]
    fn exact_results_stay() {
        assert_eq!(Down.sum(31.0, 50.0), 81.0);
        assert_eq!(Up.product(0.5, 91.0), 45.5);
        assert_eq!(Down.quotient(744.0, 31.0), 24.0);
    }

    #[test]
    fn inexact_results_move_by_one_step_at_most() {
        let (low, high) = (Down.quotient(1.0, 3.0), Up.quotient(1.0, 3.0));
        assert_eq!(low.next_up(), high);
        let (low, high) = (Down.sum(0.1, 0.2), Up.sum(0.1, 0.2));
        assert_eq!(low.next_up(), high);
        assert!(Down.product(f64::MIN_POSITIVE, 0.5e-10) <= 0.0 + f64::MIN_POSITIVE);
        assert_eq!(
            Down.sum(f64::MAX, f64::MAX),
            f64::MAX,
            "a lower bound stays finite"
        );
    }
}
