//! Which tests the published figures allow, and what they assume.

use std::collections::BTreeSet;

use crate::{
    schema::percentage::Percentage,
    stats::{
        comparability::{GroupRelation, group_relation},
        feasible::{DifferenceTest, Group, MAX_SAMPLE_SIZE, Sample, ShareRange},
    },
    vocabulary::{Segment, SegmentDimension},
};

/// A test and what it assumes.
#[derive(Debug, PartialEq)]
pub(super) struct AssumedTest {
    pub(super) assumption: Option<&'static str>,
    pub(super) test: DifferenceTest,
}

/// The groups into which a dimension divides all respondents.
struct Partition {
    dimension: SegmentDimension,
    values: &'static [&'static str],
    /// That there are no other respondents.
    assumption: &'static str,
    /// Whether the survey leaves no reason to doubt the assumption.
    is_certain: bool,
}

const PARTITIONS: [Partition; 2] = [
    Partition {
        dimension: SegmentDimension::Region,
        values: &["WEST", "MIDWEST", "SOUTH", "NORTHEAST"],
        assumption: "every respondent is in one of the four regions",
        is_certain: true,
    },
    Partition {
        dimension: SegmentDimension::Employer,
        values: &["PUBLIC", "SERVICES", "GOODS"],
        assumption: "every respondent works in the public sector, in services or in goods",
        is_certain: false,
    },
];

/// Returns the tests of the difference of two comparable percentages of a survey, the one with the weakest
/// assumption first. None if the figures do not restrict the sizes of the groups.
pub(super) fn difference_tests([a, b]: [&Percentage; 2], survey: &Survey<'_>) -> Vec<AssumedTest> {
    let tests = match group_relation(&a.given, &b.given) {
        GroupRelation::Same => survey.same_respondents(a, b).into_iter().collect(),
        GroupRelation::Separate(segment_a, segment_b) => {
            survey.separate_groups([(a, &segment_a), (b, &segment_b)])
        }
        GroupRelation::FirstIsPart => survey.part_against_rest(a, b, true),
        GroupRelation::SecondIsPart => survey.part_against_rest(b, a, false),
        GroupRelation::Unknown => Vec::new(),
    };
    let is_small = |test: &AssumedTest| match &test.test {
        DifferenceTest::SeparateGroups { sample, .. }
        | DifferenceTest::SeparateAnswers { sample, .. }
        | DifferenceTest::PartAgainstRest { sample, .. } => sample.size <= MAX_SAMPLE_SIZE,
        DifferenceTest::SameRespondents { size, .. } => *size <= MAX_SAMPLE_SIZE,
    };
    tests.into_iter().filter(is_small).collect()
}

/// What is published of a survey.
pub(super) struct Survey<'a> {
    /// The percentages whose direction is settled.
    pub(super) percentages: Vec<&'a Percentage>,
    /// The number of respondents.
    pub(super) size: Option<u32>,
}

fn share(percentage: &Percentage) -> Option<ShareRange> {
    ShareRange::of_percentage(percentage.figure.quantity())
}

fn group(percentage: &Percentage) -> Option<Group> {
    Some(Group {
        share: share(percentage)?,
        size: percentage.figure.base_n(),
    })
}

fn unconditional(test: DifferenceTest) -> AssumedTest {
    AssumedTest {
        assumption: None,
        test,
    }
}

