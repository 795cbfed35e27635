// Resolvers and loaders. Each statement reads the objects of a whole level of the query.

/** The rows grouped by parent. */
function byParent(parents, rows) {
  const lists = new Map(parents.map((parent) => [parent, []]));
  for (const row of rows) lists.get(row.parent).push(row);
  return lists;
}

const location = ({ latitude, longitude }) => (latitude === null ? null : { latitude, longitude });

const TYPES = { STATE: "State", CITY: "City", PROVINCE: "Province" };

export function graph(database) {
  // Reads the communities of one level of a request in one statement. mercurius's loaders use the serialized row of each
  // parent as a key, which costs more than the statement.
  const batches = new WeakMap();

  function community(column) {
    return (parent, _, context) => {
      let batch = batches.get(context);
      if (!batch) {
        const ids = new Set();
        const rows = new Promise((resolve) => process.nextTick(resolve)).then(() => {
          batches.delete(context);
          return new Map(database.communities([...ids]).map((row) => [row.slug, row]));
        });
        batches.set(context, (batch = { ids, rows }));
      }
      const id = parent[column];
      batch.ids.add(id);
      return batch.rows.then((rows) => rows.get(id));
    };
  }

  return {
    resolvers: {
      Query: {
        state: (_, { code }) => database.stateByCode(code),
        states: (_, { first }) => ({ nodes: database.states(first) }),
        partnerships: (_, list) => list,
      },
      // Only selected fields are read. The loader of a state's partnerships has already read the nodes.
      PartnershipConnection: {
        nodes: ({ nodes, filter, orderBy, first }) => nodes ?? database.partnerships(filter, orderBy, first),
        totalCount: ({ filter }) => database.count(filter),
        groups: ({ filter }, { by }) => {
          if (by.length !== 1) throw new Error("groups supports one dimension");
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
          // The queries of a batch are for one field, but aliases can have different arguments.
          async loader(queries) {
            const results = new Map();
            for (const first of new Set(queries.map(({ params }) => params.first))) {
              const ids = [
                ...new Set(queries.filter(({ params }) => params.first === first).map(({ obj }) => obj.slug)),
              ];
              results.set(first, byParent(ids, database.partnershipsOfStates(ids, first)));
            }
            return queries.map(({ obj, params }) => ({ nodes: results.get(params.first).get(obj.slug) }));
          },
          opts: { cache: false },
        },
      },
      Region: {
        respondentAggregates: {
          async loader(queries) {
            const results = new Map();
            for (const question of new Set(queries.map(({ params }) => params.filter?.question?.eq))) {
              const names = [
                ...new Set(
                  queries.filter(({ params }) => params.filter?.question?.eq === question).map(({ obj }) => obj.name),
                ),
              ];
              results.set(question, byParent(names, database.aggregatesOfRegions(names, question)));
            }
            return queries.map(({ obj, params }) => ({
              nodes: results.get(params.filter?.question?.eq).get(obj.name).slice(0, params.first),
            }));
          },
          opts: { cache: false },
        },
      },
    },
  };
}
