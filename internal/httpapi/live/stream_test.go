package live_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

func TestAStreamShowsEveryChange(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	c := f.watch("ada", "")
	assert.Equal(t, "text/event-stream", c.header.Get("Content-Type"))
	assert.Equal(t, "no-store", c.header.Get("Cache-Control"))
	assert.Equal(t, "no", c.header.Get("X-Accel-Buffering"))
	assert.NotEmpty(t, c.header.Get("X-Request-ID"))

	first := c.next(t)
	assert.Equal(t, "session", first.event)
	assert.Empty(t, first.id)
	assert.Equal(t, map[string]any{
		"current_step": 1.0, "next_step": 1.0, "completion_percentage": 0.0, "is_completed": false, "version": 0.0,
	}, first.data)

	submission, err := f.submit.SubmitWebsite(t.Context(), "ada", onboarding.WebsiteInput{Website: "https://example.com"})
	require.NoError(t, err)
	step := c.next(t)
	assert.Equal(t, "step", step.event)
	assert.Equal(t, "1", step.id)
	assert.Equal(t, map[string]any{
		"step": 2.0, "status": "in_progress", "progress": 0.0, "phase": "queued", "message": "Waiting for a free worker.",
		"submission_id": submission.ID.String(), "version": 1.0,
	}, step.data)
	session := c.next(t)
	assert.Equal(t, "session", session.event)
	assert.Empty(t, session.id)
	assert.EqualValues(t, 1, session.number("version"))

	require.NoError(t, f.submit.Skip(t.Context(), "ada", onboarding.StepProviders))
	step = c.next(t)
	assert.Equal(t, "skipped", step.data["status"])
	assert.InDelta(t, 100.0, step.data["progress"], 0)
	assert.Nil(t, step.data["submission_id"])
	assert.EqualValues(t, 17, c.next(t).number("completion_percentage"))

	require.NoError(t, f.submit.Cancel(t.Context(), "ada", onboarding.StepWebsite))
	step = c.next(t)
	assert.Equal(t, "pending", step.data["status"])
	assert.Empty(t, step.data["message"], "nothing is being done any more")
}

func TestANewStreamBeginsWithWhatIsBeingDone(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	f.change()
	_, err := f.submit.SubmitWebsite(t.Context(), "ada", onboarding.WebsiteInput{Website: "https://example.com"})
	require.NoError(t, err)
	f.change()

	c := f.watch("ada", "")
	step := c.next(t)
	assert.Equal(t, "step", step.event)
	assert.Equal(t, "2", step.id, "the version at which it began")
	assert.Equal(t, "in_progress", step.data["status"])
	assert.EqualValues(t, 3, c.next(t).number("version"))

	again := f.watch("ada", step.id)
	requireVersions(t, again, 2, 3)
	assert.Equal(t, "session", again.next(t).event)
}

func TestAReconnectedStreamGoesOn(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	const missed = 250 // more than one read returns
	for range missed {
		f.change()
	}
	c := f.watch("ada", "0")
	requireVersions(t, c, 0, missed)
	session := c.next(t)
	assert.Equal(t, "session", session.event, "one, after the last")
	assert.EqualValues(t, missed, session.number("version"))

	c = f.watch("ada", strconv.Itoa(missed))
	assert.Equal(t, "session", c.next(t).event, "also when nothing was missed")
	c = f.open("?last_event_id="+strconv.Itoa(missed-1), "Authorization", "Bearer "+f.Token("ada"))
	requireVersions(t, c, missed-1, missed)

	for _, nonsense := range []string{"-1", "abc", "999999", "1.5", "99999999999999999999"} {
		assert.Equal(t, "session", f.watch("ada", nonsense).next(t).event, nonsense)
	}
}

func TestAQuietStreamCanBeResumed(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	c := f.watch("ada", "")
	c.next(t) // no event with an id has come
	c.close()
	require.Error(t, c.ended(t))
	require.Equal(t, "0", c.lastID)
	f.change()
	requireVersions(t, f.watch("ada", c.lastID), 0, 1)
}

// Clients that come and go while several writers change the session see every
// version once, in order.
func TestNoGapWhileTheSessionChanges(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	const writers, each = 4, 60
	f.change()
	var writing sync.WaitGroup
	for range writers {
		writing.Go(func() {
			for range each {
				assert.NoError(t, f.submit.NoteFinish(t.Context(), "ada"))
			}
		})
	}
	random := rand.New(rand.NewPCG(1, 2))
	seen := int64(0)
	for seen < writers*each+1 {
		c := f.watch("ada", strconv.FormatInt(seen, 10))
		until := min(seen+1+random.Int64N(40), writers*each+1)
		requireVersions(t, c, seen, until)
		seen = until
		c.close()
	}
	writing.Wait()
}

func TestALostNotificationCostsTwoSeconds(t *testing.T) {
	t.Parallel()
	f := streamsOn(t, pgtest.New(t), false)
	c := f.watch("ada", "")
	c.next(t)
	for range 2 {
		began := time.Now()
		f.change()
		c.nextStep(t)
		assert.Less(t, time.Since(began), 3*time.Second)
	}
}

func TestTheListenerComesBack(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	up := func() float64 { return f.sum("onboarding_listen_up") }
	require.Eventually(t, func() bool { return up() == 1 }, 5*time.Second, 5*time.Millisecond)
	c := f.watch("ada", "")
	c.next(t)
	f.terminateListener()
	require.Eventually(t, func() bool { return up() == 0 }, 5*time.Second, time.Millisecond)
	f.change()
	c.nextStep(t)
	require.Eventually(t, func() bool { return up() == 1 }, 5*time.Second, 5*time.Millisecond)
	began := time.Now()
	f.change()
	c.nextStep(t)
	assert.Less(t, time.Since(began), time.Second, "announced, not re-read")
}

