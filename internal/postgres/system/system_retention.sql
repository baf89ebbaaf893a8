-- name: DeleteOldSubmissions :one
-- Deletes, of the next submissions that ended more than 30 days ago, those that no step
-- names, and returns how many, and the last that was looked at: where the next call goes
-- on. That is the beginning of time when there was none, from where it begins anew.
with old as materialized (
    select id, session_id, finished_at from submissions
    where finished_at < now() - interval '30 days' and (finished_at, id) > (@after_at::timestamptz, @after_id::uuid)
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
