-- name: BoundStatements :exec
-- Bounds how long each statement of this transaction may take.
select set_config('statement_timeout', @statement_timeout::text, true);

-- name: CountProgress :one
-- All sessions, those started and those finished since, and the window itself by the
-- clock of the database, to which the other statements of the report keep.
with w as (
    select now() as until, now() - make_interval(secs => @window_seconds::double precision) as since
)
select w.since::timestamptz as since, w.until::timestamptz as until, count(s.id)::bigint as sessions,
    (count(s.id) filter (where s.started_at >= w.since))::bigint as started,
    (count(s.id) filter (where s.completed_at >= w.since))::bigint as finished
from w left join onboarding_sessions s on true
group by w.since, w.until;

-- name: ListFunnel :many
-- For each step the sessions started since that have reached it, which is that
-- anything was submitted, skipped or completed there, where it stands in them now,
-- and those whose highest step that is done comes before it. Done is what Step.Done
-- says.
with cohort as materialized (
    select id from onboarding_sessions where started_at >= sqlc.arg(since)::timestamptz
), reached as (
    select e.step, count(distinct e.session_id) as sessions
    from step_events e join cohort on cohort.id = e.session_id
    where e.at >= sqlc.arg(since)::timestamptz and e.status <> 'pending'
    group by e.step
), stands as (
    select t.step, count(*) filter (where t.status = 'in_progress') as in_progress,
        count(*) filter (where t.status = 'completed') as completed,
        count(*) filter (where t.status = 'failed') as failed,
        count(*) filter (where t.status = 'skipped') as skipped
    from onboarding_steps t join cohort on cohort.id = t.session_id
    group by t.step
), highest as (
    select step, count(*) as sessions from (
        select coalesce(max(t.step) filter (where t.status in ('completed', 'skipped') or t.result_submission_id is not null), 0) as step
        from cohort left join onboarding_steps t on t.session_id = cohort.id
        group by cohort.id
    ) h group by step
)
select n.step::smallint as step, coalesce(r.sessions, 0)::bigint as reached, coalesce(s.in_progress, 0)::bigint as in_progress,
    coalesce(s.completed, 0)::bigint as completed, coalesce(s.failed, 0)::bigint as failed, coalesce(s.skipped, 0)::bigint as skipped,
    coalesce((select sum(h.sessions) from highest h where h.step < n.step), 0)::bigint as dropped
from generate_series(1, 6) as n(step)
left join reached r on r.step = n.step
left join stands s on s.step = n.step
order by n.step;

-- name: ListStepTimes :many
-- The median and the 95th percentile of the seconds from a submission of a step to
-- its completion, for each step, and for each engine of the step where the result is
-- still stored. A cancelled submission leaves a step completed that holds a result:
-- only a finished phase is a completion. Work begins at most a day before its end.
with work as (
    select e.session_id, e.step, e.submission_id, min(e.at) filter (where e.status = 'in_progress') as began,
        min(e.at) filter (where e.status = 'completed' and e.phase = 'finished') as ended
    from step_events e
    where e.at >= sqlc.arg(since)::timestamptz - interval '1 day' and e.submission_id is not null
    group by e.session_id, e.step, e.submission_id
), timed as (
    select w.step, extract(epoch from w.ended - w.began)::double precision as seconds,
        case w.step when 2 then a.analysis -> 'style_analysis' -> 'meta' ->> 'engine' when 4 then p.engine end as engine
    from work w
    left join website_analyses a on w.step = 2 and a.session_id = w.session_id and a.submission_id = w.submission_id
    left join persona_data p on w.step = 4 and p.session_id = w.session_id and p.submission_id = w.submission_id
    where w.began >= sqlc.arg(since)::timestamptz and w.ended >= w.began
)
select step, coalesce(engine, '')::text as engine, (grouping(engine) = 1)::boolean as all_engines, count(*) as completions,
    (percentile_cont(0.5) within group (order by seconds))::double precision as median_seconds,
    (percentile_cont(0.95) within group (order by seconds))::double precision as p95_seconds
from timed
group by grouping sets ((step), (step, engine))
order by step, all_engines desc, completions desc, timed.engine
limit 200;

-- name: ListFailures :many
-- How many submissions failed, by step and code, and those of work without a step by
-- kind and code.
select e.step::smallint as step, ''::text as kind, e.failure_code::text as code, count(distinct e.submission_id)::bigint as submissions
from step_events e
where e.at >= sqlc.arg(since)::timestamptz and e.status = 'failed' and e.failure_code is not null
group by e.step, e.failure_code
union all
select 0, s.kind, s.failure_code, count(*)
from submissions s
where s.step is null and s.status = 'failed' and s.finished_at >= sqlc.arg(since)::timestamptz
group by s.kind, s.failure_code
order by submissions desc, step, kind, code
limit 200;

-- name: ListDays :many
-- Sessions started and finished on each day (UTC), days without any too.
with days as (
    select generate_series(date_trunc('day', (sqlc.arg(since)::timestamptz) at time zone 'UTC'), now() at time zone 'UTC', interval '1 day')::date as day
), started as (
    select (started_at at time zone 'UTC')::date as day, count(*) as sessions
    from onboarding_sessions where started_at >= sqlc.arg(since)::timestamptz group by 1
), finished as (
    select (completed_at at time zone 'UTC')::date as day, count(*) as sessions
    from onboarding_sessions where completed_at >= sqlc.arg(since)::timestamptz group by 1
)
select to_char(days.day, 'YYYY-MM-DD')::text as day, coalesce(s.sessions, 0)::bigint as started, coalesce(f.sessions, 0)::bigint as finished
from days left join started s on s.day = days.day left join finished f on f.day = days.day
order by days.day;
