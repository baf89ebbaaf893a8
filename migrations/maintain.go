package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// hotTables are the tables whose indexes grow by what was deleted and changed.
var hotTables = []string{
	"river_job", "submissions", "onboarding_steps", "onboarding_sessions", "checkpoints", "page_digests",
	"idempotency_keys",
	"worker_beats", "upstream_limits",
}

// Maintain makes the partitions of the coming months, drops old ones that are empty and
// what interrupted rebuilds of indexes have left, and rebuilds the indexes of the tables that change most,
// beside the traffic. It reports what it did. One process does it at a time; a
// second call does it again. It needs the owner's connection.
func Maintain(ctx context.Context, url string, report func(did string)) error {
	pool, unlock, err := lock(ctx, url)
	if err != nil {
		return err
	}
	defer unlock()
	if err := CreatePartitions(ctx, pool, time.Now()); err != nil {
		return err
	}
	report(fmt.Sprintf("step_events has partitions for the next %d months", partitionMonths))
	dropped, err := DropOldPartitions(ctx, pool, time.Now())
	for _, name := range dropped {
		report("dropped the empty partition " + name)
	}
	if err != nil {
		return err
	}
	if err := dropInvalid(ctx, pool, report); err != nil {
		return err
	}
	for _, table := range hotTables {
		began := time.Now()
		if _, err := pool.Exec(ctx, "reindex table concurrently "+table); err != nil {
			return fmt.Errorf("rebuild the indexes of %s: %w", table, err)
		}
		report(fmt.Sprintf("rebuilt the indexes of %s in %s", table, time.Since(began).Round(time.Millisecond)))
	}
	return nil
}

// dropInvalid drops the copies of indexes that a rebuild which broke off has left.
// They are written to and serve no reads.
func dropInvalid(ctx context.Context, pool *pgxpool.Pool, report func(string)) error {
	names, err := listNames(ctx, pool, `select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
		where not i.indisvalid and c.relnamespace = 'public'::regnamespace and c.relname ~ '_cc(new|old)[0-9]*$'`)
	if err != nil {
		return fmt.Errorf("list invalid indexes: %w", err)
	}
	for _, name := range names {
		if _, err := pool.Exec(ctx, "drop index concurrently if exists "+pgx.Identifier{name}.Sanitize()); err != nil {
			return fmt.Errorf("drop index %s: %w", name, err)
		}
		report("dropped the invalid index " + name)
	}
	return nil
}

// listNames returns the names that a statement selects.
func listNames(ctx context.Context, pool *pgxpool.Pool, sql string, args ...any) ([]string, error) {
	rows, err := pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
