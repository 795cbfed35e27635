select json_object('data', json_object('partnerships', json_object('nodes', (
  select json_group_array(json_object(
    'slug', page.id, 'establishedYear', page.established_year,
    'us', json_object('slug', us.id, 'name', us.name, 'population', us.population),
    'partner', json_object('slug', partner.id, 'name', partner.name, 'population', partner.population),
    'state', json_object('code', state.code, 'name', state.name, 'region', iif(state.region_id is null, null, json_object(
      'name', state.region_id,
      'respondentAggregates', json_object('nodes', (
        select json_group_array(json_object(
          'slug', id, 'percent', percent, 'direction', direction,
          'base', json_object('description', base_description, 'n', base_n)))
        from (
          select id, percent, direction, base_description, base_n
          from respondent_aggregate
          where region_id = state.region_id and question_id = 'aware'
          order by position, id))))))))
  from (
    select id, established_year, us_id, partner_id, state_id
    from partnership
    where established_year_asc >= ?1 ->> '$.variables.since'
      and established_year is not null
    order by established_year_asc, id
    limit ?1 ->> '$.variables.first') as page
  cross join community as us on us.id = page.us_id
  cross join community as partner on partner.id = page.partner_id
  cross join community as state on state.id = page.state_id))))
