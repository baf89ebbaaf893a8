package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// recoverAtOnce is how many lost jobs a sweep recovers at a time.
const recoverAtOnce = 4

// sweeper returns the recovery of a worker that runs no jobs.
func (b *bundle) sweeper() *flow.Recovery {
	r, _ := b.sweeping()
	r.Steady = func() bool { return true }
	return r
}

// sweeping is sweeper with the worker's beats.
func (b *bundle) sweeping() (*flow.Recovery, *heartbeat) {
	b.t.Helper()
	client, err := river.NewClient(riverpgxv5.New(b.db.System), &river.Config{SkipUnknownJobCheck: true})
	require.NoError(b.t, err)
	m, log := newMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler)
	beats := &heartbeat{clientID: "me", pool: b.db.System, running: newRegistry(m.running), metrics: m, log: log}
	changer := &flow.Changer{Pool: b.db.App, River: client, Log: log, Metrics: flow.NewMetrics(prometheus.NewRegistry())}
	return &flow.Recovery{Steady: beats.steady, Lists: b.db.System, Changer: changer}, beats
}

// lost submits a website and makes its job look as a dead worker leaves it.
func (b *bundle) lost() onboarding.Submission {
	b.t.Helper()
	submission := b.website("example.com")
	b.db.Exec(b.t, `update river_job set state = 'running', attempt = 2, attempted_at = now() - interval '1 minute',
		attempted_by = array['someone', 'ghost'] where id = $1`, submission.JobID)
	return submission
}

func (b *bundle) reload(submission onboarding.Submission) onboarding.Submission {
	b.t.Helper()
	reloaded, err := postgres.SubmissionByID(b.t.Context(), postgres.AsUser(b.db.App, b.user), submission.ID)
	require.NoError(b.t, err)
	return reloaded
}

func TestLostJobIsReplaced(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.lost()
	require.NoError(t, b.sweeper().Tick(t.Context()))

	assert.Equal(t, "discarded", b.jobState(submission.JobID))
	assert.Contains(t, pgtest.One[string](b.t, b.db, "select errors[1]->>'error' from river_job where id = $1", submission.JobID), "lost")
	moved := b.reload(submission)
	assert.Equal(t, onboarding.SubmissionInProgress, moved.Status)
	assert.NotEqual(t, submission.JobID, moved.JobID)
	assert.Equal(t, "recovering", moved.Progress.Phase)
	assert.Equal(t, "available", b.jobState(moved.JobID))
	assert.JSONEq(t, `{"submission_id": "`+submission.ID.String()+
		`", "recoveries": 1, "attempts_used": 1}`,
		pgtest.One[string](b.t, b.db, "select args::text from river_job where id = $1", moved.JobID),
		"the attempt that was lost is not a failed one")

	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 1)
	})
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status, "the successor does the work")
}

func TestNotLost(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"taken a moment ago": "update river_job set attempted_at = now()",
		"named in its worker's beat": "insert into worker_beats (client_id, job_ids) select 'ghost', array[id] " +
			"from river_job",
		"waiting for its next attempt": "update river_job set state = 'retryable'",
	}
	for name, sql := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := b.lost()
			b.db.Exec(b.t, sql)
			before := b.jobState(submission.JobID)
			require.NoError(t, b.sweeper().Tick(t.Context()))
			assert.Equal(t, before, b.jobState(submission.JobID))
			assert.Equal(t, submission.JobID, b.reload(submission).JobID)
		})
	}
}

func TestLost(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"its worker's beat is old": "insert into worker_beats (client_id, job_ids, beat_at) select 'ghost', " +
			"array[id], now() - interval '9 s' from river_job",
		"its worker does not name it": "insert into worker_beats (client_id) values ('ghost')",
		"only an earlier worker's names it": "insert into worker_beats (client_id, job_ids) select 'someone', array[id] " +
			"from river_job",
	}
	for name, sql := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := b.lost()
			b.db.Exec(b.t, sql)
			require.NoError(t, b.sweeper().Tick(t.Context()))
			assert.Equal(t, "discarded", b.jobState(submission.JobID))
		})
	}
}

// A job whose submission does not wait for it any more is ended and nothing else.
func TestUnwantedJobIsOnlyRetired(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"superseded": "update submissions set status = 'superseded', finished_at = now()",
		"belongs to another": `with other as (
			insert into river_job (kind, args, max_attempts, queue) values ('website_analysis', '{}', 1, 'interactive') returning id
		) update submissions set job_id = other.id from other`,
		"account deleted": "delete from onboarding_sessions",
	}
	for name, sql := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := b.lost()
			b.db.Exec(b.t, sql)
			require.NoError(t, b.sweeper().Tick(t.Context()))
			assert.Equal(t, "discarded", b.jobState(submission.JobID))
			assert.Zero(t, pgtest.One[int](b.t, b.db,
				"select count(*) from river_job where args ? 'recoveries' and args->>'recoveries' <> '0'"), "no successor")
		})
	}
}

func TestRecoveriesAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.lost()
	b.db.Exec(b.t, `update river_job set args = args || '{"recoveries": 3}'`)
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, "discarded", b.jobState(submission.JobID))
	submission = b.reload(submission)
	assert.Equal(t, onboarding.SubmissionFailed, submission.Status)
	assert.Equal(t, onboarding.FailureWorkerLost, submission.FailureCode)
	assert.Equal(t, onboarding.StepFailed, b.websiteStep().Status)
}

func TestConcurrentSweepersMakeOneSuccessor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.lost()
	group, ctx := errgroup.WithContext(t.Context())
	for range 6 {
		sweeper := b.sweeper()
		group.Go(func() error { return sweeper.Tick(ctx) })
	}
	require.NoError(t, group.Wait())
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from river_job"))
}

// After an outage nobody's beats are young: a worker sweeps only when the others have
// had time for theirs.
func TestNobodyIsAThiefAfterAnOutage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.lost()
	r, h := b.sweeping()
	beatAndTick := func() string {
		require.NoError(t, h.beat(t.Context()))
		require.NoError(t, r.Tick(t.Context()))
		return b.jobState(submission.JobID)
	}
	assert.Equal(t, "running", beatAndTick(), "just started")

	h.steadySince, h.lastBeat = time.Now().Add(-time.Hour), time.Now().Add(-3*flow.BeatEvery) // the outage
	require.NoError(t, r.Tick(t.Context()))
	assert.Equal(t, "running", b.jobState(submission.JobID), "cut off")
	assert.Equal(t, "running", beatAndTick(), "just back")

	h.steadySince = time.Now().Add(-3 * flow.BeatEvery)
	assert.Equal(t, "running", beatAndTick(), "the others have not tried three times")

	h.steadySince = time.Now().Add(-steadyAfter)
	assert.Equal(t, "discarded", beatAndTick(), "steady again")
}

// A worker that can't beat is dead to the others: it lets go of its jobs, and of
// those that it begins, until it can beat again.
func TestSilentWorkerLetsGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, h := b.sweeping()
	assert.True(t, h.silent(), "before the first beat")
	require.NoError(t, h.beat(t.Context()))
	assert.False(t, h.silent())

	running, cancelRunning := context.WithCancelCause(t.Context())
	h.running.add(1, uuid.New(), cancelRunning)
	h.lastBeat = time.Now().Add(-flow.DeadAfter)
	h.running.setSilent(h.silent())
	require.ErrorIs(t, context.Cause(running), errSilent)
	begun, cancelBegun := context.WithCancelCause(t.Context())
	h.running.add(2, uuid.New(), cancelBegun)
	require.ErrorIs(t, context.Cause(begun), errSilent)

	require.NoError(t, h.beat(t.Context()))
	h.running.setSilent(h.silent())
	again, cancelAgain := context.WithCancelCause(t.Context())
	h.running.add(3, uuid.New(), cancelAgain)
	require.NoError(t, context.Cause(again))
}

// One user's locked session does not hold up the recovery of the others.
func TestALockedSessionHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	locked := b.lost()
	other, err := b.submit.SubmitWebsite(t.Context(), "user_bob", onboarding.WebsiteInput{Website: "example.com"})
	require.NoError(t, err)
	b.db.Exec(b.t, `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '30 s',
		attempted_by = array['ghost'] where id = $1`, other.JobID)
	tx, err := b.db.System.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "select from onboarding_sessions where user_id = $1 for update", testUser)
	require.NoError(t, err)

	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, "running", b.jobState(locked.JobID))
	assert.Equal(t, "discarded", b.jobState(other.JobID))
	require.NoError(t, tx.Rollback(t.Context()))
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, "discarded", b.jobState(locked.JobID), "the next sweep")
}

// What is lost is recovered side by side: as many jobs as may be under way wait for
// their sessions at the same time.
func TestLostJobsAreRecoveredAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var ids []int64
	for n := range recoverAtOnce {
		submission, err := b.submit.SubmitWebsite(t.Context(), fmt.Sprint("user_", n),
			onboarding.WebsiteInput{Website: "example.com"})
		require.NoError(t, err)
		ids = append(ids, submission.JobID)
	}
	b.db.Exec(b.t, `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '30 s', attempted_by = array['ghost']`)
	tx, err := b.db.System.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // if the test fails; it would keep the pool from closing
	_, err = tx.Exec(t.Context(), "select from onboarding_sessions for update")
	require.NoError(t, err)

	swept := make(chan error, 1)
	go func() { swept <- b.sweeper().Tick(t.Context()) }()
	require.Eventually(t, func() bool {
		return pgtest.One[int](
			t, b.db, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
		) == recoverAtOnce
	}, 5*time.Second, 5*time.Millisecond)
	require.NoError(t, tx.Rollback(t.Context()))
	require.NoError(t, <-swept)
	for _, id := range ids {
		assert.Equal(t, "discarded", b.jobState(id))
	}
}

