select json_object('data', json_object('partnerships', json_object('nodes', (
  select json_group_array(json_object(
    'slug', id, 'level', level, 'status', status, 'establishedYear', established_year,
    'distanceKm', distance_km, 'corroborated', iif(corroborated, json('true'), json('false'))))
  from (
    select id, level, status, established_year, distance_km, corroborated
    from partnership
    where country_id = ?1 ->> '$.variables.country'
      and established_year_asc >= ?1 ->> '$.variables.since'
      and established_year is not null
    order by established_year_asc, id
    limit ?1 ->> '$.variables.first')))))
