-- +goose NO TRANSACTION
-- +goose Up

-- A job's row changes three times and is written to every index each time. Of the two
-- documents that are indexed as a whole only the user is ever looked up. The sweep reads
-- the running jobs by when they were begun. Built beside the traffic; what a try that
-- broke off has left is dropped.
drop index concurrently if exists river_job_user;
create index concurrently river_job_user on river_job ((args ->> 'user_id')) where args ->> 'user_id' is not null;
drop index concurrently if exists river_job_running;
create index concurrently river_job_running on river_job (attempted_at) where state = 'running';
drop index concurrently if exists river_job_args_index;
drop index concurrently if exists river_job_metadata_index;

-- +goose Down
create index concurrently if not exists river_job_metadata_index on river_job using gin (metadata);
create index concurrently if not exists river_job_args_index on river_job using gin (args);
drop index concurrently if exists river_job_running;
drop index concurrently if exists river_job_user;
