-- variables: code
-- A row becomes a JSON object, which is faster than json_build_object.
select json_build_object('data', json_build_object('state', (
  select state
  from (
    select id as slug, code, name, kind, population, census_division as "censusDivision",
      case when latitude is not null then (select point from (select latitude, longitude) as point) end as location
    from community
    where code = $1) as state)))::text
