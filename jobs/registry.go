package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// registry lists the jobs that this worker runs. A job stays listed for flow.DeadAfter after its
// end, because River writes a retry or a snooze a moment after the worker has returned, and the
// row is in state running until then.
type registry struct {
	gauge prometheus.Gauge

	mu     sync.Mutex
	jobs   map[int64]*runningJob
	silent bool
}

type runningJob struct {
	submissionID uuid.UUID
	cancel       context.CancelCauseFunc
	endedAt      time.Time // zero while running
}

func newRegistry(gauge prometheus.Gauge) *registry {
	return &registry{gauge: gauge, jobs: make(map[int64]*runningJob)}
}

// add lists a job and returns the function to call when it ends. While the worker is silent,
// the job is cancelled at once.
func (r *registry) add(jobID int64, submissionID uuid.UUID, cancel context.CancelCauseFunc) func() {
	job := &runningJob{submissionID: submissionID, cancel: cancel}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jobs[jobID] = job
	r.gauge.Inc()
	if r.silent {
		cancel(errSilent)
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		job.endedAt = time.Now()
		r.gauge.Dec()
	}
}

// beat returns the content of a heartbeat: the jobs that the worker holds and, of those that
// still run, the ids and submissions, index by index. It forgets the jobs that ended more than
// flow.DeadAfter ago.
func (r *registry) beat(clientID string) system.BeatParams {
	r.mu.Lock()
	defer r.mu.Unlock()
	params := system.BeatParams{ClientID: clientID, JobIds: []int64{}, RunningIds: []int64{}, SubmissionIds: []uuid.UUID{}}
	for id, job := range r.jobs {
		if !job.endedAt.IsZero() && time.Since(job.endedAt) > flow.DeadAfter {
			delete(r.jobs, id)
			continue
		}
		params.JobIds = append(params.JobIds, id)
		if job.endedAt.IsZero() {
			params.RunningIds = append(params.RunningIds, id)
			params.SubmissionIds = append(params.SubmissionIds, job.submissionID)
		}
	}
	return params
}

// cancel ends the context of a job with cause, unless the job has ended.
func (r *registry) cancel(jobID int64, cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if job, ok := r.jobs[jobID]; ok && job.endedAt.IsZero() {
		job.cancel(cause)
	}
}

// setSilent sets whether the worker has written no heartbeat for flow.DeadAfter. Its jobs, also
// those that begin later, are then cancelled, because the others take them for lost.
func (r *registry) setSilent(silent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.silent = silent
	for _, job := range r.jobs {
		if silent && job.endedAt.IsZero() {
			job.cancel(errSilent)
		}
	}
}
