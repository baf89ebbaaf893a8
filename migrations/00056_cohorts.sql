-- +goose Up

set local lock_timeout = '10ms';

-- What the first token of a user says of an experiment (claim variant, at most 64 bytes), '' for nothing. A check would
-- read the whole table under its lock.
alter table onboarding_sessions add column variant text not null default '';

-- How far each session has come at most, as it is counted in rollup_places: the furthest step that was begun (null: not
-- counted there yet) and the furthest that was done. Beside it what its cohorts are, '' for what is not known yet.
alter table rollup_sessions
    add column reached smallint,
    add column passed smallint not null default 0,
    add column input text not null default '',
    add column language text not null default '',
    add column engine text not null default '';

-- How many sessions that began on a day (UTC) have come how far, by cohort. Each session is in one row of each dimension,
-- and moves as it goes on. No user's content; where an account goes, its session stays where it is.
--   engine    what made the newest result of step 2
--   input     what was submitted last for step 2: website, text, business or finished (an analysis of the client's)
--   language  of the analysis that step 2 holds
--   variant   of the user's first token
create table rollup_places (
    dimension text not null check (dimension in ('engine', 'input', 'language', 'variant')),
    day       date not null,
    value     text not null,
    reached   smallint not null check (reached between 0 and 6),
    passed    smallint not null check (passed between 0 and 6),
    count     bigint not null,
    primary key (dimension, day, value, reached, passed)
);
grant select, insert, update, delete on rollup_places to onboarding_system;

-- Every session is looked at once more, so that the cohorts hold those from before.
update rollup_state set swept_at = 'epoch';

-- +goose Down
drop table rollup_places;
alter table rollup_sessions drop column reached, drop column passed, drop column input, drop column language, drop column engine;
alter table onboarding_sessions drop column variant;
