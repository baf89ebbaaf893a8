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

// save queues the writing of a result, from what it has and what it reads with q under
// the locks of session and step.
type save func(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline) error

// ending is a final outcome of a submission.
type ending struct {
	submission onboarding.Submission
	jobID      int64
	// attempts and recoveries are what the submission has used up.
	attempts, recoveries int
	// failure is nil for success.
	failure *onboarding.Failure
	// save writes the result of success.
	save save
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
	p := postgres.NewPipeline()
	e.setSubmission(ctx, p, progress)
	if e.failure == nil {
		if err := e.save(ctx, q, p); err != nil {
			return fmt.Errorf("save result: %w", err)
		}
	}
	e.setStep(ctx, p)
	e.bury(ctx, p)
	_ = p.DeleteCheckpoints(ctx, e.submission.ID)
	counts, err := p.Run(ctx, q)
	switch {
	case len(counts) > 0 && counts[0] == 0: // the fence, whatever became of the others
		return onboarding.ErrSuperseded
	case err != nil:
		return err
	case e.submission.Step != 0 && !status.CanBecome(e.stepStatus()):
		return fmt.Errorf("set step %d: it is %s and can't become %s", e.submission.Step, status, e.stepStatus())
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

// setSubmission queues the fence: it changes a row only if the submission is in progress
// and the job's.
func (e ending) setSubmission(ctx context.Context, p *postgres.Pipeline, progress onboarding.Progress) {
	params := postgres.FinishSubmissionParams{
		ID: e.submission.ID, JobID: e.jobID, Phase: onboarding.PhaseFinished.Name,
		Status: onboarding.SubmissionCompleted, Progress: 100, Message: onboarding.DoneMessage(e.submission.Kind),
	}
	if e.failure != nil {
		params.Status, params.Progress = onboarding.SubmissionFailed, progress.End()
		params.FailureCode, params.FailureMessage = e.reason()
		params.Message = *params.FailureMessage
	}
	_, _ = p.FinishSubmission(ctx, params)
}

// reason returns the code and the sentence of a failure, nil for success.
func (e ending) reason() (code, sentence *string) {
	if e.failure == nil {
		return nil, nil
	}
	c, s := string(e.failure.Code), storable(e.failure.Sentence())
	return &c, &s
}

// stepStatus is what the step becomes.
func (e ending) stepStatus() onboarding.StepStatus {
	if e.failure != nil {
		return onboarding.StepFailed
	}
	return onboarding.StepCompleted
}

// setStep queues the move of the step, if the submission has one.
func (e ending) setStep(ctx context.Context, p *postgres.Pipeline) {
	s := e.submission
	if s.Step == 0 {
		return
	}
	code, sentence := e.reason()
	_ = p.EndStep(ctx, postgres.EndStepParams{
		SessionID: s.SessionID, Step: s.Step, Status: e.stepStatus(), FailureCode: code, FailureMessage: sentence,
	})
	_, _ = p.RecordResult(ctx, postgres.RecordResultParams{SessionID: s.SessionID, Step: s.Step})
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
