-- Locks with leases, a replay log, an archive of dead letters and a transactional outbox.
--
-- Workers reach rows through nine functions that run as the owner; the application's role may only read besides. Its
-- name and the monitoring role's are m10_app and m10_monitor unless m10.app_role and m10.monitor_role say otherwise.
--
-- Time is read from clock_timestamp(), in a statement after the one that locked the row: now() is the start of the
-- transaction, and a condition that was true before a wait is not looked at again when the row did not change.
--
-- A function that must not leave a lock behind makes its attempt in a block and leaves the block by raising M1022:
-- what the block locked is given back with it.

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

-- Counters are sequences: nobody waits for them, and a rollback does not take a count back.
create sequence m10_recovery.m10_locks_acquired_total;
create sequence m10_recovery.m10_locks_failed_total;
create sequence m10_recovery.m10_replay_duplicates_total;
create sequence m10_recovery.m10_outbox_retry_total;
comment on sequence m10_recovery.m10_locks_acquired_total is 'How often acquire_lock answered true.';
comment on sequence m10_recovery.m10_locks_failed_total is 'How often acquire_lock answered false.';
comment on sequence m10_recovery.m10_replay_duplicates_total is
  'How often record_replay met a replay that was there already and had nothing to fill in.';
comment on sequence m10_recovery.m10_outbox_retry_total is 'How many deliveries failed or lapsed.';

create sequence m10_recovery.distributed_locks_fencing_token;
comment on sequence m10_recovery.distributed_locks_fencing_token is
  'One for all names, and never set back: a later lease of a name has a greater token even when its row was deleted.';

create table m10_recovery.distributed_locks (
  lock_name text not null,
  holder_id text not null,
  fencing_token bigint not null,
  acquired_at timestamptz not null,
  expires_at timestamptz not null,
  constraint distributed_locks_pkey primary key (lock_name),
  constraint distributed_locks_lock_name_check check (lock_name ~ '\S'),
  constraint distributed_locks_holder_id_check check (holder_id ~ '\S'),
  -- The second state is what acquire_lock holds a free name with until it has read the clock; it is never committed.
  constraint distributed_locks_lease_check check (
    fencing_token > 0 and expires_at > acquired_at
    or fencing_token = 0 and acquired_at = '-infinity' and expires_at = '-infinity'
  )
);
comment on table m10_recovery.distributed_locks is 'A name is held by holder_id until expires_at; an expired row means nothing.';
comment on column m10_recovery.distributed_locks.fencing_token is
  'Greater for every new lease of a name. Give it to whatever the lock guards, which then refuses smaller ones.';

create index distributed_locks_expires_at_idx on m10_recovery.distributed_locks (expires_at);

create table m10_recovery.replay_log (
  id bigint generated always as identity,
  original_msg_id text not null,
  dl_msg_id text,
  candidate_id integer,
  idempotency_key uuid,
  new_msg_id text,
  replayed_at timestamptz not null,
  replayed_by text not null,
  status text not null,
  error_message text,
  constraint replay_log_pkey primary key (id),
  constraint replay_log_original_msg_id_key unique (original_msg_id),
  constraint replay_log_original_msg_id_check check (original_msg_id ~ '\S'),
  constraint replay_log_new_msg_id_check check (new_msg_id ~ '\S'),
  constraint replay_log_replayed_by_check check (replayed_by ~ '\S'),
  constraint replay_log_status_check check (
    status = 'reserved' and new_msg_id is null or status = 'replayed' and new_msg_id is not null
  )
);
comment on table m10_recovery.replay_log is 'One row for each original message that was replayed or is about to be.';
comment on column m10_recovery.replay_log.status is 'reserved until new_msg_id is known, then replayed.';
comment on column m10_recovery.replay_log.error_message is 'For a person to note why a reserved replay is stuck; no function writes it.';

create index replay_log_replayed_at_idx on m10_recovery.replay_log (replayed_at desc);

