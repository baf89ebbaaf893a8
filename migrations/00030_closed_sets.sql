-- +goose Up

-- Which steps there are, and which kinds of work, is said by the tables of the code. The
-- database holds only that a number counts from 1 and that a kind has a name.
alter table submissions
    drop constraint submissions_step_check, add constraint submissions_step_check check (step >= 1),
    drop constraint submissions_kind_check, add constraint submissions_kind_check check (kind <> '');
alter table onboarding_steps drop constraint onboarding_steps_step_check, add constraint onboarding_steps_step_check check (step >= 1);
alter table dead_jobs drop constraint dead_jobs_step_check, add constraint dead_jobs_step_check check (step >= 1);
-- 0 stands for the session as a whole.
alter table rollup_steps drop constraint rollup_steps_step_check, add constraint rollup_steps_step_check check (step >= 0);
alter table rollup_times drop constraint rollup_times_step_check, add constraint rollup_times_step_check check (step >= 1);

-- +goose Down
alter table rollup_times drop constraint rollup_times_step_check, add constraint rollup_times_step_check check (step between 1 and 6);
alter table rollup_steps drop constraint rollup_steps_step_check, add constraint rollup_steps_step_check check (step between 0 and 6);
alter table dead_jobs drop constraint dead_jobs_step_check, add constraint dead_jobs_step_check check (step between 1 and 6);
alter table onboarding_steps drop constraint onboarding_steps_step_check, add constraint onboarding_steps_step_check check (step between 1 and 6);
alter table submissions
    drop constraint submissions_kind_check, add constraint submissions_kind_check check (kind in (
        'website_analysis', 'analysis_import', 'persona_generation', 'persona_import', 'personalization_inputs', 'api_key_validation',
        'website_preview', 'quality_assessment', 'sitemap_analysis', 'competitor_discovery')),
    drop constraint submissions_step_check, add constraint submissions_step_check check (step between 1 and 6);