impl Survey<'_> {
    fn find(&self, outcome: &BTreeSet<Segment>, given: &BTreeSet<Segment>) -> Option<&Percentage> {
        let mut percentages = self.percentages.iter();
        let found = percentages.find(|row| row.outcome == *outcome && row.given == *given);
        found.copied()
    }

    fn same_respondents(&self, a: &Percentage, b: &Percentage) -> Option<AssumedTest> {
        let sizes = [a, b].map(|row| row.figure.base_n());
        let of_all = self.size.filter(|_| a.given.is_empty());
        let size = sizes[0].or(sizes[1]).or(of_all)?;
        let is_settled = sizes.into_iter().flatten().all(|other| other == size);
        (is_settled && a.outcome != b.outcome).then_some(())?;
        Some(unconditional(DifferenceTest::SameRespondents {
            size,
            shares: [share(a)?, share(b)?],
        }))
    }

    fn separate_groups(
        &self,
        [(a, segment_a), (b, segment_b)]: [(&Percentage, &Segment); 2],
    ) -> Vec<AssumedTest> {
        let common: BTreeSet<_> = a.given.intersection(&b.given).cloned().collect();
        if common.is_empty() {
            let tests = self.samples(a, &[segment_a, segment_b]);
            let tests: Vec<_> = tests
                .into_iter()
                .map(|(assumption, sample)| AssumedTest {
                    assumption,
                    test: DifferenceTest::SeparateGroups {
                        sample,
                        groups: [0, 1],
                    },
                })
                .collect();
            if !tests.is_empty() {
                return tests;
            }
        }
        let tests = self.separate_answers([(a, segment_a), (b, segment_b)], &common);
        tests
            .or_else(|| separate_groups_of_known_size(a, b))
            .into_iter()
            .collect()
    }

    /// Tests percentages of those who gave an answer in two groups: the number who gave it is not published, but
    /// their share of each group restricts it.
    fn separate_answers(
        &self,
        [(a, segment_a), (b, segment_b)]: [(&Percentage, &Segment); 2],
        common: &BTreeSet<Segment>,
    ) -> Option<AssumedTest> {
        // The answer must be the only other condition.
        (common.len() == 1).then_some(())?;
        let base = self.find(common, &BTreeSet::from([segment_a.clone()]))?;
        let samples = self.samples(base, &[segment_a, segment_b]);
        let (assumption, sample) = samples.into_iter().next_back()?;
        Some(AssumedTest {
            assumption,
            test: DifferenceTest::SeparateAnswers {
                sample,
                groups: [0, 1],
                shares: [share(a)?, share(b)?],
            },
        })
    }

    fn part_against_rest(
        &self,
        part: &Percentage,
        whole: &Percentage,
        part_is_first: bool,
    ) -> Vec<AssumedTest> {
        let test = |sample| DifferenceTest::PartAgainstRest {
            sample,
            part: 0,
            part_is_first,
        };
        let segment = part.given.first().filter(|_| part.given.len() == 1);
        let samples = match segment.filter(|_| whole.given.is_empty()) {
            Some(segment) => self.samples(part, &[segment]),
            None => Vec::new(),
        };
        if samples.is_empty() {
            let sample = part_of_known_size(part, whole);
            return sample
                .into_iter()
                .map(|sample| unconditional(test(sample)))
                .collect();
        }
        let tests = samples.into_iter().map(|(assumption, sample)| AssumedTest {
            assumption,
            test: test(sample),
        });
        tests.collect()
    }

    /// Returns the samples that groups of one dimension can be part of, with the assumption of each: the groups
    /// come first, in their order. `percentage` is that of one of them. Empty if the number of all
    /// respondents or a percentage is not published.
    fn samples(
        &self,
        percentage: &Percentage,
        groups: &[&Segment],
    ) -> Vec<(Option<&'static str>, Sample)> {
        self.sample_and_its_rest(percentage, groups)
            .unwrap_or_default()
    }

    fn sample_and_its_rest(
        &self,
        percentage: &Percentage,
        compared: &[&Segment],
    ) -> Option<Vec<(Option<&'static str>, Sample)>> {
        let all = self.find(&percentage.outcome, &BTreeSet::new());
        let size = all.and_then(|all| all.figure.base_n()).or(self.size)?;
        let find = |segment: &Segment| {
            let given = BTreeSet::from([segment.clone()]);
            group(self.find(&percentage.outcome, &given)?)
        };
        let mut segments: Vec<Segment> =
            compared.iter().map(|segment| (*segment).clone()).collect();
        let mut groups = segments.iter().map(&find).collect::<Option<Vec<_>>>()?;
        let dimension = segments.first()?.dimension;
        for row in &self.percentages {
            let segment = row.given.first().filter(|_| row.given.len() == 1);
            let segment = segment.filter(|segment| {
                let mut others = segments.iter();
                segment.dimension == dimension && !others.any(|other| other.overlaps(segment))
            });
            if let Some((segment, group)) =
                segment.and_then(|segment| Some((segment, find(segment)?)))
            {
                segments.push(segment.clone());
                groups.push(group);
            }
        }
        let sample = Sample {
            size,
            share: all.and_then(share),
            groups,
            has_others: true,
        };
        let is_complete = |partition: &&Partition| {
            partition.dimension == dimension
                && partition.values.len() == segments.len()
                && segments
                    .iter()
                    .all(|segment| partition.values.contains(&&*segment.value))
        };
        let Some(partition) = PARTITIONS.iter().find(is_complete) else {
            return Some(vec![(None, sample)]);
        };
        let without_others = Sample {
            has_others: false,
            ..sample.clone()
        };
        let mut samples = vec![(None, sample), (Some(partition.assumption), without_others)];
        if partition.is_certain {
            samples.remove(0);
        }
        Some(samples)
    }
}

/// Tests two groups whose sizes are both published.
fn separate_groups_of_known_size(a: &Percentage, b: &Percentage) -> Option<AssumedTest> {
    let groups = vec![group(a)?, group(b)?];
    let sizes = groups.iter().map(|group| group.size);
    let size = sizes.sum::<Option<u32>>()?;
    Some(unconditional(DifferenceTest::SeparateGroups {
        sample: Sample {
            size,
            share: None,
            groups,
            has_others: false,
        },
        groups: [0, 1],
    }))
}

/// Returns the whole as a sample if the sizes of it and of the part are published.
fn part_of_known_size(part: &Percentage, whole: &Percentage) -> Option<Sample> {
    let part = group(part)?;
    part.size?;
    Some(Sample {
        size: whole.figure.base_n()?,
        share: share(whole),
        groups: vec![part],
        has_others: true,
    })
}
