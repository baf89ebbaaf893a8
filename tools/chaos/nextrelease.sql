-- What the migration of a next release might do: it only adds. The programs of a rolling
-- restart run on it, one schema behind.
alter table submissions add column next_release text not null default 'new';
alter table onboarding_steps add column next_release jsonb;
create table next_release (
    session_id uuid primary key references onboarding_sessions (id) on delete cascade,
    created_at timestamptz not null default now()
);
create index next_release_created on next_release (created_at);
insert into goose_db_version (version_id, is_applied) select max(version_id) + 1, true from goose_db_version;
