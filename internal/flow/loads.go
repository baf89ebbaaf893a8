package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Loads reads submissions in groups: those whose jobs begin at a time share a round trip. A load waits only
// while another group is read.
type Loads struct{ batches[*load] }

// load is the reading of one submission for its job.
type load struct {
	submission uuid.UUID
	job        int64
	done       chan loaded
}

// loaded is what a load has read.
type loaded struct {
	onboarding.Submission
	err error
}

// load reads the running submission that names a job, onboarding.ErrSuperseded if there is none.
func (s *Changer) load(ctx context.Context, submission uuid.UUID, job int64) (onboarding.Submission, error) {
	l := &load{submission: submission, job: job, done: make(chan loaded, 1)}
	if s.Loads == nil {
		s.loadTogether(ctx, []*load{l})
	} else {
		shared := context.WithoutCancel(ctx)
		s.Loads.add(l, 1, nextLoads, func(loads []*load) {
			bounded, cancel := context.WithTimeout(shared, WriteTimeout)
			defer cancel()
			s.loadTogether(bounded, loads)
		})
	}
	select {
	case read := <-l.done:
		return read.Submission, read.err
	case <-ctx.Done():
		return onboarding.Submission{}, context.Cause(ctx)
	}
}

func nextLoads(waiting []*load) (loads, left []*load) {
	n := min(len(waiting), groupSize)
	return waiting[:n], slices.Clone(waiting[n:])
}

// loadTogether reads the submissions of several jobs.
func (s *Changer) loadTogether(ctx context.Context, loads []*load) {
	ids, jobs := make([]uuid.UUID, len(loads)), make([]int64, len(loads))
	for i, l := range loads {
		ids[i], jobs[i] = l.submission, l.job
	}
	submissions, err := postgres.SubmissionsOfJobs(ctx, s.Pool, ids, jobs)
	for _, l := range loads {
		i := slices.IndexFunc(submissions, func(s onboarding.Submission) bool { return s.ID == l.submission })
		switch {
		case err != nil:
			l.done <- loaded{err: fmt.Errorf("load submissions: %w", err)}
		case i < 0: // it has ended, names another job, or the account was deleted
			l.done <- loaded{err: onboarding.ErrSuperseded}
		default:
			l.done <- loaded{Submission: submissions[i]}
		}
	}
}
