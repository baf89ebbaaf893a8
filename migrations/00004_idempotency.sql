-- +goose Up

-- The answers to requests that named a key, to be repeated for 24 hours. A request that
-- is still being answered has no status. Of the request only a salted hash is kept: it
-- may hold API keys.
create table idempotency_keys (
    user_id      text not null,
    key          text not null,
    session_id   uuid not null,
    salt         bytea not null,
    request_hash bytea not null,
    status       integer,
    headers      jsonb not null default '{}',
    body         bytea,
    created_at   timestamptz not null default now(),
    primary key (user_id, key),
    foreign key (session_id, user_id) references onboarding_sessions (id, user_id) on delete cascade
);
create index idempotency_keys_session on idempotency_keys (session_id);
create index idempotency_keys_created on idempotency_keys (created_at);

alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy own_rows on idempotency_keys to onboarding_app
    using (user_id = nullif(current_setting('app.user_id', true), ''))
    with check (user_id = nullif(current_setting('app.user_id', true), ''));
create policy all_rows on idempotency_keys to onboarding_system using (true) with check (true);
grant select, insert, update, delete on idempotency_keys to onboarding_app, onboarding_system;

-- +goose Down
drop table idempotency_keys;
