-- name: BuryJob :exec
-- A submission ends once; that it is dead already can't happen while the fence holds.
insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, step, code, attempts, recoveries)
values (@submission_id, @session_id, @user_id, @job_id, @kind, @step, @code, @attempts, @recoveries)
on conflict do nothing;

-- name: LockDeadJob :one
select submission_id, kind, step, replayed_as from dead_jobs
where submission_id = @submission_id for no key update;

-- name: NewestStepless :one
-- The newest submission of a kind that belongs to no step.
select id from submissions
where session_id = @session_id and step is null and kind = @kind
order by created_at desc, id desc limit 1;

-- name: SetReplayed :exec
update dead_jobs set replayed_as = @replayed_as, replayed_at = now()
where submission_id = @submission_id;
