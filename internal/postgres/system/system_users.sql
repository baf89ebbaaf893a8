-- name: ListUsers :many
-- The users after one, in the order of their ids' bytes, whose id begins with a text
-- and of whom one step is as the other filters have it. '' and 0 leave a filter out.
select s.user_id, s.version, s.started_at, s.updated_at, s.completed_at,
    array(select t.status from onboarding_steps t where t.session_id = s.id order by t.step)::text[] as statuses,
    array(select coalesce(t.failure_code, '') from onboarding_steps t where t.session_id = s.id order by t.step)::text[] as failure_codes
from onboarding_sessions s
where s.user_id collate "C" > @after::text
    and s.user_id collate "C" >= @prefix::text and s.user_id collate "C" < @prefix::text || chr(1114111)
    and (@step::smallint = 0 and @status::text = '' and @failure_code::text = '' or exists (
        select from onboarding_steps t
        where t.session_id = s.id and (@step::smallint = 0 or t.step = @step::smallint)
            and (@status::text = '' or t.status = @status::text) and (@failure_code::text = '' or t.failure_code = @failure_code::text)))
order by s.user_id collate "C"
limit @max_rows;

-- name: GetUser :one
select id, version, started_at, updated_at, completed_at from onboarding_sessions where user_id = @user_id;

-- name: ListUserSteps :many
select step, status, failure_code, (result_submission_id is not null)::boolean as holds_result, submission_id, started_at, completed_at, updated_at
from onboarding_steps where session_id = @session_id order by step;

-- name: ListUserSubmissions :many
-- The newest submissions, without input and result, with the state of the job of each,
-- null if it is not there any more.
select s.id, s.kind, s.step, s.status, s.progress, s.phase, s.failure_code, j.state as job_state, s.created_at, s.finished_at
from submissions s left join river_job j on j.id = s.job_id
where s.session_id = @session_id order by s.created_at desc, s.id desc limit @max_rows;

-- name: ListUserEvents :many
-- The newest step events, without their messages.
select seq as version, at, step, status, submission_id, progress, phase, failure_code
from step_events where session_id = @session_id order by seq desc limit @max_rows;

-- name: ListUserIDs :many
-- The ids of the users after one, in the order of their bytes.
select user_id from onboarding_sessions where user_id collate "C" > @after::text order by user_id collate "C" limit @max_rows;
