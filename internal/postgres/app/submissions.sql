-- name: Submit :one
-- Creates the submission of the job that the transaction has queued last, and counts it if it is of a quota. If it is of a step, that
-- is in progress then, which the event of the session's next version says.
with s as (
    update onboarding_sessions o set
        used_on = case when d.counted then d.today else o.used_on end,
        used = case when d.counted then case when o.used_on = d.today then o.used else '{}' end || jsonb_build_object(sqlc.arg(quota)::text,
            case when o.used_on = d.today then coalesce((o.used ->> sqlc.arg(quota)::text)::int, 0) else 0 end + 1) else o.used end,
        version = o.version + case when d.stepped then 1 else 0 end,
        day_version = case when not d.stepped or o.updated_at >= date_trunc('day', now(), 'UTC') then o.day_version else o.version end,
        updated_at = case when d.stepped then now() else o.updated_at end
    from (select (now() at time zone 'UTC')::date as today, sqlc.arg(quota)::text <> '' as counted,
        sqlc.narg(step)::smallint is not null as stepped) d
    where o.id = @session_id and (d.counted or d.stepped)
    returning o.id, o.user_id, o.version
), t as (
    update onboarding_steps
    set status = 'in_progress', submission_id = @id, started_at = now(), updated_at = now(), failure_code = null, failure_message = null
    where onboarding_steps.session_id = @session_id and onboarding_steps.step = sqlc.narg(step)::smallint
    returning onboarding_steps.step
), e as (
    insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message)
    select s.id, s.version, clock_timestamp(), s.user_id, t.step, 'in_progress', @id, 0, @phase, @message from s, t
)
insert into submissions (id, session_id, user_id, kind, step, input, job_id, progress_ceiling, phase, message, network, held)
values (@id, @session_id, @user_id, @kind, sqlc.narg(step)::smallint, @input, current_setting('app.job_id')::bigint, @progress_ceiling, @phase,
    @message, @network, @held)
returning *;

-- name: GetSubmission :one
-- phase_seconds goes by the clock, not by the begin of the transaction: it may have
-- waited for a lock meanwhile.
select sqlc.embed(submissions), extract(epoch from clock_timestamp() - phase_at)::double precision as phase_seconds
from submissions where id = @id;

-- name: ListSubmissions :many
-- GetSubmission of several.
select sqlc.embed(submissions), extract(epoch from clock_timestamp() - phase_at)::double precision as phase_seconds
from submissions where id = any (@ids::uuid[]);

-- name: GetTask :one
-- A submission with the phases that it has reached, each with its first event, in order.
select sqlc.embed(s), extract(epoch from clock_timestamp() - s.phase_at)::double precision as phase_seconds, coalesce((
    select jsonb_agg(jsonb_build_object('phase', f.phase, 'message', f.message, 'progress', f.progress, 'at', f.at) order by f.seq)
    from (
        select distinct on (e.phase) e.seq, e.at, e.phase, e.message, e.progress from step_events e
        where e.session_id = s.session_id and e.submission_id = s.id and e.at >= s.created_at
            and e.phase is not null and e.message is not null and e.progress is not null
        order by e.phase, e.seq
    ) f), '[]')::jsonb as phases
from submissions s where s.id = @id;

-- name: FindRunning :one
-- The running submission of work without a step that is the same.
select id from submissions
where session_id = @session_id and step is null and kind = @kind and input - 'assumed_scheme' = cast(@input as jsonb) - 'assumed_scheme' and status = 'in_progress'
order by created_at limit 1;

-- name: CountRunning :one
-- Counts the work of a session without a step, builds left out, and all of its work that
-- waits for the network and is not held; has_keys says whether the user has stored API keys.
select count(*) filter (where step is null and kind <> 'personalization_inputs')::int as detached,
    count(*) filter (where network and not held)::int as network,
    exists (select from api_keys k where k.session_id = @session_id) as has_keys
from submissions
where session_id = @session_id and status = 'in_progress';

-- name: StopSubmission :one
-- Ends a running submission because a newer one takes its place or nobody wants it. The input of
-- one whose place is taken is not needed any more.
update submissions set status = @status, finished_at = now(),
    input = case when @status = 'superseded' then '{}' else input end
where id = @id and status = 'in_progress'
returning job_id, step, created_at, network;

-- name: ListRunning :many
select id from submissions where session_id = @session_id and step = @step and status = 'in_progress' for no key update;

-- name: SetProgress :execrows
-- Moves the progress, or says what is waited for, under the same fence, and writes the step event
-- of that if the submission has a step. The caller holds the lock of the session.
with moved as (
    update submissions
    set progress = @progress, progress_ceiling = @progress_ceiling, phase = @phase, message = @message,
        phase_at = clock_timestamp(), snoozed_ms = snoozed_ms + @snoozed_ms
    where submissions.id = @id and submissions.job_id = @job_id and submissions.status = 'in_progress'
    returning submissions.id, submissions.session_id, submissions.user_id, submissions.step, submissions.progress, submissions.phase, submissions.message
), raised as (
    update onboarding_sessions s set version = version + 1, updated_at = now(),
        day_version = case when updated_at >= date_trunc('day', now(), 'UTC') then day_version else version end
    from moved where s.id = moved.session_id and moved.step is not null
    returning s.version
), recorded as (
    insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message)
    select moved.session_id, raised.version, clock_timestamp(), moved.user_id, moved.step, 'in_progress', moved.id,
        moved.progress, moved.phase, moved.message
    from moved, raised
)
select from moved;

-- name: ReplaceJob :execrows
-- Moves a running submission from a lost job to its successor.
update submissions
set job_id = @successor_id, progress = @progress, progress_ceiling = @progress_ceiling, phase = @phase, message = @message,
    phase_at = clock_timestamp(), network = @network, held = @held
where id = @id and job_id = @job_id and status = 'in_progress';
