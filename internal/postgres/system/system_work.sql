-- name: RollUpWork :execrows
-- Counts the work that has ended in a time, in each grain. Its job says how long it had waited, while it is there.
with ended as (
    select s.finished_at, s.kind, s.status, s.failure_code, j.queue, j.attempted_at - j.scheduled_at as waited
    from submissions s left join river_job j on j.id = s.job_id and j.attempted_at is not null
    where s.finished_at > @since::timestamptz and s.finished_at <= @until::timestamptz
), facts as (
    select e.finished_at, case when e.failure_code = any (@dead_codes::text[]) then 'dead' else e.status end as fact,
        e.kind, '' as queue, 0::smallint as bucket
    from ended e
    union all
    select e.finished_at, 'started', '', e.queue,
        ceil(ln(greatest(extract(epoch from e.waited)::double precision * 1000, 1)) / ln(@growth::double precision))::smallint
    from ended e where e.waited is not null
)
insert into rollup_work (grain, at, fact, kind, queue, bucket, count)
select g.grain, date_bin(g.width, f.finished_at, 'epoch'), f.fact, f.kind, f.queue, f.bucket, count(*)
from facts f, (values ('minute', make_interval(mins => 1)), ('ten minutes', make_interval(mins => 10)), ('hour', make_interval(hours => 1))) as g (grain, width)
group by 1, 2, 3, 4, 5, 6
on conflict (grain, at, fact, kind, queue, bucket) do update set count = rollup_work.count + excluded.count;

-- name: DeleteOldWork :exec
-- What no curve shows any more.
delete from rollup_work where (grain = 'minute' and at < now() - make_interval(days => 1))
    or (grain = 'ten minutes' and at < now() - make_interval(days => 3)) or (grain = 'hour' and at < now() - make_interval(days => 35));

-- name: ReadWork :many
-- Counts of what ended, since a time.
select at, fact, sum(count)::bigint as count from rollup_work
where grain = @grain and at >= @since::timestamptz and fact <> 'started'
group by at, fact order by at;

-- name: ReadWaits :many
-- How long work has waited in the queues that users wait for, since a time.
select at, bucket::int as bucket, sum(count)::bigint as count from rollup_work
where grain = @grain and at >= @since::timestamptz and fact = 'started' and queue in ('interactive', 'network')
group by at, bucket order by at, bucket;

-- name: ReadShares :many
-- What ended by kind, and of the starts that users wait for how many were late, since a time.
select fact, kind, sum(count)::bigint as count,
    coalesce(sum(count) filter (where fact = 'started' and bucket > @late_bucket::int), 0)::bigint as late
from rollup_work
where grain = 'minute' and at >= @since::timestamptz and (fact <> 'started' or queue in ('interactive', 'network'))
group by fact, kind;

-- name: CountDead :many
-- The dead jobs since a time, by kind and code.
select kind, code, count(*) as dead from dead_jobs where died_at >= @since::timestamptz group by kind, code order by kind, code;

-- name: ListWorkers :many
-- The workers that have beaten within the last hour, with how many jobs each holds, and who leads the queue.
select b.client_id, b.host, b.version, b.started_at, b.beat_at, (b.beat_at > now() - make_interval(secs => @dead_after_seconds::double precision))::boolean as alive,
    exists (select from river_leader l where l.leader_id = b.client_id and l.expires_at > now()) as leads
from worker_beats b order by b.started_at limit 200;

-- name: ListWorkersJobs :many
-- What the workers run now: of each kind how many jobs, and since when the oldest.
select b.client_id, j.kind, count(*) as jobs, min(j.attempted_at)::timestamptz as oldest_at
from worker_beats b join river_job j on j.id = any (b.job_ids)
where j.state = 'running' group by b.client_id, j.kind order by b.client_id, j.kind;

-- name: CountJobs :many
-- Jobs that have not ended by kind, queue and state, with the time since when the oldest waits or runs; at most so many
-- are read.
select j.kind, j.queue, j.state::text as state, count(*) as jobs,
    min(case when j.state = 'running' then j.attempted_at else j.scheduled_at end)::timestamptz as oldest_at
from (
    select r.kind, r.queue, r.state, r.scheduled_at, r.attempted_at from river_job r
    where r.state in ('available', 'running', 'retryable', 'scheduled', 'pending') limit @max_rows) j
group by j.kind, j.queue, j.state order by j.kind, j.queue, j.state;

-- name: OldestWaiting :one
-- For how long the oldest due job of some queues has waited, in seconds; 0 without any. Each queue is a place in the
-- index that jobs are fetched by.
select coalesce(max(extract(epoch from now() - j.scheduled_at)), 0)::double precision as seconds
from unnest(@queues::text[]) q (name), lateral (
    select r.scheduled_at from river_job r
    where r.state = 'available' and r.queue = q.name and r.scheduled_at <= now() order by r.priority, r.scheduled_at limit 1) j;
