-- +goose Up

-- Work that failed although nobody but the operators can mend it: out of attempts, out
-- of recoveries, out of time, or broken. No content: ids, the code of the failure and
-- what was used up. It outlives River's row and the submission; replayed_as is the
-- submission that took its place.
create table dead_jobs (
    submission_id uuid primary key,
    session_id    uuid not null,
    user_id       text not null,
    job_id        bigint not null,
    kind          text not null,
    step          smallint check (step between 1 and 6),
    code          text not null,
    attempts      int not null,
    recoveries    int not null,
    died_at       timestamptz not null default now(),
    replayed_as   uuid,
    replayed_at   timestamptz,
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade,
    check ((replayed_as is null) = (replayed_at is null))
);
create index dead_jobs_died on dead_jobs (died_at, submission_id);
create index dead_jobs_user on dead_jobs (user_id, died_at);

-- The transaction that ends or replays the work writes the row under the user's policy.
alter table dead_jobs enable row level security;
alter table dead_jobs force row level security;
create policy own_rows on dead_jobs to onboarding_app
    using (user_id = nullif(current_setting('app.user_id', true), ''))
    with check (user_id = nullif(current_setting('app.user_id', true), ''));
create policy all_rows on dead_jobs to onboarding_system using (true) with check (true);
grant select, insert, update on dead_jobs to onboarding_app;
grant select, delete on dead_jobs to onboarding_system;

-- +goose Down
drop table dead_jobs;
