package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// The two group roles. The migrations make them.
const (
	// RoleApp sees the rows of the user that app.user_id names, none while it is
	// unset. It serves users and runs their work.
	RoleApp = "onboarding_app"
	// RoleSystem sees the rows of all users. Recovery and maintenance use it.
	RoleSystem = "onboarding_system"
)

// Pool is a pool of connections, for packages that only pass one on.
type Pool = pgxpool.Pool

// PoolConfig configures a pool.
type PoolConfig struct {
	// URL is the connection string; the login must be a member of Role.
	URL string
	// Role is the group role that every connection assumes.
	Role string
	// Name is the application_name that the database shows and the label of the
	// pool's metrics: "api", "worker queue".
	Name string
	// MaxConns is the most connections, pgxpool's default if 0.
	MaxConns int
	// Replica says that the server need not take writes.
	Replica bool
	// Searches plans each statement for its arguments: those of operators have filters that most calls leave out.
	Searches bool
	// Traces makes a span of each statement within a trace; nil makes none.
	Traces trace.TracerProvider
	// Registry takes the pool's metrics; nil keeps none.
	Registry prometheus.Registerer
}

// StreamConns are the connections of an api's pool for streams: one for the reader of
// all streams and one for announcing changes.
const StreamConns = 2

// AdminConns are the connections of an api's pool for operators, who are few.
const AdminConns = 2

// APIConns returns how many connections an api process opens at most whose pool has
// that many: those of the streams and the one that listens are beside it.
func APIConns(pool int) int { return pool + StreamConns + 1 + AdminConns }

// The connections of a worker beside those of the work.
const (
	// WorkerQueueConns are what the queue client needs: its leader election, its three queues and
	// the writing of outcomes; and permits for calls to upstreams.
	WorkerQueueConns = 6
	// WorkerBeatConns are one for the beat, one for the lists of the sweep, one for the feeder
	// of bulk operations, one for the watcher and one for the counting of the analytics.
	WorkerBeatConns = 5
	// WorkerNotifyConns is the one that announces changes.
	WorkerNotifyConns = 1
	// WorkerWebhookConns are those of webhooks, opened where there are receivers.
	WorkerWebhookConns = 2
)

// WorkerConns returns how many connections a worker opens at most whose pool for the
// work has that many. The queue client's listener leaves its pool.
func WorkerConns(work int) int {
	return WorkerQueueConns + work + WorkerBeatConns + WorkerNotifyConns + WorkerWebhookConns + 1
}

// ErrBypasses means that the role that a pool assumes is not bound by row-level
// security. Programs refuse to start with it.
var ErrBypasses = errors.New("the role bypasses row-level security: run `alter role … nosuperuser nobypassrls`")

// connectTimeout bounds one attempt to connect, so that a request against a dead
// host ends before its client gives up.
const connectTimeout = 3 * time.Second

// OpenPool makes a pool. It does not connect: a database that is down now may be
// up when the pool is first used. Times are read in UTC.
func OpenPool(ctx context.Context, cfg PoolConfig) (*pgxpool.Pool, error) {
	poolConfig, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not a PostgreSQL connection string")
	}
	conn := poolConfig.ConnConfig
	conn.RuntimeParams["application_name"] = "onboarding " + cfg.Name
	// At start-up, so that no RESET leaves the role and a pooler that would lose it
	// refuses the connection.
	conn.RuntimeParams["role"] = cfg.Role
	conn.RuntimeParams["jit"] = "off" // no statement runs for as long as compiling it takes
	// Plans are kept, also those that are made when a database has just been migrated: for an empty table the
	// whole of it is a good plan, until it has grown.
	conn.RuntimeParams["enable_seqscan"] = "off"
	if cfg.Role == RoleApp {
		// Each of its statements reads few rows by a key, for which one plan is as good as
		// another: five plans made again on every new connection are not.
		conn.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
		conn.RuntimeParams["enable_hashjoin"] = "off"
		conn.RuntimeParams["enable_mergejoin"] = "off"
	}
	if cfg.Searches {
		conn.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	}
	if conn.ConnectTimeout == 0 || conn.ConnectTimeout > connectTimeout {
		conn.ConnectTimeout = connectTimeout
	}
	if cfg.MaxConns > 0 {
		poolConfig.MaxConns = int32(min(cfg.MaxConns, math.MaxInt32))
	}
	attempts := &backoff{free: int(poolConfig.MaxConns)}
	poolConfig.BeforeConnect = attempts.wait
	poolConfig.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		attempts.succeeded()
		c.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		err := checkConn(ctx, c)
		if cfg.Replica && errors.Is(err, errReadOnly) {
			return nil
		}
		return err
	}
	if cfg.Traces != nil {
		conn.Tracer = newTracer(cfg.Traces)
	}
	pool, err := pgxpool.NewWithConfig(ctx, poolConfig)
	if err != nil {
		return nil, fmt.Errorf("open the connection pool: %w", err)
	}
	if cfg.Registry != nil {
		if err := cfg.Registry.Register(newPoolCollector(pool, cfg.Name)); err != nil {
			pool.Close()
			return nil, fmt.Errorf("register metrics of pool %s: %w", cfg.Name, err)
		}
	}
	return pool, nil
}

// errReadOnly means that a connection leads to a server that takes no writes, which after a failover may be the
// former primary. A pool that kept it would fail until the process ends.
var errReadOnly = errors.New("the server takes no writes: it is a replica, or its default_transaction_read_only is on")

// checkConn refuses a connection whose role row-level security would not bind, and one that takes no writes.
func checkConn(ctx context.Context, c *pgx.Conn) error {
	var bypasses, readOnly bool
	err := c.QueryRow(ctx, `select rolsuper or rolbypassrls, current_setting('transaction_read_only')::bool
		from pg_roles where rolname = current_user`,
		pgx.QueryExecModeSimpleProtocol).Scan(&bypasses, &readOnly) // one round trip, since it is not asked twice
	switch {
	case err != nil:
		return fmt.Errorf("check the connection: %w", err)
	case bypasses:
		return fmt.Errorf("check the role: %w", ErrBypasses)
	case readOnly:
		return errReadOnly
	}
	return nil
}

// Unavailable reports whether err means that the database can't be used now, so
// that the same call may succeed later.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.ContainsFunc(outages, func(state string) bool { return strings.HasPrefix(pgErr.Code, state) })
	}
	_, unconnected := errors.AsType[*pgconn.ConnectError](err)
	_, refused := errors.AsType[*backoffError](err)
	return unconnected || refused || errors.Is(err, errReadOnly) || pgconn.Timeout(err) || pgconn.SafeToRetry(err) ||
		isNetworkError(err)
}

// HasState reports whether err is one of the database with one of these SQLSTATEs.
func HasState(err error, states ...string) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && slices.Contains(states, pgErr.Code)
}

// outages are the SQLSTATEs, or the classes of two characters, of a database that
// can't be used now.
var outages = []string{
	"08",    // connection exception
	"25006", // a read-only server: the former primary
	"28",    // invalid authorization: the login is being changed
	"53",    // insufficient resources
	"57P",   // shutting down, starting up
	// The schema, the role or the database is not there yet.
	undefinedTable, invalidRole, undefinedDatabase,
}
