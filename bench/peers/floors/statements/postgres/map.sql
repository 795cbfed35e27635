-- variables: first
with place as not materialized (
  select id as slug,
    case when latitude is not null then (select point from (select latitude, longitude) as point) end as location
  from community)
select json_build_object('data', json_build_object('partnerships', json_build_object('nodes', (
  select coalesce(json_agg(node), '[]')
  from (
    select page.id as slug, established_year as "establishedYear", us, partner
    from (
      select id, established_year, us_id, partner_id
      from partnership
      order by id
      limit $1) as page
    join place as us on us.slug = page.us_id
    join place as partner on partner.slug = page.partner_id
    order by page.id) as node))))::text
