-- name: ListChanges :many
-- What happened to sessions after the version that is named for each: the session
-- as it is, beside each of its next step events. One row without an event
-- (seq 0) if there are none, one that is gone if there is no session any more; none
-- for a session that has not changed.
with changed as materialized (
    select w.id, w.version as seen, s.id is null as gone, s.user_id, s.version, s.completed_at
    from (select unnest(@ids::uuid[]) as id, unnest(@versions::bigint[]) as version) w
    left join onboarding_sessions s on s.id = w.id
    where s.id is null or s.version > w.version
)
select c.id::uuid as session_id, c.gone::boolean as gone, coalesce(c.user_id, '')::text as user_id,
    coalesce(c.version, 0)::bigint as version, c.completed_at,
    coalesce(t.statuses, '{}')::text[] as statuses, coalesce(t.results, '{}')::uuid[] as results,
    coalesce(e.seq, 0)::bigint as seq, coalesce(e.step, 0)::smallint as step, coalesce(e.status, '')::text as status,
    e.submission_id, coalesce(e.progress, 0)::double precision as progress, coalesce(e.phase, '')::text as phase,
    coalesce(e.message, '')::text as message, coalesce(e.failure_code, '')::text as failure_code,
    coalesce(extract(epoch from clock_timestamp() - e.at), 0)::double precision as age_seconds
from changed c
left join lateral (
    select array_agg(o.status order by o.step) as statuses,
        array_agg(coalesce(o.result_submission_id, '00000000-0000-0000-0000-000000000000') order by o.step) as results
    from onboarding_steps o where o.session_id = c.id
) t on true
left join lateral (
    select * from step_events h
    where h.session_id = c.id and h.seq > c.seen order by h.seq limit @max_events
) e on true
order by c.id, e.seq;

-- name: ListEnded :many
-- Those of the submissions that are not in progress any more, or are not there.
select w.id::uuid as id from unnest(@ids::uuid[]) as w(id)
where not exists (select from submissions s where s.id = w.id and s.status = 'in_progress');
