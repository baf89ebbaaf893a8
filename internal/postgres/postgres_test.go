package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// However many first requests race, one session is made.
func TestOneSessionHoweverManyRace(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ids := make([]uuid.UUID, 20)
	group, ctx := errgroup.WithContext(t.Context())
	for i := range ids {
		group.Go(func() error {
			session, err := postgres.Session(ctx, db.App, "ann")
			ids[i] = session.ID
			return err
		})
	}
	require.NoError(t, group.Wait())
	for _, id := range ids {
		assert.Equal(t, ids[0], id)
	}
	session, err := postgres.Session(t.Context(), db.App, "ann")
	require.NoError(t, err)
	assert.EqualValues(t, 0, session.Version, "reading changes no step")
	for i, step := range session.Steps {
		assert.Equal(t, onboarding.Step{
			Number: onboarding.StepNumber(i + 1), Status: onboarding.StepPending, UpdatedAt: step.UpdatedAt,
		}, step)
	}
}

func TestAsUserSeesOwnRowsOnly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	_, err := postgres.Session(t.Context(), db.App, "bob")
	require.NoError(t, err)
	q := postgres.AsUser(db.App, "ann")

	rows, err := q.LoadSession(t.Context(), "bob")
	require.NoError(t, err)
	assert.Empty(t, rows)
	_, err = q.LockSession(t.Context(), "bob")
	require.ErrorIs(t, err, pgx.ErrNoRows)
	err = q.CreateSession(t.Context(), app.CreateSessionParams{ID: uuid.New(), UserID: "eve"})
	var pgErr *pgconn.PgError
	require.ErrorAs(t, err, &pgErr)
	assert.Equal(t, "42501", pgErr.Code)

	_, err = postgres.LatestAnalysis(t.Context(), db.App, "ann")
	require.ErrorIs(t, err, onboarding.ErrNotFound)
	_, err = postgres.SubmissionByID(t.Context(), q, uuid.New())
	require.ErrorIs(t, err, onboarding.ErrNotFound)
}

// The user is bound to the statement, not to the connection.
func TestTheUserDoesNotStayOnTheConnection(t *testing.T) {
	t.Parallel()
	pool, err := postgres.OpenPool(t.Context(),
		postgres.PoolConfig{Server: pgtest.Server(pgtest.NewURL(t)), Role: postgres.RoleApp, MaxConns: 1, Registry: prometheus.NewRegistry()})
	require.NoError(t, err)
	defer pool.Close()
	_, err = postgres.Session(t.Context(), pool, "ann")
	require.NoError(t, err)
	require.NoError(t, postgres.InTx(t.Context(), pool, "ann", func(pgx.Tx, *postgres.Queries) error { return nil }))
	var visible int
	require.NoError(t, pool.QueryRow(t.Context(), "select count(*) from onboarding_sessions").Scan(&visible))
	assert.Zero(t, visible)
}

func TestInTxRepeatsConflicts(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	boom := errors.New("boom")
	tests := []struct {
		name  string
		fails error
		times int // how often it fails before it succeeds
		tries int
		want  error
	}{
		{"serialization failure", &pgconn.PgError{Code: "40001"}, 2, 3, nil},
		{"deadlock", fmt.Errorf("lock: %w", &pgconn.PgError{Code: "40P01"}), 1, 2, nil},
		{"other errors are not repeated", boom, 9, 1, boom},
		{"gives up", &pgconn.PgError{Code: "40001"}, 9, 5, &pgconn.PgError{Code: "40001"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			err := postgres.InTx(t.Context(), db.App, "ann", func(pgx.Tx, *postgres.Queries) error {
				if tries++; tries <= test.times {
					return test.fails
				}
				return nil
			})
			assert.Equal(t, test.want, err)
			assert.Equal(t, test.tries, tries)
			tries = 0
			err = postgres.InSystemTx(t.Context(), db.System, func(pgx.Tx) error {
				if tries++; tries <= test.times {
					return test.fails
				}
				return nil
			})
			assert.Equal(t, test.want, err)
			assert.Equal(t, test.tries, tries)
		})
	}
}

// A real deadlock between two transactions ends with both done.
func TestInTxSurvivesADeadlock(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, user := range []string{"ann", "bob"} {
		_, err := postgres.Session(t.Context(), db.App, user)
		require.NoError(t, err)
	}
	var both sync.WaitGroup // until each holds one lock
	both.Add(2)
	update := func(ctx context.Context, first, second string) error {
		tries := 0
		return postgres.InTx(ctx, db.System, first, func(tx pgx.Tx, _ *postgres.Queries) error {
			const sql = "update onboarding_sessions set version = version + 1 where user_id = $1"
			if _, err := tx.Exec(ctx, sql, first); err != nil {
				return err
			}
			if tries++; tries == 1 {
				both.Done()
				both.Wait()
			}
			_, err := tx.Exec(ctx, sql, second)
			return err
		})
	}
	group, ctx := errgroup.WithContext(t.Context())
	group.Go(func() error { return update(ctx, "ann", "bob") })
	group.Go(func() error { return update(ctx, "bob", "ann") })
	require.NoError(t, group.Wait())
	var versions []int64
	require.NoError(t,
		db.System.QueryRow(t.Context(), "select array_agg(version) from onboarding_sessions").Scan(&versions))
	assert.Equal(t, []int64{2, 2}, versions)
}

func TestARoleThatBypassesRowSecurityIsRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	role := "bypass_" + uuid.NewString()[:8]
	conn, err := pgx.Connect(t.Context(), db.URL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), "create role "+role+" bypassrls")
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) && pgErr.Code == "42501" {
		t.Skip("the login of TEST_DATABASE_URL is no superuser and can't make a role that bypasses row-level security")
	}
	require.NoError(t, err)
	defer func() {
		_, err := conn.Exec(context.Background(), "drop role "+role)
		assert.NoError(t, err)
	}()
	pool, err := postgres.OpenPool(t.Context(),
		postgres.PoolConfig{Server: db.Server, Role: role, Registry: prometheus.NewRegistry()})
	require.NoError(t, err)
	defer pool.Close()
	require.ErrorIs(t, postgres.Ready(t.Context(), pool), postgres.ErrBypasses)
}

// After a failover an address may lead to the former primary, which is a replica then.
func TestAServerThatTakesNoWritesIsAway(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, err := pgx.Connect(t.Context(), db.URL)
	require.NoError(t, err)
	defer owner.Close(context.Background())
	readOnly := func(value string) {
		_, err := owner.Exec(t.Context(), fmt.Sprintf("alter database %s set default_transaction_read_only = %s",
			pgx.Identifier{owner.Config().Database}.Sanitize(), value))
		require.NoError(t, err)
	}
	readOnly("on")
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{Server: db.Server, Role: postgres.RoleApp, MaxConns: 1})
	require.NoError(t, err)
	defer pool.Close()
	_, err = postgres.Session(t.Context(), pool, "ann")
	require.ErrorContains(t, err, "takes no writes")
	assert.True(t, postgres.Unavailable(err))

	_, err = owner.Exec(t.Context(), "set default_transaction_read_only = off")
	require.NoError(t, err)
	readOnly("off")
	_, err = postgres.Session(t.Context(), pool, "ann")
	require.NoError(t, err, "it was not kept")
}

// Behind a pooler a login has the rights of its role and no others; without one the connection has taken its role.
func TestAConnectionHasTheRightsOfItsRoleOnly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, err := pgx.Connect(t.Context(), pgtest.Direct(db.URL))
	require.NoError(t, err)
	defer owner.Close(context.Background())
	role := "role_" + uuid.NewString()[:8]
	login := role + "_login"
	exec := func(sql string) {
		t.Helper()
		_, err := owner.Exec(context.Background(), sql)
		require.NoError(t, err, sql)
	}
	exec("create role " + role)
	exec("create role " + login + " login password '" + owner.Config().Password + "' in role " + role)
	exec("grant select on goose_db_version to " + role)
	defer exec("drop owned by " + role + "; drop role " + login + "; drop role " + role)
	ready := func(server postgres.Server, role string) error {
		pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{Server: server, Role: role, Registry: prometheus.NewRegistry()})
		require.NoError(t, err)
		defer pool.Close()
		return postgres.Ready(t.Context(), pool)
	}
	behind := postgres.Server{URL: pgtest.Direct(db.URL), Pooled: true}
	require.NoError(t, ready(behind, role))
	exec("grant onboarding_system to " + login)
	require.ErrorIs(t, ready(behind, role), postgres.ErrOtherRole)
	exec("revoke onboarding_system from " + login)
	exec("revoke " + role + " from " + login)
	require.ErrorIs(t, ready(behind, role), postgres.ErrOtherRole)
	assert.True(t, postgres.Refused(ready(behind, role)))
	assert.False(t, postgres.Unavailable(ready(behind, role)), "a wrong role is not an outage that passes")
	require.NoError(t, ready(postgres.Server{URL: behind.URL}, role), "the owner takes the role")
}

func TestReady(t *testing.T) {
	t.Parallel()
	require.NoError(t, postgres.Ready(t.Context(), pgtest.New(t).App))
	empty, err := postgres.OpenPool(t.Context(),
		postgres.PoolConfig{Server: pgtest.Server(pgtest.NewEmptyURL(t)), Role: postgres.RoleApp, Registry: prometheus.NewRegistry()})
	require.NoError(t, err)
	defer empty.Close()
	require.ErrorIs(t, postgres.Ready(t.Context(), empty), postgres.ErrOutdated)
}

// During a deployment the schema may be ahead of the programs that still run.
func TestANewerSchemaIsReady(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, err := pgx.Connect(t.Context(), db.URL)
	require.NoError(t, err)
	defer owner.Close(t.Context())
	_, err = owner.Exec(t.Context(), "insert into goose_db_version (version_id, is_applied) values ($1, true)",
		postgres.SchemaVersion+1)
	require.NoError(t, err)
	require.NoError(t, postgres.Ready(t.Context(), db.App))
}

