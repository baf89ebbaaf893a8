-- name: KeepCheckpoint :exec
-- A part is kept under the fence of its submission.
insert into checkpoints (submission_id, name, user_id, document)
select s.id, @name, s.user_id, @document from submissions s
where s.id = @submission_id and s.job_id = @job_id and s.status = 'in_progress'
on conflict (submission_id, name) do nothing;

-- name: ListCheckpoints :many
select name, document from checkpoints where submission_id = @submission_id;

-- name: DeleteCheckpoints :exec
-- What submissions have kept of their work, pages included.
with parts as (delete from checkpoints where checkpoints.submission_id = any (@submission_ids::uuid[]))
delete from page_digests where page_digests.submission_id = any (@submission_ids::uuid[]);
