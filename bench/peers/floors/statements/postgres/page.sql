-- variables: country since first
select json_build_object('data', json_build_object('partnerships', json_build_object('nodes', (
  select coalesce(json_agg(page), '[]')
  from (
    select id as slug, level, status, established_year as "establishedYear", distance_km as "distanceKm", corroborated
    from partnership
    where country_id = $1
      and established_year_asc >= $2
      and established_year is not null
    order by established_year_asc, id
    limit $3) as page))))::text