create table m10_recovery.dead_letter_archive (
  id bigint generated always as identity,
  dl_msg_id text not null,
  original_msg_id text,
  candidate_id integer,
  failure_match_id uuid,
  payload jsonb not null,
  reason text,
  reclaim_count integer not null,
  dead_lettered_at timestamptz,
  archived_at timestamptz not null,
  archived_by text not null,
  constraint dead_letter_archive_pkey primary key (id),
  constraint dead_letter_archive_dl_msg_id_key unique (dl_msg_id),
  constraint dead_letter_archive_dl_msg_id_check check (dl_msg_id ~ '\S'),
  constraint dead_letter_archive_reclaim_count_check check (reclaim_count >= 0),
  constraint dead_letter_archive_archived_by_check check (archived_by ~ '\S')
);
comment on table m10_recovery.dead_letter_archive is 'Dead letters, kept before they leave the stream.';
comment on column m10_recovery.dead_letter_archive.dead_lettered_at is 'As the stream had it, not by this server''s clock.';

create index dead_letter_archive_original_msg_id_idx on m10_recovery.dead_letter_archive (original_msg_id);
create index dead_letter_archive_archived_at_idx on m10_recovery.dead_letter_archive (archived_at desc);

create table m10_recovery.outbox (
  id bigint generated always as identity,
  aggregate_type text not null,
  aggregate_id text not null,
  event_type text not null,
  payload jsonb not null,
  created_at timestamptz not null,
  processed_at timestamptz,
  processed_by text,
  retry_count integer not null default 0,
  last_error text,
  next_retry_at timestamptz,
  claimed_by text,
  claimed_until timestamptz,
  first_claimed_at timestamptz,
  superseded_by bigint,
  parked_at timestamptz,
  constraint outbox_pkey primary key (id),
  constraint outbox_key_check check (aggregate_type ~ '\S' and aggregate_id ~ '\S' and event_type ~ '\S'),
  constraint outbox_retry_count_check check (retry_count >= 0),
  constraint outbox_claim_check check (
    (claimed_by is null) = (claimed_until is null)
    and (claimed_by is null or first_claimed_at is not null and next_retry_at is null)
  ),
  constraint outbox_fresh_check check (
    first_claimed_at is not null or retry_count = 0 and last_error is null and next_retry_at is null
  ),
  constraint outbox_processed_check check (
    (processed_at is null) = (processed_by is null)
    and (processed_at is null or first_claimed_at is not null and claimed_by is null and next_retry_at is null)
  ),
  constraint outbox_superseded_check check (superseded_by is null or processed_at is not null and superseded_by > id),
  constraint outbox_parked_check check (
    parked_at is null or first_claimed_at is not null and claimed_by is null and next_retry_at is null
  )
);
comment on table m10_recovery.outbox is
  'Events to deliver. One is open until processed_at is set, and fresh until first_claimed_at is; its key is aggregate type, aggregate id and event type.';
comment on column m10_recovery.outbox.processed_at is 'When it was delivered, or superseded by a newer event of its key.';
comment on column m10_recovery.outbox.next_retry_at is 'Not before: set by a failure.';
comment on column m10_recovery.outbox.claimed_until is 'Once past, the claim has lapsed and anyone may have the event.';
comment on column m10_recovery.outbox.parked_at is
  'When its attempts were used up. To release it: update m10_recovery.outbox set parked_at = null, retry_count = 0, next_retry_at = clock_timestamp() where id = … and parked_at is not null and processed_at is null';

-- At most one fresh event a key. An event leaves the index when it is first claimed and never comes back.
create unique index outbox_fresh_key on m10_recovery.outbox (aggregate_type, aggregate_id, event_type)
  where first_claimed_at is null;
create index outbox_open_key_idx on m10_recovery.outbox (aggregate_type, aggregate_id, event_type, id)
  where processed_at is null;
