-- name: ExportRows :many
-- Everything that is stored of a user, one row of a table at a time, the session
-- first. Left out are sealed keys, salts and hashes, the numbers of jobs, who acted on the user's
-- data but as what, and what was refused. What has no index by user is found by its session.
with owner as materialized (select o.id from onboarding_sessions o where o.user_id = @user_id)
(select 'onboarding_sessions'::text as section, to_jsonb(t)::jsonb as document
    from onboarding_sessions t where t.user_id = @user_id)
union all (select 'onboarding_steps', to_jsonb(t) from onboarding_steps t where t.session_id = (select id from owner) order by t.step)
union all (select 'submissions', to_jsonb(t) - 'job_id' from submissions t where t.session_id = (select id from owner) order by t.created_at)
union all (select 'step_events', to_jsonb(t) from step_events t where t.session_id = (select id from owner) order by t.seq)
union all (select 'outbox_events', to_jsonb(t) - 'dispatched' from outbox_events t where t.user_id = @user_id order by t.id)
union all (select 'page_digests', to_jsonb(t) from page_digests t where t.submission_id in (select o.id from submissions o where o.session_id = (select id from owner)) order by t.submission_id, t.position)
union all (select 'checkpoints', to_jsonb(t) from checkpoints t where t.submission_id in (select o.id from submissions o where o.session_id = (select id from owner)) order by t.submission_id, t.name)
union all (select 'dead_jobs', to_jsonb(t) - 'job_id' from dead_jobs t where t.user_id = @user_id order by t.died_at)
union all (select 'website_analyses', to_jsonb(t) from website_analyses t where t.user_id = @user_id order by t.id)
union all (select 'api_keys', to_jsonb(t) - array['sealed', 'fingerprint', 'last_four'] || jsonb_build_object('key', '****' || t.last_four)
    from api_keys t where t.user_id = @user_id order by t.provider)
union all (select 'research_preferences', to_jsonb(t) from research_preferences t where t.user_id = @user_id)
union all (select 'business_info', to_jsonb(t) from business_info t where t.user_id = @user_id)
union all (select 'persona_data', to_jsonb(t) from persona_data t where t.user_id = @user_id)
union all (select 'document_versions', to_jsonb(t) from document_versions t where t.user_id = @user_id order by t.id)
union all (select 'personalization_inputs', to_jsonb(t) from personalization_inputs t where t.user_id = @user_id)
union all (select 'model_calls', to_jsonb(t) from model_calls t where t.session_id = (select id from owner) order by t.id)
union all (select 'idempotency_keys', to_jsonb(t) - array['salt', 'request_hash'] || jsonb_build_object('body', convert_from(t.body, 'UTF8'))
    from idempotency_keys t where t.user_id = @user_id order by t.created_at)
union all (select 'stream_tickets', to_jsonb(t) - 'hash' from stream_tickets t where t.expires_at > now() - interval '1 day' and t.user_id = @user_id order by t.expires_at)
union all (select 'bulk_items', to_jsonb(t) - 'job_id' from bulk_items t where t.user_id = @user_id order by t.operation_id)
union all (select 'audit_log', to_jsonb(t) - 'day' || jsonb_build_object('actor', case
        when t.actor = t.user_id then t.actor when t.action like 'inputs.%' then 'service' else 'operator' end)
    from audit_log t where t.user_id = @user_id and (t.actor = t.user_id or t.action <> 'inputs.refused' and t.detail -> 'allowed' is distinct from 'false')
    order by t.id)
union all (select 'jobs', t from own_jobs() t);
