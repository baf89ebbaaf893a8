package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	// rereadEvery is how often all sessions with streams are read without an announcement: the cost of
	// a lost one.
	rereadEvery = 2 * time.Second
	// readPause is the least time between two reads; what is announced meanwhile is
	// read together.
	readPause   = 10 * time.Millisecond
	readTimeLim = 5 * time.Second
)

// hub feeds the streams of the process. It keeps no events: it knows the version up to which each
// stream was served and reads what follows from the database, for all streams at once.
type hub struct {
	// changes returns what happened to sessions after the version that is named for each.
	// Nil opens no streams.
	changes func(ctx context.Context, seen map[uuid.UUID]int64) ([]onboarding.Change, error)
	// listen reports changes until ctx ends. It only makes streams faster, and may be nil.
	listen  func(ctx context.Context, l postgres.Listener)
	metrics *streamMetrics
	log     *slog.Logger

	wake chan struct{}
	// done is closed when the process stops; running are the goroutines that end then.
	done    chan struct{}
	running sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	sessions map[uuid.UUID]map[*stream]struct{}
	users    map[string]int // how many streams each has reserved
	dirty    map[uuid.UUID]struct{}
	all      bool // every session is dirty
}

func newHub(metrics *streamMetrics, log *slog.Logger) *hub {
	return &hub{
		metrics: metrics, log: log,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		sessions: map[uuid.UUID]map[*stream]struct{}{}, users: map[string]int{}, dirty: map[uuid.UUID]struct{}{},
	}
}

// begin starts feeding. close ends it.
func (h *hub) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.changes == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.running.Go(func() {
		defer cancel()
		h.run(ctx)
	})
	if h.listen != nil {
		h.running.Go(func() {
			h.listen(ctx, postgres.Listener{Up: h.listening, Changed: h.announced})
		})
	}
}

// close ends all streams and returns when they have ended, or with ctx.
func (h *hub) close(ctx context.Context) {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
	h.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		h.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}

func (h *hub) listening(up bool) {
	value := 0.0
	if up {
		value = 1
	}
	h.metrics.listenUp.Set(value)
}

// announced marks sessions to be read, all of them for nil.
func (h *hub) announced(ids []uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := ids == nil
	h.all = h.all || found
	for _, id := range ids {
		if h.sessions[id] != nil {
			h.dirty[id] = struct{}{}
			found = true
		}
	}
	if found {
		h.signal()
	}
}

func (h *hub) signal() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// run reads whenever something was announced, and everything every rereadEvery.
func (h *hub) run(ctx context.Context) {
	tick := time.NewTicker(rereadEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.done:
			return
		case <-tick.C:
			h.announced(nil)
		case <-h.wake:
			h.read(ctx)
			select {
			case <-h.done:
				return
			case <-time.After(readPause):
			}
		}
	}
}

// read reads the marked sessions and delivers their changes. After an error the next round of all
// sessions reads them.
func (h *hub) read(ctx context.Context) {
	seen := h.take()
	if len(seen) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeLim)
	defer cancel()
	changes, err := h.changes(ctx, seen)
	if err != nil {
		h.log.WarnContext(ctx, "changes not read for the streams", "error", err)
		return
	}
	now := time.Now()
	for _, change := range changes {
		h.deliver(change, seen[change.Session.ID], now)
	}
}

// take returns the marked sessions, each with the lowest version that one of its streams was served up
// to. Streams with a full outbox are read once they have emptied it.
func (h *hub) take() map[uuid.UUID]int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[uuid.UUID]int64{}
	mark := func(id uuid.UUID) {
		for st := range h.sessions[id] {
			if len(st.outbox) > 0 {
				st.behind = true
			} else if lowest, ok := seen[id]; !ok || st.seen < lowest {
				seen[id] = st.seen
			}
		}
	}
	if h.all {
		for id := range h.sessions {
			mark(id)
		}
	} else {
		for id := range h.dirty {
			mark(id)
		}
	}
	h.all = false
	clear(h.dirty)
	return seen
}

// deliver puts the changes of a session after version from into the outboxes of its streams.
func (h *hub) deliver(change onboarding.Change, from int64, read time.Time) {
	events := stepEvents(change.Events, read)
	last := change.Session.Version
	if n := len(change.Events); n > 0 && change.Events[n-1].Version < last {
		last = change.Events[n-1].Version // there is more
	} else {
		events = append(events, sessionEvent(change.Session))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for st := range h.sessions[change.Session.ID] {
		switch {
		case change.Gone || st.userID != change.Session.UserID:
			st.markDeleted()
		case st.seen < from || st.seen >= last: // it opened meanwhile and is read next, or it is served
		case len(st.outbox) > 0:
			st.behind = true
		default:
			st.outbox <- after(events, st.seen)
			st.seen = last
		}
	}
	if last < change.Session.Version {
		h.dirty[change.Session.ID] = struct{}{}
		h.signal()
	}
}

// after returns the events that follow a version.
func after(events []event, version int64) []event {
	for i, e := range events {
		if e.id == noID || e.id > version {
			return events[i:]
		}
	}
	return nil
}
