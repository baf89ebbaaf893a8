-- name: LockSessions :many
-- Takes the locks of those sessions that nobody else has locked, in the order in which all take them.
select id from onboarding_sessions where id = any (@ids::uuid[]) order by id for no key update skip locked;

-- name: AwaitSessions :many
-- LockSessions that waits.
select id from onboarding_sessions where id = any (@ids::uuid[]) order by id for no key update;

-- name: ReadEndings :many
-- What decides whether and how submissions end, under the locks of their sessions.
select s.id, s.status, s.job_id, coalesce(t.status, '')::text as step_status,
    coalesce(i.wanted_revision, 0)::bigint as wanted_revision, coalesce(i.building_revision, 0)::bigint as building_revision,
    exists (select from submissions b where b.session_id = s.session_id and b.kind = 'personalization_inputs'
        and b.status || '' = 'in_progress' -- not by an index of all that are
        and b.id <> s.id) as building
from submissions s
left join onboarding_steps t on t.session_id = s.session_id and t.step = s.step
left join personalization_inputs i on i.session_id = s.session_id
where s.id = any (@ids::uuid[]);

-- name: EndSubmissions :execrows
-- The fence: only the job that has the running submission may end it. What goes with its end goes
-- with it: the step, the version of the session and the step event, which names what made a result.
with e as (
    select unnest(@ids::uuid[]) as id, unnest(@job_ids::bigint[]) as job_id, unnest(@statuses::text[]) as status,
        unnest(@step_statuses::text[]) as step_status, unnest(@progresses::float8[]) as progress,
        unnest(@messages::text[]) as message, unnest(@codes::text[]) as code, unnest(@reasons::text[]) as reason,
        unnest(@results::jsonb[]) as result
), ended as (
    update submissions s
    set status = e.status, finished_at = now(), failure_code = nullif(e.code, ''), failure_message = nullif(e.reason, ''),
        progress = e.progress, progress_ceiling = e.progress, phase = 'finished', message = e.message,
        phase_at = clock_timestamp(), result = e.result
    from e
    where s.id = e.id and s.job_id = e.job_id
        and s.status || '' = 'in_progress' -- else all that are in progress are read, by an index of them
    returning s.id, s.session_id, s.user_id, s.step, e.step_status, e.progress, e.message, e.code, e.reason
), stepped as (
    update onboarding_steps t
    set status = ended.step_status, updated_at = now(), failure_code = nullif(ended.code, ''), failure_message = nullif(ended.reason, ''),
        result_submission_id = case when ended.step_status = 'completed' and not exists (
                select from document_versions v
                where v.session_id = ended.session_id and v.submission_id = ended.id and v.state = 'proposed')
            then ended.id else t.result_submission_id end,
        completed_at = case when ended.step_status = 'completed' then now() else t.completed_at end
    from ended where t.session_id = ended.session_id and t.step = ended.step
), raised as (
    update onboarding_sessions s set version = s.version + 1, updated_at = now(),
        day_version = case when s.updated_at >= date_trunc('day', now(), 'UTC') then s.day_version else s.version end
    from ended where s.id = ended.session_id and ended.step is not null
    returning s.id, s.version
), recorded as (
    insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message, failure_code, engine)
    select ended.session_id, raised.version, clock_timestamp(), ended.user_id, ended.step, ended.step_status, ended.id,
        ended.progress, 'finished', ended.message, nullif(ended.code, ''),
        case when ended.step_status = 'completed' then coalesce(
            (select a.provider from website_analyses a where a.session_id = ended.session_id and a.submission_id = ended.id limit 1),
            (select p.provider from persona_data p where p.session_id = ended.session_id and p.submission_id = ended.id),
            (select v.provider from document_versions v where v.session_id = ended.session_id and v.submission_id = ended.id and v.state = 'proposed'),
            'unknown') end
    from ended join raised on raised.id = ended.session_id
)
select from ended;

-- name: SaveBuilds :execrows
-- The documents of builds that were queued.
update personalization_inputs i set inputs = b.document, revision = b.revision, built_at = now()
from (select unnest(@session_ids::uuid[]) as session_id, unnest(@documents::jsonb[]) as document, unnest(@revisions::bigint[]) as revision) b
where i.session_id = b.session_id;

-- name: ChangeInputs :exec
-- Notes that something changed that the inputs are built from, with the document that is built from
-- it, or null where a build is still to come.
insert into personalization_inputs as i (session_id, user_id, building_revision, revision, inputs, built_at)
select b.session_id, b.user_id, case when b.document is null then 0 else 1 end, case when b.document is not null then 1 end, b.document,
    case when b.document is not null then now() end
from (select unnest(@session_ids::uuid[]) as session_id, unnest(@user_ids::text[]) as user_id, unnest(@documents::jsonb[]) as document) b
on conflict (session_id) do update
set wanted_revision = i.wanted_revision + 1, inputs = coalesce(excluded.inputs, i.inputs), built_at = coalesce(excluded.built_at, i.built_at),
    building_revision = case when excluded.inputs is null then i.building_revision else i.wanted_revision + 1 end,
    revision = case when excluded.inputs is null then i.revision else i.wanted_revision + 1 end;
