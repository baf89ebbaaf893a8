-- name: GetPersonas :one
select * from persona_data where user_id = @user_id;

-- name: HeldPersonas :many
-- The personas of users that their steps hold as their results.
select sqlc.embed(p) from persona_data p
join onboarding_steps t on t.session_id = p.session_id and t.result_submission_id = p.submission_id
where p.user_id = any (@user_ids::text[]);

-- name: SavePersonas :exec
insert into persona_data (session_id, user_id, submission_id, core_persona, platform_personas, quality_metrics,
                          selected_platforms, engine, provider, warnings, version, origin, edited, based_on)
values (@session_id, @user_id, @submission_id, @core_persona, @platform_personas, @quality_metrics,
        @selected_platforms, @engine, @provider, @warnings, @version, @origin, @edited, @based_on)
on conflict (session_id) do update
set submission_id = excluded.submission_id, core_persona = excluded.core_persona, platform_personas = excluded.platform_personas,
    quality_metrics = excluded.quality_metrics, selected_platforms = excluded.selected_platforms, engine = excluded.engine,
    provider = excluded.provider, warnings = excluded.warnings, version = excluded.version, origin = excluded.origin,
    edited = excluded.edited, restored_from = null, based_on = excluded.based_on, updated_at = now();

-- name: ConfirmPersonas :exec
-- Stores personas that are the same again: the version stays.
update persona_data set based_on = coalesce(sqlc.narg(based_on)::jsonb, based_on), submission_id = @submission_id, quality_metrics = @quality_metrics, selected_platforms = @selected_platforms,
    engine = @engine, provider = @provider, warnings = @warnings, updated_at = now()
where session_id = @session_id;

-- name: PersonasBefore :one
-- How the stored personas stand to others that are about to be stored: whether they are the same, whether their step
-- holds them, and the number of the proposal that the others equal, 0 for none.
select p.version, p.edited, p.based_on,
    exists (select from onboarding_steps t where t.session_id = p.session_id and t.result_submission_id = p.submission_id)::bool as held,
    (p.core_persona = @core_persona::jsonb and p.platform_personas = @platform_personas::jsonb)::bool as same,
    greatest(p.version, (select coalesce(max(v.version), 0) from document_versions v
        where v.session_id = p.session_id and v.analysis_id is null))::int + 1 as next_version,
    coalesce((select v.version from document_versions v
        where v.session_id = p.session_id and v.analysis_id is null and v.state = 'proposed'
            and v.content -> 'core_persona' = @core_persona::jsonb
            and v.content -> 'platform_personas' = @platform_personas::jsonb), 0)::int as proposal
from persona_data p where p.session_id = @session_id;

-- name: SavePersonaMedia :exec
update persona_data set media = coalesce(media, '{}') || @media::jsonb where session_id = @session_id;

-- name: DeletePersonas :exec
delete from persona_data where session_id = @session_id;
