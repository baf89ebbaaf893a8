package httpapi

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// history stands in for the database: one session that has reached a version. It
// returns at most ten events at a time.
type history struct {
	id uuid.UUID
	// reading, if not nil, is called while a read is under way.
	reading func()

	mu      sync.Mutex
	version int64
}

func (s *history) change() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
}

func (s *history) changes(_ context.Context, seen map[uuid.UUID]int64) ([]onboarding.Change, error) {
	s.mu.Lock()
	version := s.version
	s.mu.Unlock()
	if s.reading != nil {
		s.reading()
	}
	from, asked := seen[s.id]
	if !asked || from == version {
		return nil, nil
	}
	change := onboarding.Change{Session: onboarding.Session{ID: s.id, UserID: "ada", Version: version}}
	for v := from + 1; v <= min(version, from+10); v++ {
		change.Events = append(change.Events, onboarding.StepEvent{Version: v, Step: onboarding.StepFinish, Status: onboarding.StepPending})
	}
	return []onboarding.Change{change}, nil
}

// listed is a sink that keeps the ids of what it is sent. While hold is locked it
// does not take anything.
type listed struct {
	hold sync.Mutex
	gone chan struct{}

	mu  sync.Mutex
	ids []int64
}

func (l *listed) begin(_ int64, events []event) error { return l.send(events) }

func (l *listed) send(events []event) error {
	l.hold.Lock()
	defer l.hold.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		if e.id != noID {
			l.ids = append(l.ids, e.id)
		}
	}
	return nil
}

func (*listed) ping() error             { return nil }
func (l *listed) left() <-chan struct{} { return l.gone }
func (*listed) end(endReason)           {}

// requireUpTo checks that everything from first to last has come, in order.
func (l *listed) requireUpTo(t *testing.T, first, last int64) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var want []int64
	for v := first; v <= last; v++ {
		want = append(want, v)
	}
	require.Equal(t, want, l.ids)
}

// startHub starts a hub that nobody announces anything to unless the test does.
func startHub(t *testing.T, store *history) *hub {
	t.Helper()
	h := newHub(Streams{Changes: store.changes}, newStreamMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
	h.begin()
	t.Cleanup(func() { h.close(context.Background()) })
	return h
}

// watch serves a stream that has seen a version.
func watch(h *hub, store *history, seen int64) *listed {
	out := &listed{gone: make(chan struct{})}
	st := &stream{
		kind: kindSSE, userID: "ada", sessionID: store.id, expires: time.Now().Add(time.Hour), opened: time.Now(),
		mail: make(chan []event, 1), over: make(chan struct{}, 1), seen: seen, position: noID,
	}
	go h.serve(st, out)
	return out
}

// soon is much shorter than the round of all: what comes by then was not found by it.
const soon = rereadEvery / 10

func TestWhatFollowsIsReadAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &history{id: uuid.New(), version: 35}
		h := startHub(t, store)
		out := watch(h, store, 0)
		time.Sleep(soon)
		out.requireUpTo(t, 1, 35)
	})
}

func TestABusyStreamCatchesUpWhenItHasTakenItsMail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &history{id: uuid.New()}
		h := startHub(t, store)
		busy, other := watch(h, store, 0), watch(h, store, 0)
		time.Sleep(soon)
		busy.hold.Lock()
		const changes = 50
		for range changes {
			store.change()
			h.announced([]uuid.UUID{store.id})
			time.Sleep(2 * readPause)
		}
		other.requireUpTo(t, 1, changes)
		h.mu.Lock()
		for st := range h.sessions[store.id] {
			assert.LessOrEqual(t, len(st.mail), 1, "nothing heaps up")
		}
		h.mu.Unlock()
		busy.hold.Unlock()
		time.Sleep(soon)
		busy.requireUpTo(t, 1, changes)
	})
}

// A stream that comes while its session is being read from a later version must not
// miss what lies between.
func TestAStreamThatComesDuringAReadMissesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &history{id: uuid.New(), version: 5}
		var late *listed
		var h *hub
		h = startHub(t, store)
		early := watch(h, store, 5)
		time.Sleep(soon)
		var once sync.Once
		store.reading = func() {
			once.Do(func() {
				late = watch(h, store, 1)
				time.Sleep(time.Millisecond) // it is known by now
			})
		}
		store.change()
		h.announced([]uuid.UUID{store.id})
		time.Sleep(soon)
		early.requireUpTo(t, 6, 6)
		late.requireUpTo(t, 2, 6)
	})
}

func TestStreamsOfOneSessionGoOnFromWhereEachIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &history{id: uuid.New(), version: 6}
		h := startHub(t, store)
		behind, ahead := watch(h, store, 2), watch(h, store, 5)
		time.Sleep(soon)
		behind.requireUpTo(t, 3, 6)
		ahead.requireUpTo(t, 6, 6)
	})
}

func TestWithoutAnnouncementsEverythingIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &history{id: uuid.New()}
		h := startHub(t, store)
		out := watch(h, store, 0)
		time.Sleep(soon)
		store.change()
		time.Sleep(rereadEvery)
		out.requireUpTo(t, 1, 1)
	})
}