create index outbox_due_idx on m10_recovery.outbox ((coalesce(claimed_until, next_retry_at, created_at)), id)
  where processed_at is null and parked_at is null;

create function m10_recovery.acquire_lock(
  p_lock_name text,
  p_holder_id text,
  p_ttl_seconds integer default 600
) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
-- A bound on each single wait. There can be a few of them, in a queue, and all of them must stay below 100 ms.
set lock_timeout = '30ms'
as $$
declare
  held_until timestamptz;
  held_at timestamptz;
begin
  if p_lock_name is null or p_lock_name !~ '\S' then
    raise exception using errcode = '22023', message = 'p_lock_name must not be null or blank';
  end if;
  if p_holder_id is null or p_holder_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_holder_id must not be null or blank';
  end if;
  if p_ttl_seconds is null or p_ttl_seconds < 1 then
    raise exception using errcode = '22023', message = 'p_ttl_seconds must be at least 1';
  end if;

  -- A lease lost in a crash would give its token to the next holder, too.
  if current_setting('synchronous_commit') <> 'remote_apply' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  begin
    -- Holds the name's row without changing what it says: only then is it known since when.
    insert into m10_recovery.distributed_locks as l (lock_name, holder_id, fencing_token, acquired_at, expires_at)
    values (p_lock_name, p_holder_id, 0, '-infinity', '-infinity')
    on conflict (lock_name) do update
       set holder_id = excluded.holder_id
     where l.expires_at <= clock_timestamp() or l.holder_id = excluded.holder_id
    returning l.expires_at into held_until;
    if not found then
      raise exception using errcode = 'M1022', message = 'the name is taken';
    end if;

    held_at := clock_timestamp();
    if held_until > held_at then
      update m10_recovery.distributed_locks as l
         set expires_at = greatest(l.expires_at, held_at + make_interval(secs => p_ttl_seconds))
       where l.lock_name = p_lock_name;
    else
      update m10_recovery.distributed_locks as l
         set fencing_token = nextval('m10_recovery.distributed_locks_fencing_token'),
             acquired_at = held_at,
             expires_at = held_at + make_interval(secs => p_ttl_seconds)
       where l.lock_name = p_lock_name;
    end if;
  exception
    when sqlstate 'M1022' or lock_not_available or deadlock_detected then
      perform nextval('m10_recovery.m10_locks_failed_total');
      return false;
  end;

  perform nextval('m10_recovery.m10_locks_acquired_total');
  return true;
end;
$$;
comment on function m10_recovery.acquire_lock(text, text, integer) is
  'Takes a name that is free or expired, or gives its holder more time; false if it is taken or somebody has it in hand. Never waits for long.';

create function m10_recovery.release_lock(
  p_lock_name text,
  p_holder_id text
) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  held_until timestamptz;
begin
  if p_lock_name is null or p_lock_name !~ '\S' then
    raise exception using errcode = '22023', message = 'p_lock_name must not be null or blank';
  end if;
  if p_holder_id is null or p_holder_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_holder_id must not be null or blank';
  end if;

  begin
    loop
      select l.expires_at into held_until
        from m10_recovery.distributed_locks as l
       where l.lock_name = p_lock_name and l.holder_id = p_holder_id
         for update;
      exit when found;
      -- The row may have been replaced by another of the same holder's while this session waited for it.
      perform from m10_recovery.distributed_locks as l
        where l.lock_name = p_lock_name and l.holder_id = p_holder_id;
      if not found then
        raise exception using errcode = 'M1022', message = 'the caller does not hold the name';
      end if;
    end loop;
    if held_until <= clock_timestamp() then
      raise exception using errcode = 'M1022', message = 'the lease has expired';
    end if;

    delete from m10_recovery.distributed_locks as l where l.lock_name = p_lock_name;
  exception
    when sqlstate 'M1022' then
      return false;
  end;
  return true;
end;
$$;
comment on function m10_recovery.release_lock(text, text) is
  'Gives a name back; false unless the caller holds a live lease on it.';

