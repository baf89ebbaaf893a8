-- +goose Up

-- One thing that is done to many users. No content: the ids of users only.
create table bulk_operations (
    id          uuid primary key,
    kind        text not null check (kind in ('reset', 'retry_failed', 'rebuild_inputs', 'delete')),
    actor       text not null,
    status      text not null default 'running' check (status in ('running', 'completed', 'cancelled')),
    total       int not null,
    created_at  timestamptz not null default now(),
    finished_at timestamptz
);
create index bulk_operations_running on bulk_operations (created_at) where status = 'running';

-- job_id is the fence: only the job that a queued item names may settle it.
create table bulk_items (
    operation_id uuid not null references bulk_operations (id) on delete cascade,
    position     int not null,
    user_id      text not null,
    status       text not null default 'waiting' check (status in (
        'waiting', 'queued', 'done', 'unchanged', 'missing', 'failed', 'cancelled')),
    code         text,
    job_id       bigint,
    finished_at  timestamptz,
    primary key (operation_id, position),
    unique (operation_id, user_id)
);
create index bulk_items_waiting on bulk_items (operation_id, position) where status = 'waiting';
create index bulk_items_queued on bulk_items (operation_id, position) where status = 'queued';
create index bulk_items_user on bulk_items (user_id);

-- The transaction that changes a user settles the item under the user's own policy.
alter table bulk_items enable row level security;
alter table bulk_items force row level security;
create policy own_rows on bulk_items to onboarding_app
    using (user_id = nullif(current_setting('app.user_id', true), ''))
    with check (user_id = nullif(current_setting('app.user_id', true), ''));
create policy all_rows on bulk_items to onboarding_system using (true) with check (true);
grant select, update on bulk_items to onboarding_app;
grant select on bulk_operations to onboarding_app;
grant select, insert, update, delete on bulk_items, bulk_operations to onboarding_system;

-- +goose Down
drop table bulk_items, bulk_operations;
