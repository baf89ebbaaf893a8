package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

// labels are those of one series.
type labels map[string]string

// read returns a series of what a registry gathers, nil if it has none.
func read(t *testing.T, from prometheus.Gatherer, name string, want labels) *dto.Metric {
	t.Helper()
	families, err := from.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			same := len(metric.GetLabel()) == len(want)
			for _, label := range metric.GetLabel() {
				same = same && want[label.GetName()] == label.GetValue()
			}
			if same {
				return metric
			}
		}
	}
	return nil
}

// The process that commits a change of a step counts it; the worker counts the work.
func TestWhatBecomesOfStepsAndJobsIsCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	crawling := make(chan struct{})
	reg := prometheus.NewRegistry()
	cfg := b.config(func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error) {
		switch calls {
		case 1: // superseded
			close(crawling)
			<-ctx.Done()
			return onboarding.Site{}, ctx.Err()
		case 2:
			return onboarding.Site{}, &onboarding.RateLimitError{RetryAfter: 10 * time.Millisecond, Subject: "example.com"}
		}
		return keepAll(ctx, crawl, 1)
	})
	cfg.Registry = reg
	stop := b.start(cfg)
	b.website("one.example")
	<-crawling
	second := b.website("two.example")
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(second.ID).Status)
	require.NoError(t, b.submit.Reset(t.Context(), b.user, onboarding.StepWebsite))
	require.Eventually(t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from river_job where kind = 'doctor' and state = 'completed'") > 0
	}, 25*time.Second, 50*time.Millisecond, "maintenance begins with the election of a leader")
	stop() // every run has been counted

	count := func(step, from, to string) float64 {
		return read(t, b.reg, "onboarding_step_transitions_total",
			labels{"step": step, "from": from, "to": to}).GetCounter().GetValue()
	}
	assert.InDelta(t, 1, count("2", "pending", "in_progress"), 0, "a newer submission leaves the step where it is")
	assert.InDelta(t, 1, count("2", "completed", "pending"), 0)
	assert.InDelta(t, 0, count("2", "in_progress", "completed"), 0, "the worker's")

	kind := string(onboarding.KindWebsiteAnalysis)
	assert.InDelta(t, 1, read(t, reg, "onboarding_step_transitions_total",
		labels{"step": "2", "from": "in_progress", "to": "completed"}).GetCounter().GetValue(), 0)
	assert.EqualValues(t, 1,
		read(t, reg, "onboarding_step_seconds", labels{"step": "2", "outcome": "completed"}).GetHistogram().GetSampleCount())
	attempts := read(t, reg, "onboarding_submission_attempts", labels{"kind": kind}).GetHistogram()
	assert.InDelta(t, 1, attempts.GetSampleSum(), 0, "the rate limit used up none")
	assert.Positive(t,
		read(t, reg, "onboarding_job_completion_seconds", labels{"kind": kind}).GetHistogram().GetSampleCount())
	assert.Positive(t, read(t, reg, "onboarding_job_snoozed_seconds_total",
		labels{"kind": kind, "reason": snoozeRateLimit}).GetCounter().GetValue())
	assert.InDelta(t, time.Now().Unix(),
		read(t, reg, "onboarding_job_last_success_timestamp_seconds", labels{"kind": kind}).GetGauge().GetValue(), 60)
	for outcome, want := range map[action]float64{
		actionComplete: 1, actionRetry: 0, actionSnooze: 1, actionDrop: 1,
		actionFail: 0,
	} {
		assert.InDelta(t, want, read(t, reg, "onboarding_job_runs_total",
			labels{"kind": kind, "outcome": string(outcome)}).GetCounter().GetValue(), 0, outcome)
	}
	wait := read(t, reg, "onboarding_job_queue_wait_seconds",
		labels{"kind": kind, "queue": queue.Network}).GetHistogram()
	assert.EqualValues(t, 3, wait.GetSampleCount())
	assert.Positive(t, read(t, reg, "onboarding_job_runs_total",
		labels{"kind": "doctor", "outcome": "completed"}).GetCounter().GetValue(), "maintenance too")
}

// The objectives ask for these boundaries.
func TestObjectivesHaveTheirBuckets(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	newMetrics(reg)
	flow.NewMetrics(reg)
	has := func(name string, series labels, bound float64) {
		t.Helper()
		for _, bucket := range read(t, reg, name, series).GetHistogram().GetBucket() {
			if bucket.GetUpperBound() == bound {
				return
			}
		}
		t.Errorf("%s has no bucket that ends at %v", name, bound)
	}
	has("onboarding_step_seconds", labels{"step": "2", "outcome": "completed"}, 120)
	has("onboarding_job_queue_wait_seconds",
		labels{"kind": string(onboarding.KindWebsiteAnalysis), "queue": queue.Interactive}, 5)
}

// A submission that used up its recoveries is counted as failed, with its step.
func TestWhatRecoveryFailsIsCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.lost()
	b.db.Exec(b.t, "update river_job set args = jsonb_set(args, '{recoveries}', '3') where id = $1", submission.JobID)
	r, reg := b.sweeper(), prometheus.NewRegistry()
	r.Metrics = flow.NewMetrics(reg)
	require.NoError(t, r.Tick(t.Context()))
	require.Equal(t, onboarding.FailureWorkerLost, b.reload(submission).FailureCode)
	failed := read(t, reg, "onboarding_submission_failures_total",
		labels{"kind": string(submission.Kind), "code": string(onboarding.FailureWorkerLost)})
	assert.InDelta(t, 1, failed.GetCounter().GetValue(), 0)
	moved := read(t, reg, "onboarding_step_transitions_total", labels{"step": "2", "from": "in_progress", "to": "failed"})
	assert.InDelta(t, 1, moved.GetCounter().GetValue(), 0)
}
