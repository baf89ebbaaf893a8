-- name: SaveWebsiteAnalysis :exec
-- One row for each website of a user; a repeated analysis replaces the former.
insert into website_analyses (session_id, user_id, website_url, submission_id, analysis, provider)
values (@session_id, @user_id, @website_url, @submission_id, @analysis, @provider)
on conflict (session_id, website_url) do update
set submission_id = excluded.submission_id, analysis = excluded.analysis, provider = excluded.provider, updated_at = now();

-- name: LatestWebsiteAnalysis :one
-- The analysis that its step holds as its result, or else the newest, and the website that was analysed last.
select sqlc.embed(a), coalesce(nullif(a.website_url, ''), (
    select w.website_url from website_analyses w where w.user_id = @user_id and w.website_url <> ''
    order by w.updated_at desc, w.id desc limit 1), '')::text as last_website
from website_analyses a
left join onboarding_steps t on t.session_id = a.session_id and t.result_submission_id = a.submission_id
where a.user_id = @user_id
order by (t.step is not null) desc, a.updated_at desc, a.id desc limit 1;

-- name: HeldWebsiteAnalysis :one
-- The analysis that its step holds as its result.
select sqlc.embed(a) from website_analyses a
join onboarding_steps t on t.session_id = a.session_id and t.result_submission_id = a.submission_id
where a.user_id = @user_id
order by a.updated_at desc limit 1;

-- name: GetWebsiteAnalysis :one
select * from website_analyses where id = @id;

-- name: FindWebsiteAnalysis :one
select * from website_analyses where user_id = @user_id and website_url = @website_url;

-- name: ListWebsiteAnalyses :many
select * from website_analyses where user_id = @user_id order by updated_at desc, id desc limit 100;

-- name: UpdateWebsiteAnalysis :execrows
update website_analyses set analysis = @analysis, updated_at = now() where id = @id;

-- name: DeleteWebsiteAnalysis :one
delete from website_analyses where id = @id returning submission_id;

-- name: DeleteWebsiteAnalyses :exec
delete from website_analyses where session_id = @session_id;
