// Converts responses of seaography's generated API to the shape of ours.

const location = ({ latitude, longitude }) => (latitude === null ? null : { latitude, longitude });

/** For each workload, a function from the data of seaography to the data of our API. */
export const AS_OURS = {
  state({ community }) {
    const [state] = community.nodes;
    const { id, latitude, longitude, ...rest } = state;
    return { state: { slug: id, ...rest, location: location(state) } };
  },

  page({ partnership }) {
    return { partnerships: { nodes: partnership.nodes.map(({ id, ...rest }) => ({ slug: id, ...rest })) } };
  },

  states({ community }) {
    const communityOf = ({ id, name }) => ({ slug: id, name });
    const partnershipOf = ({ id, us, partner, ...rest }) => ({
      slug: id,
      ...rest,
      us: communityOf(us),
      partner: communityOf(partner),
    });
    const state = ({ code, name, statePartnership }) => ({
      code,
      name,
      partnerships: { nodes: statePartnership.nodes.map(partnershipOf) },
    });
    return { states: { nodes: community.nodes.map(state) } };
  },

  deep({ partnership }) {
    const communityOf = ({ id, name, population }) => ({ slug: id, name, population });
    const figure = ({ id, percent, direction, baseDescription, baseN }) => ({
      slug: id,
      percent,
      direction,
      base: { description: baseDescription, n: baseN },
    });
    const region = ({ id, respondentAggregate }) => ({
      name: id,
      respondentAggregates: { nodes: respondentAggregate.nodes.map(figure) },
    });
    const partnershipOf = ({ id, establishedYear, us, partner, state }) => ({
      slug: id,
      establishedYear,
      us: communityOf(us),
      partner: communityOf(partner),
      state: { code: state.code, name: state.name, region: state.region && region(state.region) },
    });
    return { partnerships: { nodes: partnership.nodes.map(partnershipOf) } };
  },

  groups({ states, countries }) {
    const group = (value, { name, partnershipCount }) => ({ key: [{ value, label: name }], count: partnershipCount });
    return {
      partnerships: {
        totalCount: countries.nodes.reduce((sum, country) => sum + country.partnershipCount, 0),
        byState: states.nodes.map((state) => group(state.code, state)),
        byCountry: countries.nodes.map((country) => group(country.id, country)),
      },
    };
  },

  map({ partnership }) {
    const communityOf = (row) => ({ slug: row.id, location: location(row) });
    const partnershipOf = ({ id, establishedYear, us, partner }) => ({
      slug: id,
      establishedYear,
      us: communityOf(us),
      partner: communityOf(partner),
    });
    return { partnerships: { nodes: partnership.nodes.map(partnershipOf) } };
  },
};
