package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/website"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// server is a receiver that notes what it takes.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	taken []string // user and step of each event
	// answer decides the status of the n-th request.
	answer func(n int, d data) int
	asked  int
}

func newServer(t *testing.T, answer func(n int, d data) int) *server {
	t.Helper()
	s := &server{answer: answer}
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		assert.NoError(t, verifier.Verify(body, r.Header))
		var e event
		assert.NoError(t, json.Unmarshal(body, &e))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		status := s.answer(s.asked, e.Data)
		if status == http.StatusOK {
			s.taken = append(s.taken, fmt.Sprint(e.Data.UserID, *e.Data.Step))
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.taken...)
}

func (s *server) receiver(t *testing.T, name string) Receiver {
	t.Helper()
	all, err := Parse(fmt.Sprintf(`[{"name":%q,"url":%q,"secret":%q}]`, name, s.URL, secret))
	require.NoError(t, err)
	return all[0]
}

// deliverer returns a deliverer whose receivers are noted.
func deliverer(t *testing.T, db pgtest.Database, receivers ...Receiver) *Deliverer {
	t.Helper()
	sender := NewSender(website.NewTransport(loopback), loopback, time.Second)
	d := New(db.System, Config{Receivers: receivers, Sender: sender, Slots: 4, RetryFor: time.Hour},
		prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	d.meet(t.Context())
	return d
}

// run delivers until the test ends.
func run(t *testing.T, d *Deliverer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() { d.Run(ctx) })
	t.Cleanup(func() { cancel(); group.Wait() })
}

// happen writes an event of ann for each of steps.
func happen(t *testing.T, db pgtest.Database, steps ...int) {
	t.Helper()
	for _, step := range steps {
		db.Exec(t, `insert into outbox_events (kind, user_id, session_id, version, step)
			values ('step.completed', 'ann', gen_random_uuid(), $1::int, $1::int)`, step)
	}
}

const lanesLeft = "select count(*)::int from webhook_lanes"

func eventually(t *testing.T, is func() bool, what string) {
	t.Helper()
	require.Eventually(t, is, 20*time.Second, 20*time.Millisecond, what)
}

