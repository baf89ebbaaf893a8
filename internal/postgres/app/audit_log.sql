-- name: RecordAudit :exec
insert into audit_log (actor, action, user_id, detail) values (@actor, @action, @user_id, @detail);

-- name: NoteRepeated :exec
-- Notes an act about the user of the transaction; its repeats on the same day are counted.
select note_repeated(@actor, @action, @detail);
