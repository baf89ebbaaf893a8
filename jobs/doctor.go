package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/postgres/system"
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

type doctorWorker struct {
	river.WorkerDefaults[doctorArgs]
	doctor     *maintenance.Doctor
	retention  *maintenance.Retention
	reportOnly bool
}

// Timeout implements river.Worker: shorter than the time after which a job that
// nobody beats for counts as lost.
func (*doctorWorker) Timeout(*river.Job[doctorArgs]) time.Duration {
	return flow.DeadAfter - time.Second
}

// Work implements river.Worker. What it does not get done the next one does.
func (w *doctorWorker) Work(ctx context.Context, _ *river.Job[doctorArgs]) error {
	errs := []error{w.retention.Run(ctx, system.New(w.doctor.Lists))}
	found, err := w.doctor.Examine(ctx)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	for _, f := range found {
		if ctx.Err() != nil {
			break
		}
		if w.reportOnly {
			w.doctor.Report(ctx, f, flow.DoctorReported)
			continue
		}
		if _, err := w.doctor.Repair(ctx, f); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
