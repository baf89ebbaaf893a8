-- name: LockStep :one
select status, submission_id, result_submission_id from onboarding_steps
where session_id = @session_id and step = @step for no key update;

-- name: LockStepToSubmit :one
-- LockStep with what decides what becomes of a submission: the running submission of the step, and whether it is the same
-- work (an address with and without its scheme is), how much other work of the session waits for the network and is not held, and
-- whether the user has stored API keys. The caller holds the lock of the session, without which none of it changes.
select t.status, coalesce(r.id, '00000000-0000-0000-0000-000000000000')::uuid as running, coalesce(r.identical, false)::boolean as identical,
    (select count(*) from submissions u
        where u.session_id = t.session_id and u.status = 'in_progress' and u.network and not u.held
            and u.id is distinct from t.submission_id)::int as network,
    exists (select from api_keys k where k.session_id = t.session_id) as has_keys
from onboarding_steps t
left join lateral (
    select u.id, u.kind = @kind and u.input - 'assumed_scheme' = cast(@input as jsonb) - 'assumed_scheme' as identical
    from submissions u where u.id = t.submission_id and u.status || '' = 'in_progress') r on t.status = 'in_progress' -- not by the index of all that are
where t.session_id = (select o.id from onboarding_sessions o where @user_id = o.user_id) and t.step = @step
for no key update of t;

-- name: LockSteps :many
-- All steps of a session, in the order in which they are locked everywhere.
select step, status, submission_id, result_submission_id from onboarding_steps
where session_id = @session_id order by step for no key update;

-- name: EndStep :exec
-- Sets the step completed with the result of its submission, or failed. A failure
-- leaves the result that was held, and so does a result that is only proposed.
update onboarding_steps t
set status = @status, updated_at = now(), failure_code = @failure_code, failure_message = @failure_message,
    result_submission_id = case when @status = 'completed' and not exists (
            select from document_versions v
            where v.session_id = t.session_id and v.submission_id = t.submission_id and v.state = 'proposed')
        then t.submission_id else t.result_submission_id end,
    completed_at = case when @status = 'completed' then now() else t.completed_at end
where t.session_id = @session_id and t.step = @step;

-- name: SettleStep :exec
-- Sets a step that needs no work completed or skipped, with what was submitted for
-- it; null data leaves what is stored.
update onboarding_steps
set status = @status, data = coalesce(sqlc.narg(data)::jsonb, data), updated_at = now(), started_at = coalesce(started_at, now()),
    completed_at = case when @status = 'completed' then now() end, failure_code = null, failure_message = null
where session_id = @session_id and step = @step;

-- name: StopStep :exec
-- Takes a step back from a cancelled submission: completed if it holds a result.
update onboarding_steps
set status = case when result_submission_id is null then 'pending' else 'completed' end, updated_at = now()
where session_id = @session_id and step = @step;

-- name: ResetStep :exec
-- Makes a step pending again. What it stored stays readable and counts for nothing.
update onboarding_steps
set status = 'pending', result_submission_id = null, started_at = null, completed_at = null, updated_at = now(),
    failure_code = null, failure_message = null
where session_id = @session_id and step = @step;

-- name: ForgetSteps :exec
-- Deletes what the steps themselves have stored, with the way to their inputs.
update onboarding_steps set submission_id = null, data = null where session_id = @session_id;

-- name: RecordStep :one
-- Raises the session's version and writes the step event of that number, from
-- what the step and its submission say now, and returns the step's status. It is for
-- changes that complete no work; RecordResult is for the others. offset 0 keeps a plan that was made while
-- the table was empty from reading it by the step.
with s as (
    update onboarding_sessions set version = version + 1, updated_at = now(),
        day_version = case when updated_at >= date_trunc('day', now(), 'UTC') then day_version else version end
    where onboarding_sessions.id = @session_id
    returning id, user_id, version
)
insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message, failure_code)
select s.id, s.version, clock_timestamp(), s.user_id, t.step, t.status, t.submission_id, u.progress, u.phase, u.message, t.failure_code
from s
cross join lateral (select * from onboarding_steps o where o.session_id = s.id and o.step = @step offset 0) t
left join submissions u on u.id = t.submission_id
returning status;

-- name: RecordResult :one
-- RecordStep for a step that may hold a result: its event names what made that: local,
-- client, the model provider, or mixed. It is a statement of its
-- own because to begin it takes longer than the whole of the other, which is made a
-- dozen times as often.
with s as (
    update onboarding_sessions set version = version + 1, updated_at = now(),
        day_version = case when updated_at >= date_trunc('day', now(), 'UTC') then day_version else version end
    where onboarding_sessions.id = @session_id
    returning id, user_id, version
)
insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message, failure_code, engine)
select s.id, s.version, clock_timestamp(), s.user_id, t.step, t.status, t.submission_id, u.progress, u.phase, u.message, t.failure_code,
    case when t.status = 'completed' and u.phase = 'finished' then coalesce(
        (select a.provider from website_analyses a where a.session_id = s.id and a.submission_id = u.id limit 1),
        (select p.provider from persona_data p where p.session_id = s.id and p.submission_id = u.id),
        (select v.provider from document_versions v where v.session_id = s.id and v.submission_id = u.id and v.state = 'proposed'),
        'unknown') end
from s
cross join lateral (select * from onboarding_steps o where o.session_id = s.id and o.step = @step offset 0) t
left join submissions u on u.id = t.submission_id
returning status;

-- name: ClearResult :exec
update onboarding_steps set result_submission_id = null, completed_at = null, updated_at = now()
where session_id = @session_id and step = @step;
