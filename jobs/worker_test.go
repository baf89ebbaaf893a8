package jobs

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

func TestDone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 3)
	})
	submission := b.website("Example.com/")
	assert.Equal(t, onboarding.SubmissionInProgress, submission.Status)
	assert.JSONEq(t, `{"website": "https://example.com", "assumed_scheme": true}`, string(submission.Input))

	submission = b.ended(submission.ID)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.InDelta(t, 100, submission.Progress.At(), 0)
	step := b.websiteStep()
	assert.Equal(t, onboarding.StepCompleted, step.Status)
	assert.Equal(t, &submission.ID, step.ResultSubmissionID)
	assert.NotNil(t, step.CompletedAt)
	assert.Equal(t, 17, b.session().CompletionPercentage())

	stored, err := postgres.LatestAnalysis(t.Context(), b.db.App, testUser)
	require.NoError(t, err)
	assert.Equal(t, "https://example.com", stored.Website)
	assert.Equal(t, submission.ID, stored.SubmissionID)
	assert.Equal(t, 3, stored.Analysis.Measured.Words)
	assert.Equal(t, "completed", b.jobState(submission.JobID))
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from page_digests"), "checkpoints are deleted with the outcome")
}

// Every change of a step is one version and one event of that number.
func TestEventsHaveNoGap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 2)
	})
	b.ended(b.website("example.com").ID)
	version := b.session().Version
	assert.EqualValues(t, 6, version, "submitted, crawling, two pages, analysing, completed")
	assert.Equal(t, version, pgtest.One[int64](b.t, b.db, "select count(distinct seq) from step_events"))
	assert.Equal(t, version, pgtest.One[int64](b.t, b.db, "select max(seq) from step_events"))
	assert.Equal(t, "completed", pgtest.One[string](b.t, b.db, "select status from step_events order by seq desc limit 1"))
}

func TestPermanentFailure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(context.Context, int, onboarding.Crawl) (onboarding.Site, error) {
		return onboarding.Site{}, &onboarding.Failure{Code: onboarding.FailureRobots, Subject: "example.com"}
	})
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.SubmissionFailed, submission.Status)
	assert.Equal(t, onboarding.FailureRobots, submission.FailureCode)
	step := b.websiteStep()
	assert.Equal(t, onboarding.StepFailed, step.Status)
	assert.Equal(t, onboarding.FailureRobots, step.FailureCode)
	assert.Contains(t, step.FailureMessage, "robots.txt")
	assert.False(t, step.Done())
	assert.Equal(t, "completed", b.jobState(submission.JobID), "a final outcome completes the job's row")
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select attempt from river_job where id = $1", submission.JobID))
}

// A temporary failure is repeated, and the repetition is given the pages that the
// first run kept.
func TestTemporaryFailureIsRetriedFromItsCheckpoints(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var before, between onboarding.Progress
	b.worker(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		if calls == 1 {
			_, err := keepAll(ctx, crawl, 2)
			before = b.websiteStep().Progress
			if err == nil {
				err = &onboarding.Failure{Code: onboarding.FailureSiteError, Subject: "example.com"}
			}
			return onboarding.Site{}, err
		}
		between = b.websiteStep().Progress
		assert.Equal(b.t, []onboarding.Page{page(1), page(2)}, withoutTimes(crawl.Held))
		return keepAll(ctx, crawl, 3)
	})
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Greater(t, between.At(), before.At(), "progress never goes back")
	assert.Equal(t, 1,
		pgtest.One[int](b.t, b.db, "select count(*) from step_events where phase = 'retrying' and message like '%example.com%'"))
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select attempt from river_job where id = $1", submission.JobID))
}

func withoutTimes(pages []onboarding.Page) []onboarding.Page {
	short := make([]onboarding.Page, len(pages))
	for i, p := range pages {
		short[i] = onboarding.Page{URL: p.URL}
	}
	return short
}

// Waiting for a rate limit uses up no attempt.
func TestRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		if calls <= 2 {
			return onboarding.Site{}, &onboarding.RateLimitError{RetryAfter: 100 * time.Millisecond, Subject: "example.com"}
		}
		return keepAll(ctx, crawl, 1)
	})
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Equal(t, 2*leastSnooze, submission.Snoozed)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select attempt from river_job where id = $1", submission.JobID))
}

func TestPanicFailsTheStepAndTheWorkerLives(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		if calls == 1 {
			panic("boom")
		}
		return keepAll(ctx, crawl, 1)
	})
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.FailureInternal, submission.FailureCode)
	submission = b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
}

// A result that was held stays held when a newer submission fails.
func TestFailureKeepsTheFormerResult(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		if calls == 1 {
			return keepAll(ctx, crawl, 1)
		}
		return onboarding.Site{}, &onboarding.Failure{Code: onboarding.FailureHostNotFound, Subject: "example.org"}
	})
	first := b.ended(b.website("example.com").ID)
	b.ended(b.website("example.org").ID)
	step := b.websiteStep()
	assert.Equal(t, onboarding.StepFailed, step.Status)
	assert.Equal(t, &first.ID, step.ResultSubmissionID)
	assert.True(t, step.Done())
}

// The same address while it is being analysed joins; the job runs once.
func TestIdenticalSubmissionIsJoined(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.website("example.com")
	assert.Equal(t, first.ID, b.website("https://EXAMPLE.com/#top").ID)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from river_job"))
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 1)
	})
	b.ended(first.ID)
	assert.NotEqual(t, first.ID, b.website("example.com").ID, "after it ended it is done again")
}

