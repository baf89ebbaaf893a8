-- name: Beat :many
-- Says that the worker lives and which jobs it holds, and returns those of the jobs
-- that it is running whose submission is no longer theirs.
with beat as (
    insert into worker_beats (client_id, job_ids, host, version) values (@client_id, @job_ids::bigint[], @host, @version)
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
