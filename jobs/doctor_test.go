package jobs

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

func (b *bundle) doctor() *maintenance.Doctor {
	d, _ := b.countedDoctor()
	return d
}

// countedDoctor is doctor with what it is counted in.
func (b *bundle) countedDoctor() (*maintenance.Doctor, *prometheus.Registry) {
	b.t.Helper()
	reg := prometheus.NewRegistry()
	return maintenance.NewDoctor(b.db.System, &b.submit.Changer, reg), reg
}

// treated is how often a finding was treated with a result.
func treated(t *testing.T, reg *prometheus.Registry, finding, result string) float64 {
	t.Helper()
	return read(t, reg, "onboarding_doctor_findings_total",
		labels{"finding": finding, "result": result}).GetCounter().GetValue()
}

// examine returns what the doctor finds of the user.
func (b *bundle) examine(d *maintenance.Doctor) []flow.Finding {
	b.t.Helper()
	found, err := d.Examine(b.t.Context())
	require.NoError(b.t, err)
	own := []flow.Finding{}
	for _, f := range found {
		if f.UserID == b.user {
			own = append(own, f)
		}
	}
	return own
}

const (
	stopWork = "update submissions set status = 'cancelled', finished_at = now() where status = 'in_progress' and step = 2"
	loseData = "delete from website_analyses"
)

// contradictions are sessions whose rows were made to contradict each other by hand,
// what the doctor calls that, and what it does.
var contradictions = map[string]struct {
	prepare func(b *bundle)
	sql     string
	finding string
	step    onboarding.StepNumber
	result  string
	// left is the state of step 2 after the repair, or of step 6 for a finish.
	left     onboarding.StepStatus
	finished bool
}{
	"work cancelled under a step": {
		func(b *bundle) { b.website("example.com") }, stopWork,
		flow.FindingStepWithoutWork, 2, flow.DoctorRepaired, onboarding.StepPending, false,
	},
	"work cancelled under a step that holds a result": {
		func(b *bundle) { b.done(2, 3, 4, 6); b.website("example.org") }, stopWork,
		flow.FindingStepWithoutWork, 2, flow.DoctorRepaired, onboarding.StepCompleted, true,
	},
	"work failed under a step": {
		func(b *bundle) { b.website("example.com") },
		"update submissions set status = 'failed', failure_code = 'robots_forbidden', failure_message = 'no', finished_at " +
			"= now() where step = 2",
		flow.FindingStepWithoutWork, 2, flow.DoctorRepaired, onboarding.StepFailed, false,
	},
	"work completed under a step": {
		func(b *bundle) { b.done(2) },
		"update onboarding_steps set status = 'in_progress', result_submission_id = null where step = 2",
		flow.FindingStepWithoutWork, 2, flow.DoctorRepaired, onboarding.StepCompleted, false,
	},
	"work gone under a step": {
		func(b *bundle) { b.website("example.com") }, "delete from submissions",
		flow.FindingStepWithoutWork, 2, flow.DoctorRepaired, onboarding.StepPending, false,
	},
	"work that its step does not know": {
		func(b *bundle) { b.website("example.com") },
		"update onboarding_steps set status = 'pending', submission_id = null where step = 2",
		flow.FindingWorkWithoutStep, 2, flow.DoctorRepaired, onboarding.StepPending, false,
	},
	"result gone": {
		func(b *bundle) { b.done(2) }, loseData,
		flow.FindingResultMissing, 2, flow.DoctorRequeued, onboarding.StepInProgress, false,
	},
	"result gone after the finish": {
		func(b *bundle) { b.done(2, 3, 4, 6) }, loseData,
		flow.FindingResultMissing, 2, flow.DoctorRequeued, onboarding.StepInProgress, true,
	},
	"result gone while a newer submission runs": {
		func(b *bundle) { b.done(2); b.website("example.org") }, loseData,
		flow.FindingResultMissing, 2, flow.DoctorRepaired, onboarding.StepInProgress, false,
	},
	"result gone, and what it was made from": {
		func(b *bundle) { b.done(2, 3, 4, 6); b.builds() },
		"with gone as (delete from submissions where step = 2) delete from website_analyses",
		flow.FindingResultMissing, 2, flow.DoctorRepaired, onboarding.StepPending, false,
	},
	"completed without a result": {
		func(b *bundle) { b.done(2) }, "update onboarding_steps set result_submission_id = null where step = 2",
		flow.FindingCompletedWithoutResult, 2, flow.DoctorRequeued, onboarding.StepInProgress, false,
	},
	"finished with step 6 pending": {
		func(b *bundle) { b.done(2, 3, 4, 6) },
		"update onboarding_steps set status = 'pending', completed_at = null where step = 6",
		flow.FindingFinishContradicted, 6, flow.DoctorRepaired, onboarding.StepCompleted, true,
	},
	"finished without the steps": {
		func(b *bundle) { b.done(2) }, "update onboarding_sessions set completed_at = now()",
		flow.FindingFinishContradicted, 6, flow.DoctorRepaired, onboarding.StepPending, false,
	},
	"step 6 completed, not finished": {
		func(b *bundle) { b.done(2, 3, 4, 6) }, "update onboarding_sessions set completed_at = null",
		flow.FindingFinishContradicted, 6, flow.DoctorRepaired, onboarding.StepCompleted, true,
	},
	"step 6 completed without the steps": {
		func(b *bundle) { b.done(2) }, "update onboarding_steps set status = 'completed' where step = 6",
		flow.FindingFinishContradicted, 6, flow.DoctorRepaired, onboarding.StepPending, false,
	},
	"inputs never built": {
		func(b *bundle) { b.done(2); b.builds() },
		"with old as (update submissions set finished_at = now() - interval '11 minutes' where step is null) update " +
			"personalization_inputs set wanted_revision = 7",
		flow.FindingInputsStale, 0, flow.DoctorRequeued, onboarding.StepCompleted, false,
	},
	"analysed before there were inputs": {
		func(b *bundle) { b.done(2); b.builds() },
		"delete from personalization_inputs",
		flow.FindingInputsStale, 0, flow.DoctorRequeued, onboarding.StepCompleted, false,
	},
}

