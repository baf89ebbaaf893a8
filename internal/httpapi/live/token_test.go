package live_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

func TestStreamsNeedAToken(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	for _, path := range []string{pathEvents, pathEvents + "?ticket=nonsense"} {
		code := "unauthenticated"
		if strings.Contains(path, "ticket") {
			code = "ticket_not_accepted"
		}
		r := f.Send(http.MethodGet, path, "")
		apitest.RequireProblem(t, r, 401, code)
		assert.Equal(t, "Bearer", r.Header.Get("WWW-Authenticate"))
	}
	r := f.Send(http.MethodGet, pathEvents+"?ticket="+f.ticket(), "", "Authorization", "Bearer nonsense")
	assert.Equal(t, 401, r.Status, "a header that is there counts")
	r = f.As("ada", http.MethodHead, pathEvents, "")
	assert.Equal(t, 200, r.Status)
	assert.Equal(t, "text/event-stream", r.Header.Get("Content-Type"))
	assert.Empty(t, r.Body)
}

func (f streamFixture) ticket() string {
	f.T.Helper()
	r := f.As("ada", http.MethodPost, pathTicket, "")
	require.Equal(f.T, 200, r.Status, "%s", r.Body)
	assert.Equal(f.T, "no-store", r.Header.Get("Cache-Control"))
	ticket, _ := r.Object(f.T)["ticket"].(string)
	require.Len(f.T, ticket, 26)
	return ticket
}

func TestATicketOpensOneStream(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	other := streamsOn(t, f.DB, true) // another API process
	ticket := f.ticket()
	f.change()

	var stored string
	require.NoError(t,
		f.DB.System.QueryRow(t.Context(), "select row_to_json(t)::text from stream_tickets t").Scan(&stored))
	assert.NotContains(t, stored, ticket, "only its hash is stored")

	var group sync.WaitGroup
	answers := make(chan int, 8)
	for range cap(answers) {
		group.Go(func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, other.URL+pathEvents+"?ticket="+ticket, nil)
			assert.NoError(t, err)
			answer, err := (&http.Client{}).Do(request)
			if assert.NoError(t, err) {
				answers <- answer.StatusCode
				_ = answer.Body.Close()
			}
		})
	}
	group.Wait()
	close(answers)
	count := map[int]int{}
	for status := range answers {
		count[status]++
	}
	assert.Equal(t, map[int]int{200: 1, 401: 7}, count)

	c := other.open("?ticket=" + other.ticket() + "&last_event_id=0")
	requireVersions(t, c, 0, 1)
	assert.NotContains(t, f.Log.String()+other.Log.String(), ticket)

	late := f.ticket()
	_, err := f.DB.System.Exec(t.Context(), "update stream_tickets set expires_at = now() - interval '1 second'")
	require.NoError(t, err)
	apitest.RequireProblem(t, f.Send(http.MethodGet, pathEvents+"?ticket="+late, ""), 401, "ticket_not_accepted")
	f.ticket()
	var left int
	require.NoError(t, f.DB.System.QueryRow(t.Context(), "select count(*) from stream_tickets").Scan(&left))
	assert.Equal(t, 1, left, "old ones are cleared away")
}

func TestStreamsEndWithTheToken(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	token := mint(t, "ada", 2*time.Second)
	byToken := f.open("", "Authorization", "Bearer "+token)
	r := f.Send(http.MethodPost, pathTicket, "", "Authorization", "Bearer "+token)
	require.Equal(t, 200, r.Status)
	byTicket := f.open("?ticket=" + r.Object(t)["ticket"].(string))
	stays := f.watch("ada", "")
	require.NoError(t, byToken.ended(t))
	require.NoError(t, byTicket.ended(t), "a ticket does not outlive the token")
	stays.next(t)
	f.change()
	stays.nextStep(t)
	assert.Equal(t, 1.0, f.sum("onboarding_streams"))
}
