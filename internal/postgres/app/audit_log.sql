-- name: RecordAudit :exec
insert into audit_log (actor, action, user_id, detail) values (@actor, @action, @user_id, @detail);
