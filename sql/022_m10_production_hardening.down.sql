-- Takes away what 022 brought, and nothing else, unless something would be lost that only its tables hold: then it
-- refuses, until m10.allow_data_loss is `on` in the session.

-- Nobody can add a row between the look and the drop.
lock table
  m10_recovery.distributed_locks,
  m10_recovery.replay_log,
  m10_recovery.dead_letter_archive,
  m10_recovery.outbox
in access exclusive mode;

do $$
declare
  lost text;
begin
  if current_setting('m10.allow_data_loss', true) is not distinct from 'on' then
    return;
  end if;
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = 'a snapshot from before the tables were locked cannot tell what would be lost',
      hint = 'Run the file in a transaction with isolation level read committed.';
  end if;

  select string_agg(format('%s %s', held.number, held.what), ', ') into lost
    from (values
      ('open outbox events', (select count(*) from m10_recovery.outbox as o where o.processed_at is null)),
      ('archived dead letters', (select count(*) from m10_recovery.dead_letter_archive)),
      ('replay records', (select count(*) from m10_recovery.replay_log)),
      ('live leases', (select count(*) from m10_recovery.distributed_locks as l where l.expires_at > clock_timestamp()))
    ) as held (what, number)
   where held.number > 0;
  if lost is not null then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('reverting would destroy what only these tables hold: %s', lost),
      hint = 'Deliver, copy or release them first, or set m10.allow_data_loss to on in this session to lose them.';
  end if;
end;
$$;

drop function m10_recovery.complete_outbox_event(bigint, text, boolean, text, integer);
drop function m10_recovery.claim_outbox_events(text, integer);
drop function m10_recovery.publish_outbox(text, text, text, jsonb);
drop function m10_recovery.archive_dead_letter(text, text, integer, uuid, jsonb, text, integer, timestamptz, text);
drop function m10_recovery.record_replay(text, text, integer, uuid, text, text);
drop function m10_recovery.cleanup_expired_locks();
drop function m10_recovery.extend_lock(text, text, integer);
drop function m10_recovery.release_lock(text, text);
drop function m10_recovery.acquire_lock(text, text, integer);

drop table m10_recovery.outbox;
drop table m10_recovery.dead_letter_archive;
drop table m10_recovery.replay_log;
drop table m10_recovery.distributed_locks;

drop sequence m10_recovery.distributed_locks_fencing_token;
drop sequence m10_recovery.m10_outbox_retry_total;
drop sequence m10_recovery.m10_replay_duplicates_total;
drop sequence m10_recovery.m10_locks_failed_total;
drop sequence m10_recovery.m10_locks_acquired_total;
