-- name: ListDeadJobs :many
-- The newest dead jobs before a place in the list. '' chooses all.
select submission_id as id, user_id, job_id, kind, step, code, attempts, recoveries, died_at, replayed_as, replayed_at
from dead_jobs
where (@kind::text = '' or kind = @kind)
    and (@code::text = '' or code = @code)
    and (@user_id::text = '' or user_id = @user_id)
    and died_at >= @since::timestamptz
    and (not @unreplayed::boolean or replayed_as is null)
    and (died_at, submission_id) < (@before_at::timestamptz, @before_id::uuid)
order by died_at desc, submission_id desc
limit @max_rows;

-- name: GetDeadJob :one
select submission_id as id, user_id, job_id, kind, step, code, attempts, recoveries, died_at, replayed_as, replayed_at
from dead_jobs where submission_id = @submission_id;

-- name: CountUnreplayed :one
-- The dead jobs that nobody has replayed.
select count(*) from dead_jobs where replayed_as is null;

-- name: DeleteOldDeadJobs :execrows
delete from dead_jobs where submission_id in (
    select d.submission_id from dead_jobs d
    where d.died_at < now() - make_interval(days => @days) order by d.died_at limit @max_rows);
