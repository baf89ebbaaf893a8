package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"go.opentelemetry.io/otel/attribute"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// bury queues the keeping of what is known of a submission that failed beyond what its
// user can mend.
func (e Ending) bury(ctx context.Context, p *postgres.Pipeline) {
	if e.Failure == nil || !e.Failure.Code.Dead() {
		return
	}
	s := e.Submission
	params := postgres.BuryJobParams{
		SubmissionID: s.ID, SessionID: s.SessionID, UserID: s.UserID, JobID: e.JobID, Kind: s.Kind, Code: string(e.Failure.Code),
		Attempts: int32(e.Attempts), Recoveries: int32(e.Recoveries), //nolint:gosec // bounded by their budgets
	}
	if s.Step != 0 {
		params.Step = &s.Step
	}
	_ = p.BuryJob(ctx, params)
}

// FinishTimeout bounds the completion transaction, which outlives the job's
// context.
const FinishTimeout = 5 * time.Second

// Save queues the writing of a result, from what it has and what it reads with q under
// the locks of session and step.
type Save func(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline) error

// Ending is a final outcome of a submission.
type Ending struct {
	Submission onboarding.Submission
	JobID      int64
	// Attempts and recoveries are what the submission has used up.
	Attempts, Recoveries int
	// Failure is nil for success.
	Failure *onboarding.Failure
	// Save writes the result of success.
	Save Save
	// River queues what follows.
	River *river.Client[pgx.Tx]
	// EndJob ends the job's own row in the same transaction.
	EndJob func(ctx context.Context, tx pgx.Tx, q *postgres.Queries) error
	// Announce is told the session if its step has changed.
	Announce Announce
	Metrics  *Metrics // nil counts nothing
}

// Finish is the completion transaction: session, step, the fenced submission, the
// result, the step event, and the end of the job, or nothing at all. It returns
// onboarding.ErrSuperseded when the submission is not the job's to end.
func Finish(ctx context.Context, pool *pgxpool.Pool, e Ending) (err error) {
	ctx, cancel := context.WithTimeout(ctx, FinishTimeout)
	defer cancel()
	ctx, s := queue.Span(ctx, "finish submission", attribute.Bool("completes", e.Failure == nil))
	defer func() { queue.EndSpan(s, err) }()
	var status onboarding.StepStatus
	err = postgres.InTx(ctx, pool, e.Submission.UserID, func(tx pgx.Tx, q *postgres.Queries) (err error) {
		var current onboarding.Submission
		status, current, err = lockWork(ctx, q, e.Submission)
		if err != nil {
			return err
		}
		return e.write(ctx, tx, q, status, current.Progress)
	})
	if err != nil {
		return fmt.Errorf("finish submission %s: %w", e.Submission.ID, err)
	}
	e.Metrics.ended(e.Submission, e.Failure, status)
	if e.Submission.Step != 0 {
		e.Announce.Changed(e.Submission.SessionID)
	}
	return nil
}

// write makes the changes of an ending. The caller holds the locks of session and
// step, and passes the step's status and the submission's progress.
func (e Ending) write(ctx context.Context, tx pgx.Tx, q *postgres.Queries, status onboarding.StepStatus, progress onboarding.Progress) error {
	p := postgres.NewPipeline()
	e.setSubmission(ctx, p, progress)
	if e.Failure == nil {
		if err := e.Save(ctx, q, p); err != nil {
			return fmt.Errorf("save result: %w", err)
		}
	}
	e.setStep(ctx, p)
	e.bury(ctx, p)
	_ = p.DeleteCheckpoints(ctx, e.Submission.ID)
	counts, err := p.Run(ctx, q)
	switch {
	case len(counts) > 0 && counts[0] == 0: // the fence, whatever became of the others
		return onboarding.ErrSuperseded
	case err != nil:
		return err
	case e.Submission.Step != 0 && !status.CanBecome(e.stepStatus()):
		return fmt.Errorf("set step %d: it is %s and can't become %s", e.Submission.Step, status, e.stepStatus())
	}
	if err := e.follow(ctx, tx, q); err != nil {
		return err
	}
	return e.EndJob(ctx, tx, q)
}

// changesInputs are the kinds whose result the personalization inputs are built
// from.
var changesInputs = map[onboarding.Kind]bool{
	onboarding.KindWebsiteAnalysis: true, onboarding.KindAnalysisImport: true,
	onboarding.KindPersonaGeneration: true, onboarding.KindPersonaImport: true,
}

// follow queues the build that a result asks for. The end of a build, failure too,
// queues the next if something changed since it began.
func (e Ending) follow(ctx context.Context, tx pgx.Tx, q *postgres.Queries) error {
	c := Change{Tx: tx, Q: q, River: e.River, UserID: e.Submission.UserID, SessionID: e.Submission.SessionID}
	switch {
	case e.Failure == nil && changesInputs[e.Submission.Kind]:
		return c.wantInputs(ctx)
	case e.Submission.Kind == onboarding.KindPersonalizationInputs:
		wanted, err := q.WantsBuild(ctx, e.Submission.SessionID)
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
func (e Ending) setSubmission(ctx context.Context, p *postgres.Pipeline, progress onboarding.Progress) {
	params := postgres.FinishSubmissionParams{
		ID: e.Submission.ID, JobID: e.JobID, Phase: onboarding.PhaseFinished.Name,
		Status: onboarding.SubmissionCompleted, Progress: 100, Message: onboarding.DoneMessage(e.Submission.Kind),
	}
	if e.Failure != nil {
		params.Status, params.Progress = onboarding.SubmissionFailed, progress.End()
		params.FailureCode, params.FailureMessage = e.reason()
		params.Message = *params.FailureMessage
	}
	_, _ = p.FinishSubmission(ctx, params)
}

// reason returns the code and the sentence of a failure, nil for success.
func (e Ending) reason() (code, sentence *string) {
	if e.Failure == nil {
		return nil, nil
	}
	c, s := string(e.Failure.Code), Storable(e.Failure.Sentence())
	return &c, &s
}

// stepStatus is what the step becomes.
func (e Ending) stepStatus() onboarding.StepStatus {
	if e.Failure != nil {
		return onboarding.StepFailed
	}
	return onboarding.StepCompleted
}

// setStep queues the move of the step, if the submission has one.
func (e Ending) setStep(ctx context.Context, p *postgres.Pipeline) {
	s := e.Submission
	if s.Step == 0 {
		return
	}
	code, sentence := e.reason()
	_ = p.EndStep(ctx, postgres.EndStepParams{
		SessionID: s.SessionID, Step: s.Step, Status: e.stepStatus(), FailureCode: code, FailureMessage: sentence,
	})
	_, _ = p.RecordResult(ctx, postgres.RecordResultParams{SessionID: s.SessionID, Step: s.Step})
}
