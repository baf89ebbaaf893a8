-- name: SaveAnalyses :many
-- One row for each website of a user; a repeated analysis replaces the former.
insert into website_analyses as a (session_id, user_id, website_url, submission_id, analysis, provider, version, origin, edited)
select unnest(@session_ids::uuid[]), unnest(@user_ids::text[]), unnest(@websites::text[]), unnest(@submission_ids::uuid[]),
    unnest(@analyses::jsonb[]), unnest(@providers::text[]), unnest(@versions::int[]), unnest(@origins::text[]), unnest(@edited::boolean[])
on conflict (session_id, website_url) do update
set submission_id = excluded.submission_id, analysis = excluded.analysis, provider = excluded.provider,
    version = excluded.version, origin = excluded.origin, edited = excluded.edited, restored_from = null, updated_at = now()
returning a.session_id, a.id, a.created_at, a.updated_at;

-- name: ConfirmAnalysis :exec
-- Stores an analysis that says the same again: the version stays.
update website_analyses set submission_id = @submission_id, analysis = @analysis, provider = @provider, updated_at = now() where id = @id;

-- name: AnalysesBefore :many
-- The stored analyses of websites that others are about to be stored of: whether their steps hold them, and what is
-- proposed for them.
select a.id, a.session_id, a.website_url, a.version, a.edited, a.provider, a.analysis, coalesce(p.version, 0)::int as proposal,
    p.content as proposed,
    exists (select from onboarding_steps t where t.session_id = a.session_id and t.result_submission_id = a.submission_id)::bool as held,
    greatest(a.version, (select coalesce(max(v.version), 0) from document_versions v where v.analysis_id = a.id))::int + 1 as next_version
from (select unnest(@session_ids::uuid[]) as session_id, unnest(@websites::text[]) as website_url) w
join website_analyses a on a.session_id = w.session_id and a.website_url = w.website_url
left join document_versions p on p.session_id = a.session_id and p.analysis_id = a.id and p.state = 'proposed';

-- name: HeldAnalysisHead :one
-- What names the analysis that its step holds as its result.
select a.id, a.version, a.restored_from, a.website_url from website_analyses a
join onboarding_steps t on t.session_id = a.session_id and t.result_submission_id = a.submission_id
where a.user_id = @user_id
order by a.updated_at desc limit 1;

-- name: LatestWebsiteAnalysis :one
-- The analysis that its step holds as its result, or else the newest, and the website that was analysed last.
select sqlc.embed(a), coalesce(nullif(a.website_url, ''), (
    select w.website_url from website_analyses w where w.user_id = @user_id and w.website_url <> ''
    order by w.updated_at desc, w.id desc limit 1), '')::text as last_website
from website_analyses a
left join onboarding_steps t on t.session_id = a.session_id and t.result_submission_id = a.submission_id
where a.user_id = @user_id
order by (t.step is not null) desc, a.updated_at desc, a.id desc limit 1;

-- name: HeldWebsiteAnalyses :many
-- The analyses of users that their steps hold as their results.
select sqlc.embed(a) from website_analyses a
join onboarding_steps t on t.session_id = a.session_id and t.result_submission_id = a.submission_id
where a.user_id = any (@user_ids::text[]);

-- name: GetWebsiteAnalysis :one
select * from website_analyses where id = @id;

-- name: FindWebsiteAnalysis :one
select * from website_analyses where user_id = @user_id and website_url = @website_url;

-- name: ListWebsiteAnalyses :many
select * from website_analyses where user_id = @user_id order by updated_at desc, id desc limit 100;

-- name: UpdateWebsiteAnalysis :exec
update website_analyses
set analysis = @analysis, version = @version, origin = 'edited', edited = true, restored_from = null, updated_at = now()
where id = @id;

-- name: DeleteWebsiteAnalysis :one
delete from website_analyses where id = @id returning submission_id;

-- name: DeleteWebsiteAnalyses :exec
delete from website_analyses where session_id = @session_id;
