package queue

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The queues. Interactive and Network hold the work that a user waits for: Interactive what only
// computes, on few slots, Network what waits for websites and providers, on many.
const (
	Interactive = "interactive"
	Network     = "network"
	Bulk        = "bulk"
)

// Names are the queues.
var Names = []string{Interactive, Network, Bulk}

// FollowUp returns the queue of the work that a job of a queue queues, which needs no network:
// what follows from bulk work must not delay the work that users wait for.
func FollowUp(queue string) string {
	if queue == Bulk {
		return Bulk
	}
	return Interactive
}

// Work names the submission that a job works on and what former jobs have used up. Args hold
// nothing else: no content, no secrets, and nothing that names a user. postgres.AsJob finds the user.
type Work struct {
	SubmissionID uuid.UUID `json:"submission_id"`
	// Recoveries counts the jobs of the submission whose worker was lost.
	Recoveries int `json:"recoveries"`
	// AttemptsUsed counts the failed attempts of those jobs.
	AttemptsUsed int `json:"attempts_used"`
}

// Args are the args of any kind of work.
type Args struct {
	// Name is the kind of the job. It is not stored with the args.
	Name string `json:"-"`
	Work
}

// Kind returns the kind of the job.
func (a Args) Kind() string { return a.Name }

// maxAttempts is River's limit. The budget of the submission ends a job long before: River
// must not discard a job whose submission is still in progress.
const maxAttempts = 1000

// WorkOf reads the args of a job.
func WorkOf(job *rivertype.JobRow) (Work, error) {
	var work Work
	if err := json.Unmarshal(job.EncodedArgs, &work); err != nil {
		return work, fmt.Errorf("decode args of job %d: %w", job.ID, err)
	}
	return work, nil
}

// InsertOpts are the options of every job that River inserts.
func InsertOpts(queue string) *river.InsertOpts {
	return &river.InsertOpts{Queue: queue, MaxAttempts: maxAttempts}
}