// Every contradiction is found by its name, repaired, counted, and gone.
func TestDoctor(t *testing.T) {
	t.Parallel()
	for name, test := range contradictions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			d, reg := b.countedDoctor()
			test.prepare(b)
			require.Empty(t, b.examine(d), "before")
			b.db.Exec(b.t, test.sql)
			version := b.session().Version

			want := flow.Finding{Kind: test.finding, SessionID: b.session().ID, UserID: b.user, Step: test.step}
			require.Equal(t, []flow.Finding{want}, b.examine(d))
			result, err := d.Repair(t.Context(), want)
			require.NoError(t, err)
			assert.Equal(t, test.result, result)
			assert.InDelta(t, 1, treated(t, reg, test.finding, result), 0)
			assert.Empty(t, b.examine(d), "after")

			step := max(test.step, 2)
			assert.Equal(t, test.left, b.session().Step(step).Status)
			assert.Equal(t, test.finished, b.session().IsCompleted())
			if test.step != 0 && test.finding != flow.FindingWorkWithoutStep {
				assert.Greater(t, b.session().Version, version, "clients see the change")
			}
			again, err := d.Repair(t.Context(), want)
			require.NoError(t, err)
			assert.Equal(t, flow.DoctorGone, again, "there is nothing to repair any more")
		})
	}
}

// A leader among the workers does it by itself; what was queued again completes.
func TestDoctorComesByItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 3, 4, 6)
	b.builds()
	b.db.Exec(b.t, loseData)
	require.NotEmpty(t, b.examine(b.doctor()))
	cfg := b.config(onePage)
	b.start(cfg)
	require.Eventually(t, func() bool {
		return b.websiteStep().Status == onboarding.StepCompleted &&
			b.held().Analysis != nil
	},
		20*time.Second, 20*time.Millisecond)
	assert.Empty(t, b.examine(b.doctor()))
	assert.True(t, b.session().IsCompleted())
	metrics, err := cfg.Registry.(*prometheus.Registry).Gather()
	require.NoError(t, err)
	counted := 0.0
	for _, family := range metrics {
		if family.GetName() == "onboarding_doctor_findings_total" {
			for _, metric := range family.GetMetric() {
				counted += metric.GetCounter().GetValue()
			}
		}
	}
	assert.InDelta(t, 1, counted, 0)
}

// A doctor that may only report leaves everything as it is and counts it.
func TestDoctorThatReports(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	b.builds()
	b.db.Exec(b.t, loseData)
	d, reg := b.countedDoctor()
	before := b.examine(d)
	require.NotEmpty(t, before)
	require.NoError(t, d.Run(t.Context(), true))
	assert.Equal(t, before, b.examine(d))
	assert.InDelta(t, 1, treated(t, reg, flow.FindingResultMissing, flow.DoctorReported), 0)
}

// Two doctors at once repair once.
func TestConcurrentDoctors(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	b.db.Exec(b.t, loseData)
	d, reg := b.countedDoctor()
	found := b.examine(d)
	require.Len(t, found, 1)
	group, ctx := errgroup.WithContext(t.Context())
	for range 6 {
		group.Go(func() error {
			_, err := d.Repair(ctx, found[0])
			return err
		})
	}
	require.NoError(t, group.Wait())
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from submissions where step = 2 and status = 'in_progress'"))
	assert.InDelta(t, 1, treated(t, reg, flow.FindingResultMissing, flow.DoctorRequeued), 0)
	assert.InDelta(t, 5, treated(t, reg, flow.FindingResultMissing, flow.DoctorGone), 0)
}

