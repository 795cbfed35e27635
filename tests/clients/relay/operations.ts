// The input of the Relay compiler. The tests use the generated artifacts, not this file.

import { graphql } from "relay-runtime";

export const partnership = graphql`
  fragment operations_partnership on Partnership {
    slug
    level
    establishedYear
    us {
      ...operations_community
    }
    partner {
      ...operations_community
    }
  }
`;

export const community = graphql`
  fragment operations_community on Community {
    __typename
    slug
    name
    ... on City {
      isCapital
    }
  }
`;

export const partnerships = graphql`
  fragment operations_partnerships on State
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 5 }
    after: { type: "String" }
    # Relay sends null for a variable that is not set, which is an error inside a filter.
    filter: { type: "PartnershipFilter" }
  )
  @refetchable(queryName: "operationsPartnershipsPageQuery") {
    name
    partnerships(first: $first, after: $after, filter: $filter)
      @connection(key: "operations_partnerships", filters: ["filter"]) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          ...operations_partnership
        }
      }
    }
  }
`;

export const state = graphql`
  query operationsStateQuery($code: String!, $first: Int!) {
    state(code: $code) {
      id
      ...operations_partnerships @arguments(first: $first)
    }
  }
`;

export const city = graphql`
  fragment operations_city on City @refetchable(queryName: "operationsCityRefetchQuery") {
    slug
    name
    population
  }
`;

export const cityBySlug = graphql`
  query operationsCityQuery($slug: String!) {
    city(slug: $slug) {
      id
      ...operations_city
    }
  }
`;

export const changed = graphql`
  subscription operationsChangedSubscription {
    datasetChanged {
      revision
      loadedAt
      partnerships
    }
  }
`;
