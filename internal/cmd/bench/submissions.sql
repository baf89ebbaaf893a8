-- What a submission of a text for step 2 by a new user writes, as one transaction in two round trips:
-- pgbench -n -M prepared -f submissions.sql
\set user random(1, 2000000000)
\startpipeline
begin;
select set_config('app.user_id', 'bench-' || :user::text, true);
with created as (
    insert into onboarding_sessions (id, user_id) values (md5('s' || :user::text)::uuid, 'bench-' || :user::text)
    on conflict (user_id) do nothing returning id, user_id
) insert into onboarding_steps (session_id, user_id, step) select id, user_id, n from created, generate_series(1, 6) n;
select id from onboarding_sessions where user_id = 'bench-' || :user::text for no key update;
select status from onboarding_steps where session_id = md5('s' || :user::text)::uuid and step = 2 for no key update;
select id from submissions where session_id = md5('s' || :user::text)::uuid and step = 2 and status = 'in_progress' for no key update;
\endpipeline
\startpipeline
insert into river_job (kind, queue, args, max_attempts, priority, state)
values ('website_analysis', 'interactive', '{"submission_id": "00000000-0000-0000-0000-000000000000"}', 25, 1, 'available')
returning id;
insert into submissions (id, session_id, user_id, kind, step, input, job_id, phase, message, status)
values (md5('u' || :user::text)::uuid, md5('s' || :user::text)::uuid, 'bench-' || :user::text, 'website_analysis', 2,
    '{"text": "We repair bicycles in the old town, and lend you one meanwhile."}', lastval(), 'queued',
    'Waiting for a free worker.', 'in_progress');
update onboarding_steps set status = 'in_progress', submission_id = md5('u' || :user::text)::uuid, started_at = now(), updated_at = now()
where session_id = md5('s' || :user::text)::uuid and step = 2;
with s as (
    update onboarding_sessions set version = version + 1, updated_at = now() where id = md5('s' || :user::text)::uuid
    returning id, user_id, version
) insert into step_events (session_id, seq, user_id, step, status, submission_id, progress, phase, message)
select id, version, user_id, 2, 'in_progress', md5('u' || :user::text)::uuid, 0, 'queued', 'Waiting for a free worker.' from s;
select pg_notify('onboarding_changes', md5('s' || :user::text));
commit;
\endpipeline
