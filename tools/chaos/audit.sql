-- What became of each job and each submission, in the order in which it happened.
-- Rows of finished jobs may be deleted while a run goes on; this history is not.
create schema audit;
create table audit.jobs (
    n             bigint generated always as identity primary key,
    at            timestamptz not null default clock_timestamp(),
    job_id        bigint not null,
    kind          text not null,
    state         text not null,
    attempt       int not null,
    client        text,
    submission_id uuid,
    recoveries    int,
    retired       boolean not null
);
create table audit.submissions (
    n             bigint generated always as identity primary key,
    at            timestamptz not null default clock_timestamp(),
    submission_id uuid not null,
    job_id        bigint not null,
    status        text not null
);
create function audit.job() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into audit.jobs (job_id, kind, state, attempt, client, submission_id, recoveries, retired)
    values (new.id, new.kind, new.state, new.attempt, new.attempted_by[cardinality(new.attempted_by)],
        nullif(new.args ->> 'submission_id', '')::uuid, (new.args ->> 'recoveries')::int,
        coalesce(new.state = 'discarded' and new.errors[cardinality(new.errors)] ->> 'error' = 'its worker was lost', false));
    return null;
end $$;
create function audit.submission() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into audit.submissions (submission_id, job_id, status) values (new.id, new.job_id, new.status);
    return null;
end $$;
-- Users of whom more work waited for the network at a time than their share.
create table audit.crowds (
    at      timestamptz not null default clock_timestamp(),
    user_id text not null,
    jobs    bigint not null
);
create function audit.crowd() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into audit.crowds (user_id, jobs)
    select new.user_id, count(*) from public.submissions s
    where s.session_id = new.session_id and s.status = 'in_progress' and s.network and not s.held
    having count(*) > 2;
    return null;
end $$;
create trigger audit_crowd after insert or update of held, network on public.submissions
    for each row when (new.network and not new.held) execute function audit.crowd();
create trigger audit_insert after insert on public.river_job for each row execute function audit.job();
create trigger audit_update after update on public.river_job for each row
    when (old.state is distinct from new.state or old.attempt <> new.attempt) execute function audit.job();
create trigger audit_insert after insert on public.submissions for each row execute function audit.submission();
create trigger audit_update after update on public.submissions for each row
    when (old.status <> new.status or old.job_id <> new.job_id) execute function audit.submission();
