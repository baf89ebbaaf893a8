-- +goose NO TRANSACTION
-- +goose Up

-- network: the work waits for websites or providers, and counts towards its user's share of
-- such work. held: it waits for the user's other work of that kind; its job is pending.
alter table submissions
    add column if not exists network boolean not null default false,
    add column if not exists held boolean not null default false;
-- Built beside the traffic; what a try that broke off has left is dropped.
drop index concurrently if exists submissions_network;
create index concurrently submissions_network on submissions (session_id) where status = 'in_progress' and network;

-- +goose Down
drop index concurrently if exists submissions_network;
alter table submissions drop column if exists held, drop column if exists network;
