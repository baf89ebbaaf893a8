package flow

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// announcedLook is how often it is read what has ended while announcements arrive: the cost
	// of a lost one. unannouncedLook is that without them.
	announcedLook   = 2 * time.Second
	unannouncedLook = 100 * time.Millisecond
	// lookPause is the least time between two reads, lookTimeout bounds one.
	lookPause   = 10 * time.Millisecond
	lookTimeout = 5 * time.Second
)

// Wait returns a submission as soon as it has ended, or its current state after bound.
func (s *Submitter) Wait(
	ctx context.Context, userID string, id uuid.UUID, bound time.Duration,
) (onboarding.Submission, error) {
	q := postgres.AsUser(s.Pool, userID)
	submission, err := postgres.SubmissionByID(ctx, q, id)
	if err != nil || submission.Status != onboarding.SubmissionInProgress || bound <= 0 {
		return submission, err
	}
	ended, leave := s.waits.join(submission) //nolint:contextcheck // the reads are those of all who wait
	defer leave()
	deadline := time.NewTimer(bound)
	defer deadline.Stop()
	select {
	case <-ctx.Done():
		return submission, ctx.Err()
	case <-deadline.C:
	case <-ended:
	}
	return postgres.SubmissionByID(ctx, q, id)
}

// Listener returns what wakes the calls that wait when others announce changes. Without it they
// are woken a little later.
func (s *Submitter) Listener() postgres.Listener {
	return postgres.Listener{Up: s.waits.setListening, Changed: s.waits.announced}
}

// EndWaits has every call of Wait, also later ones, return the current state at once: the process
// stops.
func (s *Submitter) EndWaits() {
	w := s.waits
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for id, a := range w.waiting {
		close(a.done)
		delete(w.waiting, id)
	}
	w.signal()
}

// waits are the calls of the process that wait for submissions. However many they are, one
// statement reads which of the submissions have ended, when one of their sessions was announced.
type waits struct {
	ended func(context.Context, []uuid.UUID) ([]uuid.UUID, error)
	log   *slog.Logger
	wake  chan struct{}

	mu        sync.Mutex
	listening bool
	closed    bool
	// looking is whether a goroutine reads, which it does while somebody waits.
	looking bool
	waiting map[uuid.UUID]*awaited // by submission
}

// awaited is a submission that calls wait for.
type awaited struct {
	sessionID uuid.UUID
	calls     int
	dirty     bool // it may have ended since it was read
	done      chan struct{}
}

func newWaits(reader *pgxpool.Pool, log *slog.Logger) *waits {
	return &waits{
		ended: func(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error) {
			return system.New(reader).ListEnded(ctx, ids)
		},
		log: log, wake: make(chan struct{}, 1), waiting: map[uuid.UUID]*awaited{},
	}
}

// join adds a call that waits for a submission: until ended is closed, or it leaves.
func (w *waits) join(submission onboarding.Submission) (ended <-chan struct{}, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		closed := make(chan struct{})
		close(closed)
		return closed, func() {}
	}
	a := w.waiting[submission.ID]
	if a == nil {
		a = &awaited{sessionID: submission.SessionID, done: make(chan struct{})}
		w.waiting[submission.ID] = a
	}
	a.calls++
	a.dirty = true // it may have ended before it was joined
	if !w.looking {
		w.looking = true
		go w.look()
	}
	w.signal()
	return a.done, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if a.calls--; a.calls == 0 && w.waiting[submission.ID] == a {
			delete(w.waiting, submission.ID)
			w.signal()
		}
	}
}

func (w *waits) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *waits) setListening(up bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listening = up
	w.signal()
}

// announced marks what is waited for in sessions that changed, all of it for nil.
func (w *waits) announced(sessionIDs []uuid.UUID) {
	changed := make(map[uuid.UUID]bool, len(sessionIDs))
	for _, id := range sessionIDs {
		changed[id] = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.waiting {
		if sessionIDs == nil || changed[a.sessionID] {
			a.dirty = true
			w.signal()
		}
	}
}

// look reads what has ended until no call waits.
func (w *waits) look() {
	all := time.Now() // when all of it was read last
	for {
		ids, whole := w.take(time.Since(all))
		if ids == nil {
			return
		}
		if whole {
			all = time.Now()
		}
		if len(ids) > 0 {
			w.read(ids)
			time.Sleep(lookPause)
		}
		select {
		case <-w.wake:
		case <-time.After(unannouncedLook):
		}
	}
}

// take returns the submissions to read, and whether they are all of them, which is so when that
// was long ago. It returns nil when no call waits.
func (w *waits) take(sinceAll time.Duration) (ids []uuid.UUID, all bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.looking = len(w.waiting) > 0; !w.looking {
		return nil, false
	}
	all = !w.listening && sinceAll >= unannouncedLook || sinceAll >= announcedLook
	ids = []uuid.UUID{}
	for id, a := range w.waiting {
		if a.dirty || all {
			a.dirty = false
			ids = append(ids, id)
		}
	}
	return ids, all
}

// read wakes those who wait for what has ended. After an error all is read again with the timer.
func (w *waits) read(ids []uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
	defer cancel()
	ended, err := w.ended(ctx, ids)
	if err != nil {
		w.log.WarnContext(ctx, "ends of awaited work not read", "error", err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ended {
		if a := w.waiting[id]; a != nil {
			close(a.done)
			delete(w.waiting, id)
		}
	}
}
