-- name: CreateSubmission :exec
insert into submissions (id, session_id, user_id, kind, step, input, job_id, progress_ceiling, phase, message)
values (@id, @session_id, @user_id, @kind, @step, @input, @job_id, @progress_ceiling, @phase, @message);

-- name: GetSubmission :one
select sqlc.embed(submissions), extract(epoch from now() - phase_at)::double precision as phase_seconds
from submissions where id = @id;

-- name: LockRunning :one
-- Locks the running submission of a step and tells whether it is the same work.
select id, job_id, (kind = @kind and input = @input::jsonb)::boolean as identical
from submissions where id = @id and status = 'in_progress' for no key update;

-- name: SupersedeSubmission :exec
-- Ends a running submission because a newer one takes its place.
update submissions set status = 'superseded', finished_at = now()
where id = @id and status = 'in_progress';

-- name: FinishSubmission :execrows
-- The fence: only the job that has the running submission may end it.
update submissions
set status = @status, finished_at = now(), failure_code = @failure_code, failure_message = @failure_message,
    phase = @phase, message = @message, phase_at = now(),
    progress = case when @status = 'completed' then 100 else progress end,
    progress_ceiling = case when @status = 'completed' then 100 else progress end
where id = @id and job_id = @job_id and status = 'in_progress';

-- name: SetProgress :execrows
-- Moves the progress under the same fence.
update submissions
set progress = @progress, progress_ceiling = @progress_ceiling, phase = @phase, message = @message, phase_at = now()
where id = @id and job_id = @job_id and status = 'in_progress';

-- name: SetWaiting :execrows
-- Says what is waited for, leaving the clock of the progress as it is.
update submissions
set phase = @phase, message = @message, snoozed_ms = snoozed_ms + @snoozed_ms
where id = @id and job_id = @job_id and status = 'in_progress';
