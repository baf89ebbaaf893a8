-- name: BoundLocks :exec
-- Bounds how long each lock of this transaction is waited for.
select set_config('lock_timeout', @lock_timeout::text, true);

-- name: LockWork :many
-- Locks all running work of a session, with a step and without, and returns its jobs.
select job_id from submissions where session_id = @session_id and status = 'in_progress' order by id for no key update;

-- name: ListDetached :many
-- Locks the running work of a session that has no step, but for the build of the inputs, which are wanted as they were.
select id from submissions where session_id = @session_id and status = 'in_progress' and step is null and kind <> 'personalization_inputs'
order by id for no key update;

-- name: DeleteSession :exec
-- Deletes a session with everything that references it.
delete from onboarding_sessions where id = @id;

-- name: DeleteStreamTickets :exec
delete from stream_tickets where user_id = @user_id;
