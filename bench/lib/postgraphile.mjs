// Converts responses of PostGraphile's generated API to the shape of ours, except for names, which are aliases in its documents.

const withLocation = ({ latitude, longitude, ...rest }) => ({
  ...rest,
  location: latitude === null ? null : { latitude, longitude },
});

/** For each workload, a function from the data of PostGraphile to the data of our API. */
export const AS_OURS = {
  state: ({ state }) => ({ state: withLocation(state) }),

  deep({ partnerships }) {
    const figure = ({ baseDescription, baseN, ...rest }) => ({
      ...rest,
      base: { description: baseDescription, n: baseN },
    });
    const region = ({ name, respondentAggregates: { nodes } }) => ({
      name,
      respondentAggregates: { nodes: nodes.map(figure) },
    });
    const nodes = partnerships.nodes.map(({ state, ...rest }) => ({
      ...rest,
      state: { ...state, region: state.region && region(state.region) },
    }));
    return { partnerships: { nodes } };
  },

  groups({ partnerships, states, countries }) {
    const groups = ({ nodes }) =>
      nodes
        .map(({ value, label, partnerships }) => ({ key: [{ value, label }], count: partnerships.totalCount }))
        .filter(({ count }) => count > 0)
        .sort((a, b) => b.count - a.count || (a.key[0].value < b.key[0].value ? -1 : 1));
    return { partnerships: { ...partnerships, byState: groups(states), byCountry: groups(countries) } };
  },

  map: ({ partnerships }) => ({
    partnerships: {
      nodes: partnerships.nodes.map(({ us, partner, ...rest }) => ({
        ...rest,
        us: withLocation(us),
        partner: withLocation(partner),
      })),
    },
  }),
};
