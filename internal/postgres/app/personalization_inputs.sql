-- name: WantInputs :exec
-- Notes that something changed that the inputs are built from.
insert into personalization_inputs (session_id, user_id) values (@session_id, @user_id)
on conflict (session_id) do update set wanted_revision = personalization_inputs.wanted_revision + 1;

-- name: FindBuild :one
-- The running build of a session.
select id from submissions where session_id = @session_id and kind = 'personalization_inputs' and status = 'in_progress';

-- name: QueueBuild :exec
-- Notes which revision a build that is queued makes at least.
update personalization_inputs set building_revision = wanted_revision where session_id = @session_id;

-- name: WantedRevision :one
select wanted_revision from personalization_inputs where session_id = @session_id;

-- name: GetInputs :one
select revision, inputs, built_at from personalization_inputs where user_id = @user_id;

-- name: DeleteInputs :exec
-- Deletes the document and keeps the count, under which a running build ends.
update personalization_inputs set inputs = null, revision = null, built_at = null where session_id = @session_id;
