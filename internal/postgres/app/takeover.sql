-- name: TakeoverMarks :one
-- What the audit log says of a user whose data an earlier system has: whether the user has deleted an account here, and
-- when data was taken over into the present one, the epoch for never.
with log as (
    select a.action, a.actor, coalesce(a.last_at, a.at) as at from audit_log a
    where a.user_id = @user_id and a.action in ('account.import', 'account.delete')
)
select exists (select from log where action = 'account.delete' and actor = @user_id)::bool as deleted,
    coalesce((select max(at) from log where action = 'account.import'
        and at > coalesce((select max(at) from log where action = 'account.delete'), '-infinity')), 'epoch')::timestamptz as taken_at;

-- name: LockForTakeover :many
-- LockSteps, with whether a step was changed here: after what was taken over at taken_at, or ever if nothing was.
select t.step, t.status, (exists (select from step_events e where e.session_id = t.session_id and e.step = t.step)
    or case when @taken_at::timestamptz > 'epoch' then t.updated_at > @taken_at::timestamptz
        else t.status <> 'pending' or t.submission_id is not null or t.result_submission_id is not null or t.data is not null
    end)::bool as changed
from onboarding_steps t where t.session_id = @session_id order by t.step for no key update of t;

-- name: HeldForTakeover :one
-- What is stored of a user that would be taken over otherwise.
select array(select k.provider from api_keys k where k.session_id = @session_id)::text[] as providers,
    array(select a.website_url from website_analyses a where a.session_id = @session_id)::text[] as websites,
    exists (select from research_preferences p where p.session_id = @session_id)::bool as preferences,
    exists (select from persona_data p where p.session_id = @session_id)::bool as personas,
    exists (select from business_info b where b.session_id = @session_id)::bool as business,
    exists (select from onboarding_steps t where t.session_id = @session_id and t.step = @integrations and t.data is not null)::bool as integrations;

-- name: TakeStep :exec
-- Gives a step the status that it had in an earlier system. No event is written: nothing happened here.
update onboarding_steps
set status = @status, result_submission_id = sqlc.narg(result_submission_id), data = coalesce(sqlc.narg(data)::jsonb, data),
    completed_at = sqlc.narg(completed_at), updated_at = now()
where session_id = @session_id and step = @step;

-- name: TouchSession :exec
-- Makes clients read the session again although its version stays.
update onboarding_sessions set updated_at = now(),
    day_version = case when updated_at >= date_trunc('day', now(), 'UTC') then day_version else version end
where id = @id;
