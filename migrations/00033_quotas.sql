-- +goose Up

-- What a user has used of the quotas on the day used_on (UTC), by quota. day_version is the
-- version with which the day of updated_at began: what is above it changed on that day.
alter table onboarding_sessions
    add column used_on date not null default '1970-01-01',
    add column used jsonb not null default '{}',
    add column day_version bigint not null default 0;

-- +goose Down
alter table onboarding_sessions drop column day_version, drop column used, drop column used_on;
