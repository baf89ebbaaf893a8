package postgres

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// changesChannel is the channel of the notifications; a payload is the ids of
// sessions that have changed, with commas between.
const changesChannel = "onboarding_changes"

const (
	// notifyEvery is the least time between two notifications of a process. What
	// changes meanwhile goes into the next one.
	notifyEvery = 20 * time.Millisecond
	// notifyTimeout bounds one of them.
	notifyTimeout = 2 * time.Second
	// payloadIDs keeps a payload below PostgreSQL's 8000 bytes.
	payloadIDs = 200
)

// Notifier notifies the processes that Listen of the sessions that have changed. It is to be
// called after the commit of a change: a NOTIFY inside a transaction would serialise
// the commits of the whole server. A notification may be lost; a listener reads
// again by itself.
type Notifier struct {
	pool *pgxpool.Pool
	log  *slog.Logger

	mu      sync.Mutex
	waiting map[uuid.UUID]struct{}
	wake    chan struct{}
}

// NewNotifier returns a notifier that sends on connections of pool, of any role. Run
// must be called.
func NewNotifier(pool *pgxpool.Pool, log *slog.Logger) *Notifier {
	return &Notifier{pool: pool, log: log, waiting: map[uuid.UUID]struct{}{}, wake: make(chan struct{}, 1)}
}

// Changed notifies others that a session changed. It does not wait.
func (n *Notifier) Changed(sessionID uuid.UUID) {
	n.mu.Lock()
	n.waiting[sessionID] = struct{}{}
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends: the first change after a pause at once, what follows in
// batches.
func (n *Notifier) Run(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		}
		if err := n.send(ctx); err != nil && ctx.Err() == nil {
			n.log.WarnContext(ctx, "changes not announced", "error", err)
		}
		pause.Reset(notifyEvery)
	}
}

// send announces what is waiting. What can't be sent is dropped.
func (n *Notifier) send(ctx context.Context) error {
	n.mu.Lock()
	changed := n.waiting
	n.waiting = make(map[uuid.UUID]struct{}, len(changed))
	n.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, notifyTimeout)
	defer cancel()
	return New(n.pool).NotifyChanges(ctx, app.NotifyChangesParams{Channel: changesChannel, Payloads: payloads(changed)})
}

func payloads(changed map[uuid.UUID]struct{}) []string {
	var ids, all []string
	for id := range changed {
		ids = append(ids, id.String())
	}
	for batch := range slices.Chunk(ids, payloadIDs) {
		all = append(all, strings.Join(batch, ","))
	}
	return all
}
