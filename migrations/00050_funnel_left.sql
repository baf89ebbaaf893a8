-- +goose Up

set local lock_timeout = '10ms';

-- reached now counts a session for all steps up to the furthest that it has begun, and left for those that it has passed
-- or gone on from, so that each is in one place. What was counted before is taken as it was meant.
alter table rollup_steps
    drop constraint rollup_steps_fact_check,
    add constraint rollup_steps_fact_check
        check (fact in ('started', 'reached', 'left', 'passed', 'completed', 'skipped', 'failed', 'failure'));
insert into rollup_steps (basis, day, fact, step, engine, code, count)
select basis, day, 'left', step, engine, code, count from rollup_steps where fact = 'passed';
-- A step that was passed was reached.
insert into rollup_steps (basis, day, fact, step, engine, code, count)
select basis, day, 'reached', step, engine, code, count from rollup_steps where fact = 'passed'
on conflict (basis, day, fact, step, engine, code) do update set count = greatest(rollup_steps.count, excluded.count);

-- +goose Down
delete from rollup_steps where fact = 'left';
alter table rollup_steps
    drop constraint rollup_steps_fact_check,
    add constraint rollup_steps_fact_check
        check (fact in ('started', 'reached', 'passed', 'completed', 'skipped', 'failed', 'failure'));
