-- name: RecordAdminCall :exec
-- Notes a call of an operator, with the user that it is about or ''.
insert into audit_log (actor, action, user_id, detail) values (@actor, @action, @user_id, @detail);

-- name: ListAuditLog :many
-- The rows before an id, the newest first, those that every filter that is named lets through; without reads, what
-- operators only looked at is left out. A time is a range of ids, give or take what is written late: a row is written
-- within a minute of its time.
with before as (
    select b.id from audit_log b where b.at < sqlc.arg(since)::timestamptz - make_interval(mins => 1) order by b.at desc, b.id desc limit 1
), after as (
    select b.id from audit_log b where b.at >= sqlc.arg(until)::timestamptz + make_interval(mins => 1) order by b.at, b.id limit 1
)
select a.id, a.at, a.actor, a.action, a.user_id, a.detail, a.count, coalesce(a.last_at, a.at)::timestamptz as last_at from audit_log a
where a.id < @before
    and a.id >= coalesce((select before.id from before), 0) and a.id <= coalesce((select after.id from after), 9223372036854775807)
    and (sqlc.narg(actor)::text is null or a.actor = sqlc.narg(actor))
    and (sqlc.narg(action)::text is null or a.action = sqlc.narg(action))
    and (sqlc.narg(user_id)::text is null or a.user_id = sqlc.narg(user_id))
    and (@with_reads::boolean or not (starts_with(a.action, 'admin.list') or starts_with(a.action, 'admin.get')))
    and a.at >= @since and a.at < @until
order by a.id desc
limit @max_rows;