create function m10_recovery.extend_lock(
  p_lock_name text,
  p_holder_id text,
  p_ttl_seconds integer default 600
) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  held_until timestamptz;
  held_at timestamptz;
begin
  if p_lock_name is null or p_lock_name !~ '\S' then
    raise exception using errcode = '22023', message = 'p_lock_name must not be null or blank';
  end if;
  if p_holder_id is null or p_holder_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_holder_id must not be null or blank';
  end if;
  if p_ttl_seconds is null or p_ttl_seconds < 1 then
    raise exception using errcode = '22023', message = 'p_ttl_seconds must be at least 1';
  end if;

  -- An extension lost in a crash would leave two who believe that they hold the name.
  if current_setting('synchronous_commit') <> 'remote_apply' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  begin
    loop
      select l.expires_at into held_until
        from m10_recovery.distributed_locks as l
       where l.lock_name = p_lock_name and l.holder_id = p_holder_id
         for no key update;
      exit when found;
      -- The row may have been replaced by another of the same holder's while this session waited for it.
      perform from m10_recovery.distributed_locks as l
        where l.lock_name = p_lock_name and l.holder_id = p_holder_id;
      if not found then
        raise exception using errcode = 'M1022', message = 'the caller does not hold the name';
      end if;
    end loop;
    held_at := clock_timestamp();
    if held_until <= held_at then
      raise exception using errcode = 'M1022', message = 'the lease has expired';
    end if;

    update m10_recovery.distributed_locks as l
       set expires_at = greatest(l.expires_at, held_at + make_interval(secs => p_ttl_seconds))
     where l.lock_name = p_lock_name;
  exception
    when sqlstate 'M1022' then
      return false;
  end;
  return true;
end;
$$;
comment on function m10_recovery.extend_lock(text, text, integer) is
  'Moves the end of a live lease to so many seconds from now, never closer; false unless the caller holds it.';

create function m10_recovery.cleanup_expired_locks()
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  removed integer;
begin
  begin
    -- Whoever holds the whole table is not waited for either.
    lock table m10_recovery.distributed_locks in row exclusive mode nowait;
  exception
    when lock_not_available then
      return 0;
  end;

  with expired as materialized (
    select l.lock_name
      from m10_recovery.distributed_locks as l
     where l.expires_at <= clock_timestamp()
       for update skip locked
  )
  delete from m10_recovery.distributed_locks as l
   using expired
   where l.lock_name = expired.lock_name;
  get diagnostics removed = row_count;
  return removed;
end;
$$;
comment on function m10_recovery.cleanup_expired_locks() is
  'Deletes expired leases that nobody is working on and answers how many; never waits.';

create function m10_recovery.record_replay(
  p_original_msg_id text,
  p_dl_msg_id text,
  p_candidate_id integer default null,
  p_idempotency_key uuid default null,
  p_new_msg_id text default null,
  p_replayed_by text default 'system'
) returns table (already_replayed boolean, replay_id bigint)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_original_msg_id is null or p_original_msg_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_original_msg_id must not be null or blank';
  end if;
  if p_new_msg_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_new_msg_id must not be blank';
  end if;
  if p_replayed_by is null or p_replayed_by !~ '\S' then
    raise exception using errcode = '22023', message = 'p_replayed_by must not be null or blank';
  end if;

  -- The caller puts the message back on the strength of this answer.
  if current_setting('synchronous_commit') <> 'remote_apply' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  insert into m10_recovery.replay_log
    (original_msg_id, dl_msg_id, candidate_id, idempotency_key, new_msg_id, replayed_at, replayed_by, status)
  values
    (p_original_msg_id, p_dl_msg_id, p_candidate_id, p_idempotency_key, p_new_msg_id, clock_timestamp(), p_replayed_by,
     case when p_new_msg_id is null then 'reserved' else 'replayed' end)
  on conflict (original_msg_id) do nothing
  returning id into replay_id;
  already_replayed := not found;

  if already_replayed then
    select r.id into strict replay_id
      from m10_recovery.replay_log as r
     where r.original_msg_id = p_original_msg_id;

    update m10_recovery.replay_log as r
       set new_msg_id = p_new_msg_id, status = 'replayed'
     where r.id = replay_id and r.new_msg_id is null and p_new_msg_id is not null;
    if not found then
      perform nextval('m10_recovery.m10_replay_duplicates_total');
    end if;
  end if;
  return next;
