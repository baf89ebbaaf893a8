package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Claim is one job's claim on its submission: through it the work reads its input and
// reports progress, as long as the submission is in progress and belongs to the job.
type Claim struct {
	Pool       *pgxpool.Pool
	Submission onboarding.Submission
	JobID      int64
	// Announce is told the session if its step has changed.
	Announce Announce
}

// Load reads the submission and returns onboarding.ErrSuperseded if it is not, or
// no longer, this job's to work on.
func (r *Claim) Load(ctx context.Context, id uuid.UUID, userID string) error {
	submission, err := postgres.SubmissionByID(ctx, postgres.AsUser(r.Pool, userID), id)
	if errors.Is(err, onboarding.ErrNotFound) { // the account was deleted
		return onboarding.ErrSuperseded
	}
	if err != nil {
		return err
	}
	if submission.JobID != r.JobID || submission.Status != onboarding.SubmissionInProgress {
		return onboarding.ErrSuperseded
	}
	r.Submission = submission
	return nil
}

// Input decodes what the submission was made from.
func (r *Claim) Input(into any) error { return DecodeInput(r.Submission.Input, into) }

func DecodeInput(input []byte, into any) error {
	if err := json.Unmarshal(input, into); err != nil {
		return fmt.Errorf("decode input: %w", err)
	}
	return nil
}

// Enter moves the submission to the begin of a phase. It returns
// onboarding.ErrSuperseded when the submission is no longer this job's.
func (r *Claim) Enter(ctx context.Context, phase onboarding.Phase) error {
	return r.EnterWith(ctx, phase, 0, func(*postgres.Queries, *postgres.Pipeline) error { return nil })
}

// EnterWith is enter with the time that the work is made to wait and with what else
// belongs to the same transaction: with reads under the locks of session and step, and
// queues what is written with the progress.
func (r *Claim) EnterWith(
	ctx context.Context, phase onboarding.Phase, snoozed time.Duration, with func(*postgres.Queries, *postgres.Pipeline) error,
) error {
	s := r.Submission
	err := postgres.InTx(ctx, r.Pool, s.UserID, func(_ pgx.Tx, q *postgres.Queries) error {
		_, current, err := lockWork(ctx, q, s)
		if err != nil {
			return err
		}
		next, p := current.Progress.Enter(phase), postgres.NewPipeline()
		_, _ = p.SetProgress(ctx, postgres.SetProgressParams{
			Progress: next.Value, ProgressCeiling: next.Ceiling, Phase: next.Phase, Message: Storable(next.Message),
			SnoozedMs: snoozed.Milliseconds(), ID: s.ID, JobID: r.JobID,
		})
		if err := with(q, p); err != nil {
			return err
		}
		_ = recordStep(ctx, p.Queries, s)
		counts, err := p.Run(ctx, q)
		if len(counts) > 0 && counts[0] == 0 { // whatever became of the others
			return onboarding.ErrSuperseded
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("enter phase %s: %w", phase.Name, err)
	}
	if s.Step != 0 {
		r.Announce.Changed(s.SessionID)
	}
	return nil
}

// Storable returns text as PostgreSQL takes it: valid UTF-8 without NUL. A sentence
// may name a host that a website made up.
func Storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "")
}

// lockWork takes the locks of a submission's session and step, in that order, and returns
// the step's status, "" for a submission without a step, and the submission as it is now.
func lockWork(ctx context.Context, q *postgres.Queries, s onboarding.Submission) (onboarding.StepStatus, onboarding.Submission, error) {
	status, current, err := postgres.LockSubmission(ctx, q, s)
	if errors.Is(err, onboarding.ErrNotFound) { // the account was deleted
		err = onboarding.ErrSuperseded
	}
	if err != nil {
		return "", current, fmt.Errorf("lock submission %s: %w", s.ID, err)
	}
	return status, current, nil
}

// LockSession takes the lock on a user's session, or returns
// onboarding.ErrSuperseded if the account was deleted.
func LockSession(ctx context.Context, q *postgres.Queries, userID string) error {
	_, err := q.LockSession(ctx, userID)
	if errors.Is(err, pgx.ErrNoRows) {
		return onboarding.ErrSuperseded
	}
	if err != nil {
		return fmt.Errorf("lock session: %w", err)
	}
	return nil
}

// recordStep writes the step event of a change, if the submission has a step.
func recordStep(ctx context.Context, q *postgres.Queries, s onboarding.Submission) error {
	if s.Step == 0 {
		return nil
	}
	_, err := q.RecordStep(ctx, postgres.RecordStepParams{SessionID: s.SessionID, Step: s.Step})
	if err != nil {
		return fmt.Errorf("record step %d: %w", s.Step, err)
	}
	return nil
}
