-- +goose Up

-- What a user's transaction does to the queue and to bulk operations, whose tables the app role may not touch: so that
-- no transaction ever changes its role. The functions run as their owner, as those of 36 do.

-- Queues a job as River does, wakes the workers of its queue if it is to, and leaves the id of the job to the
-- transaction, for the statement Submit.
-- +goose StatementBegin
create function queue_job(job_kind text, job_queue text, job_args jsonb, job_metadata jsonb, attempts int, held boolean, wakes boolean)
    returns bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    job bigint;
begin
    insert into public.river_job (kind, queue, args, metadata, max_attempts, state, created_at, scheduled_at)
    values (job_kind, job_queue, job_args, job_metadata, attempts,
        (case when held then 'pending' else 'available' end)::public.river_job_state, clock_timestamp(), clock_timestamp())
    returning id into job;
    perform set_config('app.job_id', job::text, true);
    if wakes then
        perform pg_notify('public.river_insert', jsonb_build_object('queue', job_queue)::text);
    end if;
    return job;
end $$;
-- +goose StatementEnd

-- Makes the jobs of a session's oldest held work available, as far as its share of network work goes, wakes the workers,
-- and returns how many. The session belongs to a user of the transaction, who holds its lock.
-- +goose StatementBegin
create function release_held(session uuid, share int, messages jsonb) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    woken text;
    jobs int := 0;
begin
    if not exists (select from public.onboarding_sessions o where o.id = session
        and (o.user_id = nullif(current_setting('app.user_id', true), '')
            or o.user_id = any (nullif(current_setting('app.user_ids', true), '')::text[]))) then
        return 0;
    end if;
    for woken in
        with next as (
            select h.id, h.job_id from public.submissions h
            where h.session_id = session and h.status = 'in_progress' and h.network and h.held
            order by h.created_at, h.id
            limit greatest(share - (
                select count(*) from public.submissions r
                where r.session_id = session and r.status = 'in_progress' and r.network and not r.held), 0)
        ), released as (
            update public.submissions s set held = false, message = coalesce(messages ->> s.kind, s.message)
            from next where s.id = next.id
            returning s.job_id
        )
        update public.river_job j set state = 'available', scheduled_at = now()
        from released where j.id = released.job_id and j.state = 'pending'
        returning j.queue
    loop
        jobs := jobs + 1;
        perform pg_notify('public.river_insert', jsonb_build_object('queue', woken)::text);
    end loop;
    return jobs;
end $$;
-- +goose StatementEnd

-- Ends running jobs whose runs are still those that began them, and returns their ids.
-- +goose StatementBegin
create function complete_jobs(jobs bigint[], began timestamptz[]) returns setof bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    update public.river_job j set state = 'completed', finalized_at = now()
    from unnest(jobs, began) as r (id, attempted_at)
    where j.id = r.id and j.state::text = 'running' -- as text, for which there is no index: else all that run are read
        and j.attempted_at = r.attempted_at
    returning j.id;
end $$;
-- +goose StatementEnd

-- Ends a lost job, unless River or its worker moved it meanwhile, and returns its id.
-- +goose StatementBegin
create function retire_job(job bigint, last_attempt int, began timestamptz, reason text) returns setof bigint
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    update public.river_job j
    set state = 'discarded', finalized_at = now(),
        errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', reason, 'trace', ''))
    where j.id = job and j.state = 'running' and j.attempt = last_attempt and j.attempted_at = began
    returning j.id;
end $$;
-- +goose StatementEnd

-- Deletes the jobs of the submissions of the user of the transaction, but those that are running: these lose the user's
-- id, which only programs of releases before 36 read from them.
-- +goose StatementBegin
create function forget_own_jobs() returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    own bigint[] := array(select s.job_id from public.onboarding_sessions o join public.submissions s on s.session_id = o.id
        where o.user_id = nullif(current_setting('app.user_id', true), ''));
begin
    delete from public.river_job where id = any (own) and state <> 'running';
    update public.river_job set args = args - 'user_id' where id = any (own) and args ? 'user_id';
end $$;
-- +goose StatementEnd

-- Deletes what operations did to the user of the transaction, but for deletions: those are noted as long as their operation.
-- +goose StatementBegin
create function forget_own_bulk_items() returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    delete from public.bulk_items i using public.bulk_operations o
    where i.user_id = nullif(current_setting('app.user_id', true), '') and o.id = i.operation_id and o.kind <> 'delete';
end $$;
-- +goose StatementEnd

revoke execute on function queue_job, release_held, complete_jobs, retire_job, forget_own_jobs, forget_own_bulk_items from public;
grant execute on function queue_job, release_held, complete_jobs, retire_job, forget_own_jobs, forget_own_bulk_items
    to onboarding_app;
grant execute on function retire_job to onboarding_system;

-- +goose Down
drop function queue_job, release_held, complete_jobs, retire_job, forget_own_jobs, forget_own_bulk_items;