end;
$$;
comment on function m10_recovery.record_replay(text, text, integer, uuid, text, text) is
  'Records that a message is replayed: only the first call for an original id is told that it was not yet. A later call may fill in new_msg_id, once.';

create function m10_recovery.archive_dead_letter(
  p_dl_msg_id text,
  p_original_msg_id text,
  p_candidate_id integer,
  p_failure_match_id uuid,
  p_payload jsonb,
  p_reason text default null,
  p_reclaim_count integer default 0,
  p_dead_lettered_at timestamptz default null,
  p_archived_by text default 'system'
) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  archive_id bigint;
begin
  if p_dl_msg_id is null or p_dl_msg_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_dl_msg_id must not be null or blank';
  end if;
  if p_payload is null then
    raise exception using errcode = '22023', message = 'p_payload must not be null';
  end if;
  if p_reclaim_count is null or p_reclaim_count < 0 then
    raise exception using errcode = '22023', message = 'p_reclaim_count must be at least 0';
  end if;
  if p_archived_by is null or p_archived_by !~ '\S' then
    raise exception using errcode = '22023', message = 'p_archived_by must not be null or blank';
  end if;

  -- The caller deletes the message on the strength of this answer.
  if current_setting('synchronous_commit') <> 'remote_apply' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  insert into m10_recovery.dead_letter_archive
    (dl_msg_id, original_msg_id, candidate_id, failure_match_id, payload, reason, reclaim_count, dead_lettered_at,
     archived_at, archived_by)
  values
    (p_dl_msg_id, p_original_msg_id, p_candidate_id, p_failure_match_id, p_payload, p_reason, p_reclaim_count,
     p_dead_lettered_at, clock_timestamp(), p_archived_by)
  on conflict (dl_msg_id) do nothing
  returning id into archive_id;

  if not found then
    select a.id into archive_id
      from m10_recovery.dead_letter_archive as a
     where a.dl_msg_id = p_dl_msg_id
       and a.original_msg_id is not distinct from p_original_msg_id
       and a.candidate_id is not distinct from p_candidate_id
       and a.failure_match_id is not distinct from p_failure_match_id
       and a.payload = p_payload
       and a.reason is not distinct from p_reason
       and a.reclaim_count = p_reclaim_count
       and a.dead_lettered_at is not distinct from p_dead_lettered_at;
    if not found then
      raise exception using
        errcode = 'unique_violation',
        message = format('dead letter %s is archived with other content', p_dl_msg_id),
        hint = 'Compare the two; nothing was changed, and the message must stay where it is.',
        schema = 'm10_recovery',
        table = 'dead_letter_archive',
        constraint = 'dead_letter_archive_dl_msg_id_key';
    end if;
  end if;
  return archive_id;
end;
$$;
comment on function m10_recovery.archive_dead_letter(text, text, integer, uuid, jsonb, text, integer, timestamptz, text) is
  'Archives a dead letter once and answers the row''s id; the same content again changes nothing, other content under its id is an error.';

