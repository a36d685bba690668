-- Passwords in params are forgotten after the job (ADR 30). null: nobody has looked yet.

alter table steps add column secrets text check (secrets in ('none', 'forgotten'));

create index steps_secrets on steps (kind) where secrets is null;
