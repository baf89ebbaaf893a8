-- name: ListPhases :many
-- The phases that a submission has reached, each with its first event, in order.
select e.phase, e.message, e.progress, e.at from (
    select distinct on (e.phase) e.seq, e.at, e.phase::text as phase, e.message::text as message, e.progress::double precision as progress
    from step_events e
    where e.session_id = @session_id and e.submission_id = @submission_id and e.at >= @since
        and e.phase is not null and e.message is not null and e.progress is not null
    order by e.phase, e.seq
) e order by e.seq;

-- name: NewestStepVersions :many
-- The versions at which steps came to be as they are at a version of the session.
select step, max(seq)::bigint as version from step_events
where session_id = @session_id and step = any(@steps::smallint[]) and seq <= @version
group by step order by 2;
