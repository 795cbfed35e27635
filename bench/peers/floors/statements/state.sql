-- ?1 is the request body.
select json_object('data', json_object('state', (
  select json_object(
    'slug', id, 'code', code, 'name', name, 'kind', kind, 'population', population,
    'censusDivision', census_division,
    'location', iif(latitude is null, null, json_object('latitude', latitude, 'longitude', longitude)))
  from community
  where code = ?1 ->> '$.variables.code')))
