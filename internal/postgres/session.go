package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Session returns userID's onboarding in one round trip, and creates the empty
// one first if there is none. Any number of first calls make one session.
func Session(ctx context.Context, pool *pgxpool.Pool, userID string) (onboarding.Session, error) {
	q := AsUser(pool, userID)
	rows, err := q.LoadSession(ctx, userID)
	if err == nil && len(rows) == 0 {
		if err = insertSession(ctx, q, userID); err == nil {
			rows, err = q.LoadSession(ctx, userID)
		}
	}
	if err != nil {
		return onboarding.Session{}, fmt.Errorf("read session: %w", err)
	}
	if len(rows) == 0 {
		return onboarding.Session{}, fmt.Errorf("read session: %w", onboarding.ErrNotFound)
	}
	return sessionFrom(rows), nil
}

func insertSession(ctx context.Context, q *Queries, userID string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make session id: %w", err)
	}
	return q.CreateSession(ctx, newSession(ctx, id, userID))
}

// variantKey is the key of a context's variant.
type variantKey struct{}

// WithVariant returns a context whose new sessions belong to a variant of an experiment.
func WithVariant(ctx context.Context, variant string) context.Context {
	return context.WithValue(ctx, variantKey{}, variant)
}

func newSession(ctx context.Context, id uuid.UUID, userID string) app.CreateSessionParams {
	variant, _ := ctx.Value(variantKey{}).(string)
	return app.CreateSessionParams{ID: id, UserID: userID, Variant: variant, Steps: onboarding.StepCount}
}

// CreateSession creates userID's session within a transaction, and reports whether there was none.
func CreateSession(ctx context.Context, q *Queries, userID string) (id uuid.UUID, created bool, err error) {
	if id, err = uuid.NewV7(); err != nil {
		return id, false, fmt.Errorf("make session id: %w", err)
	}
	p := NewPipeline()
	_ = p.CreateSession(ctx, newSession(ctx, id, userID))
	steps, err := p.Run(ctx, q)
	if err != nil {
		return id, false, fmt.Errorf("create session: %w", err)
	}
	return id, steps[0] > 0, nil
}

// LockOrCreateSession takes the lock on userID's session within a transaction, creating the session first if there is
// none. then reads, under the lock, in the same round trip; it may be nil.
func LockOrCreateSession(
	ctx context.Context, q *Queries, userID string, then func(*Queries) error,
) (session app.LockSessionRow, err error) {
	lock := func(create bool) error {
		return ReadTogether(ctx, q, func(q *Queries) (err error) {
			if create {
				err = insertSession(ctx, q, userID)
			}
			if err == nil {
				session, err = q.LockSession(ctx, userID)
			}
			if err == nil && then != nil {
				err = then(q)
			}
			return err
		})
	}
	if err = lock(false); errors.Is(err, pgx.ErrNoRows) && session.ID == uuid.Nil {
		err = lock(true)
	}
	if err != nil {
		return session, fmt.Errorf("lock session: %w", err)
	}
	return session, nil
}

// LockSubmission takes the locks of a submission's session and step, in that order, and
// returns the submission as it is now, all in one round trip. It returns
// onboarding.ErrNotFound if the account was deleted.
func LockSubmission(
	ctx context.Context, q *Queries, s onboarding.Submission,
) (current onboarding.Submission, err error) {
	err = ReadTogether(ctx, q, func(q *Queries) (err error) {
		if _, err = q.LockSession(ctx, s.UserID); err != nil {
			return NotFound("session", err)
		}
		if s.Step != 0 {
			if _, err := q.LockStep(ctx, app.LockStepParams{SessionID: s.SessionID, Step: s.Step}); err != nil {
				return NotFound(fmt.Sprintf("step %d", s.Step), err)
			}
		}
		current, err = SubmissionByID(ctx, q, s.ID)
		return err
	})
	return current, err
}

func sessionFrom(rows []app.LoadSessionRow) onboarding.Session {
	s := rows[0].OnboardingSession
	session := onboarding.Session{
		ID: s.ID, UserID: s.UserID, Version: s.Version,
		StartedAt: s.StartedAt, UpdatedAt: s.UpdatedAt, CompletedAt: s.CompletedAt,
	}
	for _, row := range rows {
		session.Steps[row.OnboardingStep.Step-1] = stepFrom(row)
	}
	return session
}