// A job that ended without its submission does not leave it in progress for ever.
func TestOrphanedSubmissionFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sql  string
		code onboarding.FailureCode
	}{
		"cancelled while it waited": {
			"update river_job set state = 'cancelled', finalized_at = now()",
			onboarding.FailureCancelled,
		},
		"discarded": {"update river_job set state = 'discarded', finalized_at = now()", onboarding.FailureInternal},
		"completed": {"update river_job set state = 'completed', finalized_at = now()", onboarding.FailureInternal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := b.website("example.com")
			require.NoError(t, b.sweeper().Tick(t.Context()))
			assert.Equal(t, onboarding.SubmissionInProgress, b.reload(submission).Status, "it only waits")
			b.db.Exec(b.t, test.sql)
			require.NoError(t, b.sweeper().Tick(t.Context()))
			assert.Equal(t, test.code, b.reload(submission).FailureCode)
			assert.Equal(t, onboarding.StepFailed, b.websiteStep().Status)
			assert.NotEqual(t, submission.ID, b.website("example.com").ID, "the user can submit it again")
		})
	}
}

// A lost job whose args nobody can read is ended, and its submission with it.
func TestUnreadableJobIsRetired(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.lost()
	b.db.Exec(b.t, `update river_job set args = '{"submission_id": 7}'`)
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, "discarded", b.jobState(submission.JobID))
	assert.Equal(t, onboarding.FailureInternal, b.reload(submission).FailureCode)
}

// The beat also says which jobs are no longer wanted, so that a cancel arrives
// without a notification.
func TestBeatCancelsUnwantedJobs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.website("example.com")
	_, h := b.sweeping()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer h.running.add(submission.JobID, submission.ID, cancel)()

	require.NoError(t, h.beat(t.Context()))
	require.NoError(t, context.Cause(ctx))
	assert.Equal(t, []int64{submission.JobID}, pgtest.One[[]int64](b.t, b.db, "select job_ids from worker_beats where client_id = 'me'"))
	b.website("example.org")
	require.NoError(t, h.beat(t.Context()))
	assert.ErrorIs(t, context.Cause(ctx), onboarding.ErrSuperseded)
}

// A job that ended stays in the beats for a dead-threshold: River writes a retry
// after the worker returned, and the row says running until then.
func TestEndedJobsLinger(t *testing.T) {
	t.Parallel()
	r := newRegistry(prometheus.NewGauge(prometheus.GaugeOpts{}))
	end := r.add(7, uuid.New(), func(error) {})
	assert.Equal(t, []int64{7}, r.beat("me").RunningIds)
	end()
	said := r.beat("me")
	assert.Equal(t, []int64{7}, said.JobIds)
	assert.Empty(t, said.RunningIds)
	r.jobs[7].endedAt = time.Now().Add(-flow.DeadAfter - time.Second)
	assert.Empty(t, r.beat("me").JobIds)
	assert.Empty(t, r.jobs)
}

// The outcome of a stalled worker whose job was replaced meets a final row and a
// submission that belongs to the successor: nothing changes, before and after the
// successor has ended. (Whole processes do it in process_test.go.)
func TestZombieFinishesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.lost()
	require.NoError(t, b.sweeper().Tick(t.Context()))
	snapshot := func() string {
		return pgtest.One[string](b.t, b.db, `select jsonb_agg(to_jsonb(x))::text from (
			select to_jsonb(j) as row from river_job j union all select to_jsonb(s) from submissions s
			union all select to_jsonb(t) from onboarding_steps t union all select to_jsonb(w) from website_analyses w) x`)
	}
	claim := b.claim(submission, b.db.App)
	zombie := flow.Ending{Result: anyResult(t, submission)}
	before := snapshot()
	require.ErrorIs(t, claim.Finish(t.Context(), zombie), onboarding.ErrSuperseded)
	zombie.Failure = &onboarding.Failure{Code: onboarding.FailureInternal}
	require.ErrorIs(t, claim.Finish(t.Context(), zombie), onboarding.ErrSuperseded)
	assert.Equal(t, before, snapshot())
}

// The completion is all or nothing: when a part of it fails, nothing is written.
func TestCompletionIsAllOrNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tone   string
		endJob flow.EndJob
		says   string
	}{
		"the result can't be saved": {unstorable, nil, refusal},
		"the job can't be completed": {"warm", func(context.Context, pgx.Tx) error {
			return errors.New("boom")
		}, "boom"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := b.website("example.com")
			version := b.session().Version
			require.ErrorContains(t, b.claim(submission, b.db.App).Finish(t.Context(), flow.Ending{
				Result: flow.Result{Analysis: analysisOf(submission, "example.com", test.tone)}, EndJob: test.endJob,
			}), test.says)
			assert.Equal(t, onboarding.SubmissionInProgress, b.reload(submission).Status)
			assert.Equal(t, onboarding.StepInProgress, b.websiteStep().Status)
			assert.Equal(t, version, b.session().Version)
			assert.Equal(t, version, pgtest.One[int64](b.t, b.db, "select count(*) from step_events"))
		})
	}
}
