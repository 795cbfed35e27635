// Resolvers over the statements, each of which is for all objects of a level.

/** The rows of each parent, in the order of the parents. */
function byParent(parents, rows) {
  const lists = new Map(parents.map((parent) => [parent, []]));
  for (const row of rows) lists.get(row.parent).push(row);
  return lists;
}

const location = (place) => (place.latitude === null ? null : { latitude: place.latitude, longitude: place.longitude });

const TYPES = { STATE: "State", CITY: "City", PROVINCE: "Province" };

export function graph(database) {
  // The communities that one level of a request points at, in one statement. mercurius's own loaders key each parent by its
  // serialised row, which costs more than the statement.
  const batches = new WeakMap();

  function community(column) {
    return (parent, _, context) => {
      let batch = batches.get(context);
      if (!batch) {
        const ids = new Set();
        const found = new Promise((resolve) => process.nextTick(resolve)).then(() => {
          batches.delete(context);
          return new Map(database.communities([...ids]).map((row) => [row.slug, row]));
        });
        batches.set(context, (batch = { ids, found }));
      }
      const id = parent[column];
      batch.ids.add(id);
      return batch.found.then((found) => found.get(id));
    };
  }

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
          if (by.length !== 1) throw new Error("one dimension at a time");
          return database.groups(filter, by[0]).map(({ value, label, count }) => ({ key: [{ value, label }], count }));
        },
      },
      Community: { resolveType: ({ type }) => TYPES[type] },
      State: { location, region: ({ regionId }) => (regionId === null ? null : { name: regionId }) },
      City: { location },
      Province: { location },
      Partnership: {
        corroborated: ({ corroborated }) => corroborated === 1,
        us: community("usId"),
        partner: community("partnerId"),
        state: community("stateId"),
      },
      RespondentAggregate: { base: ({ description, n }) => ({ description, n }) },
    },
    loaders: {
      State: {
        partnerships: {
          // The queries of a batch come from one field of the document, but aliases may give them other arguments.
          async loader(queries) {
            const answers = new Map();
            for (const first of new Set(queries.map(({ params }) => params.first))) {
              const ids = [
                ...new Set(queries.filter(({ params }) => params.first === first).map(({ obj }) => obj.slug)),
              ];
              answers.set(first, byParent(ids, database.partnershipsOfStates(ids, first)));
            }
            return queries.map(({ obj, params }) => ({ nodes: answers.get(params.first).get(obj.slug) }));
          },
          opts: { cache: false },
        },
      },
      Region: {
        respondentAggregates: {
          async loader(queries) {
            const answers = new Map();
            for (const question of new Set(queries.map(({ params }) => params.filter?.question?.eq))) {
              const names = [
                ...new Set(
                  queries.filter(({ params }) => params.filter?.question?.eq === question).map(({ obj }) => obj.name),
                ),
              ];
              answers.set(question, byParent(names, database.aggregatesOfRegions(names, question)));
            }
            return queries.map(({ obj, params }) => ({
              nodes: answers.get(params.filter?.question?.eq).get(obj.name).slice(0, params.first),
            }));
          },
          opts: { cache: false },
        },
      },
    },
  };
}
