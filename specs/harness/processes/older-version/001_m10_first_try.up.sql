-- What a first version of 022 may have looked like: the nine functions, run with their caller's rights, without
-- fencing tokens, counters, claims or grants.
create schema m10_recovery;

create table m10_recovery.distributed_locks (
  lock_name text primary key,
  holder_id text not null,
  acquired_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);

create table m10_recovery.replay_log (
  id bigint generated always as identity primary key,
  original_msg_id text not null unique,
  dl_msg_id text,
  candidate_id integer,
  idempotency_key uuid,
  new_msg_id text,
  replayed_at timestamptz not null default clock_timestamp(),
  replayed_by text not null
);

create table m10_recovery.dead_letter_archive (
  id bigint generated always as identity primary key,
  dl_msg_id text not null unique,
  original_msg_id text,
  candidate_id integer,
  failure_match_id uuid,
  payload jsonb not null,
  reason text,
  reclaim_count integer not null,
  dead_lettered_at timestamptz,
  archived_at timestamptz not null default clock_timestamp(),
  archived_by text not null
);

create table m10_recovery.outbox (
  id bigint generated always as identity primary key,
  aggregate_type text not null,
  aggregate_id text not null,
  event_type text not null,
  payload jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz,
  processed_by text,
  retry_count integer not null default 0,
  last_error text,
  next_retry_at timestamptz
);

create function m10_recovery.acquire_lock(p_lock_name text, p_holder_id text, p_ttl_seconds integer default 600)
returns boolean language plpgsql as $$
begin
  insert into m10_recovery.distributed_locks as l (lock_name, holder_id, expires_at)
  values (p_lock_name, p_holder_id, clock_timestamp() + make_interval(secs => p_ttl_seconds))
  on conflict (lock_name) do update
    set holder_id = excluded.holder_id, acquired_at = clock_timestamp(), expires_at = excluded.expires_at
    where l.expires_at <= clock_timestamp() or l.holder_id = excluded.holder_id;
  return found;
end $$;

create function m10_recovery.release_lock(p_lock_name text, p_holder_id text)
returns boolean language plpgsql as $$
begin
  delete from m10_recovery.distributed_locks
  where lock_name = p_lock_name and holder_id = p_holder_id and expires_at > clock_timestamp();
  return found;
end $$;

create function m10_recovery.extend_lock(p_lock_name text, p_holder_id text, p_ttl_seconds integer default 600)
returns boolean language plpgsql as $$
begin
  update m10_recovery.distributed_locks
  set expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => p_ttl_seconds))
  where lock_name = p_lock_name and holder_id = p_holder_id and expires_at > clock_timestamp();
  return found;
end $$;

create function m10_recovery.cleanup_expired_locks()
returns integer language sql as $$
  with gone as (
    delete from m10_recovery.distributed_locks where expires_at <= clock_timestamp() returning 1)
  select count(*)::integer from gone
$$;

create function m10_recovery.record_replay(
  p_original_msg_id text, p_dl_msg_id text, p_candidate_id integer default null,
  p_idempotency_key uuid default null, p_new_msg_id text default null, p_replayed_by text default 'system')
returns table (already_replayed boolean, replay_id bigint) language sql as $$
  with ins as (
    insert into m10_recovery.replay_log
      (original_msg_id, dl_msg_id, candidate_id, idempotency_key, new_msg_id, replayed_by)
    values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing returning id)
  select false, id from ins
  union all
  select true, id from m10_recovery.replay_log where original_msg_id = $1
$$;

create function m10_recovery.archive_dead_letter(
  p_dl_msg_id text, p_original_msg_id text, p_candidate_id integer, p_failure_match_id uuid, p_payload jsonb,
  p_reason text default null, p_reclaim_count integer default 0, p_dead_lettered_at timestamptz default null,
  p_archived_by text default 'system')
returns bigint language sql as $$
  insert into m10_recovery.dead_letter_archive
    (dl_msg_id, original_msg_id, candidate_id, failure_match_id, payload, reason, reclaim_count, dead_lettered_at, archived_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
$$;

create function m10_recovery.publish_outbox(p_aggregate_type text, p_aggregate_id text, p_event_type text, p_payload jsonb)
returns bigint language sql as $$
  insert into m10_recovery.outbox (aggregate_type, aggregate_id, event_type, payload)
  values ($1, $2, $3, $4) returning id
$$;

create function m10_recovery.claim_outbox_events(p_processor_id text, p_batch_size integer default 10)
returns table (event_id bigint, aggregate_type text, aggregate_id text, event_type text, payload jsonb, retry_count integer)
language sql as $$
  select o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload, o.retry_count
  from m10_recovery.outbox o
  where o.processed_at is null and (o.next_retry_at is null or o.next_retry_at <= clock_timestamp())
  order by o.id limit $2 for update skip locked
$$;

create function m10_recovery.complete_outbox_event(
  p_event_id bigint, p_processor_id text, p_success boolean, p_error text default null,
  p_retry_delay_seconds integer default 60)
returns boolean language plpgsql as $$
begin
  update m10_recovery.outbox
  set processed_at = case when p_success then clock_timestamp() end,
    processed_by = case when p_success then p_processor_id end,
    retry_count = retry_count + (not p_success)::integer,
    last_error = p_error,
    next_retry_at = case when not p_success then clock_timestamp() + make_interval(secs => p_retry_delay_seconds) end
  where id = p_event_id and processed_at is null;
  return found;
end $$;
