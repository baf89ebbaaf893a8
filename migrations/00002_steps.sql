-- +goose Up

alter table submissions drop constraint submissions_kind_check;
alter table submissions add constraint submissions_kind_check check (kind in (
    'website_analysis', 'analysis_import', 'persona_generation', 'persona_import',
    'personalization_inputs', 'api_key_validation'));
-- The result of work whose result is not a row of its own table.
alter table submissions add column result jsonb;
-- Builds are coalesced: at most one at a time.
create unique index submissions_building on submissions (session_id)
    where status = 'in_progress' and kind = 'personalization_inputs';

-- What was submitted for a step that completes at once, keys never.
alter table onboarding_steps add column data jsonb;

-- Keys are sealed under the key ring. last_four is empty for keys too short to show
-- any of; fingerprint is an HMAC.
create table api_keys (
    session_id  uuid not null,
    user_id     text not null,
    provider    text not null,
    sealed      bytea not null,
    last_four   text not null,
    fingerprint text not null,
    base_url    text not null default '',
    model       text not null default '',
    description text not null default '',
    status      text not null default 'unchecked' check (status in ('unchecked', 'valid', 'refused', 'unknown')),
    check_code  text,
    checked_at  timestamptz,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    primary key (session_id, provider),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);

create table research_preferences (
    session_id      uuid primary key,
    user_id         text not null,
    research_depth  text not null,
    content_types   text[] not null check (cardinality(content_types) > 0),
    auto_research   boolean not null,
    factual_content boolean not null,
    findings        jsonb not null default '{}',
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);

-- id is an integer because clients read one.
create table business_info (
    id                   bigint generated always as identity primary key,
    session_id           uuid not null unique,
    user_id              text not null,
    business_description text not null,
    industry             text not null default '',
    target_audience      text not null default '',
    business_goals       text not null default '',
    created_at           timestamptz not null default now(),
    updated_at           timestamptz not null default now(),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);

create table persona_data (
    session_id         uuid primary key,
    user_id            text not null,
    submission_id      uuid not null,
    core_persona       jsonb not null,
    platform_personas  jsonb not null,
    quality_metrics    jsonb not null,
    selected_platforms text[] not null,
    engine             text not null,
    warnings           jsonb not null default '[]',
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);

-- wanted_revision grows with every change of what the inputs are built from,
-- building_revision is what the newest build has seen, revision what inputs holds.
create table personalization_inputs (
    session_id        uuid primary key,
    user_id           text not null unique,
    wanted_revision   bigint not null default 1,
    building_revision bigint not null default 0,
    revision          bigint,
    inputs            jsonb,
    built_at          timestamptz,
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade,
    check ((inputs is null) = (revision is null) and (inputs is null) = (built_at is null))
);

-- Finished parts of running work, deleted with the outcome.
create table checkpoints (
    submission_id uuid not null,
    name          text not null,
    user_id       text not null,
    document      jsonb not null,
    created_at    timestamptz not null default now(),
    primary key (submission_id, name),
    foreign key (submission_id, user_id) references submissions (id, user_id) on delete cascade
);

-- One row for each call to a model provider: what it was charged.
create table model_calls (
    id            bigint generated always as identity primary key,
    session_id    uuid not null,
    user_id       text not null,
    submission_id uuid not null,
    provider      text not null,
    model         text not null,
    prompt        text not null,
    input_tokens  bigint not null,
    cached_tokens bigint not null,
    output_tokens bigint not null,
    cost_micros   bigint,
    at            timestamptz not null default now(),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);
create index model_calls_session on model_calls (session_id, at);

-- Who did what with whose data. Kept when the account goes.
create table audit_log (
    id      bigint generated always as identity primary key,
    at      timestamptz not null default now(),
    actor   text not null,
    action  text not null,
    user_id text not null,
    detail  jsonb not null default '{}'
);
create index audit_log_user on audit_log (user_id, at);

-- The same policies as in the first migration.
-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['api_keys', 'research_preferences', 'business_info', 'persona_data',
                             'personalization_inputs', 'checkpoints', 'model_calls'] loop
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
-- Users add what they did themselves and read nothing.
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy own_rows on audit_log for insert to onboarding_app
    with check (user_id = nullif(current_setting('app.user_id', true), ''));
create policy all_rows on audit_log to onboarding_system using (true) with check (true);
grant insert on audit_log to onboarding_app;
grant select, insert on audit_log to onboarding_system;

-- +goose Down
drop table audit_log, model_calls, checkpoints, personalization_inputs, persona_data, business_info, research_preferences, api_keys;
alter table onboarding_steps drop column data;
drop index submissions_building;
delete from submissions where kind <> 'website_analysis';
alter table submissions drop column result;
alter table submissions drop constraint submissions_kind_check;
alter table submissions add constraint submissions_kind_check check (kind in ('website_analysis'));
