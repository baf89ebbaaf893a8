package live

import (
	"cmp"
	"context"
	"errors"
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

// history stands in for the database: it has the versions of sessions, and notes what
// it is asked for.
type history struct {
	mu       sync.Mutex
	versions map[uuid.UUID]int64
	reads    []int  // the sessions of each read
	owner    string // of all sessions, in the place of the user of each
	down     error
}

// change raises the version of a session.
func (h *history) change(id uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.versions[id]++
}

// asked returns the reads since the last call.
func (h *history) asked() []int {
	h.mu.Lock()
	defer h.mu.Unlock()
	reads := h.reads
	h.reads = nil
	return reads
}

func (h *history) read(_ context.Context, seen map[uuid.UUID]int64) ([]onboarding.Change, error) {
	const most = 100 // events of one session in one read, as the database gives them
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reads = append(h.reads, len(seen))
	if h.down != nil {
		return nil, h.down
	}
	var changes []onboarding.Change
	for id, from := range seen {
		if from >= h.versions[id] {
			continue
		}
		change := onboarding.Change{
			Session: onboarding.Session{ID: id, UserID: cmp.Or(h.owner, id.String()), Version: h.versions[id]},
		}
		for version := from + 1; version <= min(h.versions[id], from+most); version++ {
			change.Events = append(change.Events,
				onboarding.StepEvent{Version: version, Step: onboarding.StepFinish, Status: onboarding.StepPending})
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// recorder is a client: it notes what it is sent and when. While held, it takes nothing.
type recorder struct {
	mu       sync.Mutex
	versions []int64
	at       []time.Time
	sessions int
	pings    []time.Time
	ended    endReason
	held     chan struct{} // closed when the client takes what is sent
	gone     chan struct{}
}

func (r *recorder) begin(_ int64, events []event) error { return r.send(events) }

func (r *recorder) send(events []event) error {
	<-r.held
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		if e.id == noID {
			r.sessions++
			continue
		}
		r.versions, r.at = append(r.versions, e.id), append(r.at, time.Now())
	}
	return nil
}

func (r *recorder) ping() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pings = append(r.pings, time.Now())
	return nil
}

func (r *recorder) left() <-chan struct{} { return r.gone }

func (r *recorder) end(reason endReason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = reason
}

func (r *recorder) reason() endReason {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

func newRecorder(held bool) *recorder {
	r := &recorder{held: make(chan struct{}), gone: make(chan struct{})}
	if !held {
		close(r.held)
	}
	return r
}

// requireAll checks that every version after from came once and in order.
func (r *recorder) requireAll(t *testing.T, from, last int64) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	require.Len(t, r.versions, int(last-from))
	for i, version := range r.versions {
		require.Equal(t, from+int64(i)+1, version)
	}
}

// inVirtualTime runs a test with a hub that reads a history and hears nothing but what
// the test announces.
func inVirtualTime(t *testing.T, test func(t *testing.T, h *hub, past *history)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		past := &history{versions: map[uuid.UUID]int64{}}
		h := newHub(newStreamMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
		h.changes = past.read
		h.begin()
		defer h.close(t.Context()) // what is left running then fails the test
		test(t, h, past)
	})
}

// watch serves a stream of a session that has seen a version.
func (h *hub) watch(id uuid.UUID, seen int64, expires time.Duration, r *recorder) {
	st := &stream{
		kind: kindSSE, userID: id.String(), sessionID: id, expires: time.Now().Add(expires), opened: time.Now(),
		outbox: make(chan []event, 1), deleted: make(chan struct{}, 1), seen: seen, position: noID,
		giveBack: func() {}, unserved: time.NewTimer(time.Hour),
	}
	go h.serve(st, r)
	synctest.Wait()
}

func TestWhateverIsLostComesWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		const promised = 2*time.Second + readPause
		id, r := uuid.New(), newRecorder(false)
		h.watch(id, 0, time.Hour, r)
		for i := range 40 {
			time.Sleep(time.Duration(i) * 77 * time.Millisecond) // anywhere between two rounds
			changed := time.Now()
			past.change(id)
			time.Sleep(promised)
			synctest.Wait()
			r.requireAll(t, 0, int64(i+1))
			assert.LessOrEqual(t, r.at[i].Sub(changed), promised)
		}
	})
}

