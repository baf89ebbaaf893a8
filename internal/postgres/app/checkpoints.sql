-- name: KeepCheckpoint :exec
insert into checkpoints (submission_id, name, user_id, document) values (@submission_id, @name, @user_id, @document)
on conflict (submission_id, name) do nothing;

-- name: ListCheckpoints :many
select name, document from checkpoints where submission_id = @submission_id;

-- name: DeleteCheckpoints :exec
-- What a submission has kept of its work, pages included.
with parts as (delete from checkpoints where checkpoints.submission_id = @submission_id)
delete from page_digests where page_digests.submission_id = @submission_id;
