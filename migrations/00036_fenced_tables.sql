-- +goose Up

-- Taken within 10 ms or tried again: nothing waits longer behind these locks.
set local lock_timeout = '10ms';

-- What a repeat of the same act by the same actor on the same day (UTC) adds to its row: count
-- and last_at. day is null where every act has a row of its own.
alter table audit_log
    add column day date,
    add column count int not null default 1,
    add column last_at timestamptz;

-- The functions run as their owner. Each does one thing for a caller who knows the key, or for
-- the user of the transaction; only the roles that call them may.

-- Takes a ticket: of any number of calls one gets it.
-- +goose StatementBegin
create function redeem_stream_ticket(ticket bytea) returns table (user_id text, token_expires_at timestamptz)
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    return query
    with taken as (
        delete from public.stream_tickets t where t.hash = ticket returning t.user_id, t.expires_at, t.token_expires_at
    )
    select k.user_id, k.token_expires_at from taken k where k.expires_at > now();
end $$;
-- +goose StatementEnd

-- Deletes some tickets that nobody redeemed, and returns how many.
-- +goose StatementBegin
create function purge_stream_tickets() returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    purged int;
begin
    delete from public.stream_tickets where hash in (
        select hash from public.stream_tickets where expires_at < now() order by expires_at limit 100 for update skip locked);
    get diagnostics purged = row_count;
    return purged;
end $$;
-- +goose StatementEnd

-- The user of a running submission, for the job that works on it.
-- +goose StatementBegin
create function submission_user(submission uuid, job bigint) returns text
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (select s.user_id from public.submissions s where s.id = submission and s.job_id = job and s.status = 'in_progress');
end $$;
-- +goose StatementEnd

-- What a queued item of a bulk operation is to do, and for whom, for the job that it names.
-- +goose StatementBegin
create function bulk_item_of_job(operation uuid, item int, job bigint) returns table (user_id text, kind text, actor text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select i.user_id, o.kind, o.actor from public.bulk_items i join public.bulk_operations o on o.id = i.operation_id
    where i.operation_id = operation and i.position = item and i.job_id = job
        and i.status = 'queued' and o.status = 'running';
end $$;
-- +goose StatementEnd

-- The jobs of the user's submissions, for the export.
-- +goose StatementBegin
create function own_jobs() returns setof jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    select jsonb_build_object('kind', j.kind, 'queue', j.queue, 'state', j.state, 'attempt', j.attempt,
        'created_at', j.created_at, 'attempted_at', j.attempted_at, 'finalized_at', j.finalized_at)
    from public.onboarding_sessions o join public.submissions s on s.session_id = o.id join public.river_job j on j.id = s.job_id
    where o.user_id = nullif(current_setting('app.user_id', true), '')
    order by j.id;
end $$;
-- +goose StatementEnd

-- Notes an act about the user of the transaction; its repeats on the same day are counted.
-- +goose StatementBegin
create function note_repeated(by text, what text, more jsonb) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into public.audit_log as a (actor, action, user_id, detail, day, last_at)
    values (by, what, nullif(current_setting('app.user_id', true), ''), more, (now() at time zone 'UTC')::date, now())
    on conflict (user_id, day, action, actor) where day is not null
    do update set count = a.count + 1, last_at = excluded.last_at, detail = excluded.detail;
end $$;
-- +goose StatementEnd

revoke execute on function redeem_stream_ticket, purge_stream_tickets, submission_user, bulk_item_of_job, own_jobs, note_repeated
    from public;
grant execute on function redeem_stream_ticket, purge_stream_tickets, submission_user, bulk_item_of_job, own_jobs, note_repeated
    to onboarding_app;
grant execute on function note_repeated to onboarding_system;

-- Until no program of the release before runs: its workers read the user of a job from its args.
-- `worker migrate finish` drops it.
-- +goose StatementBegin
create function name_user_in_args() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    name text := coalesce(nullif(current_setting('app.user_id', true), ''), (
        select i.user_id from public.bulk_items i
        where i.operation_id = (new.args ->> 'operation_id')::uuid and i.position = (new.args ->> 'position')::int));
begin
    if name is not null then
        new.args := new.args || jsonb_build_object('user_id', name);
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger name_user_in_args before insert on river_job for each row
    when (new.args ?| array['submission_id', 'operation_id'] and not new.args ? 'user_id')
    execute function name_user_in_args();

-- +goose Down
drop trigger if exists name_user_in_args on river_job;
drop function if exists name_user_in_args;
drop function redeem_stream_ticket, purge_stream_tickets, submission_user, bulk_item_of_job, own_jobs, note_repeated;
alter table audit_log drop column last_at, drop column count, drop column day;
-- What `worker migrate finish` has closed.
alter policy own_rows on stream_tickets using (true);
-- +goose StatementBegin
do $$
declare
    t text;
begin
    foreach t in array array['river_job', 'upstream_limits', 'bulk_operations'] loop
        execute format('drop policy if exists all_rows on %I', t);
        execute format('alter table %I disable row level security, no force row level security', t);
    end loop;
    for t in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname like 'river\_%' loop
        execute format('grant select, insert, update, delete on %I to onboarding_app', t);
    end loop;
    for t in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and c.relname like 'river\_%' loop
        execute format('grant usage, select on sequence %I to onboarding_app', t);
    end loop;
end
$$;
-- +goose StatementEnd
grant select, insert, update, delete on onboarding_steps, submissions, step_events, page_digests, checkpoints,
    personalization_inputs, model_calls, stream_tickets, upstream_limits to onboarding_app;
grant delete on bulk_items to onboarding_app;
grant select on bulk_operations to onboarding_app;
create index if not exists river_job_user on river_job ((args ->> 'user_id')) where args ->> 'user_id' is not null;
