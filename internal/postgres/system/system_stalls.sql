-- name: TakeStallLock :one
-- One looks at a time, until its transaction ends.
select pg_try_advisory_xact_lock(7313081965);

-- name: AnnounceStalls :many
-- Sessions whose last change, or whose beginning, is in a stretch of time, unless they are finished or work: how many
-- stand at each step. Each is found once, in the stretch of its last change, whose event has the session's version. The
-- lock of the session makes a change that comes now either prevent the event or follow it.
with quiet as (
    select e.session_id as id, e.seq as version from step_events e where e.at >= @since and e.at < @until
    union all
    select o.id, 0 from onboarding_sessions o where o.id >= @since_id and o.id < @until_id
), stalled as (
    select s.id, s.user_id, s.version from quiet q join onboarding_sessions s on s.id = q.id
    where s.version = q.version and s.completed_at is null
        and not exists (select from onboarding_steps t where t.session_id = s.id and t.status = 'in_progress')
    order by s.id
    for no key update of s
), placed as (
    select s.id, s.user_id, s.version, coalesce((select min(t.step) from onboarding_steps t
        where t.session_id = s.id and t.status not in ('completed', 'skipped') and t.result_submission_id is null), 1)::smallint as step
    from stalled s
), told as (
    insert into outbox_events (kind, user_id, session_id, version, step)
    select 'onboarding.stalled', p.user_id, p.id, p.version, p.step from placed p
    where exists (select from webhook_receivers r where 'onboarding.stalled' = any (r.kinds))
    order by p.id
)
select p.step, count(*) as sessions from placed p group by p.step order by p.step;
