-- name: ArchivePersonas :exec
-- Keeps the stored personas as a past version.
insert into document_versions (session_id, user_id, version, state, origin, edited, restored_from, provider, submission_id, based_on,
    content, bytes, made_at)
select p.session_id, p.user_id, p.version, 'past', p.origin, p.edited, p.restored_from, p.provider, p.submission_id, p.based_on,
    d.content, octet_length(d.content::text), p.updated_at
from persona_data p, lateral (select jsonb_build_object(
    'core_persona', p.core_persona, 'platform_personas', p.platform_personas, 'quality_metrics', p.quality_metrics,
    'selected_platforms', p.selected_platforms, 'engine', p.engine, 'warnings', p.warnings) as content) d
where p.session_id = @session_id;

-- name: ArchiveAnalysis :exec
-- Keeps a stored analysis as a past version.
insert into document_versions (session_id, user_id, analysis_id, version, state, origin, edited, restored_from, provider, submission_id,
    content, bytes, made_at)
select a.session_id, a.user_id, a.id, a.version, 'past', a.origin, a.edited, a.restored_from, a.provider, a.submission_id,
    a.analysis, octet_length(a.analysis::text), a.updated_at
from website_analyses a where a.id = @id;

-- name: Propose :exec
-- Keeps what was generated for a document that its user has edited.
insert into document_versions (session_id, user_id, analysis_id, version, state, origin, edited, provider, submission_id, based_on,
    content, bytes, made_at)
select @session_id, @user_id, sqlc.narg(analysis_id), @version, 'proposed', 'generated', false, @provider, @submission_id,
    sqlc.narg(based_on)::jsonb, d.content, octet_length(d.content::text), now()
from (select @content::jsonb as content) d;

-- name: DeclineProposal :exec
-- What waits for the user is waited for no longer. It can be restored like a past version.
update document_versions set state = 'declined'
where session_id = @session_id and analysis_id is not distinct from sqlc.narg(analysis_id) and state = 'proposed';

-- name: PruneVersions :exec
-- Deletes of each document what is older than its newest @kept versions, and of the session what is older than the newest of
-- @bytes in all. What waits for the user stays: there is one such version of a document.
delete from document_versions d using (
    select v.id, row_number() over (partition by v.analysis_id order by v.state = 'proposed' desc, v.id desc) as place,
        sum(v.bytes) over (order by v.state = 'proposed' desc, v.id desc) as total
    from document_versions v where v.session_id = @session_id) ranked
where d.id = ranked.id and d.state <> 'proposed' and (ranked.place > @kept::int or ranked.total > @bytes::bigint);

-- name: CurrentVersion :one
-- The version of the stored personas or, with its id, of an analysis.
select p.version from persona_data p where p.session_id = @session_id and sqlc.narg(analysis_id)::bigint is null
union all
select a.version from website_analyses a where a.session_id = @session_id and a.id = sqlc.narg(analysis_id)::bigint;

-- name: VersionBefore :one
-- A version that is not the current one, and the number that follows all those of its document.
select v.state, v.restored_from,
    greatest(@current_version::int, (select max(w.version) from document_versions w
        where w.session_id = v.session_id and w.analysis_id is not distinct from v.analysis_id))::int + 1 as next_version
from document_versions v
where v.session_id = @session_id and v.analysis_id is not distinct from sqlc.narg(analysis_id) and v.version = @version;

-- name: TakePersonas :exec
-- Makes a version the stored personas.
update persona_data p
set core_persona = v.content -> 'core_persona', platform_personas = v.content -> 'platform_personas',
    quality_metrics = v.content -> 'quality_metrics', warnings = v.content -> 'warnings', engine = v.content ->> 'engine',
    selected_platforms = array(select jsonb_array_elements_text(v.content -> 'selected_platforms')),
    provider = v.provider, based_on = v.based_on, edited = v.edited, origin = @origin, restored_from = sqlc.narg(restored_from),
    version = @new_version, submission_id = coalesce(sqlc.narg(submission_id), p.submission_id), updated_at = now()
from document_versions v
where p.session_id = @session_id and v.session_id = p.session_id and v.analysis_id is null and v.version = @version;

-- name: TakeAnalysis :exec
-- Makes a version the stored analysis of its website.
update website_analyses a
set analysis = v.content, provider = v.provider, edited = v.edited, origin = @origin, restored_from = sqlc.narg(restored_from),
    version = @new_version, submission_id = coalesce(sqlc.narg(submission_id), a.submission_id), updated_at = now()
from document_versions v
where a.id = @id and v.analysis_id = a.id and v.version = @version;

-- name: DeleteVersion :exec
delete from document_versions
where session_id = @session_id and analysis_id is not distinct from sqlc.narg(analysis_id) and version = @version;

-- name: DeleteVersions :exec
delete from document_versions where session_id = @session_id;

-- name: ProposalOf :one
-- What a submission has generated, while it waits for the user.
select sqlc.embed(v) from document_versions v
where v.user_id = @user_id and v.submission_id = @submission_id and v.state = 'proposed';

-- name: ListPersonaVersions :many
select p.version, 'current'::text as state, p.origin, p.edited, p.restored_from, p.provider, p.based_on, p.updated_at as made_at,
    (octet_length(p.core_persona::text) + octet_length(p.platform_personas::text) + octet_length(p.quality_metrics::text))::int as bytes
from persona_data p where p.user_id = @user_id
union all
select v.version, v.state, v.origin, v.edited, v.restored_from, v.provider, v.based_on, v.made_at, v.bytes
from document_versions v where v.user_id = @user_id and v.analysis_id is null
order by version desc;

-- name: ListAnalysisVersions :many
select a.version, 'current'::text as state, a.origin, a.edited, a.restored_from, a.provider, null::jsonb as based_on,
    a.updated_at as made_at, octet_length(a.analysis::text)::int as bytes
from website_analyses a where a.id = @id
union all
select v.version, v.state, v.origin, v.edited, v.restored_from, v.provider, v.based_on, v.made_at, v.bytes
from document_versions v where v.analysis_id = @id::bigint
order by version desc;

-- name: GetVersion :one
-- The content of a version that is not the current one.
select v.content from document_versions v
where v.user_id = @user_id and v.analysis_id is not distinct from sqlc.narg(analysis_id) and v.version = @version;
