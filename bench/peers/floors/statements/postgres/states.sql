-- variables: first
select json_build_object('data', json_build_object('states', json_build_object('nodes', (
  select json_agg(state)
  from (
    select code, name, json_build_object('nodes', (
      select coalesce(json_agg(node), '[]')
      from (
        select page.id as slug, level, established_year as "establishedYear", us, partner
        from (
          select id, level, established_year, us_id, partner_id
          from partnership
          where state_id = community.id
          order by id
          limit $1) as page
        join (select id as slug, name from community) as us on us.slug = page.us_id
        join (select id as slug, name from community) as partner on partner.slug = page.partner_id
        order by page.id) as node)) as partnerships
    from community
    where type = 'STATE'
    order by id) as state))))::text