// Work that the doctor ends is stopped in its worker too.
func TestDoctorStopsUnknownWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	started, stopped := make(chan struct{}), make(chan struct{})
	b.worker(func(ctx context.Context, _ int, _ onboarding.Crawl) (onboarding.Site, error) {
		close(started)
		<-ctx.Done()
		close(stopped)
		return onboarding.Site{}, ctx.Err()
	})
	submission := b.website("example.com")
	<-started
	b.db.Exec(b.t, "update onboarding_steps set status = 'pending' where step = 2")
	found := b.examine(b.doctor())
	require.Len(t, found, 1)
	_, err := b.doctor().Repair(t.Context(), found[0])
	require.NoError(t, err)
	<-stopped
	assert.Equal(t, onboarding.SubmissionSuperseded, b.reload(submission).Status)
}

// The account may be gone when the doctor comes.
func TestDoctorOfADeletedAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	result, err := b.doctor().Repair(t.Context(),
		flow.Finding{Kind: flow.FindingResultMissing, SessionID: uuid.New(), UserID: "user_gone", Step: 2})
	require.NoError(t, err)
	assert.Equal(t, flow.DoctorGone, result)
}

// Sessions in every state that users and workers lead to are no finding.
func TestHealthySessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	healthy := map[string]func(b *bundle){
		"finished": func(b *bundle) { b.done(1, 2, 3, 4, 5, 6); b.builds() },
		"reset after the finish": func(b *bundle) {
			b.done(2, 3, 4, 6)
			mustReset(b)
		},
		"without its last key": func(b *bundle) {
			b.done(1, 2, 3, 4, 6)
			require.NoError(b.t, b.submit.RemoveKey(b.t.Context(), b.user, openAI))
		},
		"deleted analysis": func(b *bundle) {
			b.done(2, 3, 4, 6)
			require.NoError(b.t, b.submit.DeleteAnalysis(b.t.Context(), b.user, b.held().Analysis.ID))
		},
		"two websites":   func(b *bundle) { b.done(2); b.end(b.website("example.org"), nil) },
		"failed inputs":  func(b *bundle) { b.done(3); b.end(b.submission(b.building()), robots) },
		"imported":       func(b *bundle) { b.end(b.importAnalysis(), nil); b.end(b.importPersonas(""), nil) },
		"running builds": func(b *bundle) { b.done(2, 3) },
	}
	maps.Copy(healthy, states)
	for name, prepare := range healthy {
		other := b.as(t, name)
		other.session() // also where nothing else was done
		prepare(other)
	}
	d := b.doctor()
	found, err := d.Examine(t.Context())
	require.NoError(t, err)
	assert.Empty(t, found)
	n, err := d.CountSessions(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, len(healthy), n)
}

// A command has connections of its own.
func TestDoctorOfACommand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	b.db.Exec(b.t, loseData)
	changer, all := b.opened()
	d := maintenance.NewDoctor(all, changer, prometheus.NewRegistry())
	found, err := d.Examine(t.Context())
	require.NoError(t, err)
	require.Len(t, found, 1)
	result, err := d.Repair(t.Context(), found[0])
	require.NoError(t, err)
	assert.Equal(t, flow.DoctorRequeued, result)
}

// A submission whose job's row was deleted gets another job and completes, once.
func TestDeletedJobIsQueuedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.website("example.com")
	b.preferences("first")
	build := b.submission(b.building())
	b.db.Exec(b.t, "delete from river_job")
	group, ctx := errgroup.WithContext(t.Context())
	for range 4 {
		sweeper := b.sweeper()
		group.Go(func() error { return sweeper.Tick(ctx) })
	}
	require.NoError(t, group.Wait())
	require.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from river_job"))
	moved := b.reload(submission)
	assert.NotEqual(t, submission.JobID, moved.JobID)
	assert.Equal(t, onboarding.SubmissionInProgress, moved.Status)
	assert.Equal(t, "recovering", moved.Progress.Phase)
	assert.Equal(t, "recovering", pgtest.One[string](b.t, b.db, "select phase from step_events order by seq desc limit 1"))
	b.worker(onePage)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(build.ID).Status)
}

// It gets no third one: who deletes jobs again and again means it.
func TestDeletedJobIsTheLast(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.website("example.com")
	b.db.Exec(b.t, "delete from river_job")
	require.NoError(t, b.sweeper().Tick(t.Context()))
	b.db.Exec(b.t, `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '1 minute', attempted_by = array['ghost']`)
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, onboarding.FailureWorkerLost, b.reload(submission).FailureCode)
}