func TestAHeartbeatComesEveryTenSeconds(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		id, r, began := uuid.New(), newRecorder(false), time.Now()
		h.watch(id, 0, time.Hour, r)
		for range 31 {
			past.change(id) // also beside events
			time.Sleep(time.Second)
		}
		synctest.Wait()
		require.Len(t, r.pings, 3)
		for i, at := range r.pings {
			assert.Equal(t, time.Duration(i+1)*10*time.Second, at.Sub(began))
		}
	})
}

func TestWhatIsAnnouncedIsReadAtOnceAndTogether(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		const open = 300
		ids, clients := make([]uuid.UUID, open), make([]*recorder, open)
		for i := range open {
			ids[i], clients[i] = uuid.New(), newRecorder(false)
			h.watch(ids[i], 0, time.Hour, clients[i])
		}
		time.Sleep(readPause)
		synctest.Wait()
		past.asked()
		for _, id := range ids {
			past.change(id)
		}
		changed := time.Now()
		h.announced(append(ids, uuid.New())) // and one that nobody watches
		time.Sleep(2 * readPause)
		synctest.Wait()
		assert.Equal(t, []int{open}, past.asked(), "one read for all")
		for _, r := range clients {
			r.requireAll(t, 0, 1)
			assert.LessOrEqual(t, r.at[0].Sub(changed), readPause)
		}
		time.Sleep(rereadEvery)
		synctest.Wait()
		assert.Equal(t, []int{open}, past.asked(), "one read for all every two seconds")
	})
}

func TestASlowClientHoldsUpNobodyAndMissesNothing(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		id, slow, quick := uuid.New(), newRecorder(true), newRecorder(false)
		h.watch(id, 0, time.Hour, slow)
		h.watch(id, 0, time.Hour, quick)
		const changes = 450 // more than one read gives
		for range changes {
			past.change(id)
			h.announced([]uuid.UUID{id})
			time.Sleep(readPause)
		}
		synctest.Wait()
		quick.requireAll(t, 0, changes)
		assert.Empty(t, slow.versions)
		close(slow.held)
		time.Sleep(10 * readPause) // without a round of all
		synctest.Wait()
		slow.requireAll(t, 0, changes)
	})
}

func TestAResumedStreamGetsWhatItMissedOnce(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		id := uuid.New()
		const changes = 250
		for range changes {
			past.change(id)
		}
		for _, seen := range []int64{0, 99, 100, 249} {
			r := newRecorder(false)
			h.watch(id, seen, time.Hour, r)
			time.Sleep(5 * readPause)
			synctest.Wait()
			r.requireAll(t, seen, changes)
			assert.Equal(t, 1, r.sessions, "after the last")
		}
	})
}

func TestStreamsEndWithTokenClientAndProcess(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, _ *history) {
		expiring, leaving, staying := newRecorder(false), newRecorder(false), newRecorder(false)
		h.watch(uuid.New(), 0, time.Minute, expiring)
		h.watch(uuid.New(), 0, time.Hour, leaving)
		h.watch(uuid.New(), 0, time.Hour, staying)
		time.Sleep(time.Minute - time.Millisecond)
		synctest.Wait()
		assert.Empty(t, expiring.reason())
		time.Sleep(time.Millisecond)
		synctest.Wait()
		assert.Equal(t, endExpired, expiring.reason())
		close(leaving.gone)
		synctest.Wait()
		assert.Equal(t, endLeft, leaving.reason())
		assert.Len(t, h.sessions, 1)
		h.close(t.Context())
		assert.Equal(t, endStopping, staying.reason())
		assert.Empty(t, h.sessions)
	})
}

// A reader that mixes up sessions must not reach a stream of another user.
func TestAChangeOfAnotherUserEndsTheStream(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		id, r := uuid.New(), newRecorder(false)
		h.watch(id, 0, time.Hour, r)
		past.owner = "eve"
		past.change(id)
		time.Sleep(rereadEvery + readPause)
		synctest.Wait()
		assert.Equal(t, endGone, r.reason())
		assert.Empty(t, r.versions)
	})
}

func TestAnOutageOfTheReaderIsOvercome(t *testing.T) {
	t.Parallel()
	inVirtualTime(t, func(t *testing.T, h *hub, past *history) {
		id, r := uuid.New(), newRecorder(false)
		past.down = errors.New("away")
		h.watch(id, 0, time.Hour, r)
		past.change(id)
		time.Sleep(3 * rereadEvery)
		synctest.Wait()
		assert.Empty(t, r.versions)
		past.mu.Lock()
		past.down = nil
		past.mu.Unlock()
		time.Sleep(rereadEvery + readPause)
		synctest.Wait()
		r.requireAll(t, 0, 1)
	})
}
