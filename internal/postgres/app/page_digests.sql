-- name: KeepPage :exec
-- A part is kept under the fence of its submission.
insert into page_digests (submission_id, position, user_id, page)
select s.id, @position, s.user_id, @page from submissions s
where s.id = @submission_id and s.job_id = @job_id and s.status = 'in_progress';

-- name: ListPages :many
select page from page_digests where submission_id = @submission_id order by position;
