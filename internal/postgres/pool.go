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
	// Server is where the database is.
	Server Server
	// Role is the group role whose rights every connection has.
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

// connectTimeout bounds one attempt to connect, so that a request against a dead
// host ends before its client gives up.
const connectTimeout = 3 * time.Second

// OpenPool makes a pool. It does not connect: a database that is down now may be
// up when the pool is first used. Times are read in UTC.
func OpenPool(ctx context.Context, cfg PoolConfig) (*pgxpool.Pool, error) {
	poolConfig, err := pgxpool.ParseConfig(cfg.Server.URL)
	if err != nil {
		return nil, errNoURL
	}
	conn := poolConfig.ConnConfig
	cfg.Server.assume(conn, cfg.Role, cfg.Name)
	if cfg.Searches && !cfg.Server.Pooled { // statements without names are planned so anyway
		conn.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
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
		err := cfg.Server.check(ctx, c, cfg.Role)
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

// Unavailable reports whether err means that the database can't be used now, so
// that the same call may succeed later.
func Unavailable(err error) bool {
	if err == nil {
		return false
	}
	if Refused(err) {
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
