-- name: GetPersonas :one
select * from persona_data where user_id = @user_id;

-- name: HeldPersonas :one
-- The personas that their step holds as its result.
select sqlc.embed(p) from persona_data p
join onboarding_steps t on t.session_id = p.session_id and t.result_submission_id = p.submission_id
where p.user_id = @user_id;

-- name: SavePersonas :exec
insert into persona_data (session_id, user_id, submission_id, core_persona, platform_personas, quality_metrics,
                          selected_platforms, engine, provider, warnings)
values (@session_id, @user_id, @submission_id, @core_persona, @platform_personas, @quality_metrics,
        @selected_platforms, @engine, @provider, @warnings)
on conflict (session_id) do update
set submission_id = excluded.submission_id, core_persona = excluded.core_persona, platform_personas = excluded.platform_personas,
    quality_metrics = excluded.quality_metrics, selected_platforms = excluded.selected_platforms, engine = excluded.engine,
    provider = excluded.provider,
    warnings = excluded.warnings, updated_at = now();

-- name: DeletePersonas :exec
delete from persona_data where session_id = @session_id;
