package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/attribute"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// finishTimeout bounds the completion transaction, which outlives the job's
// context.
const finishTimeout = 5 * time.Second

// ending is a final outcome of a submission.
type ending struct {
	submission onboarding.Submission
	jobID      int64
	// attempts and recoveries are what the submission has used up.
	attempts, recoveries int
	// failure is nil for success.
	failure *onboarding.Failure
	// save writes the result of success.
	save func(ctx context.Context, q *postgres.Queries) error
	// river queues what follows.
	river *river.Client[pgx.Tx]
	// endJob ends the job's own row in the same transaction.
	endJob func(ctx context.Context, tx pgx.Tx, q *postgres.Queries) error
	// announce is told the session if its step has changed.
	announce announce
	metrics  *metrics // nil counts nothing
}

// finish is the completion transaction: session, step, the fenced submission, the
// result, the step event, and the end of the job, or nothing at all. It returns
// onboarding.ErrSuperseded when the submission is not the job's to end.
func finish(ctx context.Context, pool *pgxpool.Pool, e ending) (err error) {
	ctx, cancel := context.WithTimeout(ctx, finishTimeout)
	defer cancel()
	ctx, s := span(ctx, "finish submission", attribute.Bool("completes", e.failure == nil))
	defer func() { endSpan(s, err) }()
	e, err = completeFirst(ctx, pool, e)
	if err != nil {
		return err
	}
	var status onboarding.StepStatus
	err = postgres.InTx(ctx, pool, e.submission.UserID, func(tx pgx.Tx, q *postgres.Queries) (err error) {
		var current onboarding.Submission
		status, current, err = lockWork(ctx, q, e.submission)
		if err != nil {
			return err
		}
		return e.write(ctx, tx, q, status, current.Progress)
	})
	if err != nil {
		return fmt.Errorf("finish submission %s: %w", e.submission.ID, err)
	}
	e.metrics.ended(e.submission, e.failure, status)
	if e.submission.Step != 0 {
		e.announce.changed(e.submission.SessionID)
	}
	return nil
}

// write makes the changes of an ending. The caller holds the locks of session and
// step, and passes the step's status and the submission's progress.
func (e ending) write(ctx context.Context, tx pgx.Tx, q *postgres.Queries, status onboarding.StepStatus, progress onboarding.Progress) error {
	if err := unfence(ctx, tx, e.submission.ID, e.jobID); err != nil {
		return err
	}
	if err := e.setSubmission(ctx, q, progress); err != nil {
		return err
	}
	if e.failure == nil {
		if err := e.save(ctx, q); err != nil {
			return fmt.Errorf("save result: %w", err)
		}
	}
	p := postgres.NewPipeline()
	if err := e.setStep(ctx, p, status); err != nil {
		return err
	}
	e.bury(ctx, p)
	_ = p.DeleteCheckpoints(ctx, e.submission.ID)
	if _, err := p.Run(ctx, q); err != nil {
		return err
	}
	if err := e.follow(ctx, tx, q); err != nil {
		return err
	}
	return e.endJob(ctx, tx, q)
}

// changesInputs are the kinds whose result the personalization inputs are built
// from.
var changesInputs = map[onboarding.Kind]bool{
	onboarding.KindWebsiteAnalysis: true, onboarding.KindAnalysisImport: true,
	onboarding.KindPersonaGeneration: true, onboarding.KindPersonaImport: true,
}

// follow queues the build that a result asks for. The end of a build, failure too,
// queues the next if something changed since it began.
func (e ending) follow(ctx context.Context, tx pgx.Tx, q *postgres.Queries) error {
	c := change{tx: tx, q: q, river: e.river, userID: e.submission.UserID, sessionID: e.submission.SessionID}
	switch {
	case e.failure == nil && changesInputs[e.submission.Kind]:
		return c.wantInputs(ctx)
	case e.submission.Kind == onboarding.KindPersonalizationInputs:
		wanted, err := q.WantsBuild(ctx, e.submission.SessionID)
		if err != nil {
			return fmt.Errorf("read wanted revision: %w", err)
		}
		if wanted {
			return c.build(ctx)
		}
	}
	return nil
}

// setSubmission is the fence: it returns onboarding.ErrSuperseded unless the
// submission is in progress and the job's.
func (e ending) setSubmission(ctx context.Context, q *postgres.Queries, progress onboarding.Progress) error {
	params := postgres.FinishSubmissionParams{
		ID: e.submission.ID, JobID: e.jobID, Phase: onboarding.PhaseFinished.Name,
		Status: onboarding.SubmissionCompleted, Progress: 100, Message: onboarding.DoneMessage(e.submission.Kind),
	}
	if e.failure != nil {
		params.Status, params.Progress = onboarding.SubmissionFailed, progress.End()
		params.FailureCode, params.FailureMessage = e.reason()
		params.Message = *params.FailureMessage
	}
	found, err := q.FinishSubmission(ctx, params)
	if err != nil {
		return err
	}
	if found == 0 {
		return onboarding.ErrSuperseded
	}
	return nil
}

// reason returns the code and the sentence of a failure, nil for success.
func (e ending) reason() (code, sentence *string) {
	if e.failure == nil {
		return nil, nil
	}
	c, s := string(e.failure.Code), storable(e.failure.Sentence())
	return &c, &s
}

// setStep queues the move of the step, if the submission has one, along the status
// machine.
func (e ending) setStep(ctx context.Context, p *postgres.Pipeline, status onboarding.StepStatus) error {
	s, next := e.submission, onboarding.StepCompleted
	if e.failure != nil {
		next = onboarding.StepFailed
	}
	if s.Step == 0 {
		return nil
	}
	if !status.CanBecome(next) {
		return fmt.Errorf("set step %d: it is %s and can't become %s", s.Step, status, next)
	}
	code, sentence := e.reason()
	_ = p.EndStep(ctx, postgres.EndStepParams{
		SessionID: s.SessionID, Step: s.Step, Status: next, FailureCode: code, FailureMessage: sentence,
	})
	_, _ = p.RecordResult(ctx, postgres.RecordResultParams{SessionID: s.SessionID, Step: s.Step})
	return nil
}

// completeJob returns the endJob of a running job: River's own completion. River
// does not say when the row was not running any more, so the state that it
// returns is checked.
func completeJob(job *rivertype.JobRow) func(context.Context, pgx.Tx, *postgres.Queries) error {
	return func(ctx context.Context, tx pgx.Tx, _ *postgres.Queries) error {
		done, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, &river.Job[kindArgs]{JobRow: job})
		if err != nil {
			return fmt.Errorf("complete job %d: %w", job.ID, err)
		}
		if done.State != rivertype.JobStateCompleted {
			return fmt.Errorf("complete job %d: it is %s: %w", job.ID, done.State, onboarding.ErrSuperseded)
		}
		return nil
	}
}