create function m10_recovery.publish_outbox(
  p_aggregate_type text,
  p_aggregate_id text,
  p_event_type text,
  p_payload jsonb
) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  event_id bigint;
begin
  if p_aggregate_type is null or p_aggregate_type !~ '\S' then
    raise exception using errcode = '22023', message = 'p_aggregate_type must not be null or blank';
  end if;
  if p_aggregate_id is null or p_aggregate_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_aggregate_id must not be null or blank';
  end if;
  if p_event_type is null or p_event_type !~ '\S' then
    raise exception using errcode = '22023', message = 'p_event_type must not be null or blank';
  end if;
  if p_payload is null then
    raise exception using errcode = '22023', message = 'p_payload must not be null';
  end if;

  -- One publisher of a key at a time, to its commit, and before the id is drawn: ids of a key follow commits.
  perform pg_advisory_xact_lock(
    hashtextextended(jsonb_build_array('m10_recovery.outbox', p_aggregate_type, p_aggregate_id, p_event_type)::text, 0)
  );

  insert into m10_recovery.outbox as o (aggregate_type, aggregate_id, event_type, payload, created_at)
  values (p_aggregate_type, p_aggregate_id, p_event_type, p_payload, clock_timestamp())
  on conflict (aggregate_type, aggregate_id, event_type) where first_claimed_at is null
  do update set payload = excluded.payload
  returning o.id into event_id;
  return event_id;
end;
$$;
comment on function m10_recovery.publish_outbox(text, text, text, jsonb) is
  'Puts an event into the outbox with the caller''s transaction, or gives the fresh event of its key the new payload; answers the event''s id.';

