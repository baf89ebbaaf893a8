-- name: ListSitemaps :many
-- The newest report on the sitemap of each website, of its analysis or of its sitemap alone.
with mine as (select id from onboarding_sessions where user_id = @user_id)
select distinct on (r.website) r.website::text as website, r.at::timestamptz as at, r.report::jsonb as report
from (
    select a.website_url as website, a.updated_at as at, a.analysis #> '{crawl_result,sitemap_analysis}' as report
    from website_analyses a where a.user_id = @user_id
    union all
    select s.input ->> 'website', s.finished_at, s.result from mine join submissions s on s.session_id = mine.id
    where s.kind = 'sitemap_analysis' and s.status = 'completed'
) r
where jsonb_typeof(r.report) = 'object'
order by r.website, r.at desc limit 200;
