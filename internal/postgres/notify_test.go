package postgres_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// hearing is what a Listener was told.
type hearing struct {
	mu    sync.Mutex
	heard map[uuid.UUID]int
	all   int // how often anything may have changed
	up    bool
}

func hear(t *testing.T, db pgtest.Database) *hearing {
	t.Helper()
	h := &hearing{heard: map[uuid.UUID]int{}}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		postgres.Listen(ctx, db.Listening(t), slog.New(slog.DiscardHandler), postgres.Listener{Up: h.setUp, Changed: h.changed})
	})
	t.Cleanup(func() { stop(); running.Wait() })
	require.Eventually(t, func() bool { return h.wholes() > 0 }, 5*time.Second, time.Millisecond)
	return h
}

func (h *hearing) setUp(up bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.up = up
}

func (h *hearing) changed(ids []uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ids == nil {
		h.all++
	}
	for _, id := range ids {
		h.heard[id]++
	}
}

func (h *hearing) wholes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

func (h *hearing) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.heard)
}

func (h *hearing) isUp() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.up
}

func notifier(t *testing.T, db pgtest.Database) *postgres.Notifier {
	t.Helper()
	n := postgres.NewNotifier(db.App, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { n.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return n
}

func TestAnnouncedChangesAreHeard(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	first, second := hear(t, db), hear(t, db)
	n := notifier(t, db)
	const sessions = 1000 // more than one payload holds
	var changing sync.WaitGroup
	for range 4 {
		changing.Go(func() {
			for range sessions / 4 {
				n.Changed(uuid.New())
			}
		})
	}
	changing.Wait()
	for _, h := range []*hearing{first, second} {
		require.Eventually(t, func() bool { return h.count() == sessions }, 5*time.Second, time.Millisecond)
	}
}

func TestABurstOfOneSessionIsFewAnnouncements(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	h, n := hear(t, db), notifier(t, db)
	id := uuid.New()
	begin := time.Now()
	for range 1000 {
		n.Changed(id)
	}
	took := time.Since(begin)
	require.Eventually(t, func() bool { return h.count() == 1 }, 5*time.Second, time.Millisecond)
	last := uuid.New()
	n.Changed(last) // what was announced before it has come when it does
	require.Eventually(t, func() bool { return h.count() == 2 }, 5*time.Second, time.Millisecond)
	h.mu.Lock()
	defer h.mu.Unlock()
	assert.LessOrEqual(t, h.heard[id], 3+int(took/(20*time.Millisecond)))
}

func TestNonsenseOnTheChannelIsIgnored(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	h := hear(t, db)
	id := uuid.New()
	for _, payload := range []string{"", "x", ",,", "x," + id.String()} {
		_, err := db.App.Exec(t.Context(), "select pg_notify('onboarding_changes', $1)", payload)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return h.count() == 1 }, 5*time.Second, time.Millisecond)
	assert.True(t, h.isUp())
}

func TestACutListenerConnectsAgainAndDoubtsAll(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	h, n := hear(t, db), notifier(t, db)
	owner, err := pgx.Connect(t.Context(), db.URL)
	require.NoError(t, err)
	defer owner.Close(context.Background())
	tag, err := owner.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and query = 'listen onboarding_changes'`)
	require.NoError(t, err)
	require.EqualValues(t, 1, tag.RowsAffected())
	require.Eventually(t, func() bool { return !h.isUp() }, 5*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return h.isUp() && h.wholes() == 2 }, 5*time.Second, time.Millisecond)
	n.Changed(uuid.New())
	require.Eventually(t, func() bool { return h.count() == 1 }, 5*time.Second, time.Millisecond)
}
