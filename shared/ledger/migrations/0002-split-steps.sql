-- One step on many workers (ADR 7): its parts are rows of their own beside it.

alter table steps
  -- the step whose part this is
  add column parent text,
  add column phase text not null default 'start' check (phase in ('start', 'parts', 'part', 'join', 'whole')),
  -- of a split step: {generation, inputs, facts, joinFrom, atOnce}
  add column split json,
  -- of a part: {index, of, plan}
  add column part json;
