-- variables:
select json_build_object('data', json_build_object('partnerships', json_build_object(
  'totalCount', (select count(*) from partnership),
  'byState', (
    select json_agg(json_build_object('key', json_build_array(json_build_object('value', value, 'label', label)), 'count', n))
    from (
      select state.code as value, state.name as label, counted.n
      from (select state_id, count(*) as n from partnership group by state_id) as counted
      join community as state on state.id = counted.state_id
      order by n desc, value) as state),
  'byCountry', (
    select json_agg(json_build_object('key', json_build_array(json_build_object('value', value, 'label', label)), 'count', n))
    from (
      select country.id as value, country.name as label, counted.n
      from (select country_id, count(*) as n from partnership group by country_id) as counted
      join country on country.id = counted.country_id
      order by n desc, value) as country))))::text
