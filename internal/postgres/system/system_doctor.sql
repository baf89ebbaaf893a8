-- name: ListContradictions :many
-- Of some sessions those whose rows contradict each other, one row for each contradiction:
-- step_without_work     a step in progress whose submission is not
-- work_without_step     a submission in progress that its step does not name
-- result_missing        a step that holds a result which is not stored
-- completed_without_result  a step of @queued, completed without a result
-- finish_contradicted   a session that is finished while its last step is not completed, or the reverse
-- inputs_stale          inputs that are older than their sources, were not built, or never asked for
-- Every transaction leaves the rows consistent, so whatever this statement sees is broken. Each row is looked
-- up by a key (offset 0 and limit keep the planner from joining whole tables), however many are stored.
with looked as materialized (select unnest(@ids::uuid[]) as id), steps as materialized (
    select t.* from looked l
    cross join lateral (select * from onboarding_steps o where o.session_id = l.id offset 0) t
)
select 'step_without_work'::text as kind, t.session_id, t.user_id, t.step::smallint as step
from steps t
where t.status = 'in_progress'
    and (select s.status from submissions s where s.id = t.submission_id limit 1) is distinct from 'in_progress'
union all
select 'work_without_step', t.session_id, t.user_id, t.step
from steps t
cross join lateral (
    select s.id from submissions s
    where s.session_id = t.session_id and s.step = t.step and s.status = 'in_progress' offset 0) w
where t.status <> 'in_progress' or t.submission_id is distinct from w.id
union all
select 'result_missing', t.session_id, t.user_id, t.step
from steps t
where t.result_submission_id is not null
    and (select true from website_analyses a
        where a.session_id = t.session_id and a.submission_id = t.result_submission_id limit 1) is null
    and (select true from persona_data p
        where p.session_id = t.session_id and p.submission_id = t.result_submission_id limit 1) is null
union all
select 'completed_without_result', t.session_id, t.user_id, t.step
from steps t
where t.step = any (@queued::smallint[]) and t.status = 'completed' and t.result_submission_id is null
union all
select 'finish_contradicted', t.session_id, t.user_id, t.step
from steps t
where t.step = @finish::smallint and (t.status = 'completed') <>
    (select s.completed_at is not null from onboarding_sessions s where s.id = t.session_id limit 1)
union all
select 'inputs_stale', i.session_id, i.user_id, 0::smallint
from looked l
cross join lateral (select * from personalization_inputs o where o.session_id = l.id offset 0) i
where i.wanted_revision > coalesce(i.revision, 0)
    and (select true from submissions s where s.session_id = i.session_id and s.kind = 'personalization_inputs'
        and (s.status = 'in_progress' or s.finished_at > now() - interval '10 minutes') limit 1) is null
union all
select distinct 'inputs_stale', t.session_id, t.user_id, 0::smallint
from steps t
where t.result_submission_id is not null
    and (select true from personalization_inputs i where i.session_id = t.session_id limit 1) is null
order by 1, 2
limit @max_rows;

-- name: ListChangedIDs :many
-- Sessions with events of a time.
select distinct session_id from step_events where at >= @since and at < @until;

-- name: ListSessionIDs :many
-- The sessions after one, in the order of their ids.
select id from onboarding_sessions where id > @after_id order by id limit @max_rows;

-- name: GetProgress :one
-- How far a task of the maintenance has come, and the time.
select coalesce(p.at, 'epoch')::timestamptz as at, coalesce(p.id, '00000000-0000-0000-0000-000000000000')::uuid as id,
    now()::timestamptz as now
from (select @task::text as name) t left join maintenance_progress p on p.task = t.name;

-- name: SetProgress :exec
insert into maintenance_progress (task, at, id) values (@task, @at, @id)
on conflict (task) do update set at = excluded.at, id = excluded.id;

-- name: CountSessions :one
select count(*) from onboarding_sessions;

-- name: DeleteOldRequests :execrows
-- Answers are kept for 24 hours to be repeated.
delete from idempotency_keys where (user_id, key) in (
    select user_id, key from idempotency_keys where created_at < now() - interval '24 hours' order by created_at limit @max_rows);
