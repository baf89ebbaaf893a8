package postgres

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Fleet is how many processes there are, and the DATABASE_CONNS of each.
type Fleet struct{ APIs, Workers, DatabaseConns int }

// Budget compares the connections that all processes may open with those that the
// database allows.
type Budget struct {
	// Fleet counts the workers that write heartbeats, if they are more than were configured.
	Fleet
	// NeededByAPI and NeededByWorker are for one process of each.
	NeededByAPI, NeededByWorker int
	Needed, Allowed             int
}

// Budget reads what the database allows. db sees all users.
func (f Fleet) Budget(ctx context.Context, db system.DBTX) (Budget, error) {
	row, err := system.New(db).ReadBudget(ctx)
	if err != nil {
		return Budget{}, fmt.Errorf("read the limit of connections: %w", err)
	}
	f.Workers = max(f.Workers, int(row.Workers))
	return Budget{
		Fleet: f, NeededByAPI: APIConns(f.DatabaseConns), NeededByWorker: WorkerConns(f.DatabaseConns),
		Needed: f.Connections(), Allowed: int(row.Allowed),
	}, nil
}

// Connections returns how many connections all processes open at most.
func (f Fleet) Connections() int {
	return f.APIs*APIConns(f.DatabaseConns) + f.Workers*WorkerConns(f.DatabaseConns)
}

// WarnOfBudget logs when the processes may open more connections than the database
// allows: some of them would be refused, at the worst time.
func (f Fleet) WarnOfBudget(ctx context.Context, db system.DBTX, log *slog.Logger) {
	b, err := f.Budget(ctx, db)
	switch {
	case err != nil:
		log.WarnContext(ctx, "connection budget not known", "error", err)
	case b.Needed > b.Allowed:
		log.WarnContext(ctx, "all processes together may open more connections than the database allows",
			"needed", b.Needed, "allowed", b.Allowed, "api_processes", b.APIs, "worker_processes", b.Workers, "database_conns",
			b.DatabaseConns)
	}
}
