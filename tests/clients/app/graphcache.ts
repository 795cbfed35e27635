import type { CacheExchangeOpts } from "@urql/exchange-graphcache";

/** An object without an id, which belongs to the object that contains it. */
const part = () => null;

export const cacheOptions: CacheExchangeOpts = {
  keys: {
    AlternateName: part,
    Base: part,
    Category: part,
    Change: part,
    ChangeConnection: part,
    ChangeEdge: part,
    CityConnection: part,
    CityEdge: part,
    Claim: part,
    Concentration: part,
    Coordinates: part,
    CountryConnection: part,
    CountryEdge: part,
    CoverageRow: part,
    // The server has one dataset and one set of limits.
    Dataset: () => "",
    Disclosure: part,
    FieldChange: part,
    GroupKey: part,
    Limits: () => "",
    MarginOfError: part,
    PageInfo: part,
    PartnershipConnection: part,
    PartnershipEdge: part,
    PartnershipGroup: part,
    PartnershipNote: part,
    PublishedStatisticConnection: part,
    PublishedStatisticEdge: part,
    Quantity: part,
    RespondentAggregateConnection: part,
    RespondentAggregateEdge: part,
    Revision: part,
    RevisionConnection: part,
    RevisionEdge: part,
    SearchConnection: part,
    SearchEdge: part,
    StateConnection: part,
    StateEdge: part,
    TrendPoint: part,
    TrendSeries: part,
  },
};
