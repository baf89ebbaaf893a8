-- name: ListContradictions :many
-- Sessions whose rows contradict each other, one row for each contradiction:
-- step_without_work     a step in progress whose submission is not
-- work_without_step     a submission in progress that its step does not name
-- result_missing        a step that holds a result which is not stored
-- completed_without_result  a step of @queued, completed without a result
-- finish_contradicted   a session that is finished while its last step is not completed, or the reverse
-- inputs_stale          inputs that are older than their sources, were not built, or never asked for
-- Every transaction leaves the rows consistent, so whatever this statement sees is broken.
select 'step_without_work'::text as kind, t.session_id, t.user_id, t.step::smallint as step
from onboarding_steps t
left join submissions s on s.id = t.submission_id
where t.status = 'in_progress' and (s.id is null or s.status <> 'in_progress')
union all
select 'work_without_step', s.session_id, s.user_id, s.step
from submissions s
join onboarding_steps t on t.session_id = s.session_id and t.step = s.step
where s.status = 'in_progress' and (t.status <> 'in_progress' or t.submission_id is distinct from s.id)
union all
select 'result_missing', t.session_id, t.user_id, t.step
from onboarding_steps t
where t.result_submission_id is not null
    and not exists (select from website_analyses a where a.session_id = t.session_id and a.submission_id = t.result_submission_id)
    and not exists (select from persona_data p where p.session_id = t.session_id and p.submission_id = t.result_submission_id)
union all
select 'completed_without_result', t.session_id, t.user_id, t.step
from onboarding_steps t
where t.step = any (@queued::smallint[]) and t.status = 'completed' and t.result_submission_id is null
union all
select 'finish_contradicted', s.id, s.user_id, t.step
from onboarding_sessions s
join onboarding_steps t on t.session_id = s.id and t.step = @finish::smallint
where (s.completed_at is not null) <> (t.status = 'completed')
union all
select 'inputs_stale', i.session_id, i.user_id, 0::smallint
from personalization_inputs i
where i.wanted_revision > coalesce(i.revision, 0)
    and not exists (select from submissions s where s.session_id = i.session_id and s.kind = 'personalization_inputs'
        and (s.status = 'in_progress' or s.finished_at > now() - interval '10 minutes'))
union all
select distinct 'inputs_stale', t.session_id, t.user_id, 0::smallint
from onboarding_steps t
where t.result_submission_id is not null
    and not exists (select from personalization_inputs i where i.session_id = t.session_id)
order by 1, 2
limit @max_rows;

-- name: CountSessions :one
select count(*) from onboarding_sessions;

-- name: DeleteOldRequests :execrows
-- Answers are kept for 24 hours to be repeated.
delete from idempotency_keys where (user_id, key) in (
    select user_id, key from idempotency_keys where created_at < now() - interval '24 hours' order by created_at limit 1000);
