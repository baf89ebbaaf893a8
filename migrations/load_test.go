package migrations_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/migrations"
)

const (
	// maxLock is the longest that a migration may hold or wait for a lock that others wait behind; maxSharedLock is it
	// beside other tests, and less than what reports take.
	maxLock, maxSharedLock = 100 * time.Millisecond, 500 * time.Millisecond
	// formerVersion is the oldest version that is migrated under load; what came before ran on empty databases.
	formerVersion = 33
	// loadedRows is the number of rows in the tables that grow, which a scan under a lock would show by.
	loadedRows = 20_000
)

// fill puts rows into the tables that grow, and leaves partitions of last year that are empty.
func fill(t *testing.T, db pgtest.Database, pool *pgxpool.Pool) {
	t.Helper()
	require.NoError(t, migrations.CreatePartitions(t.Context(), pool, time.Now().AddDate(-1, 0, 0)))
	for _, sql := range []string{
		`insert into onboarding_sessions (id, user_id) select gen_random_uuid(), 'user-' || i from generate_series(1, $1::int) i`,
		`insert into onboarding_steps (session_id, user_id, step) select id, user_id, 1 from onboarding_sessions limit $1`,
		`insert into step_events (session_id, seq, at, user_id, step, status)
			select id, 1, now(), user_id, 1, 'pending' from onboarding_sessions limit $1`,
		`insert into river_job (kind, args, queue, max_attempts)
			select 'website_analysis', '{"submission_id": "0197c1d2-0000-7000-8000-000000000000"}', 'parked', 4 from generate_series(1, $1::int)`,
	} {
		db.Exec(t, sql, loadedRows)
	}
}

// existing returns the tables, indexes aside.
func existing(t *testing.T, pool *pgxpool.Pool) (oids []uint32, names []string) {
	t.Helper()
	rows, err := pool.Query(t.Context(), `select oid, relname from pg_class where relnamespace = 'public'::regnamespace
		and relkind in ('r', 'p') and not relispartition and relname !~ '^goose' order by relname`)
	require.NoError(t, err)
	var oid uint32
	var name string
	_, err = pgx.ForEachRow(rows, []any{&oid, &name}, func() error {
		oids, names = append(oids, oid), append(names, name)
		return nil
	})
	require.NoError(t, err)
	return oids, names
}

// traffic takes the locks of readers and writers, two tables at a time, for some milliseconds, and counts those who
// fail or wait for a second.
func traffic(ctx context.Context, pool *pgxpool.Pool, tables []string, seed uint64, done, failed *atomic.Int64) {
	random := rand.New(rand.NewPCG(seed, seed))
	for ctx.Err() == nil {
		began := time.Now()
		one, two := random.IntN(len(tables)), random.IntN(len(tables))
		err := pgx.BeginFunc(context.WithoutCancel(ctx), pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, fmt.Sprintf(`lock table %q in row exclusive mode; select from %q limit 1; select pg_sleep(0.004)`,
				tables[min(one, two)], tables[max(one, two)]))
			return err
		})
		switch {
		case ctx.Err() != nil:
		case err != nil || time.Since(began) > time.Second:
			failed.Add(1)
		default:
			done.Add(1)
		}
	}
}

// reports reads the events and the queue for a moment, again and again.
func reports(ctx context.Context, pool *pgxpool.Pool) {
	for ctx.Err() == nil {
		// It is cancelled at the end.
		_, _ = pool.Exec(ctx, "begin; select from step_events limit 1; select from river_job limit 1; select pg_sleep(0.8); commit")
		_, _ = pool.Exec(ctx, "select pg_sleep(0.3)")
	}
}

// held is a lock that the others of a table wait behind.
type held struct {
	table, mode string
	pid         int32
}

