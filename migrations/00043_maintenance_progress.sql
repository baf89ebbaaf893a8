-- +goose Up

-- How far each task of the maintenance has come, so that no worker begins again where another has
-- been: until when what has changed was looked at, and the last row of a walk.
create table maintenance_progress (
    task text primary key,
    at   timestamptz not null default 'epoch',
    id   uuid not null default '00000000-0000-0000-0000-000000000000'
);
grant select, insert, update, delete on maintenance_progress to onboarding_system;

-- +goose Down
drop table maintenance_progress;
