-- name: SaveWebsiteAnalysis :exec
-- One row for each website of a user; a repeated analysis replaces the former.
insert into website_analyses (session_id, user_id, website_url, submission_id, analysis)
values (@session_id, @user_id, @website_url, @submission_id, @analysis)
on conflict (session_id, website_url) do update
set submission_id = excluded.submission_id, analysis = excluded.analysis, updated_at = now();

-- name: LatestWebsiteAnalysis :one
select * from website_analyses where user_id = @user_id order by updated_at desc, id desc limit 1;
