package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/live"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const (
	pathEvents = "/api/onboarding/events"
	pathWS     = "/api/onboarding/ws"
	pathTicket = "/api/onboarding/stream-ticket"
)

// streamFixture is a server whose streams are fed from a real database.
type streamFixture struct {
	*apitest.Fixture
	submit *flow.Submitter
}

// newStreams serves streams that are told of changes.
func newStreams(t testing.TB) streamFixture {
	t.Helper()
	db := pgtest.New(t)
	return streamsOn(t, db, true)
}

// streamsOn serves streams on a database, which are told of changes if announced is true.
func streamsOn(t testing.TB, db pgtest.Database, announced bool) streamFixture {
	t.Helper()
	submitter, err := flow.NewSubmitter(db.App, db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	notifier := postgres.NewNotifier(db.System, slog.New(slog.DiscardHandler))
	if announced {
		submitter.Announce = notifier.Changed
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	go notifier.Run(ctx)
	f := apitest.Serve(t, func(c *httpapi.Config) {
		c.Wizard.Pool, c.Wizard.Submitter = db.App, submitter
		c.Live = live.Config{App: db.App, Reader: db.System, Listening: db.Listening(t), Listener: submitter.Listener()}
		c.Edge.Limits.Streams = 32
	})
	f.DB = db
	return streamFixture{f, submitter}
}

// change makes one change of ada's session: one version.
func (f streamFixture) change() {
	f.T.Helper()
	require.NoError(f.T, f.submit.NoteFinish(f.T.Context(), "ada"))
}

// sent is one event as a client reads it.
type sent struct {
	event, id string
	data      map[string]any
	at        time.Time
}

func (s sent) number(name string) int64 {
	value, ok := s.data[name].(float64)
	if !ok {
		return -1
	}
	return int64(value)
}

// client is an open stream. events is closed with the stream; err then says how it
// ended, nil for a clean end.
type client struct {
	header http.Header
	events chan sent
	err    error
	lastID string // the browser's last event id, also of blocks without an event
	close  func()
}

// open opens a stream of server-sent events; headers are pairs.
func (f streamFixture) open(query string, headers ...string) *client {
	f.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	f.T.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL+pathEvents+query, nil)
	require.NoError(f.T, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	once := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := once.Do(request) //nolint:bodyclose // read closes it
	require.NoError(f.T, err)
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(answer.Body)
		require.Equal(f.T, http.StatusOK, answer.StatusCode, "%s", body)
	}
	c := &client{header: answer.Header, events: make(chan sent, 10_000), close: cancel}
	go c.read(answer.Body)
	return c
}

// watch opens a stream of a user, after lastID if it is not "".
func (f streamFixture) watch(userID, lastID string) *client {
	f.T.Helper()
	headers := []string{"Authorization", "Bearer " + f.Token(userID)}
	if lastID != "" {
		headers = append(headers, "Last-Event-ID", lastID)
	}
	return f.open("", headers...)
}

// read parses the stream as the WHATWG standard has it.
func (c *client) read(body io.ReadCloser) {
	defer close(c.events)
	defer body.Close()
	var now sent
	var data []string
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			if len(data) > 0 {
				now.at = time.Now()
				c.err = json.Unmarshal([]byte(strings.Join(data, "\n")), &now.data)
				c.events <- now
			}
			now, data = sent{}, nil
		case name == "event":
			now.event = value
		case name == "id":
			now.id, c.lastID = value, value
		case name == "data":
			data = append(data, value)
		}
	}
	c.err = lines.Err()
}

// next returns the next event.
func (c *client) next(t *testing.T) sent {
	t.Helper()
	select {
	case e, ok := <-c.events:
		if !ok {
			t.Fatalf("the stream ended: %v", c.err)
		}
		apitest.CheckEvent(t, "streamEvents", http.StatusOK, e.event, e.data)
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event")
		return sent{}
	}
}

// nextStep returns the next step event.
func (c *client) nextStep(t *testing.T) sent {
	t.Helper()
	for {
		if e := c.next(t); e.event == "step" {
			return e
		}
	}
}

// ended waits for the end of the stream and returns how it ended.
func (c *client) ended(t *testing.T) error {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case _, ok := <-c.events:
			if !ok {
				return c.err
			}
		case <-deadline:
			t.Fatal("the stream does not end")
		}
	}
}

// requireVersions checks that the step events up to version last follow each other
// without a gap or a repetition after version first.
func requireVersions(t *testing.T, c *client, first, last int64) {
	t.Helper()
	for version := first + 1; version <= last; version++ {
		e := c.nextStep(t)
		require.Equal(t, strconv.FormatInt(version, 10), e.id)
		require.Equal(t, version, e.number("version"))
	}
}

// mint returns a token of a user that is valid for ttl.
func mint(t *testing.T, userID string, ttl time.Duration) string {
	t.Helper()
	issuer, err := apitest.DevIssuer()
	require.NoError(t, err)
	token, err := issuer.Mint(auth.User{ID: userID}, ttl)
	require.NoError(t, err)
	return token
}

// sum returns the sum of a metric's series; a histogram counts its observations.
func (f streamFixture) sum(name string) float64 {
	f.T.Helper()
	families, err := f.Registry.Gather()
	require.NoError(f.T, err)
	total := 0.0
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			total += m.GetGauge().GetValue() + m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return total
}

// terminateListener cuts the connection that listens.
func (f streamFixture) terminateListener() {
	f.T.Helper()
	owner, err := pgx.Connect(f.T.Context(), f.DB.URL)
	require.NoError(f.T, err)
	defer owner.Close(context.Background())
	tag, err := owner.Exec(f.T.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and query = 'listen onboarding_changes'`)
	require.NoError(f.T, err)
	require.EqualValues(f.T, 1, tag.RowsAffected())
}
