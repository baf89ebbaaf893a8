-- name: NewestStepVersions :many
-- The versions at which steps came to be as they are at a version of the session.
select step, max(seq)::bigint as version from step_events
where session_id = @session_id and step = any(@steps::smallint[]) and seq <= @version
group by step order by 2;
