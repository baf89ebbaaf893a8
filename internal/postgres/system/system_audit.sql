-- name: RecordAdminCall :exec
-- Notes a call of an operator, with the user that it is about or ''.
insert into audit_log (actor, action, user_id, detail) values (@actor, @action, @user_id, @detail);

-- name: ListAuditLog :many
-- The rows before an id, the newest first, those that every filter that is named
-- lets through.
select id, at, actor, action, user_id, detail, count, coalesce(last_at, at)::timestamptz as last_at from audit_log
where id < @before
    and (sqlc.narg(actor)::text is null or actor = sqlc.narg(actor))
    and (sqlc.narg(action)::text is null or action = sqlc.narg(action))
    and (sqlc.narg(user_id)::text is null or user_id = sqlc.narg(user_id))
    and at >= @since and at < @until
order by id desc
limit @max_rows;
