-- +goose Up

-- One row for each user: the root of everything stored about them.
create table onboarding_sessions (
    id           uuid primary key,
    user_id      text not null unique check (length(user_id) between 1 and 255),
    version      bigint not null default 0,
    started_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    completed_at timestamptz,
    unique (id, user_id)
);

-- Every piece of asked-for work. status and job_id are the fence: an outcome is
-- applied only while the row is in progress and belongs to the job that has it.
create table submissions (
    id               uuid primary key,
    session_id       uuid not null,
    user_id          text not null,
    kind             text not null check (kind in ('website_analysis')),
    step             smallint check (step between 1 and 6),
    status           text not null default 'in_progress'
        check (status in ('in_progress', 'completed', 'failed', 'superseded', 'cancelled')),
    input            jsonb not null,
    job_id           bigint not null,
    progress         double precision not null default 0 check (progress between 0 and 100),
    progress_ceiling double precision not null default 0 check (progress_ceiling between 0 and 100),
    phase            text not null,
    message          text not null,
    phase_at         timestamptz not null default now(),
    snoozed_ms       bigint not null default 0,
    failure_code     text,
    failure_message  text,
    created_at       timestamptz not null default now(),
    finished_at      timestamptz,
    unique (id, user_id),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade,
    check ((status = 'in_progress') = (finished_at is null)),
    check ((status = 'failed') = (failure_code is not null))
);
-- Progress is written often: room on the page keeps those updates off the indexes.
alter table submissions set (fillfactor = 70);
create index submissions_session on submissions (session_id, created_at desc);
-- What is in progress, to find the jobs that ended without it.
create index submissions_in_progress on submissions (job_id) where status = 'in_progress';
-- At most one running submission a step, whatever the code does.
create unique index submissions_running on submissions (session_id, step)
    where status = 'in_progress' and step is not null;

create table onboarding_steps (
    session_id           uuid not null,
    user_id              text not null,
    step                 smallint not null check (step between 1 and 6),
    status               text not null default 'pending'
        check (status in ('pending', 'in_progress', 'completed', 'skipped', 'failed')),
    submission_id        uuid,
    result_submission_id uuid,
    started_at           timestamptz,
    completed_at         timestamptz,
    updated_at           timestamptz not null default now(),
    failure_code         text,
    failure_message      text,
    primary key (session_id, step),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade,
    check ((status = 'failed') = (failure_code is not null))
);
alter table onboarding_steps set (fillfactor = 70);

-- Append-only history of the steps. seq is the session's version.
create table step_events (
    session_id    uuid not null,
    seq           bigint not null,
    at            timestamptz not null default now(),
    user_id       text not null,
    step          smallint not null,
    status        text not null,
    submission_id uuid,
    progress      double precision,
    phase         text,
    message       text,
    failure_code  text,
    primary key (session_id, seq, at),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
) partition by range (at);
create table step_events_default partition of step_events default;
alter table step_events_default enable row level security;
alter table step_events_default force row level security;

-- Checkpoints of running crawls, deleted with the outcome.
create table page_digests (
    submission_id uuid not null,
    position      smallint not null,
    user_id       text not null,
    page          jsonb not null,
    created_at    timestamptz not null default now(),
    primary key (submission_id, position),
    foreign key (submission_id, user_id) references submissions (id, user_id) on delete cascade
);

-- id is an integer because clients read one.
create table website_analyses (
    id            bigint generated always as identity primary key,
    session_id    uuid not null,
    user_id       text not null,
    website_url   text not null,
    submission_id uuid not null,
    analysis      jsonb not null,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    unique (session_id, website_url),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);

-- Which jobs each worker is running. Holds no user's content.
create table worker_beats (
    client_id  text primary key,
    started_at timestamptz not null default now(),
    beat_at    timestamptz not null default now(),
    job_ids    bigint[] not null default '{}'
);

-- Row-level security: onboarding_app sees the rows of app.user_id, nothing while
-- it is unset (the setting reads '' after its first use on a connection).
-- onboarding_system sees all. FORCE binds the owner too.
-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['onboarding_sessions', 'submissions', 'onboarding_steps', 'step_events',
                             'page_digests', 'website_analyses'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_rows on %I to onboarding_app '
            'using (user_id = nullif(current_setting(''app.user_id'', true), '''')) '
            'with check (user_id = nullif(current_setting(''app.user_id'', true), ''''))', t);
        execute format('create policy all_rows on %I to onboarding_system using (true) with check (true)', t);
        execute format('grant select, insert, update, delete on %I to onboarding_app, onboarding_system', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update, delete on worker_beats to onboarding_system;

-- +goose Down
drop table worker_beats, website_analyses, page_digests, step_events, onboarding_steps, submissions, onboarding_sessions;
