package wizard_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// roundTrips counts how often something is sent to the database after an answer of it.
type roundTrips struct {
	sent     atomic.Int64
	answered atomic.Bool
}

type countedConn struct {
	net.Conn
	trips *roundTrips
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.trips.answered.Store(true)
	}
	return n, err
}

func (c countedConn) Write(p []byte) (int, error) {
	if c.trips.answered.Swap(false) {
		c.trips.sent.Add(1)
	}
	return c.Conn.Write(p)
}

// countingPool has one connection, whose round trips are counted.
func countingPool(t *testing.T, db pgtest.Database) (*pgxpool.Pool, *roundTrips) {
	t.Helper()
	trips := &roundTrips{}
	config := db.App.Config()
	config.MaxConns = 1
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return countedConn{conn, trips}, err
	}
	// A connection that was idle for a second is asked whether it lives, however slow this machine is.
	config.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool, trips
}

func TestPollsTakeOneRoundTrip(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pool, trips := countingPool(t, db)
	f := apitest.NewOn(t, pool)
	task, ok := f.OK(http.MethodPost, step4+"/generate-personas-async",
		`{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)["task_id"].(string)
	require.True(t, ok)
	for _, path := range []string{apitest.PathStatus, step4 + "/persona-task/" + task} {
		first := f.As("ada", http.MethodGet, path, "") // prepares the statements
		require.Equal(t, 200, first.Status)
		for _, tag := range []string{"", first.Header.Get("ETag"), `"other"`} {
			before := trips.sent.Load()
			r := f.As("ada", http.MethodGet, path, "", "If-None-Match", tag)
			require.Less(t, r.Status, 400)
			require.EqualValues(t, 1, trips.sent.Load()-before, "%s with If-None-Match %q", path, tag)
		}
	}
}
