package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

var (
	broken = &onboarding.Failure{Code: onboarding.FailureInternal}
	outage = &onboarding.Failure{Code: onboarding.FailureProviderUnavailable, Subject: "example.com"}
)

func (b *bundle) deadJobs() *bulk.DeadJobs {
	b.t.Helper()
	return &bulk.DeadJobs{All: b.db.System, Changer: &b.submit.Changer}
}

// dead returns the dead job of a submission.
func (b *bundle) dead(id uuid.UUID) bulk.DeadJob {
	b.t.Helper()
	job, err := b.deadJobs().Get(b.t.Context(), id)
	require.NoError(b.t, err)
	return job
}

func (b *bundle) replay(id uuid.UUID) bulk.Replay {
	b.t.Helper()
	replay, err := b.deadJobs().Replay(b.t.Context(), "ops", id)
	require.NoError(b.t, err)
	return replay
}

// dies submits step 2 and ends it beyond its attempts.
func (b *bundle) dies() onboarding.Submission {
	b.t.Helper()
	submission := b.website("example.com")
	b.end(submission, outage)
	return submission
}

// What a user can mend, and what lies with the user's website, leaves no dead job; every other code leaves one.
func TestEachCodeLeavesItsDeadJob(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ours := map[onboarding.FailureCode]bool{
		onboarding.FailureProviderUnavailable: true,
		onboarding.FailureNoPersona:           true, onboarding.FailureTimeout: true, onboarding.FailureWorkerLost: true,
		onboarding.FailureInternal: true,
	}
	for code := range onboarding.FailureCodes() {
		submission := b.website("example.com")
		b.end(submission, &onboarding.Failure{Code: code, Subject: "example.com"})
		job, err := b.deadJobs().Get(t.Context(), submission.ID)
		if !ours[code] {
			require.ErrorIs(t, err, onboarding.ErrNotFound, code)
			continue
		}
		require.NoError(t, err, code)
		assert.Equal(t, code, job.Code)
		assert.Equal(t, submission.JobID, job.JobID)
		assert.Equal(t, onboarding.StepWebsite, *job.Step)
		assert.Equal(t, onboarding.KindWebsiteAnalysis, job.Kind)
	}
	b.done(2)
	assert.Equal(t, len(ours), pgtest.One[int](b.t, b.db, "select count(*) from dead_jobs"))
}

// What the worker returns decides: out of attempts, beyond the budget of waits, a panic.
func TestRunsThatDie(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script   crawlScript
		prepare  string
		code     onboarding.FailureCode
		attempts int
	}{
		"panic": {
			func(context.Context, int, onboarding.Crawl) (onboarding.Site, error) { panic("boom") }, "",
			onboarding.FailureInternal, 1,
		},
		"out of attempts": {
			func(context.Context, int, onboarding.Crawl) (onboarding.Site, error) {
				return onboarding.Site{}, outage
			},
			`update river_job set args = jsonb_set(args, '{attempts_used}', '3')`, onboarding.FailureProviderUnavailable, 4,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := b.website("example.com")
			if test.prepare != "" {
				b.db.Exec(b.t, test.prepare)
			}
			b.worker(test.script)
			b.ended(submission.ID)
			job := b.dead(submission.ID)
			assert.Equal(t, test.code, job.Code)
			assert.Equal(t, test.attempts, job.Attempts)
			assert.Zero(t, job.Recoveries)
		})
	}
}

// A job out of recoveries, and one that ended without its submission, die too.
func TestSweptJobsDie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost := b.lost()
	b.db.Exec(b.t, `update river_job set args = args || '{"recoveries": 3, "attempts_used": 1}' where id = $1`, lost.JobID)
	orphan := b.as(t, "user_bob").website("example.org")
	b.db.Exec(b.t, `update river_job set state = 'discarded', finalized_at = now(), attempt = 2 where id = $1`, orphan.JobID)
	cancelled := b.as(t, "user_carol").website("example.net")
	b.db.Exec(b.t, `update river_job set state = 'cancelled', finalized_at = now() where id = $1`, cancelled.JobID)
	sweeper, reg := b.sweeper(), prometheus.NewRegistry()
	sweeper.Metrics = flow.NewMetrics(reg)
	require.NoError(t, sweeper.Tick(t.Context()))

	job := b.dead(lost.ID)
	assert.Equal(t, [3]any{onboarding.FailureWorkerLost, 3, 3}, [3]any{job.Code, job.Attempts, job.Recoveries})
	job = b.dead(orphan.ID)
	assert.Equal(t, [3]any{onboarding.FailureInternal, 2, 0}, [3]any{job.Code, job.Attempts, job.Recoveries})
	_, err := b.deadJobs().Get(t.Context(), cancelled.ID)
	require.ErrorIs(t, err, onboarding.ErrNotFound, "an operator wanted it")
	kind := string(onboarding.KindWebsiteAnalysis)
	for _, code := range []onboarding.FailureCode{onboarding.FailureWorkerLost, onboarding.FailureInternal} {
		assert.InDelta(t, 1, read(t, reg, "onboarding_dead_jobs_total",
			labels{"kind": kind, "code": string(code)}).GetCounter().GetValue(), 0, code)
	}
}