// longestLock looks at the locks that migrations hold or wait for on the tables, and sends the longest when ctx ends.
func longestLock(ctx context.Context, pool *pgxpool.Pool, oids []uint32) (which held, longest time.Duration, err error) {
	since := map[held]time.Time{}
	for ctx.Err() == nil {
		rows, err := pool.Query(context.WithoutCancel(ctx), `select relation::regclass::text, mode, l.pid from pg_locks l
			join pg_stat_activity a using (pid) where a.application_name = 'migrates' and relation = any($1) and mode in
			('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`, oids)
		if err != nil {
			return which, longest, err
		}
		now, seen := time.Now(), map[held]time.Time{}
		var lock held
		_, err = pgx.ForEachRow(rows, []any{&lock.table, &lock.mode, &lock.pid}, func() error {
			seen[lock] = now
			if began, ok := since[lock]; ok {
				seen[lock] = began
			}
			if took := now.Sub(seen[lock]); took >= longest {
				which, longest = lock, took
			}
			return nil
		})
		if err != nil {
			return which, longest, err
		}
		since = seen
	}
	return which, longest, nil
}

// Everything that changes the schema of a database in use (migrations, finishing them, making and dropping partitions)
// blocks other statements only briefly.
func TestMigrationsUnderLoad(t *testing.T) {
	db := pgtest.NewAlone(t)
	pool := owner(t, pgtest.Direct(db.URL))
	fill(t, db, pool)
	downTo(t, pool, formerVersion)
	oids, tables := existing(t, pool)

	var done, failed atomic.Int64
	loading, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for seed := range uint64(6) {
		load.Go(func() { traffic(loading, pool, tables, seed, &done, &failed) })
	}
	load.Go(func() { reports(loading, pool) })
	watching, end := context.WithCancel(t.Context())
	var which held
	var longest time.Duration
	var watchErr error
	var watch sync.WaitGroup
	watch.Go(func() { which, longest, watchErr = longestLock(watching, pool, oids) })

	url := pgtest.Direct(db.URL) + "&application_name=migrates"
	upErr := up(t.Context(), url)
	finishErr := migrations.Finish(t.Context(), url)
	maintainErr := migrations.Maintain(t.Context(), url, func(string) {})
	stop()
	load.Wait()
	end()
	watch.Wait()

	require.NoError(t, upErr)
	require.NoError(t, finishErr)
	require.NoError(t, maintainErr)
	require.NoError(t, watchErr)
	list, err := migrations.List(t.Context(), pgtest.Direct(db.URL))
	require.NoError(t, err)
	n := 0
	for _, migration := range list {
		if migration.Version > formerVersion {
			n++
		}
	}
	line := fmt.Sprintf("migrations: n=%d longest_lock_ms=%d failed_requests=%d\n", n, longest.Milliseconds(), failed.Load())
	bound := maxSharedLock
	if file := os.Getenv("MIGRATIONS_REPORT"); file != "" {
		bound = maxLock
		require.NoError(t, os.WriteFile(file, []byte(line), 0o600))
	}
	t.Log(line, which, done.Load())
	assert.Positive(t, done.Load())
	assert.Zero(t, failed.Load())
	assert.Less(t, longest, bound, "%s of %s", which.mode, which.table)
}

// alters finds statements that take a lock which others of a table wait behind.
var alters = regexp.MustCompile(`(?im)^\s*(alter table|drop (table|index|trigger|policy)|create (policy|trigger|unique index|index)|lock table)`)

// A migration that changes a table gives up a lock that it does not get at once, or takes none that others wait behind.
func TestMigrationsTakeLocksBriefly(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("0*.sql")
	require.NoError(t, err)
	for _, file := range files {
		if version, err := strconv.Atoi(file[:5]); err != nil || version <= formerVersion {
			continue
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		up, _, _ := strings.Cut(string(raw), "-- +goose Down")
		brief := strings.Contains(up, "set local lock_timeout = '10ms';")
		concurrent := strings.Contains(up, "+goose NO TRANSACTION") && !regexp.MustCompile(`(?im)^\s*alter table`).MatchString(up)
		assert.True(t, brief || concurrent || !alters.MatchString(up),
			"%s: begin it with set local lock_timeout = '10ms'", file)
	}
}
