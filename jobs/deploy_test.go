package jobs

import (
	"context"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// A stopping worker keeps jobs that end within its grace.
func TestStopLetsAJobFinish(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, submission := b.working("")
	first.signal(syscall.SIGTERM)
	first.release()
	require.NoError(t, first.cmd.Wait())
	ended := b.reload(submission)
	assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
	assert.Equal(t, submission.JobID, ended.JobID)
}

// Work that ignores the stop is left behind and handed back all the same.
func TestStopHandsDeafWorkBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	deaf, submission := b.working("success")
	second := b.process("")
	deaf.signal(syscall.SIGTERM)
	second.says("crawling 3")
	require.NoError(t, deaf.cmd.Wait(), "it ends cleanly")
	second.release()
	ended := b.ended(submission.ID)
	assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
	assert.Equal(t, 0, pgtest.One[int](b.t, b.db, "select (args->'recoveries')::int from river_job where id = $1", ended.JobID))
}

// An old worker beside newer ones: it takes a schema ahead of its own, and leaves the
// kinds alone that it does not know.
func TestOldAndNewWorkersSideBySide(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.owner("insert into goose_db_version (version_id, is_applied) values (99999, true)")
	b.db.Exec(b.t, `insert into river_job (kind, queue, args, max_attempts, priority) values ('of_a_newer_release', 'interactive', '{}', 25, 1)`)
	b.worker(onePage)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(b.website("example.com").ID).Status)
	assert.Equal(t, "available 0",
		pgtest.One[string](b.t, b.db, "select concat_ws(' ', state, attempt) from river_job where kind = 'of_a_newer_release'"))
}

// A cancel ends the network call of a running job within 2 s, although its worker
// hears no NOTIFY, and leaves what was committed before.
func TestCancelNeedsNoListen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	called, ended := make(chan struct{}), make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(called)
		<-r.Context().Done()
		close(ended)
	}))
	t.Cleanup(site.Close)
	cfg := b.config(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		if calls == 1 {
			return keepAll(ctx, crawl, 2)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, site.URL, nil)
		if err == nil {
			_, err = site.Client().Do(req) //nolint:bodyclose // it never comes
		}
		return onboarding.Site{}, err
	})
	cfg.PollOnly = true
	b.start(cfg)
	held := b.ended(b.website("example.com").ID)
	running := b.website("other.example")
	<-called

	began := time.Now()
	require.NoError(t, b.submit.Cancel(t.Context(), b.user, onboarding.StepWebsite))
	select {
	case <-ended:
		assert.Less(t, time.Since(began), 2*time.Second)
	case <-time.After(10 * time.Second):
		t.Fatal("the call goes on")
	}
	assert.Equal(t, onboarding.SubmissionCancelled, b.reload(running).Status)
	step := b.websiteStep()
	assert.Equal(t, onboarding.StepCompleted, step.Status)
	assert.Equal(t, &held.ID, step.ResultSubmissionID)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses"))
}
