-- A queue in the database for when Redis is down, and a log of materialized view refreshes.
--
-- The application's role and the monitoring role exist before: their names are m10_app and m10_monitor unless the
-- settings m10.app_role and m10.monitor_role say otherwise. Workers reach rows through the functions only.

do $$
declare
  missing text;
begin
  select string_agg(format('%I (setting %s)', wanted.role, wanted.setting), ', ') into missing
    from (values
      (coalesce(nullif(current_setting('m10.app_role', true), ''), 'm10_app'), 'm10.app_role'),
      (coalesce(nullif(current_setting('m10.monitor_role', true), ''), 'm10_monitor'), 'm10.monitor_role')
    ) as wanted (role, setting)
   where not exists (select from pg_catalog.pg_roles as r where r.rolname = wanted.role);
  if missing is not null then
    raise exception using
      errcode = 'undefined_object',
      message = format('role missing: %s', missing),
      hint = 'Create the role, or name another one with the setting.';
  end if;
end;
$$;

create schema m10_recovery;
comment on schema m10_recovery is 'Recovery of failed matches: queue, locks, replay log, dead-letter archive, outbox.';

create table m10_recovery.work_queue (
  id bigint generated always as identity,
  candidate_id integer not null,
  idempotency_key uuid,
  method text not null,
  priority integer not null default 0,
  queued_at timestamptz not null default clock_timestamp(),
  claimed_at timestamptz,
  claimed_by text,
  processed_at timestamptz,
  error_message text,
  retry_count integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  constraint work_queue_pkey primary key (id),
  constraint work_queue_idempotency_key_key unique (idempotency_key),
  constraint work_queue_method_check check (method ~ '\S'),
  constraint work_queue_claim_check check ((claimed_at is null) = (claimed_by is null)),
  constraint work_queue_processed_check check (processed_at is null or claimed_at is not null),
  constraint work_queue_retry_count_check check (retry_count >= 0)
);
comment on table m10_recovery.work_queue is 'Work that waits in the database while Redis is down.';
comment on column m10_recovery.work_queue.idempotency_key is 'Work under one key is queued once; null is always queued.';
comment on column m10_recovery.work_queue.error_message is 'Of the last attempt that failed.';

create index work_queue_waiting_idx on m10_recovery.work_queue (priority desc, queued_at, id)
  where claimed_at is null and processed_at is null;
create index work_queue_claimed_idx on m10_recovery.work_queue (claimed_at)
  where claimed_at is not null and processed_at is null;

create table m10_recovery.matview_refresh_log (
  id bigint generated always as identity,
  view_name text not null,
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  error_message text,
  constraint matview_refresh_log_pkey primary key (id),
  constraint matview_refresh_log_view_name_check check (view_name ~ '\S'),
  constraint matview_refresh_log_finished_at_check check (finished_at >= started_at)
);
comment on table m10_recovery.matview_refresh_log is 'One row for each refresh of a materialized view that ended.';
comment on column m10_recovery.matview_refresh_log.error_message is 'Null if the refresh succeeded.';

create index matview_refresh_log_view_idx on m10_recovery.matview_refresh_log (view_name, finished_at desc);

create function m10_recovery.enqueue_work(
  p_candidate_id integer,
  p_method text,
  p_priority integer default 0,
  p_idempotency_key uuid default null
) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  work_id bigint;
begin
  if p_candidate_id is null then
    raise exception using errcode = '22023', message = 'p_candidate_id must not be null';
  end if;
  if p_method is null or p_method !~ '\S' then
    raise exception using errcode = '22023', message = 'p_method must not be null or blank';
  end if;
  if p_priority is null then
    raise exception using errcode = '22023', message = 'p_priority must not be null';
  end if;

  insert into m10_recovery.work_queue (candidate_id, idempotency_key, method, priority)
  values (p_candidate_id, p_idempotency_key, p_method, p_priority)
  on conflict (idempotency_key) do nothing
  returning id into work_id;

  if not found then
    select w.id into strict work_id
      from m10_recovery.work_queue as w
     where w.idempotency_key = p_idempotency_key;
  end if;
  return work_id;
end;
$$;
comment on function m10_recovery.enqueue_work(integer, text, integer, uuid) is
  'Queues work and answers its id; work under an idempotency key that is there already is not queued again.';

