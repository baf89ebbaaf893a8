-- name: GetSubmission :one
-- A submission without input and result, with its job, if that is still there, and whether its step names no newer one.
select s.id, s.session_id, s.user_id, s.kind, s.step, s.status, s.progress, s.phase, s.failure_code, s.held, s.snoozed_ms,
    s.created_at, s.finished_at, s.job_id, j.state as job_state, coalesce(j.queue, '')::text as queue,
    coalesce(j.attempt, 0)::int as attempt, j.attempted_at,
    coalesce(j.attempted_by[cardinality(j.attempted_by)], '')::text as worker,
    coalesce((j.args ->> 'recoveries')::int, 0)::int as recoveries, coalesce((j.args ->> 'attempts_used')::int, 0)::int as attempts_used,
    coalesce((select jsonb_agg(jsonb_build_object('at', e -> 'at', 'attempt', e -> 'attempt')) from unnest(j.errors) e), '[]')::jsonb as failures,
    coalesce(t.submission_id = s.id, false)::boolean as newest
from submissions s left join river_job j on j.id = s.job_id
    left join onboarding_steps t on t.session_id = s.session_id and t.step = s.step
where s.id = @id;

-- name: ListFailedSubmissions :many
-- The newest failures before a place in the list and since a time. '' and 0 leave a filter out, no codes stand for all.
select id, user_id, kind, step, failure_code, job_id, created_at, finished_at from submissions
where status = 'failed' and finished_at >= @since::timestamptz and (finished_at, id) < (@before_at::timestamptz, @before_id::uuid)
    and (@kind::text = '' or kind = @kind::text) and (@step::smallint = 0 or step = @step::smallint)
    and (cardinality(@codes::text[]) = 0 or failure_code = any (@codes::text[]))
order by finished_at desc, id desc limit @max_rows;

-- name: FinishedAt :one
-- When a submission failed: the place of it in the list of the failures.
select finished_at from submissions where id = @id and status = 'failed';
