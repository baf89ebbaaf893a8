-- name: CreateSession :exec
-- Creates a session whose steps are all pending; does nothing if the user has one. What the user
-- has used today goes on where a deleted account ended, which the audit log says.
with former as (
    select a.detail from audit_log a
    where a.user_id = @user_id and a.action = 'account.delete' and a.at >= date_trunc('day', now(), 'UTC')
    order by coalesce(a.last_at, a.at) desc, a.id desc limit 1
), created as (
    insert into onboarding_sessions (id, user_id, variant, used_on, used, day_version)
    values (@id, @user_id, @variant, (now() at time zone 'UTC')::date, coalesce((select detail -> 'used' from former), '{}'),
        - coalesce((select (detail ->> 'changes')::bigint from former), 0))
    on conflict (user_id) do nothing
    returning id, user_id
)
insert into onboarding_steps (session_id, user_id, step)
select created.id, created.user_id, step from created, generate_series(1, @steps::int) as step;

-- name: LockSession :one
-- Takes the lock that every change of the user's onboarding takes first, and returns what the user
-- has used of the quotas today, and how many step events are of today.
select id, (case when used_on = (now() at time zone 'UTC')::date then used else '{}' end)::jsonb as used,
    (case when updated_at >= date_trunc('day', now(), 'UTC') then version - day_version else 0 end)::bigint as changes
from onboarding_sessions where user_id = @user_id for no key update;

-- name: HoldSession :exec
-- LockSession for who needs nothing of the session.
select from onboarding_sessions where id = @id for no key update;

-- name: LoadSession :many
-- The session with its steps and what their newest submissions say.
select sqlc.embed(s), sqlc.embed(t),
    coalesce(u.kind, '')::text as kind, coalesce(u.input ->> 'website', '')::text as website, u.progress, u.progress_ceiling, u.phase, u.message,
    coalesce(extract(epoch from now() - u.phase_at), 0)::double precision as phase_seconds
from onboarding_sessions s
join onboarding_steps t on t.session_id = s.id
left join submissions u on u.id = t.submission_id
where s.user_id = @user_id
order by t.step;

-- name: SetFinished :exec
-- Says that the user has finished the onboarding, or has not.
update onboarding_sessions set completed_at = case when @finished::boolean then now() end where id = @id;

-- name: SessionFinishedAt :one
select completed_at from onboarding_sessions where id = @id;

-- name: HasSession :one
select exists (select from onboarding_sessions where user_id = @user_id);

-- name: SessionMark :one
-- What changes whenever what a session and its steps show does, and whether one of some steps makes
-- progress, which changes without a write.
select s.id, s.version, s.updated_at, s.completed_at, r.running::boolean as running
from onboarding_sessions s
cross join lateral (select cardinality(@shown::smallint[]) > 0 and exists (select from onboarding_steps t
    where t.session_id = s.id and t.step = any (@shown::smallint[]) and t.status = 'in_progress') as running) r
where s.user_id = @user_id;
