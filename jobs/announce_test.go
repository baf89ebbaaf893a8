package jobs

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// announced collects the sessions that were announced.
type announced struct {
	mu  sync.Mutex
	ids []uuid.UUID
}

func (a *announced) note(id uuid.UUID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids = append(a.ids, id)
}

func (a *announced) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.ids)
}

// A change is committed before it is announced, so that readers find it.
func TestASubmitterAnnouncesWhatItHasCommitted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	session, err := postgres.Session(t.Context(), b.db.App, b.user)
	require.NoError(t, err)
	var versions []int64
	b.submit.Announce = func(id uuid.UUID) {
		assert.Equal(t, session.ID, id)
		now, err := postgres.Session(t.Context(), b.db.App, b.user)
		assert.NoError(t, err)
		versions = append(versions, now.Version)
	}
	input := onboarding.WebsiteInput{Website: "https://example.com"}
	_, err = b.submit.SubmitWebsite(t.Context(), b.user, input)
	require.NoError(t, err)
	require.NoError(t, b.submit.Skip(t.Context(), b.user, onboarding.StepProviders))
	assert.Equal(t, []int64{1, 2}, versions)

	_, err = b.submit.SubmitWebsite(t.Context(), b.user, input)
	require.NoError(t, err)
	require.Error(t, b.submit.Skip(t.Context(), b.user, onboarding.StepFinish))
	assert.Len(t, versions, 2, "neither what was joined nor what was refused has changed anything")
}

func TestAWorkerAnnouncesItsProgress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var heard announced
	ready := make(chan struct{}, 8)
	ctx, stop := context.WithCancel(context.Background())
	var listening sync.WaitGroup
	listening.Go(func() {
		postgres.Listen(ctx, b.db.Listening(b.t), slog.New(slog.DiscardHandler), postgres.Listener{
			Up: func(bool) {},
			Changed: func(ids []uuid.UUID) {
				if ids == nil {
					ready <- struct{}{}
				}
				for _, id := range ids {
					heard.note(id)
				}
			},
		})
	})
	t.Cleanup(func() { stop(); listening.Wait() })
	<-ready

	reached, release := make(chan struct{}), make(chan struct{})
	b.worker(func(_ context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		close(reached)
		<-release
		return onboarding.Site{URL: crawl.URL, Pages: []onboarding.Page{{URL: crawl.URL}}}, nil
	})
	submission, err := b.submit.SubmitWebsite(t.Context(), b.user, onboarding.WebsiteInput{Website: "https://example.com"})
	require.NoError(t, err)
	<-reached
	require.Eventually(t, func() bool { return heard.count() > 0 }, 5*time.Second, time.Millisecond, "a phase has begun")
	before := heard.count()
	close(release)
	require.Eventually(t, func() bool { return heard.count() > before }, 5*time.Second, time.Millisecond,
		"the work has ended")
	heard.mu.Lock()
	defer heard.mu.Unlock()
	for _, id := range heard.ids {
		assert.Equal(t, submission.SessionID, id)
	}
}
