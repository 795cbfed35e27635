-- variables: since first
with regions as materialized (
  select region.id as name, json_build_object('nodes', (
    select coalesce(json_agg(figure), '[]')
    from (
      select id as slug, percent, direction, json_build_object('description', base_description, 'n', base_n) as base
      from respondent_aggregate
      where region_id = region.id and question_id = 'aware'
      order by position, id) as figure)) as "respondentAggregates"
  from region)
select json_build_object('data', json_build_object('partnerships', json_build_object('nodes', (
  select coalesce(json_agg(node), '[]')
  from (
    select page.id as slug, established_year as "establishedYear", us, partner,
      json_build_object('code', state.code, 'name', state.name, 'region', region) as state
    from (
      select id, established_year, established_year_asc, us_id, partner_id, state_id
      from partnership
      where established_year_asc >= $1
        and established_year is not null
      order by established_year_asc, id
      limit $2) as page
    join (select id as slug, name, population from community) as us on us.slug = page.us_id
    join (select id as slug, name, population from community) as partner on partner.slug = page.partner_id
    join community as state on state.id = page.state_id
    left join regions as region on region.name = state.region_id
    order by established_year_asc, page.id) as node))))::text
