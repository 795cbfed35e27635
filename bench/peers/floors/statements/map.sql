select json_object('data', json_object('partnerships', json_object('nodes', (
  select json_group_array(json_object(
    'slug', page.id, 'establishedYear', page.established_year,
    'us', json_object('slug', us.id, 'location',
      iif(us.latitude is null, null, json_object('latitude', us.latitude, 'longitude', us.longitude))),
    'partner', json_object('slug', partner.id, 'location',
      iif(partner.latitude is null, null, json_object('latitude', partner.latitude, 'longitude', partner.longitude)))))
  from (
    select id, established_year, us_id, partner_id
    from partnership
    order by id
    limit ?1 ->> '$.variables.first') as page
  cross join community as us on us.id = page.us_id
  cross join community as partner on partner.id = page.partner_id))))