// A dead job is kept and can be replayed after River's row is gone, for 90 days.
func TestDeadJobsOutliveRiver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.dies()
	b.db.Exec(b.t, "delete from river_job")
	b.db.Exec(b.t, "update submissions set finished_at = finished_at - interval '89 days' where id = $1", submission.ID)
	b.owner("update dead_jobs set died_at = now() - interval '89 days'")
	r := maintenance.NewRetention(b.db.System, maintenance.Keep{Submissions: 30}, prometheus.NewRegistry())
	require.NoError(t, r.Run(t.Context()))
	replay := b.replay(submission.ID)
	require.Equal(t, bulk.Replayed, replay.Outcome, replay.Reason)
	b.worker(onePage)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(replay.ReplayedAs).Status)

	b.owner("update dead_jobs set died_at = now() - interval '91 days'")
	require.NoError(t, r.Run(t.Context()))
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from dead_jobs"))
}

func TestReplay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dead := b.dies()
	replay := b.replay(dead.ID)
	assert.Equal(t,
		bulk.Replay{ID: dead.ID, UserID: b.user, Outcome: bulk.Replayed, ReplayedAs: *b.websiteStep().SubmissionID}, replay)
	again := b.submission(replay.ReplayedAs)
	assert.JSONEq(t, string(dead.Input), string(again.Input))
	assert.Equal(t, onboarding.SubmissionInProgress, again.Status)
	assert.Equal(t, queue.Bulk, pgtest.One[string](b.t, b.db, "select queue from river_job where id = $1", again.JobID))
	assert.Equal(t, replay.ReplayedAs, *b.dead(dead.ID).ReplayedAs)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, `select count(*) from audit_log where actor = 'ops' and action = 'dead_job.replay'
		and user_id = $1 and detail = jsonb_build_object('submission_id', $2::text, 'replayed_as', $3::text)`, b.user,
		dead.ID.String(), replay.ReplayedAs.String()))

	b.end(again, outage)
	second := b.replay(dead.ID)
	assert.Equal(t, bulk.AlreadyReplayed, second.Outcome, "also after the second has died")
	assert.Equal(t, replay.ReplayedAs, second.ReplayedAs)
	assert.Equal(t, bulk.Replayed, b.replay(again.ID).Outcome, "which is a dead job of its own")
	_, err := b.deadJobs().Replay(t.Context(), "ops", uuid.New())
	require.ErrorIs(t, err, onboarding.ErrNotFound)
}

// Of any number of replays at once, one has an effect, and all say the same.
func TestReplaysAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	dead := b.dies()
	var group errgroup.Group
	replays := make([]bulk.Replay, 8)
	for i := range replays {
		d := b.deadJobs()
		group.Go(func() (err error) {
			replays[i], err = d.Replay(context.WithoutCancel(t.Context()), "ops", dead.ID)
			return err
		})
	}
	require.NoError(t, group.Wait())
	counts := map[bulk.ReplayOutcome]int{}
	for _, replay := range replays {
		counts[replay.Outcome]++
		assert.Equal(t, replays[0].ReplayedAs, replay.ReplayedAs)
	}
	assert.Equal(t, map[bulk.ReplayOutcome]int{bulk.Replayed: 1, bulk.AlreadyReplayed: len(replays) - 1}, counts)
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from submissions"))
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from river_job"))
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from audit_log"))
}

func TestReplayIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		after func(b *bundle)
		code  string
	}{
		"a newer submission runs":    {func(b *bundle) { b.website("example.org") }, "moved_on"},
		"a newer submission is done": {func(b *bundle) { b.done(2) }, "moved_on"},
		"a newer one failed":         {func(b *bundle) { b.end(b.website("example.org"), robots) }, "moved_on"},
		"the step was reset": {func(
			b *bundle,
		) {
			require.NoError(b.t, b.submit.Reset(b.t.Context(), b.user, 2))
		}, "moved_on"},
		"the input is gone": {func(b *bundle) { b.db.Exec(b.t, "delete from submissions") }, "nothing_to_retry"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			dead := b.dies()
			test.after(b)
			before := fmt.Sprint(b.session().Version, b.stored())
			replay := b.replay(dead.ID)
			assert.Equal(t, bulk.ReplayRefused, replay.Outcome)
			assert.Equal(t, test.code, replay.Code)
			assert.NotEmpty(t, replay.Reason)
			assert.Equal(t, before, fmt.Sprint(b.session().Version, b.stored()))
			assert.Nil(t, b.dead(dead.ID).ReplayedAs)
		})
	}
}

