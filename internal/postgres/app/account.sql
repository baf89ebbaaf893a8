-- name: BoundLocks :exec
-- Bounds how long each lock of this transaction is waited for.
select set_config('lock_timeout', @lock_timeout::text, true);

-- name: LockWork :many
-- Locks all running work of a session, with a step and without, and returns its jobs.
select job_id from submissions where session_id = @session_id and status = 'in_progress' order by id for no key update;

-- name: DeleteSession :exec
-- Deletes a session with everything that references it.
delete from onboarding_sessions where id = @id;

-- name: DeleteStreamTickets :exec
delete from stream_tickets where user_id = @user_id;

-- name: DeleteBulkItems :exec
-- What operations did to a user, but for deletions: those are noted as long as their
-- operation.
delete from bulk_items i using bulk_operations o
where i.user_id = @user_id and o.id = i.operation_id and o.kind <> 'delete';

-- name: DeleteJobs :exec
-- Deletes the jobs of a user, but those that are running.
delete from river_job where args ->> 'user_id' = @user_id::text and state <> 'running';

-- name: ForgetJobs :exec
-- Takes the user's id out of the jobs that are left: their workers hold it already,
-- and whoever runs them later finds nothing to work on.
update river_job set args = args - 'user_id' where args ->> 'user_id' = @user_id::text;
