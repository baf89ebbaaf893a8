-- +goose Up

-- What the servers of others stand, as all workers learn it together. name holds
-- fingerprints only, no key and no host. permits are the ends of the leases of the
-- calls under way. rate is in calls a second, slots in calls at a time; limit_rate is
-- the rate at which the server last said that it is too much, next_at when the next
-- call may begin.
create table upstream_limits (
    name       text primary key,
    rate       double precision not null check (rate > 0),
    slots      double precision not null check (slots >= 1),
    next_at    timestamptz not null,
    begins_at  timestamptz not null,
    taken_at   timestamptz not null,
    permits    timestamptz[] not null default '{}',
    limit_rate double precision,
    limited_at timestamptz
) with (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0
);
grant select, insert, update, delete on upstream_limits to onboarding_app, onboarding_system;

-- +goose Down
drop table upstream_limits;
