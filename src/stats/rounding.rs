//! Addition, multiplication, and division with directed rounding; exact results are not changed.
//!
//! IEEE 754 rounds to the nearest number. The sign of the error of a sum, product, or quotient can be
//! computed from the operands ("error-free transformations": Dekker, *Numerische Mathematik* 18, 1971;
//! Ogita, Rump and Oishi, *SIAM Journal on Scientific Computing* 26, 2005). A bound therefore moves by
//! one step only if necessary, and `31 + 50` stays `81`.

/// The direction in which a result may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoundingDirection {
    /// The direction for lower bounds.
    Down,
    /// The direction for upper bounds.
    Up,
}

/// Results closer to zero than this are always moved, because the computed error may underflow.
const MIN_ERROR_FREE_MAGNITUDE: f64 = 1e-250;

impl RoundingDirection {
    /// Moves a rounded result to or beyond the true one; `error` has the sign of the true result minus
    /// the rounded one.
    fn round_outward(self, rounded: f64, error: f64) -> f64 {
        match self {
            Self::Down if rounded == f64::INFINITY => f64::MAX,
            Self::Up if rounded == f64::NEG_INFINITY => f64::MIN,
            Self::Down if error < 0.0 => rounded.next_down(),
            Self::Up if error > 0.0 => rounded.next_up(),
            _ => rounded,
        }
    }

    /// Moves a result whose error is unknown.
    fn widen(self, rounded: f64) -> f64 {
        match self {
            Self::Down => rounded.next_down(),
            Self::Up => rounded.next_up(),
        }
    }

    /// Returns `a + b`; infinite if an operand is.
    pub(super) fn sum(self, a: f64, b: f64) -> f64 {
        let sum = a + b;
        if a.is_infinite() || b.is_infinite() {
            return sum;
        }
        let from_b = sum - a;
        let error = (a - (sum - from_b)) + (b - from_b);
        self.round_outward(sum, error)
    }

    /// Returns `a * b`. Zero times infinity is zero, as the bound of a product with a factor that can be
    /// zero.
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

    /// Returns `a / b` for a nonzero `b`; zero if `b` is infinite.
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
    use super::RoundingDirection::{self, Down, Up};

    #[test]
    fn exact_results_are_unchanged() {
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
    }

    #[test]
    fn bounds_stay_finite_unless_an_operand_is_infinite() {
        assert_eq!(Down.sum(f64::MAX, f64::MAX), f64::MAX);
        assert_eq!(Up.sum(f64::MIN, f64::MIN), f64::MIN);
        for operand in [f64::INFINITY, f64::NEG_INFINITY] {
            for direction in [Down, Up] {
                assert_eq!(direction.sum(operand, 1.0), operand);
                assert_eq!(direction.sum(1.0, operand), operand);
                assert_eq!(direction.product(operand, 2.0), operand);
                assert_eq!(direction.product(2.0, operand), operand);
                assert_eq!(direction.quotient(operand, 2.0), operand);
            }
        }
    }

    #[test]
    fn results_whose_error_may_underflow_always_move() {
        let (product, quotient) = (RoundingDirection::product, RoundingDirection::quotient);
        let moves = |operation: fn(_, f64, f64) -> f64, a, b, rounded: f64| {
            assert_eq!(operation(Down, a, b), rounded.next_down(), "{a} and {b}");
            assert_eq!(operation(Up, a, b), rounded.next_up(), "{a} and {b}");
        };
        moves(product, 1e-200, 1e-60, 1e-200 * 1e-60);
        moves(quotient, 1e-260, 1e-260, 1.0);
        moves(quotient, 1.0, 1e260, 1.0 / 1e260);
        assert_eq!(Down.product(1e-250, 1.0), 1e-250, "large enough");
        assert_eq!(Down.quotient(2e-250, 2.0), 1e-250, "large enough");
        assert_eq!(Down.quotient(1e-250, 0.5), 2e-250, "large enough");
    }
}
