-- name: TakeRollupLock :one
-- One counts at a time, until its transaction ends.
select pg_try_advisory_xact_lock(7313081963);

-- name: BoundRollup :exec
-- The events of a batch are sorted in memory.
select set_config('work_mem', '32MB', true);

-- name: GetRollupState :one
select through, sweep_after, swept_at, now()::timestamptz as now from rollup_state;

-- name: SetRollupThrough :exec
update rollup_state set through = @through;

-- name: SetRollupSweep :exec
-- Where the walk through all sessions goes on, or that it has ended.
update rollup_state set sweep_after = @sweep_after, swept_at = case when @ended::boolean then now() else swept_at end;

-- name: ListChangedSessions :many
-- Sessions that have events of a time, or began then (by their id, which begins with the
-- time), and are not counted up to their version. Each is looked up by its key, however many
-- there are.
select s.id, coalesce(r.version, -1)::bigint as from_version, s.version as to_version, s.started_at, (r.reached is not null)::boolean as placed
from (
    select session_id as id from step_events where at >= @since and at < @until
    union
    select onboarding_sessions.id from onboarding_sessions
    where onboarding_sessions.id >= @since_id and onboarding_sessions.id < @until_id
) changed
cross join lateral (select * from onboarding_sessions o where o.id = changed.id limit 1) s
left join lateral (select c.version, c.reached from rollup_sessions c where c.session_id = changed.id limit 1) r on true
where s.version > coalesce(r.version, -1)
limit @max_rows;

-- name: ListNextSessions :many
-- The next of all sessions, in the order of their ids, and up to which version each is counted.
select s.id, coalesce(r.version, -1)::bigint as from_version, s.version as to_version, s.started_at, (r.reached is not null)::boolean as placed
from (select * from onboarding_sessions o where o.id > @after_id order by o.id limit @max_rows) s
left join lateral (select c.version, c.reached from rollup_sessions c where c.session_id = s.id limit 1) r on true
order by s.id;

-- name: RollUp :exec
-- Adds what the events of some sessions after from_version and up to to_version say,
-- and notes the latter, in one statement. What happened for the first time is seen
-- from all events of the session; where the first are gone, nothing counts as first.
with batch as (
    select s.id, s.user_id, s.started_at, b.from_version, b.to_version
    from (select unnest(@ids::uuid[]) as id, unnest(@from_versions::bigint[]) as from_version,
        unnest(@to_versions::bigint[]) as to_version) b
    join onboarding_sessions s on s.id = b.id
), told as (
    select b.started_at, b.from_version, e.session_id, e.seq, e.at, e.step, e.status, e.submission_id, e.failure_code,
        case when e.step = any (@queued::smallint[]) then coalesce(e.engine, 'unknown') else '' end as engine,
        e.status = 'completed' and (e.submission_id is null or e.phase = 'finished') as completed,
        first_value(e.seq) over (partition by e.session_id order by e.seq) = 1 as whole
    from batch b
    join step_events e on e.session_id = b.id and e.seq <= b.to_version
    where e.at >= @oldest
), numbered as (
    -- Of each step the how many-th this is, and of each submission.
    select t.*, t.completed or t.status = 'skipped' as done,
        count(*) filter (where t.completed) over step as completions,
        count(*) filter (where t.status = 'skipped') over step as skips,
        count(*) filter (where t.status = 'failed') over step as failures,
        count(*) filter (where t.completed or t.status = 'skipped') over step as ends,
        count(*) filter (where t.completed) over submission as submission_completions,
        count(*) filter (where t.status = 'failed') over submission as submission_failures,
        min(t.at) filter (where t.status = 'in_progress') over submission as submitted_at
    from told t
    window step as (partition by t.session_id, t.step order by t.seq),
        submission as (partition by t.session_id, t.step, t.submission_id order by t.seq)
), placed as (
    -- How far the session had come, and when a step was last finished, before this.
    select n.*,
        coalesce(max(n.step) filter (where n.done) over before, 0) as passed_before,
        coalesce(max(n.step) filter (where n.status <> 'pending') over before, 0) as reached_before,
        greatest(max(n.step) filter (where n.done) over before, max(n.step) filter (where n.status <> 'pending') over before - 1, 0)
            as left_before,
        greatest(n.started_at, max(n.at) filter (where n.done and n.ends = 1) over before) as step_began_at
    from numbered n
    window before as (partition by n.session_id order by n.seq rows between unbounded preceding and 1 preceding)
), new as (
    select * from placed p where p.seq > p.from_version
), facts as (
    select 'started' as fact, 0 as step, ''::text as engine, ''::text as code, b.started_at as began, b.started_at as at
    from batch b where b.from_version < 0
    union all
    select 'reached', r.step, '', '', n.started_at, n.at
    from new n, generate_series(n.reached_before + 1, n.step) as r (step) where n.whole and n.status <> 'pending'
    union all
    select 'left', l.step, '', '', n.started_at, n.at
    from new n, generate_series(n.left_before + 1, case when n.done then n.step else n.step - 1 end) as l (step)
    where n.whole and n.status <> 'pending'
    union all
    select 'passed', p.step, '', '', n.started_at, n.at
    from new n, generate_series(n.passed_before + 1, n.step) as p (step) where n.whole and n.done
    union all
    select 'completed', n.step, n.engine, '', n.started_at, n.at from new n where n.whole and n.completed and n.completions = 1
    union all
    select 'skipped', n.step, '', '', n.started_at, n.at from new n where n.whole and n.status = 'skipped' and n.skips = 1
    union all
    select 'failed', n.step, '', '', n.started_at, n.at from new n where n.whole and n.status = 'failed' and n.failures = 1
    union all
    select 'failure', n.step, '', coalesce(n.failure_code, ''), n.started_at, n.at
    from new n where n.status = 'failed' and n.submission_failures = 1
), counted as (
    insert into rollup_steps (basis, day, fact, step, engine, code, count)
    select b.basis, (b.at at time zone 'UTC')::date, f.fact, f.step, f.engine, f.code, count(*)
    from facts f, lateral (values ('began', f.began), ('happened', f.at)) as b (basis, at)
    group by 1, 2, 3, 4, 5, 6
    on conflict (basis, day, fact, step, engine, code) do update set count = rollup_steps.count + excluded.count
), times as (
    select 'work' as measure, n.step, n.engine, n.at, n.at - n.submitted_at as took
    from new n where n.completed and n.submission_id is not null and n.submission_completions = 1 and n.submitted_at is not null
    union all
    select 'step', n.step, n.engine, n.at, n.at - n.step_began_at from new n where n.whole and n.completed and n.completions = 1
    union all
    select 'start', n.step, n.engine, n.at, n.at - n.started_at from new n where n.whole and n.completed and n.completions = 1
), timed as (
    insert into rollup_times (grain, day, measure, step, engine, bucket, count)
    select g.grain, date_trunc(g.grain, t.at at time zone 'UTC')::date, t.measure, t.step, t.engine,
        ceil(ln(greatest(extract(epoch from t.took)::double precision * 1000, 1)) / ln(@growth::double precision))::smallint, count(*)
    from times t, (values ('day'), ('month')) as g (grain)
    group by 1, 2, 3, 4, 5, 6
    on conflict (grain, day, measure, step, engine, bucket) do update set count = rollup_times.count + excluded.count
)
insert into rollup_sessions (session_id, user_id, version)
select b.id, b.user_id, b.to_version from batch b
on conflict (session_id) do update set version = excluded.version;