// Of one user the next event waits until the one before was taken; a receiver that is down delays no other.
func TestEventsComeInOrder(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	refusing := newServer(t, func(n int, _ data) int {
		if n%3 == 1 {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	down := newServer(t, func(int, data) int { return http.StatusFound })
	d := deliverer(t, db, refusing.receiver(t, "refusing"), down.receiver(t, "down"))
	happen(t, db, 1, 2, 3)
	run(t, d)
	eventually(t, func() bool { return len(refusing.got()) == 3 }, "all are taken")
	assert.Equal(t, []string{"ann1", "ann2", "ann3"}, refusing.got())
	assert.Empty(t, down.got())
	happen(t, db, 4)
	eventually(t, func() bool { return len(refusing.got()) == 4 }, "what comes later")
	eventually(t, func() bool { return pgtest.One[int](t, db, lanesLeft) == 1 }, "only the lane of who is down stays")
	watched, err := system.New(db.System).WatchReceivers(t.Context(), 100)
	require.NoError(t, err)
	assert.EqualValues(t, 4, watched[0].Pending)
	assert.Zero(t, watched[1].Pending)
	assert.Positive(t, pgtest.One[int](t, db, "select count(*)::int from webhook_attempts where outcome = 'failed' and status = 302"))
}

// What a receiver does not take for too long is parked and counted, and the next goes. A replay tells it again, with
// what followed.
func TestAnEventIsParked(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	refuses := true
	s := newServer(t, func(_ int, d data) int {
		if refuses && *d.Step == 1 {
			return http.StatusBadRequest
		}
		return http.StatusOK
	})
	d := deliverer(t, db, s.receiver(t, "crm"))
	happen(t, db, 1, 2)
	d.dispatch(t.Context())
	db.Exec(t, "update outbox_events set at = now() - interval '2 hours' where step = 1")
	db.Exec(t, "update webhook_lanes set attempts = 7")
	run(t, d)
	eventually(t, func() bool { return len(s.got()) == 1 }, "the next is taken")
	assert.Equal(t, []string{"ann2"}, s.got())
	assert.InDelta(t, 1, testutil.ToFloat64(d.attempts.WithLabelValues("crm", outcomeParked)), 0)
	listed, err := system.New(db.System).ListReceivers(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 1, listed[0].Parked)

	s.mu.Lock()
	refuses = false
	s.mu.Unlock()
	again, err := system.New(db.System).ReplayEvents(t.Context(), system.ReplayEventsParams{Receiver: "crm", Parked: true})
	require.NoError(t, err)
	assert.EqualValues(t, 2, again.Events)
	eventually(t, func() bool { return len(s.got()) == 3 }, "both are told again")
	assert.Equal(t, []string{"ann2", "ann1", "ann2"}, s.got())
	listed, err = system.New(db.System).ListReceivers(t.Context())
	require.NoError(t, err)
	assert.Zero(t, listed[0].Parked)
}

// A lost worker holds its lane for a while only, and changes nothing when it comes back.
func TestALostClaimEnds(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := newServer(t, func(int, data) int { return http.StatusOK })
	d := deliverer(t, db, s.receiver(t, "crm"))
	happen(t, db, 1, 2)
	d.dispatch(t.Context())
	l := &lanes{Deliverer: d, receiver: d.cfg.Receivers[0]}
	lost := l.claim(t.Context(), 4)
	require.Len(t, lost, 1)
	assert.Empty(t, l.claim(t.Context(), 4), "it is held")
	db.Exec(t, "update webhook_lanes set next_at = now()")
	taken := l.claim(t.Context(), 4)
	require.Len(t, taken, 1)
	_, ok := l.record(t.Context(), lost[0], answer{taken: true})
	assert.False(t, ok, "another has it")
	l.deliver(t.Context(), taken[0])
	assert.Equal(t, []string{"ann1", "ann2"}, s.got())
	assert.Zero(t, pgtest.One[int](t, db, lanesLeft))
}

// Events that are dispatched while a lane ends are sent.
func TestALaneThatGrowsDoesNotEnd(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := newServer(t, func(int, data) int { return http.StatusOK })
	d := deliverer(t, db, s.receiver(t, "crm"))
	happen(t, db, 1)
	d.dispatch(t.Context())
	l := &lanes{Deliverer: d, receiver: d.cfg.Receivers[0]}
	lane := l.claim(t.Context(), 1)[0]
	next, ok := l.record(t.Context(), lane, answer{taken: true})
	require.True(t, ok)
	happen(t, db, 2)
	d.dispatch(t.Context())
	l.end(t.Context(), next)
	again := l.claim(t.Context(), 1)
	require.Len(t, again, 1, "it goes on")
	assert.Greater(t, again[0].ID, lane.ID)
}

// Private addresses are sent to within the prefixes only, and so are addresses without TLS.
func TestPrivateReceiversAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(int, data) int { return http.StatusOK })
	sender := NewSender(website.NewTransport(nil), nil, time.Second)
	a := sender.send(t.Context(), s.receiver(t, "crm"), system.ClaimLanesRow{ID: 1})
	assert.False(t, a.taken)
	assert.Contains(t, a.reason, "WEBHOOK_PREFIXES")
	all, err := Parse(strings.Replace(fmt.Sprintf(`[{"name":"crm","url":%q,"secret":%q}]`, s.URL, secret), "http:", "https:", 1))
	require.NoError(t, err)
	assert.Contains(t, sender.send(t.Context(), all[0], system.ClaimLanesRow{ID: 1}).reason, "WEBHOOK_PREFIXES")
	assert.Zero(t, s.asked)
}

func TestParse(t *testing.T) {
	t.Parallel()
	none, err := Parse(" ")
	require.NoError(t, err)
	assert.Empty(t, none)
	all, err := Parse(`[{"name":"crm","url":"https://crm.example/hook","secret":"` + secret + `","former_secret":"` + secret + `","kinds":["step.failed"]}]`)
	require.NoError(t, err)
	assert.Len(t, all[0].signers, 2)
	assert.Equal(t, "crm.example", all[0].Host())
	for wrong, want := range map[string]string{
		`{}`: "JSON list", `[] []`: "one JSON list", `[{"name":"A"}]`: `"name"`,
		`[{"name":"a","url":"ftp://x"}]`:                                                                                      `"url"`,
		`[{"name":"a","url":"https://x","secret":"whsec_c2hvcnQ="}]`:                                                          "24 to 64",
		`[{"name":"a","url":"https://x","secret":"hunter2hunter2"}]`:                                                          "24 to 64",
		`[{"name":"a","url":"https://x","kinds":["step.begun"]}]`:                                                             "none of the kinds",
		`[{"name":"a","address":"https://x"}]`:                                                                                "JSON list",
		`[{"name":"a","url":"https://x","secret":"` + secret + `"},{"name":"a","url":"https://x","secret":"` + secret + `"}]`: "another receiver",
	} {
		_, err := Parse(wrong)
		require.ErrorContains(t, err, want, wrong)
		assert.NotContains(t, err.Error(), "hunter2")
		assert.NotContains(t, err.Error(), secret)
	}
}