create function m10_recovery.claim_work(
  p_worker_id text,
  p_batch_size integer default 1
) returns table (work_id bigint, candidate_id integer, idempotency_key uuid, method text, retry_count integer)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_worker_id is null or p_worker_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_worker_id must not be null or blank';
  end if;
  if p_batch_size is null or p_batch_size < 1 then
    raise exception using errcode = '22023', message = 'p_batch_size must be at least 1';
  end if;

  return query
    with waiting as materialized (
      select w.id
        from m10_recovery.work_queue as w
       where w.claimed_at is null and w.processed_at is null
       order by w.priority desc, w.queued_at, w.id
       limit p_batch_size
         for no key update skip locked
    )
    update m10_recovery.work_queue as w
       set claimed_at = clock_timestamp(), claimed_by = p_worker_id
      from waiting
     where w.id = waiting.id
    returning w.id, w.candidate_id, w.idempotency_key, w.method, w.retry_count;
end;
$$;
comment on function m10_recovery.claim_work(text, integer) is
  'Claims waiting work, highest priority first, then oldest; work that others are claiming is passed over.';

create function m10_recovery.complete_work(
  p_work_id bigint,
  p_worker_id text,
  p_error text default null
) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_work_id is null then
    raise exception using errcode = '22023', message = 'p_work_id must not be null';
  end if;
  if p_worker_id is null or p_worker_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_worker_id must not be null or blank';
  end if;

  if p_error is null then
    update m10_recovery.work_queue as w
       set processed_at = clock_timestamp()
     where w.id = p_work_id and w.claimed_by = p_worker_id and w.processed_at is null;
  else
    update m10_recovery.work_queue as w
       set claimed_at = null,
           claimed_by = null,
           error_message = p_error,
           retry_count = w.retry_count + 1,
           queued_at = clock_timestamp()
     where w.id = p_work_id and w.claimed_by = p_worker_id and w.processed_at is null;
  end if;
  return found;
end;
$$;
comment on function m10_recovery.complete_work(bigint, text, text) is
  'Closes work, or with an error puts it back at the end of the queue; false unless the worker has it claimed.';

create function m10_recovery.release_stalled_work(
  p_older_than_seconds integer default 300
) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  released integer;
begin
  if p_older_than_seconds is null or p_older_than_seconds < 1 then
    raise exception using errcode = '22023', message = 'p_older_than_seconds must be at least 1';
  end if;

  with stalled as materialized (
    select w.id
      from m10_recovery.work_queue as w
     where w.processed_at is null
       and w.claimed_at <= clock_timestamp() - make_interval(secs => p_older_than_seconds)
       for no key update skip locked
  )
  update m10_recovery.work_queue as w
     set claimed_at = null, claimed_by = null, retry_count = w.retry_count + 1
    from stalled
   where w.id = stalled.id;
  get diagnostics released = row_count;
  return released;
end;
$$;
comment on function m10_recovery.release_stalled_work(integer) is
  'Gives back work that was claimed longer ago than so many seconds and never closed; answers how much.';

revoke all on schema m10_recovery from public;
revoke all on table m10_recovery.work_queue, m10_recovery.matview_refresh_log from public;
revoke all on function
  m10_recovery.enqueue_work(integer, text, integer, uuid),
  m10_recovery.claim_work(text, integer),
  m10_recovery.complete_work(bigint, text, text),
  m10_recovery.release_stalled_work(integer)
from public;

do $$
declare
  app constant text := coalesce(nullif(current_setting('m10.app_role', true), ''), 'm10_app');
  monitor constant text := coalesce(nullif(current_setting('m10.monitor_role', true), ''), 'm10_monitor');
begin
  execute format('grant usage on schema m10_recovery to %I, %I', app, monitor);
  execute format('grant select on table m10_recovery.work_queue, m10_recovery.matview_refresh_log to %I, %I', app, monitor);
  execute format('grant insert on table m10_recovery.matview_refresh_log to %I', app);
  execute format($grant$
    grant execute on function
      m10_recovery.enqueue_work(integer, text, integer, uuid),
      m10_recovery.claim_work(text, integer),
      m10_recovery.complete_work(bigint, text, text),
      m10_recovery.release_stalled_work(integer)
    to %I $grant$, app);
end;
$$;
