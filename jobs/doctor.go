package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/queue"
)

// doctorEvery is how often a worker looks for contradictions.
const doctorEvery = time.Minute

// doctorArgs are the args of the periodic examination.
type doctorArgs struct{}

// Kind returns the kind of the job.
func (doctorArgs) Kind() string { return "doctor" }

// doctorPeriod is the periodic job of whichever worker leads.
func doctorPeriod() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(doctorEvery), func() (river.JobArgs, *river.InsertOpts) {
		return doctorArgs{}, &river.InsertOpts{Queue: queue.Bulk, MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// doctorWorker announces stalls, deletes what is older than it is kept and looks for contradictions. It
// belongs to no submission: what one run does not get done the next one does.
type doctorWorker struct {
	river.WorkerDefaults[doctorArgs]
	doctor     *maintenance.Doctor
	retention  *maintenance.Retention
	stalls     *maintenance.Stalls
	reportOnly bool
}

// Timeout implements river.Worker: shorter than the time after which a job without a
// heartbeat counts as lost.
func (*doctorWorker) Timeout(*river.Job[doctorArgs]) time.Duration {
	return flow.DeadAfter - time.Second
}

// Work implements river.Worker.
func (w *doctorWorker) Work(ctx context.Context, _ *river.Job[doctorArgs]) error {
	return errors.Join(w.stalls.Run(ctx), w.retention.Run(ctx), w.doctor.Run(ctx, w.reportOnly))
}
