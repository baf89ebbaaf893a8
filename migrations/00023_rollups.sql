-- +goose Up

-- What made the result that an event completes: local, client, the model provider,
-- mixed, or unknown. Null for every other event.
alter table step_events add column engine text;
-- Events are appended in the order of their time: this finds the newest at almost no
-- cost to who writes them.
create index step_events_at on step_events using brin (at) with (autosummarize = on);

-- Counts of the funnel, by day (UTC). The basis says of which day: the one on which
-- the session began, or the one on which it happened. No user's content, and kept
-- when an account goes.
--   started    a session began (step 0)
--   reached    anything was submitted, skipped or completed for the step, for the first time
--   passed     this step or a later one was completed or skipped, for the first time
--   completed  the step was completed for the first time, by what engine
--   skipped    it was skipped for the first time
--   failed     it failed for the first time
--   failure    a submission of the step failed, with what code
create table rollup_steps (
    basis  text not null check (basis in ('began', 'happened')),
    day    date not null,
    fact   text not null check (fact in ('started', 'reached', 'passed', 'completed', 'skipped', 'failed', 'failure')),
    step   smallint not null check (step between 0 and 6),
    engine text not null,
    code   text not null,
    count  bigint not null,
    primary key (basis, day, fact, step, engine, code)
);

-- Histograms of times, by the day (UTC) of the completion, and once more by its month,
-- so that a year is read from few rows. Bucket b holds what took up to 1.1^b ms and more
-- than the bucket before.
--   work   from a submission to its completion
--   step   at the step, from the last one that was finished before it
--   start  from the begin of the session
create table rollup_times (
    grain   text not null check (grain in ('day', 'month')),
    day     date not null, -- of a month the first
    measure text not null check (measure in ('work', 'step', 'start')),
    step    smallint not null check (step between 1 and 6),
    engine  text not null,
    bucket  smallint not null,
    count   bigint not null,
    primary key (grain, day, measure, step, engine, bucket)
);

-- Up to which version each session is counted: what makes an event count once.
create table rollup_sessions (
    session_id uuid primary key,
    user_id    text not null,
    version    bigint not null,
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);
alter table rollup_sessions enable row level security;
alter table rollup_sessions force row level security;
create policy all_rows on rollup_sessions to onboarding_system using (true) with check (true);

-- One row: until when what is new has been counted, and the walk through all
-- sessions, which goes on after sweep_after.
create table rollup_state (
    only_row    boolean primary key default true check (only_row),
    through     timestamptz not null default now(),
    sweep_after uuid not null default '00000000-0000-0000-0000-000000000000',
    swept_at    timestamptz not null default 'epoch'
);
insert into rollup_state default values;

grant select, insert, update, delete on rollup_steps, rollup_times, rollup_sessions, rollup_state to onboarding_system;

-- +goose Down
drop table rollup_state, rollup_sessions, rollup_times, rollup_steps;
drop index step_events_at;
alter table step_events drop column engine;
