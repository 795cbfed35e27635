// Answers of seaography's generated API, as ours has them.

const at = ({ latitude, longitude }) => (latitude === null ? null : { latitude, longitude });

/** By workload: from the data of its answer to the data of ours. */
export const AS_OURS = {
  state({ community }) {
    const [found] = community.nodes;
    const { id, latitude, longitude, ...rest } = found;
    return { state: { slug: id, ...rest, location: at(found) } };
  },

  page({ partnership }) {
    return { partnerships: { nodes: partnership.nodes.map(({ id, ...rest }) => ({ slug: id, ...rest })) } };
  },

  states({ community }) {
    const place = ({ id, name }) => ({ slug: id, name });
    const tie = ({ id, us, partner, ...rest }) => ({ slug: id, ...rest, us: place(us), partner: place(partner) });
    const state = ({ code, name, statePartnership }) => ({
      code,
      name,
      partnerships: { nodes: statePartnership.nodes.map(tie) },
    });
    return { states: { nodes: community.nodes.map(state) } };
  },

  deep({ partnership }) {
    const place = ({ id, name, population }) => ({ slug: id, name, population });
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
    const tie = ({ id, establishedYear, us, partner, state }) => ({
      slug: id,
      establishedYear,
      us: place(us),
      partner: place(partner),
      state: { code: state.code, name: state.name, region: state.region && region(state.region) },
    });
    return { partnerships: { nodes: partnership.nodes.map(tie) } };
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
    const place = (found) => ({ slug: found.id, location: at(found) });
    const tie = ({ id, establishedYear, us, partner }) => ({
      slug: id,
      establishedYear,
      us: place(us),
      partner: place(partner),
    });
    return { partnerships: { nodes: partnership.nodes.map(tie) } };
  },
};
