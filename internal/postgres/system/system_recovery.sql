-- name: Beat :many
-- Says that the worker lives and which jobs it holds, and returns those of the jobs
-- that it is running whose submission is no longer theirs.
with beat as (
    insert into worker_beats (client_id, job_ids) values (@client_id, @job_ids::bigint[])
    on conflict (client_id) do update set beat_at = now(), job_ids = excluded.job_ids
)
select r.job_id::bigint as job_id
from (select unnest(@running_ids::bigint[]) as job_id, unnest(@submission_ids::uuid[]) as submission_id) r
where not exists (
    select from submissions s
    where s.id = r.submission_id and s.job_id = r.job_id and s.status = 'in_progress'
);

-- name: EndBeats :exec
delete from worker_beats where client_id = @client_id;

-- name: DeleteOldBeats :exec
delete from worker_beats where beat_at < now() - interval '1 hour';

-- name: ListLostJobs :many
-- Running jobs that no living worker says it runs: the last client that took the
-- job has not named it in a beat younger than the threshold.
select j.id, j.attempt, j.attempted_at::timestamptz as attempted_at, j.kind, j.args, j.queue, j.metadata
from river_job j
where j.state = 'running'
    and j.attempted_at < now() - make_interval(secs => @dead_after_seconds::double precision)
    and not exists (
        select from worker_beats b
        where b.client_id = j.attempted_by[cardinality(j.attempted_by)]
            and b.beat_at > now() - make_interval(secs => @dead_after_seconds::double precision)
            and j.id = any (b.job_ids)
    )
order by j.attempted_at
limit 200;

-- name: RetireJob :execrows
-- Ends a lost job, unless River or its worker moved it meanwhile.
update river_job
set state = 'discarded', finalized_at = now(),
    errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', @reason::text, 'trace', ''))
where id = @id and state = 'running' and attempt = @attempt and attempted_at = @attempted_at;

-- name: ListOrphans :many
-- Submissions in progress whose job has ended without them: cancelled or deleted by
-- an operator, or retried by River after such a cancel.
select s.id, s.job_id, coalesce(j.state = 'cancelled', false)::boolean as cancelled, (j.id is null)::boolean as missing,
    coalesce(j.attempt, 0)::int as attempt, coalesce(j.queue, case when s.network then 'network' else 'interactive' end)::text as queue, coalesce(j.args, '{}')::jsonb as args
from submissions s
left join river_job j on j.id = s.job_id
where s.status = 'in_progress' and (j.id is null or j.state in ('cancelled', 'discarded', 'completed'))
order by s.job_id
limit 200;

-- name: ListReleasable :many
-- Users with held work although less of their network work runs than their share. Every end
-- of such work releases the next, so that there are some only if a release was lost.
select h.user_id
from submissions h
where h.status = 'in_progress' and h.network and h.held
group by h.session_id, h.user_id
having (select count(*) from submissions r
    where r.session_id = h.session_id and r.status = 'in_progress' and r.network and not r.held) < @share::int
limit 200;

-- name: ReleaseHeld :execrows
-- Makes the jobs of a session's oldest held work available, as far as its share of network
-- work goes, and wakes the workers. The caller holds the lock of the session.
with next as (
    select h.id, h.job_id from submissions h
    where h.session_id = sqlc.arg(session_id) and h.status = 'in_progress' and h.network and h.held
    order by h.created_at, h.id
    limit greatest(sqlc.arg(share)::int - (
        select count(*) from submissions r
        where r.session_id = sqlc.arg(session_id) and r.status = 'in_progress' and r.network and not r.held), 0)
), released as (
    update submissions s set held = false, message = coalesce(sqlc.arg(messages)::jsonb ->> s.kind, s.message)
    from next where s.id = next.id
    returning s.job_id
), available as (
    update river_job j set state = 'available', scheduled_at = now()
    from released where j.id = released.job_id and j.state = 'pending'
    returning j.queue
)
select pg_notify(current_schema() || '.river_insert', jsonb_build_object('queue', queue)::text) from available;

-- name: CompleteJobs :execrows
-- Ends running jobs whose runs are still those that began them.
update river_job j set state = 'completed', finalized_at = now()
from (select unnest(@ids::bigint[]) as id, unnest(@attempted_ats::timestamptz[]) as attempted_at) r
where j.id = r.id and j.state::text = 'running' -- as text, for which there is no index: else all that run are read
    and j.attempted_at = r.attempted_at;

-- name: QueueJob :exec
-- Queues a job as River does, wakes the workers of its queue if it is to, and leaves the id of the job to the transaction,
-- for the statement Submit.
with job as (
    insert into river_job (kind, queue, args, metadata, max_attempts, state, created_at, scheduled_at)
    values (@kind, @queue, @args, @metadata, @max_attempts::int, (case when @held::boolean then 'pending' else 'available' end)::river_job_state,
        clock_timestamp(), clock_timestamp())
    returning id, queue
)
select set_config('app.job_id', id::text, true), case when @wakes::boolean
    then pg_notify(current_schema() || '.river_insert', jsonb_build_object('queue', queue)::text)::text end
from job;