func stepFrom(row app.LoadSessionRow) onboarding.Step {
	t := row.OnboardingStep
	step := onboarding.Step{
		Number: t.Step, Status: t.Status,
		SubmissionID: t.SubmissionID, ResultSubmissionID: t.ResultSubmissionID,
		StartedAt: t.StartedAt, CompletedAt: t.CompletedAt, UpdatedAt: t.UpdatedAt,
		FailureCode:    onboarding.FailureCode(orZero(t.FailureCode)),
		FailureMessage: orZero(t.FailureMessage),
		Website:        row.Website,
		Kind:           onboarding.Kind(row.Kind),
		Data:           t.Data,
	}
	step.Progress = onboarding.Progress{
		Value: orZero(row.Progress), Ceiling: orZero(row.ProgressCeiling),
		Phase: orZero(row.Phase), Message: orZero(row.Message),
		Elapsed: seconds(row.PhaseSeconds),
	}
	return step
}

// SubmissionByID returns one of userID's submissions, onboarding.ErrNotFound if
// there is none of that id.
func SubmissionByID(ctx context.Context, q *Queries, id uuid.UUID) (onboarding.Submission, error) {
	row, err := q.GetSubmission(ctx, id)
	if err := NotFound("submission "+id.String(), err); err != nil {
		return onboarding.Submission{}, err
	}
	return submissionOf(row.Submission, row.PhaseSeconds), nil
}

// SubmissionsOfJobs returns those of the submissions that run and name the job at the same place, in one round trip.
func SubmissionsOfJobs(
	ctx context.Context, pool *pgxpool.Pool, ids []uuid.UUID, jobs []int64,
) ([]onboarding.Submission, error) {
	rows, err := asJobs(pool, ids, jobs).ListSubmissions(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read submissions: %w", err)
	}
	var running []onboarding.Submission
	for _, row := range rows { // also others of a user who has one that does
		s := submissionOf(row.Submission, row.PhaseSeconds)
		i := slices.Index(ids, s.ID)
		if s.Status == onboarding.SubmissionInProgress && s.JobID == jobs[i] {
			running = append(running, s)
		}
	}
	return running, nil
}

// NewSubmission is the submission of a row that was just written.
func NewSubmission(row app.Submission) onboarding.Submission { return submissionOf(row, 0) }

// Reached is a phase that a submission has reached, and when.
type Reached struct {
	Phase    string    `json:"phase"`
	Message  string    `json:"message"`
	Progress float64   `json:"progress"`
	At       time.Time `json:"at"`
}

// Task returns one of userID's submissions with the phases that it has reached, in order, in one
// round trip. Phases that were over at once are left out. Errors are those of SubmissionByID.
func Task(ctx context.Context, q *Queries, id uuid.UUID) (onboarding.Submission, []Reached, error) {
	row, err := q.GetTask(ctx, id)
	if err := NotFound("submission "+id.String(), err); err != nil {
		return onboarding.Submission{}, nil, err
	}
	var phases []Reached
	err = decode("phases of a submission", row.Phases, &phases)
	return submissionOf(row.Submission, row.PhaseSeconds), phases, err
}

func submissionOf(s app.Submission, phaseSeconds float64) onboarding.Submission {
	return onboarding.Submission{
		ID: s.ID, SessionID: s.SessionID, UserID: s.UserID,
		Kind: s.Kind, Step: orZero(s.Step), Status: s.Status,
		Input: s.Input, JobID: s.JobID, Network: s.Network, Held: s.Held,
		Snoozed: time.Duration(s.SnoozedMs) * time.Millisecond,
		Progress: onboarding.Progress{
			Value: s.Progress, Ceiling: s.ProgressCeiling, Phase: s.Phase, Message: s.Message,
			Elapsed: seconds(phaseSeconds),
		},
		FailureCode: onboarding.FailureCode(orZero(s.FailureCode)), FailureMessage: orZero(s.FailureMessage),
		Result: s.Result, CreatedAt: s.CreatedAt, FinishedAt: s.FinishedAt,
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
