-- +goose NO TRANSACTION
-- +goose Up

-- Workers fetch in the order of this index, so that a fetch reads as many rows as it takes, however many wait or are
-- kept. River's own index is not in that order for a role under row-level security: the comparison of states may not be
-- made before a policy's. By the index of kinds a fetch read all jobs that are kept.
-- Built beside the traffic; what a try that broke off has left is dropped.
drop index concurrently if exists river_job_fetch;
create index concurrently river_job_fetch on river_job (queue, priority, scheduled_at, id) where state = 'available';
drop index concurrently if exists river_job_kind;

-- The users of running submissions that name the job at the same place.
-- +goose StatementBegin
create or replace function submission_users(works uuid[], jobs bigint[]) returns text[]
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (select array_agg(s.user_id) from unnest(works, jobs) as w (submission, job)
        join public.submissions s on s.id = w.submission and s.job_id = w.job and s.status || '' = 'in_progress');
end $$;
-- +goose StatementEnd
revoke execute on function submission_users from public;
grant execute on function submission_users to onboarding_app;

-- +goose Down
-- +goose StatementBegin
create or replace function submission_user(submission uuid, job bigint) returns text
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (select s.user_id from public.submissions s where s.id = submission and s.job_id = job and s.status = 'in_progress');
end $$;
-- +goose StatementEnd
revoke execute on function submission_user from public;
grant execute on function submission_user to onboarding_app;
drop function submission_users;
create index concurrently if not exists river_job_kind on river_job (kind);
drop index concurrently if exists river_job_fetch;
