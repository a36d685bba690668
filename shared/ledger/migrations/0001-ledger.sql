-- The ledger of record: uploads, jobs, steps, events, webhook deliveries, keys. RabbitMQ holds only what workers take soon.

create table api_keys (
  id text primary key,
  tenant text not null,
  name text not null,
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);

create table tenants (
  tenant text primary key,
  webhook_secret text not null,
  created_at timestamptz not null default now()
);

create table uploads (
  id text primary key,
  tenant text not null,
  name text not null,
  bytes bigint not null,
  sha256 text not null,
  media_type text not null,
  object_key text not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create index uploads_by_tenant on uploads (tenant, id desc) where deleted_at is null;

create table idempotency_keys (
  tenant text not null,
  key text not null,
  route text not null,
  -- empty until the body has been read
  request_hash text not null,
  -- null while the first request is still running
  status int,
  headers jsonb,
  body text,
  -- who runs it, and until when that is believed without a word from it: a crashed request must not block its key
  owner text not null,
  lease_until timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (tenant, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

create table jobs (
  id text primary key,
  tenant text not null,
  status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  priority text not null check (priority in ('high', 'normal', 'low')),
  run_at timestamptz,
  -- json, not jsonb, here and below: what people sent comes back in the order they sent it
  -- name → {source: {key}|{url}, name, bytes, mediaType, sha256}
  inputs json not null,
  metadata json not null default '{}',
  webhook json,
  error json,
  -- the sequence of the newest event of this job
  sequence bigint not null default 0,
  traceparent text not null,
  request_id text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index jobs_by_tenant on jobs (tenant, id desc);
create index jobs_open on jobs (tenant) where finished_at is null;
create index jobs_finished on jobs (finished_at) where finished_at is not null;

create table steps (
  job_id text not null references jobs (id) on delete cascade,
  name text not null,
  position int not null,
  kind text not null,
  params json not null,
  -- references: an input, a step, or step/output
  uses text[] not null,
  status text not null check (status in ('waiting', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'skipped')),
  progress real not null default 0,
  attempts int not null default 0,
  -- [{name, key, mediaType, bytes, sha256, …facts}]
  outputs json not null default '[]',
  manifest_key text,
  error json,
  -- the fence: (dispatch, try, run); dispatch rises each time the step is queued anew, 0 before the first time
  dispatch int not null default 0,
  try int not null default 0,
  run text,
  -- dispatches that went silent since the step was last opened
  lost int not null default 0,
  tenant text not null,
  priority_class text not null check (priority_class in ('hi', 'std', 'bulk')),
  -- from when on it may be sent out; lies ahead for a job with run_at
  queued_at timestamptz,
  -- null while the relay has not handed it to the broker
  dispatched_at timestamptz,
  -- a dispatched or running step that is silent past this is sent out anew
  lease_until timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (job_id, name)
);
create index steps_to_dispatch on steps (kind, priority_class, tenant, queued_at)
  where status = 'queued' and dispatched_at is null;
create index steps_in_flight on steps (kind, priority_class, tenant)
  where status in ('queued', 'running') and dispatched_at is not null;
create index steps_leased on steps (lease_until) where status in ('queued', 'running') and lease_until is not null;
create index steps_open on steps (tenant) where status in ('waiting', 'queued', 'running');
create index steps_finished on steps (finished_at) where finished_at is not null;

create table events (
  id text primary key,
  tenant text not null,
  job_id text not null references jobs (id) on delete cascade,
  sequence bigint not null,
  type text not null,
  -- the step an event step.* is about
  step text,
  -- the whole envelope, as sent
  body json not null,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  unique (job_id, sequence)
);
create index events_to_publish on events (created_at, job_id, sequence) where published_at is null;
create unique index events_newest_progress on events (job_id, step) where type = 'step.progress';

create table webhook_endpoints (
  id text primary key,
  tenant text not null,
  url text not null,
  events text[] not null,
  secret text not null,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  disabled_reason text
);
create index webhook_endpoints_by_tenant on webhook_endpoints (tenant);

create table deliveries (
  id text primary key,
  tenant text not null,
  event_id text not null,
  job_id text not null references jobs (id) on delete cascade,
  -- null: the job's own webhook.url, signed with the tenant's secret
  endpoint_id text references webhook_endpoints (id) on delete cascade,
  url text not null,
  event_type text not null,
  -- the exact bytes to send; signed anew on every attempt
  payload text not null,
  traceparent text not null,
  status text not null check (status in ('pending', 'succeeded', 'exhausted', 'cancelled')),
  -- counted when an attempt is claimed, so a notifier that dies while sending cannot make it endless
  attempts int not null default 0,
  next_attempt_at timestamptz,
  -- a notifier is sending it; past this moment it counts as dead and another one may claim the delivery
  lease_until timestamptz,
  -- what shares a concurrency limit: one tenant's deliveries to one origin
  lane text not null generated always as (tenant || ' ' || coalesce(substring(url from '^[a-z]+://[^/?#]+'), url)) stored,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index deliveries_due on deliveries (lane, next_attempt_at) where status = 'pending';
create index deliveries_by_job on deliveries (job_id);
create index deliveries_by_endpoint on deliveries (endpoint_id);
create index deliveries_by_tenant on deliveries (tenant, id desc);

create table delivery_attempts (
  delivery_id text not null references deliveries (id) on delete cascade,
  number int not null,
  started_at timestamptz not null,
  duration_ms int not null,
  status_code int,
  error text,
  response_excerpt text,
  primary key (delivery_id, number)
);

create table broker_epochs (
  broker text primary key,
  -- null: the broker lost its disk at seen_at and its queues are not yet old enough to be trusted
  epoch text,
  seen_at timestamptz not null default now()
);

create table dead_letters (
  id bigint generated always as identity primary key,
  received_at timestamptz not null default now(),
  routing_key text not null,
  reason text not null,
  body json not null,
  headers json not null
);
