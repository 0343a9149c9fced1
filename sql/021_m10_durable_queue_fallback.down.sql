-- Takes the queue and the refresh log away with their schema, unless work that only the queue knows of would be lost:
-- then it refuses, until m10.allow_data_loss is `on` in the session.

lock table m10_recovery.work_queue in access exclusive mode;

do $$
declare
  waiting bigint;
begin
  if current_setting('m10.allow_data_loss', true) is not distinct from 'on' then
    return;
  end if;
  select count(*) into waiting from m10_recovery.work_queue as w where w.processed_at is null;
  if waiting > 0 then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('reverting would destroy %s work items that are not done', waiting),
      hint = 'Let the workers finish, or set m10.allow_data_loss to on in this session to lose them.';
  end if;
end;
$$;

drop function m10_recovery.release_stalled_work(integer);
drop function m10_recovery.complete_work(bigint, text, text);
drop function m10_recovery.claim_work(text, integer);
drop function m10_recovery.enqueue_work(integer, text, integer, uuid);
drop table m10_recovery.matview_refresh_log;
drop table m10_recovery.work_queue;
drop schema m10_recovery;