create function m10_recovery.claim_outbox_events(
  p_processor_id text,
  p_batch_size integer default 10
) returns table (
  event_id bigint,
  aggregate_type text,
  aggregate_id text,
  event_type text,
  payload jsonb,
  retry_count integer
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  claim_lasts constant interval := '300 seconds';
  max_attempts constant integer := 10;
  asked_at constant timestamptz := clock_timestamp();
  candidate record;
  event m10_recovery.outbox;
  held_at timestamptz;
  locked_count bigint;
  open_count bigint;
  newest_id bigint;
  in_claim boolean;
  lapses integer;
  claimed_count integer := 0;
begin
  if p_processor_id is null or p_processor_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_processor_id must not be null or blank';
  end if;
  if p_batch_size is null or p_batch_size < 1 then
    raise exception using errcode = '22023', message = 'p_batch_size must be at least 1';
  end if;
  -- A snapshot that stays would hide newer events of a key, and an older one would be delivered after them.
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'serialization_failure',
      message = 'events can be claimed in READ COMMITTED only',
      hint = 'Begin the transaction with isolation level read committed.';
  end if;

  -- A claim lost in a crash would let the payload of an event change that was delivered already.
  if current_setting('synchronous_commit') <> 'remote_apply' then
    perform set_config('synchronous_commit', 'on', true);
  end if;

  for candidate in
    select o.aggregate_type, o.aggregate_id, o.event_type
      from m10_recovery.outbox as o
     where o.processed_at is null
       and o.parked_at is null
       and coalesce(o.claimed_until, o.next_retry_at, o.created_at) <= asked_at
       and not exists (
         select from m10_recovery.outbox as other
          where other.aggregate_type = o.aggregate_type
            and other.aggregate_id = o.aggregate_id
            and other.event_type = o.event_type
            and other.processed_at is null
            and (other.id > o.id or other.claimed_until > asked_at)
       )
     order by coalesce(o.claimed_until, o.next_retry_at, o.created_at), o.id
  loop
    begin
      -- Whoever works on an event of this key keeps all of it to themselves. Rows that reference an event do not.
      select count(*) into locked_count
        from (
          select from m10_recovery.outbox as o
           where o.aggregate_type = candidate.aggregate_type
             and o.aggregate_id = candidate.aggregate_id
             and o.event_type = candidate.event_type
             and o.processed_at is null
             for no key update skip locked
        ) as locked;
      held_at := clock_timestamp();

      select count(*), max(o.id), coalesce(bool_or(o.claimed_until > held_at), false)
        into open_count, newest_id, in_claim
        from m10_recovery.outbox as o
       where o.aggregate_type = candidate.aggregate_type
         and o.aggregate_id = candidate.aggregate_id
         and o.event_type = candidate.event_type
         and o.processed_at is null;
      if locked_count <> open_count or in_claim then
        raise exception using errcode = 'M1022', message = 'somebody else is at work on this key';
      end if;

      select * into event from m10_recovery.outbox as o where o.id = newest_id;
      if not found or event.parked_at is not null or event.next_retry_at > held_at then
        raise exception using errcode = 'M1022', message = 'nothing of this key is due any more';
      end if;

      -- A claim that is found lapsed counts as a failed attempt.
      lapses := case when event.claimed_by is null then 0 else 1 end;
      if lapses = 1 then
        perform nextval('m10_recovery.m10_outbox_retry_total');
      end if;
      if event.retry_count + lapses >= max_attempts then
        update m10_recovery.outbox as o
           set retry_count = o.retry_count + lapses,
               last_error = coalesce(o.last_error, 'the claim of ' || o.claimed_by || ' lapsed'),
               claimed_by = null,
               claimed_until = null,
               next_retry_at = null,
               parked_at = held_at
         where o.id = event.id;
      else
        update m10_recovery.outbox as o
           set retry_count = o.retry_count + lapses,
               last_error = coalesce(o.last_error, 'the claim of ' || o.claimed_by || ' lapsed'),
               claimed_by = p_processor_id,
               claimed_until = held_at + claim_lasts,
               first_claimed_at = coalesce(o.first_claimed_at, held_at),
               next_retry_at = null
         where o.id = event.id
        returning o.id, o.aggregate_type, o.aggregate_id, o.event_type, o.payload, o.retry_count
          into event_id, aggregate_type, aggregate_id, event_type, payload, retry_count;

        update m10_recovery.outbox as o
           set processed_at = held_at,
               processed_by = p_processor_id,
               superseded_by = event.id,
               retry_count = o.retry_count + case when o.claimed_by is null then 0 else 1 end,
               claimed_by = null,
               claimed_until = null,
               next_retry_at = null
         where o.aggregate_type = event.aggregate_type
           and o.aggregate_id = event.aggregate_id
           and o.event_type = event.event_type
           and o.processed_at is null
           and o.id < event.id;

        claimed_count := claimed_count + 1;
        return next;
      end if;
    exception
      when sqlstate 'M1022' then
        null;
    end;
    exit when claimed_count = p_batch_size;
  end loop;
end;
$$;
comment on function m10_recovery.claim_outbox_events(text, integer) is
  'Claims the newest open event of each key that is due, oldest due first, and closes the older ones as superseded. A claim lasts 300 s; at 10 failed attempts an event is parked.';

create function m10_recovery.complete_outbox_event(
  p_event_id bigint,
  p_processor_id text,
  p_success boolean,
  p_error text default null,
  p_retry_delay_seconds integer default 60
) returns boolean
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  max_attempts constant integer := 10;
  max_delay_seconds constant integer := 3600;
  event m10_recovery.outbox;
  held_at timestamptz;
begin
  if p_event_id is null then
    raise exception using errcode = '22023', message = 'p_event_id must not be null';
  end if;
  if p_processor_id is null or p_processor_id !~ '\S' then
    raise exception using errcode = '22023', message = 'p_processor_id must not be null or blank';
  end if;
  if p_success is null then
    raise exception using errcode = '22023', message = 'p_success must not be null';
  end if;
  if p_retry_delay_seconds is null or p_retry_delay_seconds < 0 then
    raise exception using errcode = '22023', message = 'p_retry_delay_seconds must be at least 0';
  end if;

  begin
    select * into event
      from m10_recovery.outbox as o
     where o.id = p_event_id and o.claimed_by = p_processor_id
       for no key update;
    held_at := clock_timestamp();
    if not found or event.claimed_until <= held_at then
      raise exception using errcode = 'M1022', message = 'the event is not in a live claim of this processor';
    end if;

    if p_success then
      update m10_recovery.outbox as o
         set processed_at = held_at, processed_by = p_processor_id, claimed_by = null, claimed_until = null
       where o.id = p_event_id;
    elsif event.retry_count + 1 >= max_attempts then
      perform nextval('m10_recovery.m10_outbox_retry_total');
      update m10_recovery.outbox as o
         set retry_count = o.retry_count + 1,
             last_error = p_error,
             claimed_by = null,
             claimed_until = null,
             parked_at = held_at
       where o.id = p_event_id;
    else
      perform nextval('m10_recovery.m10_outbox_retry_total');
      update m10_recovery.outbox as o
         set retry_count = o.retry_count + 1,
             last_error = p_error,
             claimed_by = null,
             claimed_until = null,
             next_retry_at =
               held_at + make_interval(secs => least(max_delay_seconds, p_retry_delay_seconds * 2.0 ^ o.retry_count))
       where o.id = p_event_id;
    end if;
  exception
    when sqlstate 'M1022' then
      return false;
  end;
  return true;
end;
$$;
comment on function m10_recovery.complete_outbox_event(bigint, text, boolean, text, integer) is
  'Closes an event, or notes a failed attempt and when to try again; false unless the caller has it in a live claim.';

revoke all on table
  m10_recovery.distributed_locks,
  m10_recovery.replay_log,
  m10_recovery.dead_letter_archive,
  m10_recovery.outbox
from public;
revoke all on sequence
  m10_recovery.m10_locks_acquired_total,
  m10_recovery.m10_locks_failed_total,
  m10_recovery.m10_replay_duplicates_total,
  m10_recovery.m10_outbox_retry_total,
  m10_recovery.distributed_locks_fencing_token,
  m10_recovery.replay_log_id_seq,
  m10_recovery.dead_letter_archive_id_seq,
  m10_recovery.outbox_id_seq
from public;
revoke all on function
  m10_recovery.acquire_lock(text, text, integer),
  m10_recovery.release_lock(text, text),
  m10_recovery.extend_lock(text, text, integer),
  m10_recovery.cleanup_expired_locks(),
  m10_recovery.record_replay(text, text, integer, uuid, text, text),
  m10_recovery.archive_dead_letter(text, text, integer, uuid, jsonb, text, integer, timestamptz, text),
  m10_recovery.publish_outbox(text, text, text, jsonb),
  m10_recovery.claim_outbox_events(text, integer),
  m10_recovery.complete_outbox_event(bigint, text, boolean, text, integer)
from public;

do $$
declare
  app constant text := coalesce(nullif(current_setting('m10.app_role', true), ''), 'm10_app');
  monitor constant text := coalesce(nullif(current_setting('m10.monitor_role', true), ''), 'm10_monitor');
begin
  execute format($grant$
    grant select on table
      m10_recovery.distributed_locks,
      m10_recovery.replay_log,
      m10_recovery.dead_letter_archive,
      m10_recovery.outbox
    to %I, %I $grant$, app, monitor);
  execute format($grant$
    grant select on sequence
      m10_recovery.m10_locks_acquired_total,
      m10_recovery.m10_locks_failed_total,
      m10_recovery.m10_replay_duplicates_total,
      m10_recovery.m10_outbox_retry_total
    to %I $grant$, monitor);
  execute format($grant$
    grant execute on function
      m10_recovery.acquire_lock(text, text, integer),
      m10_recovery.release_lock(text, text),
      m10_recovery.extend_lock(text, text, integer),
      m10_recovery.cleanup_expired_locks(),
      m10_recovery.record_replay(text, text, integer, uuid, text, text),
      m10_recovery.archive_dead_letter(text, text, integer, uuid, jsonb, text, integer, timestamptz, text),
      m10_recovery.publish_outbox(text, text, text, jsonb),
      m10_recovery.claim_outbox_events(text, integer),
      m10_recovery.complete_outbox_event(bigint, text, boolean, text, integer)
    to %I $grant$, app);
end;
$$;
