package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
)

// registry knows the jobs that this worker runs. A job stays listed for a
// dead-threshold after it ended, because River writes a retry or a snooze a moment
// after the worker returned, and the row says running until then.
type registry struct {
	gauge prometheus.Gauge

	mu   sync.Mutex
	jobs map[int64]*runningJob
}

type runningJob struct {
	submissionID uuid.UUID
	cancel       context.CancelCauseFunc
	endedAt      time.Time // zero while running
}

func newRegistry(gauge prometheus.Gauge) *registry {
	return &registry{gauge: gauge, jobs: make(map[int64]*runningJob)}
}

// add lists a job and returns the function that says it ended.
func (r *registry) add(jobID int64, submissionID uuid.UUID, cancel context.CancelCauseFunc) func() {
	job := &runningJob{submissionID: submissionID, cancel: cancel}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jobs[jobID] = job
	r.gauge.Inc()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		job.endedAt = time.Now()
		r.gauge.Dec()
	}
}

// list returns the jobs and their submissions, index by index, and forgets the
// jobs that ended before the dead-threshold.
func (r *registry) list() (jobIDs []int64, submissionIDs []uuid.UUID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	jobIDs, submissionIDs = []int64{}, []uuid.UUID{}
	for id, job := range r.jobs {
		if !job.endedAt.IsZero() && time.Since(job.endedAt) > deadAfter {
			delete(r.jobs, id)
			continue
		}
		jobIDs = append(jobIDs, id)
		submissionIDs = append(submissionIDs, job.submissionID)
	}
	return jobIDs, submissionIDs
}

// cancel ends the context of a job with cause; nothing if it ended already.
func (r *registry) cancel(jobID int64, cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if job, ok := r.jobs[jobID]; ok && job.endedAt.IsZero() {
		job.cancel(cause)
	}
}