// The account may go between the list and the lock, and its user come back as a new one.
func TestReplayOfADeletedUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.dead(b.dies().ID)
	assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).DeleteAccount))
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from dead_jobs"))
	for range 2 {
		_, _, err := b.submit.Operator("ops").Replay(t.Context(), b.user, job.ID)
		requireConflict(t, err, "user_gone")
		b.website("example.com")
	}
}

// Work without a step is replayed unless the same kind was asked for since.
func TestReplayWithoutAStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.preferences("Blog Posts")
	build := b.submission(b.building())
	b.end(build, broken)
	replay := b.replay(build.ID)
	require.Equal(t, bulk.Replayed, replay.Outcome, replay.Reason)
	assert.Equal(t, b.building(), replay.ReplayedAs)
	b.end(b.submission(replay.ReplayedAs), broken)
	b.preferences("Case Studies")
	assert.Equal(t, "moved_on", b.replay(replay.ReplayedAs).Code)

	b.done(1)
	check, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	b.end(check, broken)
	again := b.replay(check.ID)
	require.Equal(t, bulk.Replayed, again.Outcome, again.Reason)
	assert.Equal(t, onboarding.KindKeyValidation, b.submission(again.ReplayedAs).Kind)
}

// deadUsers makes dead jobs of users 0 to n-1, one an hour, and returns them, the newest first.
func (b *bundle) deadUsers(n int) (ids []uuid.UUID) {
	b.t.Helper()
	for i := range n {
		user := b.as(b.t, fmt.Sprintf("user_%d", i))
		dead := user.website("example.com")
		failure := outage
		if i == 0 {
			failure = broken
		}
		user.end(dead, failure)
		b.owner(fmt.Sprintf("update dead_jobs set died_at = now() - interval '%d hours' where submission_id = '%s'",
			n-i, dead.ID))
		ids = append([]uuid.UUID{dead.ID}, ids...)
	}
	return ids
}

// listed returns what a filter chooses, read in pages of two.
func (b *bundle) listed(filter bulk.DeadFilter) (found []uuid.UUID) {
	b.t.Helper()
	var last *bulk.DeadJob
	for {
		page, err := b.deadJobs().List(b.t.Context(), filter, last, 2)
		require.NoError(b.t, err)
		if len(page) == 0 {
			return found
		}
		for _, job := range page {
			found = append(found, job.ID)
		}
		last = &page[len(page)-1]
	}
}

func TestDeadJobsAreListedAndReplayedByFilter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.deadUsers(5)
	assert.Equal(t, ids, b.listed(bulk.DeadFilter{}), "the newest first")
	assert.Equal(t, ids[4:], b.listed(bulk.DeadFilter{Code: onboarding.FailureInternal}))
	assert.Equal(t, ids[1:2], b.listed(bulk.DeadFilter{UserID: "user_3"}))
	assert.Equal(t, ids[:2], b.listed(bulk.DeadFilter{Since: time.Now().Add(-150 * time.Minute)}))
	assert.Empty(t, b.listed(bulk.DeadFilter{Kind: onboarding.KindPersonaGeneration}))

	b.as(t, "user_2").website("example.org")
	outcomes := func(filter bulk.DeadFilter) map[bulk.ReplayOutcome]int {
		counts := map[bulk.ReplayOutcome]int{}
		require.NoError(t, b.deadJobs().ReplayAll(t.Context(), "ops", filter, nil, func(r bulk.Replay) error {
			counts[r.Outcome]++
			return nil
		}))
		return counts
	}
	filter := bulk.DeadFilter{Code: onboarding.FailureProviderUnavailable}
	assert.Equal(t, map[bulk.ReplayOutcome]int{bulk.Replayed: 3, bulk.ReplayRefused: 1}, outcomes(filter))
	assert.Equal(t, map[bulk.ReplayOutcome]int{bulk.ReplayRefused: 1}, outcomes(filter), "what is replayed is left out")
	assert.Equal(t, []uuid.UUID{ids[2], ids[4]}, b.listed(bulk.DeadFilter{Unreplayed: true}))
	stop := errors.New("stop")
	require.ErrorIs(t,
		b.deadJobs().ReplayAll(t.Context(), "ops", bulk.DeadFilter{}, nil, func(bulk.Replay) error { return stop }), stop)
}
