-- name: GetPreferences :one
select * from research_preferences where user_id = @user_id;

-- name: HeldPreferences :many
-- The preferences of users whose research step is completed; no others count.
select sqlc.embed(p) from research_preferences p
join onboarding_steps t on t.session_id = p.session_id and t.step = @step and t.status = 'completed'
where p.user_id = any (@user_ids::text[]);

-- name: SavePreferences :exec
insert into research_preferences (session_id, user_id, research_depth, content_types, auto_research, factual_content, findings)
values (@session_id, @user_id, @research_depth, @content_types, @auto_research, @factual_content, @findings)
on conflict (session_id) do update
set research_depth = excluded.research_depth, content_types = excluded.content_types, auto_research = excluded.auto_research,
    factual_content = excluded.factual_content, findings = excluded.findings, updated_at = now();

-- name: DeletePreferences :exec
delete from research_preferences where session_id = @session_id;
