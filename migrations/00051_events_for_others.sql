-- +goose Up

-- Taken at once or tried again: nothing waits behind these locks.
set local lock_timeout = '10ms';

-- Who is told of events: what workers have in their settings, without addresses and secrets.
create table webhook_receivers (
    name    text primary key,
    kinds   text[] not null,
    seen_at timestamptz not null default now()
);

-- What has happened to users, for others: ids and versions. A row is written in the transaction of its change, while
-- there is a receiver of its kind. It references no session: the end of an account is told after the account is gone.
-- The ids of a user's rows grow in the order of their commits, because the transactions hold the lock of the session.
create table outbox_events (
    id            bigint generated always as identity primary key,
    at            timestamptz not null default now(),
    kind          text not null check (kind in ('onboarding.started', 'step.completed', 'step.failed', 'onboarding.stalled',
        'onboarding.completed', 'inputs.updated', 'account.deleted')),
    user_id       text not null,
    session_id    uuid not null,
    version       bigint not null,
    step          smallint check (step >= 1),
    submission_id uuid,
    revision      bigint,
    dispatched    boolean not null default false
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index outbox_events_user on outbox_events (user_id, id);
create index outbox_events_new on outbox_events (id) where not dispatched;

-- How far each receiver is with each user to whom something is to be told: the events after after_id and up to
-- through_id, one after the other. Who has raised claim delivers them until next_at. A lane that is made anew begins with
-- a higher claim than any of the former one.
create table webhook_lanes (
    receiver   text not null references webhook_receivers (name) on delete cascade,
    user_id    text not null,
    after_id   bigint not null,
    through_id bigint not null,
    attempts   integer not null default 0,
    claim      bigint not null default extract(epoch from clock_timestamp()) * 1000000,
    next_at    timestamptz not null default now(),
    primary key (receiver, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index webhook_lanes_next on webhook_lanes (receiver, next_at);

-- The log of attempts. It says which event, not whose: that is gone with the event.
create table webhook_attempts (
    id       bigint generated always as identity primary key,
    receiver text not null,
    event_id bigint not null,
    at       timestamptz not null default now(),
    outcome  text not null check (outcome in ('delivered', 'failed', 'parked')),
    status   integer,
    reason   text not null,
    took_ms  integer not null
);
create index webhook_attempts_receiver on webhook_attempts (receiver, id);
create index webhook_attempts_event on webhook_attempts (event_id, receiver);

alter table outbox_events enable row level security, force row level security;
alter table webhook_lanes enable row level security, force row level security;
create policy all_rows on outbox_events to onboarding_system using (true) with check (true);
create policy all_rows on webhook_lanes to onboarding_system using (true) with check (true);
create policy own_rows on outbox_events to onboarding_app using (user_id = nullif(current_setting('app.user_id', true), ''))
    with check (user_id = nullif(current_setting('app.user_id', true), ''));
grant select on outbox_events to onboarding_app;
grant select, insert, update, delete on outbox_events, webhook_receivers, webhook_lanes, webhook_attempts to onboarding_system;

-- One function for all triggers, whose argument is the kind. What commits a change can't forget its event, whichever
-- release it is of. A step is completed or failed by its event only if this transaction says so of the step as well:
-- other changes of a step repeat its status.
-- +goose StatementBegin
create function note_event() returns trigger language plpgsql security definer set search_path to pg_catalog, pg_temp as $$
begin
    if tg_argv[0] = 'account.deleted' then
        delete from public.outbox_events where user_id = old.user_id and kind <> 'account.deleted';
    end if;
    if not exists (select from public.webhook_receivers where tg_argv[0] = any (kinds)) then
        return null;
    end if;
    case tg_argv[0]
    when 'account.deleted' then
        insert into public.outbox_events (kind, user_id, session_id, version) values (tg_argv[0], old.user_id, old.id, old.version);
    when 'onboarding.started', 'onboarding.completed' then
        insert into public.outbox_events (kind, user_id, session_id, version) values (tg_argv[0], new.user_id, new.id, new.version);
    when 'inputs.updated' then
        insert into public.outbox_events (kind, user_id, session_id, version, revision)
        select tg_argv[0], s.user_id, s.id, s.version, new.revision from public.onboarding_sessions s where s.id = new.session_id;
    when 'step.completed', 'step.failed' then
        insert into public.outbox_events (kind, user_id, session_id, version, step, submission_id)
        select tg_argv[0], new.user_id, new.session_id, new.seq, new.step, new.submission_id from public.onboarding_steps t
        where t.session_id = new.session_id and t.step = new.step
            and case new.status when 'completed' then t.completed_at else t.updated_at end = now();
    end case;
    return null;
end $$;
-- +goose StatementEnd
revoke all on function note_event from public;

create trigger note_started after insert on onboarding_sessions for each row execute function note_event('onboarding.started');
create trigger note_finished after update of completed_at on onboarding_sessions for each row
    when (old.completed_at is null and new.completed_at is not null) execute function note_event('onboarding.completed');
create trigger note_deleted after delete on onboarding_sessions for each row execute function note_event('account.deleted');
create trigger note_completed after insert on step_events for each row when (new.status = 'completed')
    execute function note_event('step.completed');
create trigger note_failed after insert on step_events for each row when (new.status = 'failed')
    execute function note_event('step.failed');
create trigger note_built after insert on personalization_inputs for each row when (new.built_at is not null)
    execute function note_event('inputs.updated');
create trigger note_rebuilt after update of built_at on personalization_inputs for each row
    when (new.built_at is distinct from old.built_at and new.built_at is not null) execute function note_event('inputs.updated');

-- +goose Down
drop trigger note_rebuilt on personalization_inputs;
drop trigger note_built on personalization_inputs;
drop trigger note_failed on step_events;
drop trigger note_completed on step_events;
drop trigger note_deleted on onboarding_sessions;
drop trigger note_finished on onboarding_sessions;
drop trigger note_started on onboarding_sessions;
drop function note_event;
drop table webhook_attempts, webhook_lanes, outbox_events, webhook_receivers;