-- name: PlaceSessions :exec
-- Moves sessions that are counted up to their version to where they are now in rollup_places. What their cohorts are is
-- read where step 2 has changed after from_version. A session never moves back: neither resets nor events that are gone
-- take back how far it had come.
with batch as (
    select s.id, s.variant, (s.started_at at time zone 'UTC')::date as day, r.reached, r.passed, r.input, r.language, r.engine,
        b.from_version, b.to_version
    from (select unnest(@ids::uuid[]) as id, unnest(@from_versions::bigint[]) as from_version,
        unnest(@to_versions::bigint[]) as to_version) b
    join onboarding_sessions s on s.id = b.id
    join rollup_sessions r on r.session_id = b.id
), told as (
    select b.id,
        max(e.step) filter (where e.status <> 'pending') as reached,
        max(e.step) filter (where e.status = 'skipped' or e.status = 'completed' and (e.submission_id is null or e.phase = 'finished')) as passed,
        coalesce(bool_or(e.step = 2 and (e.seq > b.from_version or b.reached is null)), false) as changed,
        max(e.seq) filter (where e.step = 2 and e.status = 'completed' and e.phase = 'finished') as analysed
    from batch b
    join step_events e on e.session_id = b.id and e.seq <= b.to_version
    where e.at >= @oldest
    group by b.id
), placed as (
    select b.*, greatest(b.reached, t.reached, 0)::smallint as reached_now, greatest(b.passed, t.passed, 0)::smallint as passed_now,
        coalesce(nullif(i.input, ''), b.input) as input_now, coalesce(nullif(l.language, ''), b.language) as language_now,
        coalesce(n.engine, b.engine) as engine_now
    from batch b
    left join told t on t.id = b.id
    left join lateral (
        select case when u.kind = 'analysis_import' then 'finished'
            when coalesce(u.input ->> 'website', '') <> '' then 'website'
            when coalesce(u.input ->> 'text_sample', '') <> '' then 'text'
            when coalesce(u.input ->> 'business_description', '') <> '' then 'business' else '' end as input, o.result_submission_id
        from onboarding_steps o join submissions u on u.id = o.submission_id
        where t.changed and o.session_id = b.id and o.step = 2
    ) i on true
    left join lateral (
        select a.analysis -> 'measurements' -> 'language' ->> 'code' as language from website_analyses a
        where a.session_id = b.id and a.submission_id = i.result_submission_id limit 1
    ) l on true
    left join lateral (
        select coalesce(e.engine, 'unknown') as engine from step_events e
        where t.changed and e.session_id = b.id and e.seq = t.analysed and e.at >= @oldest limit 1
    ) n on true
), moves as (
    select p.day, p.reached, p.passed, p.engine, p.input, p.language, p.variant, -1 as n from placed p where p.reached is not null
    union all
    select p.day, p.reached_now, p.passed_now, p.engine_now, p.input_now, p.language_now, p.variant, 1 from placed p
), moved as (
    insert into rollup_places (dimension, day, value, reached, passed, count)
    select d.dimension, m.day, d.value, m.reached, m.passed, sum(m.n)
    from moves m, lateral (values ('engine', m.engine), ('input', m.input), ('language', m.language), ('variant', m.variant))
        as d (dimension, value)
    group by 1, 2, 3, 4, 5
    having sum(m.n) <> 0
    on conflict (dimension, day, value, reached, passed) do update set count = rollup_places.count + excluded.count
)
update rollup_sessions r
set reached = p.reached_now, passed = p.passed_now, input = p.input_now, language = p.language_now, engine = p.engine_now
from placed p where r.session_id = p.id;

