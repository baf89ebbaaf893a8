-- +goose Up

-- Taken at once or tried again: nothing waits behind these locks.
set local lock_timeout = '10ms';

-- A transaction that ends the work of several users names them all, as others name their one. It
-- sees and writes their rows and no others, in the tables that the end of work is about.
-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['onboarding_sessions', 'onboarding_steps', 'submissions', 'step_events', 'checkpoints', 'page_digests',
        'website_analyses', 'persona_data', 'personalization_inputs', 'research_preferences', 'business_info', 'api_keys', 'dead_jobs', 'document_versions'] loop
        execute format($sql$create policy rows_of_users on %1$I to onboarding_app
            using (user_id = any ((select nullif(current_setting('app.user_ids', true), '')::text[])::text[]))
            with check (user_id = any ((select nullif(current_setting('app.user_ids', true), '')::text[])::text[]))$sql$, t);
    end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['onboarding_sessions', 'onboarding_steps', 'submissions', 'step_events', 'checkpoints', 'page_digests',
        'website_analyses', 'persona_data', 'personalization_inputs', 'research_preferences', 'business_info', 'api_keys', 'dead_jobs', 'document_versions'] loop
        execute format('drop policy rows_of_users on %I', t);
    end loop;
end
$$;
-- +goose StatementEnd