// A second address replaces the first while that is being analysed: its run is
// cancelled, and whatever it returns, the only result is the newest's.
func TestNewerSubmissionSupersedes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	started, stopped := make(chan struct{}), make(chan error, 1)
	b.worker(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		if calls > 1 {
			return keepAll(ctx, crawl, 2)
		}
		close(started)
		<-ctx.Done()
		stopped <- context.Cause(ctx)
		return keepAll(context.WithoutCancel(ctx), crawl, 1) // as if it had not noticed
	})
	first := b.website("example.com")
	<-started
	second := b.website("example.org")
	require.Error(t, <-stopped, "the run of the first is cancelled")
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(second.ID).Status)
	assert.Equal(t, onboarding.SubmissionSuperseded, b.ended(first.ID).Status)
	assert.Equal(t, []string{"https://example.org"},
		pgtest.One[[]string](b.t, b.db, "select array_agg(website_url) from website_analyses"))
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from page_digests where submission_id = $1", first.ID),
		"no checkpoint passes the fence")
	assert.Equal(t, &second.ID, b.websiteStep().ResultSubmissionID)
}

// However many submissions race, one is in progress and the rest are superseded.
func TestConcurrentSubmissions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	group, ctx := errgroup.WithContext(t.Context())
	for range 12 {
		group.Go(func() error {
			_, err := b.submit.SubmitWebsite(ctx, testUser,
				onboarding.WebsiteInput{Website: "https://" + uuid.NewString() + ".example.com"})
			return err
		})
	}
	require.NoError(t, group.Wait())
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from onboarding_sessions"))
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from submissions where status = 'in_progress'"))
	assert.Equal(t, 11, pgtest.One[int](b.t, b.db, "select count(*) from submissions where status = 'superseded'"))
	assert.EqualValues(t, 12, b.session().Version)
	assert.Equal(t, 11, pgtest.One[int](b.t, b.db, "select count(*) from river_job where state = 'cancelled'"))
}

func TestBadAddressIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.submit.SubmitWebsite(t.Context(), testUser, onboarding.WebsiteInput{Website: "javascript:alert(1)"})
	var input *onboarding.InputError
	require.ErrorAs(t, err, &input)
	assert.Equal(t, "unsupported_scheme", input.Code)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from submissions"))
}

// River's completion does not say that the row was not running any more; ours
// looks, and rolls everything back. The sweep then ends the submission.
func TestJobThatIsNotRunningCompletesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	crawled := make(chan struct{})
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		defer close(crawled)
		b.db.Exec(b.t, "update river_job set state = 'discarded', finalized_at = now()")
		return keepAll(ctx, crawl, 1)
	})
	submission := b.website("example.com")
	<-crawled
	require.Eventually(t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from step_events where phase = 'analyzing'") == 1
	}, 5*time.Second, 10*time.Millisecond)
	assert.Never(t, func() bool { return b.reload(submission).Status != onboarding.SubmissionInProgress },
		500*time.Millisecond, 50*time.Millisecond)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses"))
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, onboarding.FailureInternal, b.reload(submission).FailureCode)
}

// An operator's cancel reaches a running job, whose step then fails with the reason.
func TestOperatorCancelsARunningJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	started := make(chan struct{})
	b.worker(func(ctx context.Context, _ int, _ onboarding.Crawl) (onboarding.Site, error) {
		close(started)
		<-ctx.Done()
		return onboarding.Site{}, ctx.Err()
	})
	submission := b.website("example.com")
	<-started
	_, err := b.submit.River.JobCancel(t.Context(), submission.JobID)
	require.NoError(t, err)
	assert.Equal(t, onboarding.FailureCancelled, b.ended(submission.ID).FailureCode)
}

// A failure that the database refuses as it is still ends the submission: a website
// can make up any host name in a redirect.
func TestUnstorableFailureIsStored(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(context.Context, int, onboarding.Crawl) (onboarding.Site, error) {
		return onboarding.Site{}, &onboarding.Failure{Code: onboarding.FailureHostNotFound, Subject: "\xff\x00.example"}
	})
	submission := b.ended(b.website("example.com").ID)
	assert.Equal(t, onboarding.FailureHostNotFound, submission.FailureCode)
	assert.Contains(t, submission.FailureMessage, "\ufffd.example")
}

// The progress that a poller saw is not taken back when the step fails.
func TestFailureKeepsTheProgress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var seen float64
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		_, err := keepAll(ctx, crawl, 2)
		assert.NoError(b.t, err)
		b.db.Exec(b.t, "update submissions set progress = 60, progress_ceiling = 75, phase_at = now() - interval '1 minute'")
		seen = b.websiteStep().Progress.At()
		return onboarding.Site{}, &onboarding.Failure{Code: onboarding.FailureRobots, Subject: "example.com"}
	})
	failed := b.ended(b.website("example.com").ID)
	assert.Greater(t, seen, 60.0)
	assert.GreaterOrEqual(t, failed.Progress.At(), seen)
	assert.GreaterOrEqual(t, pgtest.One[float64](b.t, b.db, "select progress from step_events order by seq desc limit 1"), seen)
}

// An older submission takes its checkpoints with it.
func TestSupersededCheckpointsAreDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.website("example.com")
	b.db.Exec(b.t, "insert into page_digests (submission_id, position, user_id, page) values ($1, 1, $2, '{}')",
		first.ID, testUser)
	b.website("example.org")
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from page_digests"))
}

// The longest address that is accepted can be analysed and stored.
func TestLongestAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 1)
	})
	address := "https://example.com/" + strings.Repeat("é", (onboarding.MaxURLLength-20)/6)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(b.website(address).ID).Status)
	_, err := b.submit.SubmitWebsite(t.Context(), testUser, onboarding.WebsiteInput{Website: address + "éé"})
	var input *onboarding.InputError
	require.ErrorAs(t, err, &input)
	assert.Equal(t, "too_long", input.Code)
}
