-- +goose Up

-- Taken within 10 ms or tried again: nothing waits longer behind these locks.
set local lock_timeout = '10ms';

-- A stored document counts its versions, says how the current one came about (restored from
-- which) and whether it has something that the user wrote. Personas say which analysis they
-- were made from.
alter table website_analyses
    add column version integer not null default 1 check (version >= 1),
    add column origin text not null default 'generated' check (origin in ('generated', 'edited', 'restored')),
    add column edited boolean not null default false,
    add column restored_from integer,
    add constraint website_analyses_id_user_id_key unique (id, user_id);
alter table persona_data
    add column version integer not null default 1 check (version >= 1),
    add column origin text not null default 'generated' check (origin in ('generated', 'edited', 'restored')),
    add column edited boolean not null default false,
    add column restored_from integer,
    add column based_on jsonb;

-- The other versions of documents that have changed: what was replaced (past), what waits for
-- its user (proposed), and what its user did not take (declined). Without analysis_id they
-- are of the personas.
create table document_versions (
    id            bigint generated always as identity primary key,
    session_id    uuid not null,
    user_id       text not null,
    analysis_id   bigint,
    version       integer not null check (version >= 1),
    state         text not null check (state in ('past', 'proposed', 'declined')),
    origin        text not null check (origin in ('generated', 'edited', 'restored')),
    edited        boolean not null,
    restored_from integer,
    provider      text not null,
    submission_id uuid not null,
    based_on      jsonb,
    content       jsonb not null,
    -- The length of the content as text, which bounds what is kept.
    bytes         integer not null check (bytes > 0),
    made_at       timestamptz not null,
    unique nulls not distinct (session_id, analysis_id, version),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade,
    foreign key (analysis_id, user_id) references website_analyses (id, user_id) on delete cascade
);
create index document_versions_user on document_versions (user_id);
create index document_versions_analysis on document_versions (analysis_id) where analysis_id is not null;
-- One proposal a document.
create unique index document_versions_proposed on document_versions (session_id, analysis_id) nulls not distinct
    where state = 'proposed';

alter table document_versions enable row level security;
alter table document_versions force row level security;
create policy own_rows on document_versions to onboarding_app
    using (user_id = nullif(current_setting('app.user_id', true), ''))
    with check (user_id = nullif(current_setting('app.user_id', true), ''));
create policy all_rows on document_versions to onboarding_system using (true) with check (true);
grant select, insert, update, delete on document_versions to onboarding_app, onboarding_system;

-- +goose Down
drop table document_versions;
alter table persona_data drop column based_on, drop column restored_from, drop column edited, drop column origin, drop column version;
alter table website_analyses drop constraint website_analyses_id_user_id_key, drop column restored_from, drop column edited, drop column origin, drop column version;
