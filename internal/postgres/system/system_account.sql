-- name: DeleteBulkItems :exec
-- What operations did to a user, but for deletions: those are noted as long as their
-- operation.
delete from bulk_items i using bulk_operations o
where i.user_id = @user_id and o.id = i.operation_id and o.kind <> 'delete';

-- name: DeleteJobs :exec
-- Deletes the jobs of a session's submissions, but those that are running.
delete from river_job j using submissions s
where s.session_id = @session_id and j.id = s.job_id and j.state <> 'running';

-- name: ForgetJobs :exec
-- Takes the user's id out of the jobs that are left, which only programs of the release before
-- read it from.
update river_job j set args = j.args - 'user_id' from submissions s
where s.session_id = @session_id and j.id = s.job_id and j.args ? 'user_id';
