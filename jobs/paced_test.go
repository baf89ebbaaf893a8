package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// eventually waits until what it is told holds.
func (b *bundle) eventually(holds func() bool) {
	b.t.Helper()
	require.Eventually(b.t, holds, 20*time.Second, 20*time.Millisecond)
}

// A job whose turn is far away waits without its slot, within its budget, and says
// for whom.
func TestLimiterMakesTheJobWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		done, err := crawl.Acquire(ctx, "example.com:8080")
		if err != nil {
			return onboarding.Site{}, err
		}
		done(nil)
		return keepAll(ctx, crawl, 1)
	})
	b.db.Exec(b.t, `insert into upstream_limits (name, rate, slots, next_at, begins_at, taken_at)
		values ('host/print of example.com:8080', 5, 4, now() + interval '10 minutes', now(), now())`)
	id := b.website("example.com").ID
	b.eventually(func() bool {
		return b.websiteStep().Progress.Phase == onboarding.PhaseRateLimited.Name || b.websiteStep().FailureCode != ""
	})
	assert.Equal(t, onboarding.FailureSiteRateLimited, b.ended(id).FailureCode, "ten minutes are more than the budget")

	b.db.Exec(b.t, "update upstream_limits set next_at = now() + interval '11500 milliseconds'")
	id = b.website("example.com").ID
	b.eventually(func() bool { return b.websiteStep().Progress.Phase == onboarding.PhaseRateLimited.Name })
	assert.Regexp(t, `^example\.com asks us to slow down\. Going on in 1[12] seconds\.$`, b.websiteStep().Progress.Message)
	b.eventually(func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from river_job where state = 'scheduled'") == 1
	})
	b.db.Exec(b.t, "update upstream_limits set next_at = now()")
	b.db.Exec(b.t, "update river_job set scheduled_at = now(), state = 'available' where state = 'scheduled'")
	submission := b.ended(id)
	assert.Equal(t, onboarding.SubmissionCompleted, submission.Status)
	assert.Greater(t, submission.Snoozed, 10*time.Second)
	assert.Equal(t, 0, pgtest.One[int](b.t, b.db, "select count(*) from upstream_limits where name like '%/example%'"),
		"no host is stored")
}
