package live

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// The kinds of streams.
const (
	kindSSE = "sse"
	kindWS  = "ws"
)

const (
	// heartbeatEvery is how often a heartbeat is sent, so that proxies keep a stream open, lost clients are
	// found, and clients notice that a connection is dead.
	heartbeatEvery = 10 * time.Second
	// streamWriteTimeout bounds one write to a client.
	streamWriteTimeout = 5 * time.Second
	// connectTime is how long a reserved stream may take until it is served.
	connectTime = 10 * time.Second
)

// endReason says why a stream ended.
type endReason string

const (
	endLeft     endReason = "left"     // the client is gone
	endSlow     endReason = "slow"     // it did not read what was sent
	endExpired  endReason = "expired"  // its token has
	endStopping endReason = "stopping" // the process is
	endGone     endReason = "gone"     // the session was deleted
)

var endReasons = []endReason{endLeft, endSlow, endExpired, endStopping, endGone}

// stream is one client that watches a session.
type stream struct {
	kind      string
	userID    string
	sessionID uuid.UUID
	expires   time.Time
	opened    time.Time
	// first are the events that the client is sent at once, position is their version; it is noID for a
	// client that resumes.
	first    []event
	position int64
	// outbox holds the next events; deleted is filled when the session is gone.
	outbox  chan []event
	deleted chan struct{}
	// giveBack ends the reservation of the user's stream; unserved does so if it is never served.
	giveBack func()
	unserved *time.Timer

	// The hub's lock guards these: the version up to which the outbox was filled, and whether there was
	// more while it was full.
	seen   int64
	behind bool
}

// sink sends to the client of a stream. One goroutine calls it.
type sink interface {
	// begin sends the first events. position, if it is not noID, is the version that a
	// client may resume after although it is not the id of an event.
	begin(position int64, events []event) error
	send(events []event) error
	ping() error
	// left is closed when the client is gone.
	left() <-chan struct{}
	// end sends the reason, if the client still reads, and closes.
	end(reason endReason)
}

// openStream opens a stream of a user with its first events: the present state, or only what follows
// lastID if that names a version.
func (s *Streams) openStream(ctx context.Context, user auth.User, kind, lastID string) (*stream, error) {
	giveBack, err := s.hub.reserve(user.ID, s.edge.Limits.Streams)
	if err != nil {
		return nil, err
	}
	st, err := s.newStream(postgres.WithVariant(ctx, user.Variant), user, kind, lastID)
	if err != nil {
		giveBack()
		return nil, err
	}
	st.giveBack, st.unserved = giveBack, time.AfterFunc(connectTime, giveBack)
	return st, nil
}

// newStream reads the first events of a stream.
func (s *Streams) newStream(ctx context.Context, user auth.User, kind, lastID string) (*stream, error) {
	session, err := postgres.Session(ctx, s.cfg.App, user.ID)
	if err != nil {
		return nil, err
	}
	st := &stream{
		kind: kind, userID: user.ID, sessionID: session.ID, expires: user.Expires, opened: time.Now(),
		outbox: make(chan []event, 1), deleted: make(chan struct{}, 1), seen: session.Version, position: session.Version,
	}
	if last, err := strconv.ParseInt(lastID, 10, 64); err == nil && last >= 0 && last <= session.Version {
		st.seen, st.position = last, noID
	} else if st.first, err = s.runningSteps(ctx, session); err != nil {
		return nil, err
	}
	if st.seen == session.Version { // else it follows the last of the missed events
		st.first = append(st.first, sessionEvent(session))
	}
	return st, nil
}

// runningSteps returns the running steps as they are now.
func (s *Streams) runningSteps(ctx context.Context, session onboarding.Session) ([]event, error) {
	var running []onboarding.StepNumber
	for _, step := range session.Steps {
		if step.Status == onboarding.StepInProgress {
			running = append(running, step.Number)
		}
	}
	if len(running) == 0 {
		return nil, nil
	}
	versions, err := postgres.StepVersions(ctx, s.cfg.App, session, running)
	if err != nil {
		return nil, err
	}
	events := make([]event, 0, len(running)+1)
	for _, n := range running {
		events = append(events, runningEvent(session.Step(n), versions[n]))
	}
	slices.SortFunc(events, func(a, b event) int { return int(a.id - b.id) })
	return events, nil
}

// reserve reserves a stream of a user, of which there may be most, any number if 0, and returns the
// function that gives it back. It returns a problem if the user can have no other stream now.
func (h *hub) reserve(userID string, most int) (giveBack func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return nil, edge.NewProblem(http.StatusServiceUnavailable, "stopping",
			"The server is about to restart; connect again in a moment.").WithRetryAfter(time.Second)
	case h.changes == nil:
		return nil, errNoStreams()
	case most > 0 && h.users[userID] >= most:
		return nil, edge.NewProblem(http.StatusTooManyRequests, "too_many_streams",
			"Too many pages are watching at once; close some and try again.").WithRetryAfter(heartbeatEvery)
	}
	h.users[userID]++
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.users[userID]--; h.users[userID] == 0 {
			delete(h.users, userID)
		}
	}), nil
}

// serve sends to a stream until it ends.
func (h *hub) serve(st *stream, out sink) {
	defer st.giveBack()
	if !st.unserved.Stop() || !h.add(st) {
		out.end(endStopping)
		return
	}
	defer h.remove(st)
	reason := h.feed(st, out)
	h.metrics.ended.WithLabelValues(string(reason)).Inc()
	out.end(reason)
}

func (h *hub) add(st *stream) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.running.Add(1)
	h.metrics.open.WithLabelValues(st.kind).Inc()
	if h.sessions[st.sessionID] == nil {
		h.sessions[st.sessionID] = map[*stream]struct{}{}
	}
	h.sessions[st.sessionID][st] = struct{}{}
	h.dirty[st.sessionID] = struct{}{} // something may have happened since its state was read
	h.signal()
	return true
}

func (h *hub) remove(st *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions[st.sessionID], st)
	if len(h.sessions[st.sessionID]) == 0 {
		delete(h.sessions, st.sessionID)
	}
	h.metrics.open.WithLabelValues(st.kind).Dec()
	h.running.Done()
}

// outboxTaken notes that a stream emptied its outbox, and has the session read again if there was more.
func (h *hub) outboxTaken(st *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if st.behind {
		st.behind = false
		h.dirty[st.sessionID] = struct{}{}
		h.signal()
	}
}

// markDeleted ends a stream whose session is gone.
func (st *stream) markDeleted() {
	select {
	case st.deleted <- struct{}{}:
	default:
	}
}

// feed sends events until the stream ends.
func (h *hub) feed(st *stream, out sink) endReason {
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	expiry := time.NewTimer(time.Until(st.expires))
	defer expiry.Stop()
	err := h.sendFirst(st, out)
	for err == nil {
		select {
		case <-h.done:
			return endStopping
		case <-st.deleted:
			return endGone
		case <-expiry.C:
			return endExpired
		case <-out.left():
			return endLeft
		case <-heartbeat.C:
			err = out.ping()
		case events := <-st.outbox:
			h.outboxTaken(st)
			if err = out.send(events); err == nil {
				h.metrics.sent(st.opened, events)
			}
		}
	}
	if isTimeout(err) {
		return endSlow
	}
	return endLeft
}

// sendFirst sends the first events of a stream.
func (h *hub) sendFirst(st *stream, out sink) error {
	first := st.first
	st.first = nil
	if err := out.begin(st.position, first); err != nil {
		return err
	}
	h.metrics.sent(st.opened, first)
	return nil
}
