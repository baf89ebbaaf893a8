-- +goose Up

-- One-time tickets that open a stream where no header can be sent. hash is the
-- SHA-256 of the ticket. Any API process redeems it; it lives for seconds.
create table stream_tickets (
    hash             bytea primary key check (length(hash) = 32),
    user_id          text not null check (length(user_id) between 1 and 255),
    expires_at       timestamptz not null,
    token_expires_at timestamptz not null
);
create index stream_tickets_expires on stream_tickets (expires_at);

-- Only its user makes a ticket. Who redeems it is not known before: the hash is the
-- key, so that every row may be looked up by it.
alter table stream_tickets enable row level security;
alter table stream_tickets force row level security;
create policy own_rows on stream_tickets to onboarding_app
    using (true) with check (user_id = nullif(current_setting('app.user_id', true), ''));
create policy all_rows on stream_tickets to onboarding_system using (true) with check (true);
grant select, insert, update, delete on stream_tickets to onboarding_app, onboarding_system;

-- +goose Down
drop table stream_tickets;
