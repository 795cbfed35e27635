// The operations of a small app: communities and their partnerships, search, and the published figures.

import { graphql } from "../generated/codegen/index.ts";

export const CommunityName = graphql(`
  fragment CommunityName on Community {
    __typename
    id
    slug
    name
    location {
      latitude
      longitude
    }
    country {
      id
      code
      name
    }
    ... on City {
      kind
      province {
        id
        name
      }
    }
    ... on State {
      code
      stateKind: kind
    }
    ... on Province {
      provinceKind: kind
    }
  }
`);

export const PartnershipRow = graphql(`
  fragment PartnershipRow on Partnership {
    id
    slug
    level
    status
    establishedYear
    distanceKm
    us {
      id
      ...CommunityName
    }
    partner {
      id
      ...CommunityName
    }
  }
`);

export const PartnershipPage = graphql(`
  query PartnershipPage($filter: PartnershipFilter, $orderBy: [PartnershipOrder!], $first: Int, $after: String) {
    partnerships(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      edges {
        cursor
        node {
          id
          ...PartnershipRow
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export const PartnershipBySlug = graphql(`
  query PartnershipBySlug($slug: String!) {
    partnership(slug: $slug) {
      id
      ...PartnershipRow
    }
  }
`);

export const CityBySlug = graphql(`
  query CityBySlug($slug: String!) {
    city(slug: $slug) {
      id
      ...CommunityName
      population
      isCapital
      state {
        id
        name
      }
      alternateNames {
        name
        script
      }
    }
  }
`);

export const Search = graphql(`
  query Search($text: String!, $types: [SearchType!], $first: Int) {
    search(text: $text, types: $types, first: $first) {
      totalCount
      edges {
        score
        node {
          __typename
          ... on State {
            id
            code
            name
            stateKind: kind
          }
          ... on Country {
            id
            code
            name
            subregion
          }
          ... on Province {
            id
            slug
            name
          }
          ... on City {
            id
            slug
            name
          }
          ... on Partnership {
            id
            ...PartnershipRow
          }
        }
      }
    }
  }
`);

export const FigureLine = graphql(`
  fragment FigureLine on Figure {
    __typename
    id
    slug
    quantity {
      value
      low
      high
      unit
      qualifier
    }
    flags
    note
    source {
      id
      title
      asOf
    }
    ... on RespondentAggregate {
      direction
      marginOfError {
        points
        level
        method
      }
      base {
        description
        n
      }
    }
    ... on PublishedStatistic {
      measure
      subject
      statisticLevel: level
    }
  }
`);

export const Figures = graphql(`
  query Figures($verdict: [Verdict!]) {
    surveys {
      id
      title
      fieldedFrom
      fieldedTo
      sampleSize
      questions {
        id
        slug
        responses
        askedOf {
          dimension
          value
        }
      }
    }
    respondentAggregates(first: 50) {
      nodes {
        id
        ...FigureLine
      }
    }
    publishedStatistics(first: 50) {
      nodes {
        id
        ...FigureLine
      }
    }
    reconciliation(verdict: $verdict) {
      id
      slug
      verdict
      figures {
        id
        ...FigureLine
      }
    }
    coverage(by: COUNTRY) {
      key {
        label
        country {
          id
          code
        }
      }
      recorded
      ratio
    }
  }
`);

export const Groups = graphql(`
  query Groups($by: [PartnershipDimension!]!, $first: Int) {
    partnerships(first: 0) {
      totalCount
      groups(by: $by, first: $first) {
        count
        share
        key {
          dimension
          value
          label
          region {
            id
            name
          }
        }
      }
    }
  }
`);

export const Refetch = graphql(`
  query Refetch($id: ID!) {
    node(id: $id) {
      __typename
      id
      ...PartnershipRow
      ...FigureLine
      ...CommunityName
    }
  }
`);

export const LoadedDataset = graphql(`
  query LoadedDataset {
    dataset {
      revision
      loadedAt
      partnerships
    }
  }
`);

export const DatasetChanged = graphql(`
  subscription DatasetChanged {
    datasetChanged {
      revision
      loadedAt
      partnerships
    }
  }
`);
