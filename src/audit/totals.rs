//! Do the published counts add up to the published total?

use super::Identity;
use super::common_checks::{agrees_with_wording, sum_equals};

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i01",
        "Sister cities and sister states add up to the total.",
        [
            "Sister cities and sister states add up to",
            "the published total is",
        ],
        &["sister-cities", "sister-states", "total"],
        sum_equals,
    )
    .assuming(
        "County partnerships are counted as sister cities; the source gives no separate count.",
    ),
    Identity::new(
        "i02",
        "The four regions add up to the total.",
        ["The four regions add up to", "the published total is"],
        &["west", "south", "midwest", "northeast", "total"],
        sum_equals,
    )
    .assuming("The regions cover the entire total, including the District of Columbia."),
    Identity::new(
        "i03",
        "The four regions and the District of Columbia add up to the total.",
        [
            "The four regions and the District of Columbia add up to",
            "the published total is",
        ],
        &[
            "west",
            "south",
            "midwest",
            "northeast",
            "district-of-columbia",
            "total",
        ],
        sum_equals,
    )
    .assuming("The District of Columbia is in none of the four regions."),
    Identity::new(
        "i10",
        "The exact total agrees with the total given in round numbers.",
        ["The exact total is", "the total in round numbers is"],
        &["total", "total-over-1000"],
        agrees_with_wording,
    ),
];
