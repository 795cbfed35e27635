-- cross join makes SQLite keep the order of the page.
select json_object('data', json_object('states', json_object('nodes', (
  select json_group_array(json_object('code', code, 'name', name, 'partnerships', json_object('nodes', (
    select json_group_array(json_object(
      'slug', page.id, 'level', page.level, 'establishedYear', page.established_year,
      'us', json_object('slug', us.id, 'name', us.name),
      'partner', json_object('slug', partner.id, 'name', partner.name)))
    from (
      select id, level, established_year, us_id, partner_id
      from partnership
      where state_id = state.id
      order by id
      limit ?1 ->> '$.variables.first') as page
    cross join community as us on us.id = page.us_id
    cross join community as partner on partner.id = page.partner_id))))
  from (select id, code, name from community where type = 'STATE' order by id) as state))))
