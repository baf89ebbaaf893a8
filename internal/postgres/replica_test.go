package postgres_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// The analytics are read from a replica, which takes no writes, and from the primary while there is none.
func TestAReplicaIsReadFromWhileItAnswers(t *testing.T) {
	t.Parallel()
	primary := pgtest.New(t)
	line := pgtest.NewLine(t, readOnlyURL(t))
	replica, err := postgres.OpenPool(t.Context(),
		postgres.PoolConfig{Server: pgtest.Server(line.URL), Role: postgres.RoleSystem, MaxConns: 1, Replica: true})
	require.NoError(t, err)
	defer replica.Close()
	registry := prometheus.NewRegistry()
	choice := postgres.NewReplica(primary.System, replica, registry)
	assert.Same(t, primary.System, choice.Pool(), "it has not been asked yet")
	lag := func() float64 {
		families, err := registry.Gather()
		require.NoError(t, err)
		return families[0].GetMetric()[0].GetGauge().GetValue()
	}

	line.Mend()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go choice.Watch(ctx)
	require.Eventually(t, func() bool { return choice.Pool() == replica }, 20*time.Second, 10*time.Millisecond)
	assert.Zero(t, lag())
	line.Cut()
	require.Eventually(t, func() bool { return choice.Pool() == primary.System }, 20*time.Second, 10*time.Millisecond)
	assert.True(t, math.IsInf(lag(), 1))
}

func TestWithoutAReplicaThePrimaryIsRead(t *testing.T) {
	t.Parallel()
	pool, registry := &postgres.Pool{}, prometheus.NewRegistry()
	choice := postgres.NewReplica(pool, nil, registry)
	choice.Watch(t.Context())
	assert.Same(t, pool, choice.Pool())
	count, err := testutil.GatherAndCount(registry, "onboarding_replica_lag_seconds")
	require.NoError(t, err)
	assert.Equal(t, 1, count)
}

// readOnlyURL is that of a database that takes no writes.
func readOnlyURL(t *testing.T) string {
	t.Helper()
	url := pgtest.NewURL(t)
	owner, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer owner.Close(context.Background())
	_, err = owner.Exec(t.Context(), "alter database "+pgx.Identifier{owner.Config().Database}.Sanitize()+
		" set default_transaction_read_only = on")
	require.NoError(t, err)
	return url
}