func TestStreamsEndAtShutdown(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	clients := []*client{f.watch("ada", ""), f.watch("ada", ""), f.watch("bob", "")}
	for _, c := range clients {
		c.next(t)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	began := time.Now()
	require.NoError(t, f.Server.Shutdown(ctx))
	assert.Less(t, time.Since(began), 3*time.Second)
	for _, c := range clients {
		require.NoError(t, c.ended(t), "whole, not cut off")
	}
	assert.Zero(t, f.sum("onboarding_streams"))
}

func TestALeftStreamIsForgotten(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	c := f.watch("ada", "")
	c.next(t)
	require.Equal(t, 1.0, f.sum("onboarding_streams"))
	c.close()
	require.Eventually(t, func() bool { return f.sum("onboarding_streams") == 0 }, 2*time.Second, time.Millisecond,
		"at once, not with a heartbeat")
}

func TestUsersSeeTheirOwnEventsOnly(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	ada, bob := f.watch("ada", ""), f.watch("bob", "")
	ada.next(t)
	bob.next(t)
	const changes = 20
	for range changes {
		f.change()
	}
	_, err := f.submit.SubmitWebsite(t.Context(), "bob", onboarding.WebsiteInput{Website: "https://bob.example"})
	require.NoError(t, err)
	for range changes {
		assert.EqualValues(t, 6, ada.nextStep(t).number("step"))
	}
	assert.EqualValues(t, 2, bob.nextStep(t).number("step"))
	assert.EqualValues(t, 1, bob.next(t).number("version"))
	assert.EqualValues(t, changes, ada.next(t).number("version"))
	assert.Empty(t, ada.events)
	assert.Empty(t, bob.events)
}

func TestADeletedSessionEndsItsStreams(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	c := f.watch("ada", "")
	c.next(t)
	_, err := f.DB.System.Exec(t.Context(), "delete from onboarding_sessions where user_id = 'ada'")
	require.NoError(t, err)
	require.NoError(t, c.ended(t))
}

// Of many streams that a user opens at once as many are served as one may have; each gives its place
// back, also one that could not be opened.
func TestOneUserHasSoManyStreams(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	token := f.Token("ada")
	get := func(close bool) (status int, end func()) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+pathEvents, nil)
		if !assert.NoError(t, err) {
			return 0, func() {}
		}
		request.Header.Set("Authorization", "Bearer "+token)
		answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
		if !assert.NoError(t, err) {
			return 0, func() {}
		}
		end = func() { _ = answer.Body.Close() }
		if close {
			end()
		}
		return answer.StatusCode, end
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	counts, ends := map[int]int{}, []func(){}
	for range 100 {
		group.Go(func() {
			status, end := get(false)
			mu.Lock()
			defer mu.Unlock()
			counts[status]++
			ends = append(ends, end)
		})
	}
	group.Wait()
	assert.Equal(t, map[int]int{http.StatusOK: 32, http.StatusTooManyRequests: 68}, counts)
	r := f.As("ada", http.MethodGet, pathEvents, "")
	apitest.RequireProblem(t, r, 429, "too_many_streams")
	assert.NotEmpty(t, r.Header.Get("Retry-After"))
	f.watch("bob", "").next(t)
	for _, end := range ends {
		end()
	}
	require.Eventually(t, func() bool { return f.sum("onboarding_streams") == 1 }, 10*time.Second, 10*time.Millisecond)
	for range 40 {
		assert.Equal(t, http.StatusBadRequest, f.As("ada", http.MethodGet, pathWS, "", "Connection", "Upgrade", "Upgrade",
			"websocket").Status)
	}
	status, _ := get(true)
	assert.Equal(t, http.StatusOK, status)
}

func TestAClientThatDoesNotReadHoldsUpNobody(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1024))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n", pathEvents,
		f.Token("ada"))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return f.sum("onboarding_streams") == 1 }, 5*time.Second, time.Millisecond)
	c := f.watch("ada", "")
	const changes = 300
	for range changes {
		f.change()
	}
	requireVersions(t, c, 0, changes)
}

func TestAnOldClientReadsUntilTheEnd(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.0\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n", pathEvents,
		f.Token("ada"))
	require.NoError(t, err)
	buffer := make([]byte, 4096)
	n, err := conn.Read(buffer)
	require.NoError(t, err)
	head, body, found := bytes.Cut(buffer[:n], []byte("\r\n\r\n"))
	require.True(t, found)
	assert.NotContains(t, string(head), "chunked")
	assert.True(t, bytes.HasPrefix(body, []byte("retry: ")), "%s", body)
}

func TestNoStreamsWithoutASource(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		path := map[string]string{http.MethodGet: pathEvents, http.MethodPost: pathTicket}[method]
		apitest.RequireProblem(t, f.As("ada", method, path, ""), 503, "streams_unavailable")
	}
}

func TestStreamsAreMeasured(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	c := f.watch("ada", "")
	c.next(t)
	f.change()
	c.nextStep(t)
	require.Eventually(t, func() bool { return f.sum("onboarding_stream_delivery_seconds") == 1 }, 2*time.Second,
		time.Millisecond)
	assert.GreaterOrEqual(t, f.sum("onboarding_stream_events_total"), 2.0)
	again := f.watch("ada", "0")
	again.nextStep(t)
	again.next(t)
	assert.Equal(t, 1.0, f.sum("onboarding_stream_delivery_seconds"), "what was missed says nothing of the delivery")
}
