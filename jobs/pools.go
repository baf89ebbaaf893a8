package jobs

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres"
)

// pools are the connections of a worker, apart from each other: the queue never
// waits for a connection that the work holds, nor the beat for either, nor the
// announcing of changes.
type pools struct {
	queue, work, beat, notify *pgxpool.Pool
}

// queueConns are what the queue client needs: its listener, its leader election,
// its two queues and the writing of outcomes.
const queueConns = 5

// beatConns are one for the beat, one for the lists of the sweep, one for the feeder of
// bulk operations, one for the watcher and one for the counting of the analytics.
const beatConns = 5

// notifyConns is the one that announces changes.
const notifyConns = 1

// workerConns returns how many connections a worker opens at most whose pool for the
// work has that many. The queue client's listener leaves its pool.
func workerConns(work int) int { return queueConns + work + beatConns + notifyConns + 1 }

func openPools(ctx context.Context, cfg WorkerConfig) (pools, error) {
	open := func(name, role string, conns int) (*pgxpool.Pool, error) {
		return postgres.OpenPool(ctx, postgres.PoolConfig{
			URL: cfg.DatabaseURL, Name: name, Role: role, MaxConns: conns, Traces: cfg.Traces, Registry: cfg.Registry,
		})
	}
	var p pools
	var errs [4]error
	p.queue, errs[0] = open("worker queue", postgres.RoleApp, queueConns)
	p.work, errs[1] = open("worker", postgres.RoleApp, cfg.DatabaseConns)
	p.beat, errs[2] = open("worker beat", postgres.RoleSystem, beatConns)
	p.notify, errs[3] = open("worker notify", postgres.RoleApp, notifyConns)
	if err := errors.Join(errs[:]...); err != nil {
		p.close()
		return pools{}, err
	}
	return p, nil
}

func (p pools) close() {
	for _, pool := range []*pgxpool.Pool{p.queue, p.work, p.beat, p.notify} {
		if pool != nil {
			pool.Close()
		}
	}
}
