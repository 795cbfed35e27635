//! Do the published counts add up to the published total?

use super::Identity;
use super::common_checks::{agrees_with_wording, sum_equals};

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i01",
        "Sister cities and sister states add up to the total.",
        &["sister-cities", "sister-states", "total"],
        sum_equals,
    )
    .assuming(
        "Partnerships of counties are counted with the cities: they have no count of their own.",
    ),
    Identity::new(
        "i02",
        "The four regions add up to the total.",
        &["west", "south", "midwest", "northeast", "total"],
        sum_equals,
    )
    .assuming("The regions cover the whole total, the District of Columbia included."),
    Identity::new(
        "i03",
        "The four regions and the District of Columbia add up to the total.",
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
    .assuming("The District of Columbia lies outside the four regions."),
    Identity::new(
        "i10",
        "The total as counted is what its wording in round numbers says.",
        &["total", "total-over-1000"],
        agrees_with_wording,
    ),
];