func TestUnavailable(t *testing.T) {
	t.Parallel()
	_, refused := pgx.Connect(t.Context(), "postgres://127.0.0.1:1/none?sslmode=disable")
	require.Error(t, refused)
	tests := map[string]struct {
		err  error
		want bool
	}{
		"connection refused":  {refused, true},
		"shutting down":       {&pgconn.PgError{Code: "57P01"}, true},
		"a replica":           {&pgconn.PgError{Code: "25006"}, true},
		"too many clients":    {&pgconn.PgError{Code: "53300"}, true},
		"wrong password":      {&pgconn.PgError{Code: "28P01"}, true},
		"no code":             {&pgconn.PgError{}, false},
		"not migrated":        {&pgconn.PgError{Code: "42P01"}, true},
		"cut":                 {fmt.Errorf("read session: %w", io.ErrUnexpectedEOF), true},
		"reset":               {&net.OpError{Op: "read", Err: errors.New("reset")}, true},
		"out of time":         {context.DeadlineExceeded, true},
		"unique violation":    {&pgconn.PgError{Code: "23505"}, false},
		"row-level security":  {&pgconn.PgError{Code: "42501"}, false},
		"nothing found":       {pgx.ErrNoRows, false},
		"the caller gave up":  {context.Canceled, false},
		"no error":            {nil, false},
		"an error of our own": {onboarding.ErrNotFound, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, postgres.Unavailable(test.err))
		})
	}
}

// However many callers want a connection that the database does not take, it is asked
// for few of them, and serves again as soon as it can.
func TestAPoolDoesNotHammerADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	line := pgtest.NewLine(t, pgtest.NewURL(t))
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		Server: pgtest.Server(line.URL), Role: postgres.RoleApp, MaxConns: 2, Registry: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	defer pool.Close()
	hammering, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	var callers errgroup.Group
	for range 8 {
		callers.Go(func() error {
			for hammering.Err() == nil {
				if err := pool.Ping(hammering); !postgres.Unavailable(err) {
					return fmt.Errorf("%w is not taken for an outage", err)
				}
			}
			return nil
		})
	}
	require.NoError(t, callers.Wait())
	assert.LessOrEqual(t, line.Refused(), 24,
		"pgx makes a second connection for each that breaks, to cancel what runs on it")
	line.Mend()
	require.NoError(t, pool.Ping(t.Context()))
}

func TestPoolMetrics(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		Server: pgtest.Server(pgtest.NewURL(t)), Role: postgres.RoleApp, Name: "api", MaxConns: 1, Registry: reg,
	})
	require.NoError(t, err)
	defer pool.Close()
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	waited := make(chan error)
	go func() { waited <- pool.Ping(t.Context()) }()
	require.NoError(t, testutil.GatherAndCompare(reg, strings.NewReader(`
		# HELP onboarding_database_pool_connections Connections of the pool by state.
		# TYPE onboarding_database_pool_connections gauge
		onboarding_database_pool_connections{pool="api",state="connecting"} 0
		onboarding_database_pool_connections{pool="api",state="idle"} 0
		onboarding_database_pool_connections{pool="api",state="used"} 1
		# HELP onboarding_database_pool_max_connections Most connections that the pool may open.
		# TYPE onboarding_database_pool_max_connections gauge
		onboarding_database_pool_max_connections{pool="api"} 1
	`), "onboarding_database_pool_connections", "onboarding_database_pool_max_connections"))
	conn.Release()
	require.NoError(t, <-waited)
	count, err := testutil.GatherAndCount(reg)
	require.NoError(t, err)
	assert.Equal(t, 8, count)
}

// A transaction of several users sees their rows and no others, and the next on its connection none.
func TestTransactionOfUsers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, user := range []string{"ann", `b"o\b,{'`, "eve"} {
		_, err := postgres.Session(t.Context(), db.App, user)
		require.NoError(t, err)
	}
	type querier interface {
		QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	}
	seen := func(q querier) (users []string) {
		require.NoError(t, q.QueryRow(t.Context(),
			"select coalesce(array_agg(user_id order by user_id), '{}') from onboarding_sessions").Scan(&users))
		return users
	}
	var wrote int64
	err := postgres.InTxOfUsers(t.Context(), db.App, []string{"ann", `b"o\b,{'`}, func(tx pgx.Tx, _ *postgres.Queries) error {
		assert.Equal(t, []string{"ann", `b"o\b,{'`}, seen(tx))
		tag, err := tx.Exec(t.Context(), "update onboarding_sessions set version = version + 1")
		wrote = tag.RowsAffected()
		return err
	})
	require.NoError(t, err)
	assert.EqualValues(t, 2, wrote)
	for range 8 { // whichever connection it is
		assert.Empty(t, seen(db.App))
	}
}
