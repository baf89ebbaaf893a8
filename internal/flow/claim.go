package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Job is a job of a submission, with what this and the former jobs have used up.
type Job struct {
	ID    int64
	Queue string
	// Attempts counts the attempts at the submission, the present one included.
	Attempts int
	// Recoveries counts the jobs of the submission whose worker was lost.
	Recoveries int
}

// Claim is the right of a job to work on its submission. Through it the work reads its
// input, reports progress and ends, as long as the submission is in progress and names the job.
type Claim struct {
	*Changer
	Submission onboarding.Submission
	Job        Job

	entering sync.Mutex
	entered  *entered // guarded by entering
}

// Load reads the submission, in one round trip with those of other jobs that begin at the time. It returns
// onboarding.ErrSuperseded if the submission has ended or names another job.
func (r *Claim) Load(ctx context.Context, id uuid.UUID) error {
	begun := time.Now()
	submission, err := r.load(ctx, id, r.Job.ID)
	if err != nil {
		return err
	}
	r.Submission, r.entered = submission, &entered{progress: submission.Progress, at: begun}
	return nil
}

// lock takes the locks of the submission's session and step, in that order, and returns the submission as
// it is now.
func (r *Claim) lock(ctx context.Context, q *postgres.Queries) (onboarding.Submission, error) {
	current, err := postgres.LockSubmission(ctx, q, r.Submission)
	if errors.Is(err, onboarding.ErrNotFound) { // the account was deleted
		err = onboarding.ErrSuperseded
	}
	if err != nil {
		return current, fmt.Errorf("lock submission %s: %w", r.Submission.ID, err)
	}
	return current, nil
}

// Input decodes the input of the submission.
func (r *Claim) Input(into any) error { return decodeInput(r.Submission.Input, into) }

func decodeInput(input []byte, into any) error {
	if err := json.Unmarshal(input, into); err != nil {
		return fmt.Errorf("decode input: %w", err)
	}
	return nil
}

// Enter moves the submission to the beginning of a phase, in one round trip. Each of with adds
// statements to the same transaction, which apply the fence themselves. Enter returns
// onboarding.ErrSuperseded if the submission has ended or names another job. A phase that is over at
// once is not entered: what nobody sees is not written.
func (r *Claim) Enter(ctx context.Context, phase onboarding.Phase, with ...With) error {
	return r.enter(ctx, phase, 0, with...)
}

// With adds to the transaction of Enter.
type With func(*postgres.Pipeline) error

// Wait is Enter for a phase of waiting. counted is charged to the submission's budget.
func (r *Claim) Wait(ctx context.Context, phase onboarding.Phase, counted time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	return r.enter(ctx, phase, counted)
}

func (r *Claim) enter(ctx context.Context, phase onboarding.Phase, waits time.Duration, with ...With) error {
	r.entering.Lock()
	defer r.entering.Unlock()
	s, begun := r.Submission, time.Now()
	next, p := r.progress().Enter(phase), postgres.NewPipeline()
	_ = p.HoldSession(ctx, s.SessionID)
	_, _ = p.SetProgress(ctx, app.SetProgressParams{
		Progress: next.Value, ProgressCeiling: next.Ceiling, Phase: next.Phase, Message: Storable(next.Message),
		SnoozedMs: waits.Milliseconds(), ID: s.ID, JobID: r.Job.ID,
	})
	for _, add := range with {
		if err := add(p); err != nil {
			return err
		}
	}
	counts, err := p.RunAsUser(ctx, r.Pool, s.UserID)
	if err == nil && counts[1] == 0 {
		err = onboarding.ErrSuperseded
	}
	if err != nil {
		return fmt.Errorf("enter phase %s: %w", phase.Name, err)
	}
	r.entered = &entered{progress: next, at: begun}
	r.changed()
	return nil
}

// entered is the progress that a claim has written, and when it began to.
type entered struct {
	progress onboarding.Progress
	at       time.Time
}

// progress returns the progress now, never less than what others were shown: only the job that holds
// the submission changes it, and the time since it did is counted from before the database's count.
func (r *Claim) progress() onboarding.Progress {
	if r.entered == nil {
		r.entered = &entered{progress: r.Submission.Progress, at: time.Now()}
	}
	now := r.entered.progress
	now.Elapsed += time.Since(r.entered.at)
	return now
}

// record queues the step event of a change, if the submission has a step.
func (r *Claim) record(ctx context.Context, p *postgres.Pipeline) {
	if r.Submission.Step != 0 {
		_, _ = p.RecordStep(ctx, app.RecordStepParams{SessionID: r.Submission.SessionID, Step: r.Submission.Step})
	}
}

// run sends a pipeline whose first statement is the fence. It returns fenced if that changed
// no row, whatever the others returned.
func (*Claim) run(ctx context.Context, p *postgres.Pipeline, q *postgres.Queries, fenced error) error {
	counts, err := p.Run(ctx, q)
	if len(counts) > 0 && counts[0] == 0 {
		return fenced
	}
	return err
}

// changed announces the session after a commit, if that has changed its step.
func (r *Claim) changed() {
	if r.Submission.Step != 0 {
		r.announce(r.Submission.SessionID)
	}
}

// ended announces the session after the commit that has ended the submission: a call may wait for
// that, but for none of a build.
func (r *Claim) ended() {
	if r.Submission.Kind != onboarding.KindPersonalizationInputs {
		r.announce(r.Submission.SessionID)
	}
}

// Storable returns text as PostgreSQL accepts it: valid UTF-8 without NUL. A sentence may
// contain a host name that a website invented.
func Storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")
}
