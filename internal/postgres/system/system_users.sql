-- name: ListUserIDs :many
-- The ids of the users after one that begin with a text, in the order of their bytes.
select user_id from onboarding_sessions
where user_id collate "C" > @after::text
    and user_id collate "C" >= @prefix::text and user_id collate "C" < @prefix::text || chr(1114111)
order by user_id collate "C" limit @max_rows;

-- name: WalkUsers :many
-- The next users, each with whether one of its steps, or that one, has the status. It reads them all, whether they match
-- or not, so that the caller bounds what a call costs.
select s.user_id, exists (
    select from onboarding_steps t
    where t.session_id = s.id and (@step::smallint = 0 or t.step = @step::smallint) and (@status::text = '' or t.status = @status::text)) as matches
from (
    select o.id, o.user_id from onboarding_sessions o
    where o.user_id collate "C" > @after::text
        and o.user_id collate "C" >= @prefix::text and o.user_id collate "C" < @prefix::text || chr(1114111)
    order by o.user_id collate "C" limit @max_rows) s
order by s.user_id collate "C";

-- name: FindFailedUsers :many
-- The next users one of whose steps, or that one, has failed with one of the codes: each code is a range of the index.
select u.user_id::text as user_id from (select distinct f.user_id
from unnest(@codes::text[]) c (code), lateral (
    select s.user_id collate "C" as user_id from submissions s
    where s.status = 'failed' and s.failure_code = c.code and s.user_id collate "C" > @after::text
        and s.user_id collate "C" >= @prefix::text and s.user_id collate "C" < @prefix::text || chr(1114111)
        and (@step::smallint = 0 or s.step = @step::smallint)
        and exists (select from onboarding_steps t
            where t.session_id = s.session_id and t.step = s.step and t.submission_id = s.id and t.status = 'failed')
    group by s.user_id collate "C"
    order by s.user_id collate "C" limit @max_rows) f) u
order by u.user_id collate "C" limit @max_rows;

-- name: FindWorkingUsers :many
-- The next users one of whose steps, or that one, is in progress. Few are at any moment.
select u.user_id::text as user_id from (select distinct s.user_id
from submissions s join onboarding_steps t on t.session_id = s.session_id and t.step = s.step and t.submission_id = s.id
where s.status = 'in_progress' and s.step is not null and t.status = 'in_progress' and s.user_id collate "C" > @after::text
    and s.user_id collate "C" >= @prefix::text and s.user_id collate "C" < @prefix::text || chr(1114111)
    and (@step::smallint = 0 or s.step = @step::smallint)) u
order by u.user_id collate "C" limit @max_rows;

-- name: ListUsers :many
-- Users with the status of each of their steps, in the order of their ids' bytes.
select s.user_id, s.version, s.started_at, s.updated_at, s.completed_at,
    array(select t.status from onboarding_steps t where t.session_id = s.id order by t.step)::text[] as statuses,
    array(select coalesce(t.failure_code, '') from onboarding_steps t where t.session_id = s.id order by t.step)::text[] as failure_codes
from onboarding_sessions s where s.user_id = any (@user_ids::text[])
order by s.user_id collate "C";

-- name: GetUser :one
select id, version, started_at, updated_at, completed_at from onboarding_sessions where user_id = @user_id;

-- name: ListUserSteps :many
select step, status, failure_code, (result_submission_id is not null)::boolean as holds_result, submission_id, started_at, completed_at, updated_at
from onboarding_steps where session_id = @session_id order by step;

-- name: ListUserSubmissions :many
-- The newest submissions, without input and result, with the state of the job of each,
-- null if it is not there any more.
select s.id, s.kind, s.step, s.status, s.progress, s.phase, s.failure_code, s.job_id, j.state as job_state, s.created_at, s.finished_at
from submissions s left join river_job j on j.id = s.job_id
where s.session_id = @session_id order by s.created_at desc, s.id desc limit @max_rows;

-- name: ListUserEvents :many
-- The newest step events, without their messages; those of one submission if it is named.
select seq as version, at, step, status, submission_id, progress, phase, failure_code
from step_events where session_id = @session_id and (sqlc.narg(submission_id)::uuid is null or submission_id = sqlc.narg(submission_id))
order by seq desc limit @max_rows;

-- name: ListUserModelCalls :many
-- The newest calls to model providers; those of one submission if it is named.
select at, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens, cost_micros
from model_calls where session_id = @session_id and (sqlc.narg(submission_id)::uuid is null or submission_id = sqlc.narg(submission_id))
order by at desc, id desc limit @max_rows;
