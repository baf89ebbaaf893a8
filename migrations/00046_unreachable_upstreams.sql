-- +goose Up

set local lock_timeout = '10ms';

-- How often an upstream could not be reached since it last answered, and until when it is not asked again.
alter table upstream_limits
    add column failures smallint not null default 0,
    add column down_until timestamptz;

-- +goose Down
alter table upstream_limits drop column failures, drop column down_until;
