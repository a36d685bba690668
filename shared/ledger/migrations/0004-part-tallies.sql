-- A report of a part reads no other part (ADR 7): its step knows all of them by a few numbers.

alter table steps
  -- of a split step: {total, waiting, queued, running, succeeded, attempts, weight, done}
  add column tally json;

update steps as step set tally = (
  select json_build_object(
    'total', count(*), 'attempts', coalesce(sum(attempts), 0),
    'waiting', count(*) filter (where status = 'waiting'), 'queued', count(*) filter (where status = 'queued'),
    'running', count(*) filter (where status = 'running'), 'succeeded', count(*) filter (where status = 'succeeded'),
    'weight', coalesce(sum((part.part #>> '{plan,weight}')::float8), 0),
    'done', coalesce(sum((part.part #>> '{plan,weight}')::float8 * progress), 0))
  from steps as part where part.job_id = step.job_id and part.parent = step.name)
where split is not null;

create index steps_own on steps (job_id) where parent is null;
create index steps_waiting_parts on steps (job_id, parent, ((part ->> 'index')::int)) where status = 'waiting' and parent is not null;
create index steps_in_parts on steps (kind, priority_class) where phase = 'parts' and status = 'running';

-- The backlog is counted in steps people know.
drop index steps_open;
create index steps_open on steps (tenant) where parent is null and status in ('waiting', 'queued', 'running');
