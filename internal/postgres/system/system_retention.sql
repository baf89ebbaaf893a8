-- name: DeleteOldSubmissions :one
-- Deletes, of the next submissions that ended so many days ago, those that no step
-- names, and returns how many, and the last that was looked at: where the next call goes
-- on. That is the beginning of time when there was none, from where it begins again.
with old as materialized (
    select id, session_id, finished_at from submissions
    where finished_at < now() - make_interval(days => @days) and (finished_at, id) > (@after_at::timestamptz, @after_id::uuid)
    order by finished_at, id limit @max_rows
), gone as (
    delete from submissions s using old
    where s.id = old.id and not exists (
        select from onboarding_steps t
        where t.session_id = old.session_id and (t.submission_id = old.id or t.result_submission_id = old.id))
    returning s.id
)
select (select count(*) from gone)::bigint as deleted,
    coalesce((select finished_at from old order by finished_at desc, id desc limit 1), 'epoch')::timestamptz as last_at,
    coalesce((select id from old order by finished_at desc, id desc limit 1), '00000000-0000-0000-0000-000000000000')::uuid as last_id;

-- name: DeleteOldEvents :execrows
-- The rollups have counted them long before.
delete from step_events e using (
    select o.session_id, o.seq, o.at from step_events o
    where o.at < now() - make_interval(days => @days) limit @max_rows) old
where e.session_id = old.session_id and e.seq = old.seq and e.at = old.at and e.at < now() - make_interval(days => @days);

-- name: DeleteOldModelCalls :execrows
-- Ids grow with the time.
delete from model_calls where id in (
    select o.id from (select c.id, c.at from model_calls c order by c.id limit @max_rows) o
    where o.at < now() - make_interval(days => @days));

-- name: DeleteOldAudits :execrows
delete from audit_log where id in (
    select o.id from (select a.id, a.at from audit_log a order by a.id limit @max_rows) o
    where o.at < now() - make_interval(days => @days));

-- name: DeleteOldJobs :execrows
-- Jobs that ended: completed ones an hour ago, cancelled a day, discarded a week. Read by the index of
-- when they ended, so that those that are kept cost nothing.
delete from river_job where id in (
    (select c.id from river_job c where c.state = 'completed' and c.finalized_at < now() - interval '1 hour'
        order by c.finalized_at limit @max_rows)
    union all
    (select c.id from river_job c where c.state = 'cancelled' and c.finalized_at < now() - interval '1 day'
        order by c.finalized_at limit @max_rows)
    union all
    (select c.id from river_job c where c.state = 'discarded' and c.finalized_at < now() - interval '7 days'
        order by c.finalized_at limit @max_rows));
