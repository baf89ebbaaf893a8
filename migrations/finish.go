package migrations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// finishing takes away what only programs of the release before need: their privileges, and the
// users in the args of jobs. Each statement is short, may be repeated, and is one transaction.
var finishing = []string{
	"drop trigger if exists name_user_in_args on river_job",
	"drop function if exists name_user_in_args",
	"drop function if exists submission_user",
	`do $$
declare
	t text;
begin
	for t in select c.relname from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S') and c.relname like 'river\_%' loop
		execute format('revoke all on %I from onboarding_app', t);
	end loop;
end
$$`,
	"revoke all on upstream_limits, bulk_operations from onboarding_app",
	"revoke delete on onboarding_steps, submissions, personalization_inputs, bulk_items from onboarding_app",
	"revoke update on page_digests, checkpoints, stream_tickets from onboarding_app",
	"revoke update, delete on step_events, model_calls from onboarding_app",
	"alter policy own_rows on stream_tickets using (user_id = nullif(current_setting('app.user_id', true), ''))",
	fenceForSystem("river_job"), fenceForSystem("upstream_limits"), fenceForSystem("bulk_operations"),
}

// fenceForSystem returns the statement that lets only the system role see the rows of a table.
func fenceForSystem(table string) string {
	return fmt.Sprintf(`do $$ begin
	alter table %[1]s enable row level security, force row level security;
	drop policy if exists all_rows on %[1]s;
	create policy all_rows on %[1]s to onboarding_system using (true) with check (true);
end $$`, table)
}

const (
	// lockWait is how long a statement waits for a lock that others would wait behind.
	lockWait = 10 * time.Millisecond
	// lockTries bounds how often it is tried, at intervals of lockPause.
	lockTries = 300
	lockPause = 100 * time.Millisecond
	// lockNotAvailable is the SQLSTATE of a lock that was waited for too long.
	lockNotAvailable = "55P03"
)

// Finish takes away what Up leaves for the programs of the release before, which must not run any
// more. A second call changes nothing. It goes on beside the traffic.
func Finish(ctx context.Context, url string) error {
	pool, unlock, err := lock(ctx, url)
	if err != nil {
		return err
	}
	defer unlock()
	return finish(ctx, pool)
}

func finish(ctx context.Context, pool *pgxpool.Pool) error {
	for _, statement := range finishing {
		if err := briefly(ctx, pool, statement); err != nil {
			return fmt.Errorf("finish the migration: %w", err)
		}
	}
	if err := forgetUsersInArgs(ctx, pool); err != nil {
		return fmt.Errorf("take users out of the args of jobs: %w", err)
	}
	if _, err := pool.Exec(ctx, "drop index concurrently if exists river_job_user"); err != nil {
		return fmt.Errorf("drop the index of users in args: %w", err)
	}
	return nil
}

// briefly runs a statement in a transaction of its own. If it does not get its lock at once, it gives up, so that
// others do not queue behind it, and tries again.
func briefly(ctx context.Context, pool *pgxpool.Pool, statement string) error {
	return patiently(ctx, func() error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf("set local lock_timeout = %d", lockWait.Milliseconds()))
			if err == nil {
				_, err = tx.Exec(ctx, statement)
			}
			return err
		})
	})
}

// patiently repeats do while a lock is not to be had.
func patiently(ctx context.Context, do func() error) error {
	ticker := time.NewTicker(lockPause)
	defer ticker.Stop()
	for tries := 1; ; tries++ {
		err := do()
		refused, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || refused.Code != lockNotAvailable || tries == lockTries {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// forgetUsersInArgs takes the users out of jobs of the release before, some at a time.
func forgetUsersInArgs(ctx context.Context, pool *pgxpool.Pool) error {
	for {
		tag, err := pool.Exec(ctx, `update river_job set args = args - 'user_id' where id in (
			select id from river_job where args ->> 'user_id' is not null order by id limit 500 for update)`)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
	}
}
