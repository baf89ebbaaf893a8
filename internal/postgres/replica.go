package postgres

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	// lagEvery is how often a replica is asked how far behind it is, lagTimeout bounds that.
	lagEvery   = 5 * time.Second
	lagTimeout = 2 * time.Second
	// mostLag is how far behind a replica may be that is read from.
	mostLag = time.Minute
)

// lagSQL asks for the age of the newest change that a replica has, in seconds; 0 of a primary. Workers change
// something every 1.5 s.
const lagSQL = `select case when pg_is_in_recovery()
	then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) else 0 end::float8`

// Replica chooses where reads go that may be a little old: to a replica, or to the primary while the replica does not
// answer or is more than a minute behind.
type Replica struct {
	primary, replica *Pool
	behind           atomic.Bool
	lag              prometheus.Gauge
}

// NewReplica returns the choice between two pools, and registers the metric of the lag. Without a replica, which may
// be nil, everything goes to the primary.
func NewReplica(primary, replica *Pool, registry prometheus.Registerer) *Replica {
	r := &Replica{primary: primary, replica: replica, lag: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "onboarding_replica_lag_seconds",
		Help: "Age of the newest change in the replica of the analytics; +Inf while it does not answer, 0 without one.",
	})}
	r.behind.Store(true) // until it has been asked
	registry.MustRegister(r.lag)
	return r
}

// Pool returns the pool to read from now.
func (r *Replica) Pool() *Pool {
	if r.behind.Load() {
		return r.primary
	}
	return r.replica
}

// Watch asks the replica, if there is one, how far behind it is, until ctx ends.
func (r *Replica) Watch(ctx context.Context) {
	if r.replica == nil {
		return
	}
	ticker := time.NewTicker(lagEvery)
	defer ticker.Stop()
	for {
		r.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (r *Replica) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lagTimeout)
	defer cancel()
	var seconds *float64 // null before the first change
	if err := r.replica.QueryRow(ctx, lagSQL).Scan(&seconds); err != nil || seconds == nil {
		inf := math.Inf(1)
		seconds = &inf
	}
	r.lag.Set(*seconds)
	r.behind.Store(*seconds > mostLag.Seconds())
}
