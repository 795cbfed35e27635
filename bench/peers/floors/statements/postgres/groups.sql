-- variables:
-- Counting each group in an index is faster than grouping.
select json_build_object('data', json_build_object('partnerships', json_build_object(
  'totalCount', (select count(*) from partnership),
  'byState', (
    select json_agg(json_build_object('key', json_build_array(json_build_object('value', code, 'label', name)), 'count', n))
    from (
      select code, name, n
      from community, lateral (select count(*) as n from partnership where state_id = community.id) as counted
      where type = 'STATE' and n > 0
      order by n desc, code) as state),
  'byCountry', (
    select json_agg(json_build_object('key', json_build_array(json_build_object('value', id, 'label', name)), 'count', n))
    from (
      select id, name, n
      from country, lateral (select count(*) as n from partnership where country_id = country.id) as counted
      where is_partner and n > 0
      order by n desc, id) as country))))::text
