// Resolvers and batched loaders over the statements.

/** The rows of each parent, in the order of the parents. */
function byParent(parents, rows) {
  const lists = new Map(parents.map((parent) => [parent, []]))
  for (const row of rows) lists.get(row.parent).push(row)
  return lists
}

const location = (place) =>
  place.latitude === null ? null : { latitude: place.latitude, longitude: place.longitude }

const TYPES = { STATE: 'State', CITY: 'City', PROVINCE: 'Province' }

export function graph(database) {
  /** A loader of the community that a column of the parent points at; each is read once for a whole level. */
  const community = (column) => ({
    async loader(queries) {
      const ids = [...new Set(queries.map(({ obj }) => obj[column]))]
      const found = new Map(database.communities(ids).map((row) => [row.slug, row]))
      return queries.map(({ obj }) => found.get(obj[column]))
    },
    // Its cache is keyed by the serialised parent, which costs more than it saves: the batch is free of repetitions as it is.
    opts: { cache: false },
  })

  return {
    resolvers: {
      Query: {
        state: (_, { code }) => database.stateByCode(code),
        states: (_, { first }) => ({ nodes: database.states(first) }),
        partnerships: (_, list) => list,
      },
      // Only what is asked for is read; the loader of a state's partnerships gives the rows themselves.
      PartnershipConnection: {
        nodes: ({ nodes, filter, orderBy, first }) => nodes ?? database.partnerships(filter, orderBy, first),
        totalCount: ({ filter }) => database.count(filter),
        groups: ({ filter }, { by }) => {
          if (by.length !== 1) throw new Error('one dimension at a time')
          return database.groups(filter, by[0]).map(({ value, label, count }) => ({ key: [{ value, label }], count }))
        },
      },
      Community: { resolveType: ({ type }) => TYPES[type] },
      State: { location, region: ({ regionId }) => (regionId === null ? null : { name: regionId }) },
      City: { location },
      Province: { location },
      Partnership: { corroborated: ({ corroborated }) => corroborated === 1 },
      RespondentAggregate: { base: ({ description, n }) => ({ description, n }) },
    },
    loaders: {
      Partnership: { us: community('usId'), partner: community('partnerId'), state: community('stateId') },
      State: {
        partnerships: {
          // The queries of a batch come from one field of the document, but aliases may give them other arguments.
          async loader(queries) {
            const answers = new Map()
            for (const first of new Set(queries.map(({ params }) => params.first))) {
              const ids = [...new Set(queries.filter(({ params }) => params.first === first).map(({ obj }) => obj.slug))]
              answers.set(first, byParent(ids, database.partnershipsOfStates(ids, first)))
            }
            return queries.map(({ obj, params }) => ({ nodes: answers.get(params.first).get(obj.slug) }))
          },
          opts: { cache: false },
        },
      },
      Region: {
        respondentAggregates: {
          async loader(queries) {
            const answers = new Map()
            for (const question of new Set(queries.map(({ params }) => params.filter?.question?.eq))) {
              const names = [...new Set(queries.filter(({ params }) => params.filter?.question?.eq === question).map(({ obj }) => obj.name))]
              answers.set(question, byParent(names, database.aggregatesOfRegions(names, question)))
            }
            return queries.map(({ obj, params }) => ({
              nodes: answers.get(params.filter?.question?.eq).get(obj.name).slice(0, params.first),
            }))
          },
          opts: { cache: false },
        },
      },
    },
  }
}
