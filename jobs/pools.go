package jobs

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres"
)

// pools are the separate pools of connections of a worker: neither the queue, nor the heartbeat,
// nor the announcement of changes, nor webhooks wait for a connection that the work holds.
type pools struct {
	queue, work, beat, notify, webhooks *pgxpool.Pool
	// listening leads past a pooler, nil where there is none or the worker polls.
	listening *pgxpool.Pool
}

func openPools(ctx context.Context, cfg WorkerConfig) (pools, error) {
	server := cfg.Database
	open := func(name, role string, conns int) (*pgxpool.Pool, error) {
		return postgres.OpenPool(ctx, postgres.PoolConfig{
			Server: server, Name: name, Role: role, MaxConns: conns, Traces: cfg.Traces, Registry: cfg.Registry,
		})
	}
	var p pools
	var errs [6]error
	p.queue, errs[0] = open("worker queue", postgres.RoleSystem, postgres.WorkerQueueConns)
	p.work, errs[1] = open("worker", postgres.RoleApp, cfg.DatabaseConns)
	p.beat, errs[2] = open("worker beat", postgres.RoleSystem, postgres.WorkerBeatConns)
	p.notify, errs[3] = open("worker notify", postgres.RoleApp, postgres.WorkerNotifyConns)
	p.webhooks, errs[4] = open("worker webhooks", postgres.RoleSystem, postgres.WorkerWebhookConns)
	if server.Pooled && server.DirectURL != "" {
		server = server.Direct()
		p.listening, errs[5] = open("worker listening", postgres.RoleSystem, 1)
	}
	if err := errors.Join(errs[:]...); err != nil {
		p.close()
		return pools{}, err
	}
	return p, nil
}

func (p pools) close() {
	for _, pool := range []*pgxpool.Pool{p.queue, p.work, p.beat, p.notify, p.webhooks, p.listening} {
		if pool != nil {
			pool.Close()
		}
	}
}
