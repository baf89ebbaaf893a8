-- name: KeepPage :exec
insert into page_digests (submission_id, position, user_id, page)
values (@submission_id, @position, @user_id, @page);

-- name: ListPages :many
select page from page_digests where submission_id = @submission_id order by position;
