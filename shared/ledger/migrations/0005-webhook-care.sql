-- Webhooks: secrets change without a gap, endpoints that only fail are disabled, and a test is a delivery of no job.

alter table webhook_endpoints
  -- signs beside `secret` until then
  add column previous_secret text,
  add column previous_secret_until timestamptz,
  -- the attempts that failed since the last success: from when on, and how many
  add column failing_since timestamptz,
  add column failed_attempts int not null default 0;

alter table tenants
  add column previous_webhook_secret text,
  add column previous_webhook_secret_until timestamptz;

-- null: a test of an endpoint
alter table deliveries alter column job_id drop not null;
