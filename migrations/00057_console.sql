-- +goose Up

-- Taken at once or tried again: nothing waits behind these locks.
set local lock_timeout = '10ms';

-- Where a worker runs and which release it is of; '' of a release before this one.
alter table worker_beats
    add column host text not null default '',
    add column version text not null default '';

-- What has ended and how soon work began, for the curves of the console: of the last hour by the minute, of the last day
-- by ten minutes, of longer by the hour. No user's content. The kind is '' of starts, the queue '' of ends.
--   completed, failed, dead, cancelled, superseded   work that ended then; dead is what failed for a reason of ours
--   started   work that ended then and how long it had waited in the queue: bucket b holds what waited up to 1.1^b ms
create table rollup_work (
    grain  text not null check (grain in ('minute', 'ten minutes', 'hour')),
    at     timestamptz not null,
    fact   text not null check (fact in ('completed', 'failed', 'dead', 'cancelled', 'superseded', 'started')),
    kind   text not null,
    queue  text not null,
    bucket smallint not null,
    count  bigint not null,
    primary key (grain, at, fact, kind, queue, bucket)
);
grant select, insert, update, delete on rollup_work to onboarding_system;

-- +goose Down
drop table rollup_work;
alter table worker_beats drop column version, drop column host;