-- name: ReadPlaces :many
-- How far the sessions that began on some days have come, by a dimension or, with week, by the Monday of their week.
select (case when @by::text = 'week' then to_char(date_trunc('week', day), 'YYYY-MM-DD') else value end)::text as value,
    reached, passed, sum(count)::bigint as count
from rollup_places
where dimension = (case when @by = 'week' then 'input' else @by end) and day between @first_day and @last_day
group by 1, reached, passed
having sum(count) > 0;

-- name: ListStopped :many
-- Sessions that began on some days and have come to a step and no further, in the order of their ids: lost there, or with
-- begun false, done with the step before and gone.
select r.session_id, r.user_id, s.started_at, s.updated_at, s.variant, r.input, r.language, r.engine, t.status,
    coalesce(t.failure_code, '')::text as failure_code
from rollup_sessions r
join onboarding_sessions s on s.id = r.session_id
join onboarding_steps t on t.session_id = r.session_id and t.step = @step
where r.session_id > @after_id and r.reached = @reached and (r.passed < r.reached) = @begun::boolean
    and s.started_at >= @since and s.started_at < @until
order by r.session_id
limit @max_rows;

-- name: ReadFunnel :many
-- Counts of the sessions that began on some days; facts of another engine are left out.
select fact, step, engine, sum(count)::bigint as count from rollup_steps
where basis = 'began' and day between @first_day and @last_day and fact <> 'failure' and (@engine::text = '' or engine in ('', @engine))
group by fact, step, engine
order by step, fact, engine;

-- name: ReadDaily :many
select day, fact, step, sum(count)::bigint as count from rollup_steps
where basis = 'happened' and day between @first_day and @last_day and fact in ('started', 'reached', 'completed', 'skipped', 'failure')
    and (@engine::text = '' or engine in ('', @engine))
group by day, fact, step
order by day, step, fact;

-- name: ReadFailures :many
select step, code, sum(count)::bigint as count from rollup_steps
where basis = 'happened' and fact = 'failure' and day between @first_day and @last_day
group by step, code
order by 3 desc, step, code;

-- name: ReadTimes :many
-- Of the whole months among the days the months, of the others the days. Each of the
-- three parts is a range of the primary key.
select t.measure, t.step, t.engine, t.bucket, sum(t.count)::bigint as count
from (
    select m.measure, m.step, m.engine, m.bucket, m.count from rollup_times m
    where m.grain = 'month' and m.day >= @first_month::date and m.day < @end_month::date
    union all
    select d.measure, d.step, d.engine, d.bucket, d.count from rollup_times d
    where d.grain = 'day' and d.day >= @first_day::date and d.day < least(@first_month::date, @end_day::date)
    union all
    select d.measure, d.step, d.engine, d.bucket, d.count from rollup_times d
    where d.grain = 'day' and d.day >= greatest(@end_month::date, @first_month::date, @first_day::date) and d.day < @end_day::date
) t
where @engine::text = '' or t.engine in ('', @engine)
group by t.measure, t.step, t.engine, t.bucket
order by t.step, t.measure, t.engine, t.bucket;

-- name: ReadRollupThrough :one
select through from rollup_state;
