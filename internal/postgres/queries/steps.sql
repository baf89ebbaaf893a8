-- name: LockStep :one
select status, submission_id from onboarding_steps
where session_id = @session_id and step = @step for no key update;

-- name: SetStepInProgress :exec
update onboarding_steps
set status = 'in_progress', submission_id = @submission_id, started_at = now(), updated_at = now(),
    failure_code = null, failure_message = null
where session_id = @session_id and step = @step;

-- name: EndStep :exec
-- Sets the step completed with the result of its submission, or failed. A failure
-- leaves the result that was held.
update onboarding_steps
set status = @status, updated_at = now(), failure_code = @failure_code, failure_message = @failure_message,
    result_submission_id = case when @status = 'completed' then submission_id else result_submission_id end,
    completed_at = case when @status = 'completed' then now() else completed_at end
where session_id = @session_id and step = @step;

-- name: RecordStep :exec
-- Raises the session's version and writes the step event of that number, from
-- what the step and its submission say now.
with s as (
    update onboarding_sessions set version = version + 1, updated_at = now()
    where onboarding_sessions.id = @session_id
    returning id, user_id, version
)
insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message, failure_code)
select s.id, s.version, clock_timestamp(), s.user_id, t.step, t.status, t.submission_id, u.progress, u.phase, u.message, t.failure_code
from s
join onboarding_steps t on t.session_id = s.id
left join submissions u on u.id = t.submission_id
where t.step = @step;
