package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/otel/attribute"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// WriteTimeout bounds the transactions that outlive the job's context, the completion
// among them.
const WriteTimeout = 5 * time.Second

// Save adds the statements that write a result to p. With q it may read under the locks of
// session and step.
type Save func(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline) error

// EndJob ends the job's own row.
type EndJob func(ctx context.Context, tx pgx.Tx) error

// Ending is a final outcome of a submission.
type Ending struct {
	// Failure is nil for success.
	Failure *onboarding.Failure
	// Save writes the result of success.
	Save Save
	// Revision is what a build of the inputs has read, 0 if it read nothing.
	Revision int64
	// EndJob ends the job in the same transaction.
	EndJob EndJob
}

// Finish is the completion transaction: session, step, the fenced submission, the
// result, the step event, and the end of the job, or nothing at all. It returns
// onboarding.ErrSuperseded if the submission has ended or names another job.
func (r *Claim) Finish(ctx context.Context, e Ending) (err error) {
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	ctx, s := queue.Span(ctx, "finish submission", attribute.Bool("completes", e.Failure == nil))
	defer func() { queue.EndSpan(s, err) }()
	var status onboarding.StepStatus
	err = postgres.InTx(ctx, r.Pool, r.Submission.UserID, func(tx pgx.Tx, q *postgres.Queries) (err error) {
		var current onboarding.Submission
		status, current, err = r.lock(ctx, q)
		if err != nil {
			return err
		}
		return r.write(ctx, tx, q, e, status, current.Progress)
	})
	if err != nil {
		return fmt.Errorf("finish submission %s: %w", r.Submission.ID, err)
	}
	r.Metrics.finished(r.Submission, e.Failure, status)
	r.ended()
	return nil
}

// write writes an ending. The caller holds the locks of session and step and passes the
// step's status and the submission's progress.
func (r *Claim) write(ctx context.Context, tx pgx.Tx, q *postgres.Queries, e Ending, status onboarding.StepStatus,
	progress onboarding.Progress,
) error {
	p := postgres.NewPipeline()
	r.setSubmission(ctx, p, e, progress)
	if e.Failure == nil {
		if err := e.Save(ctx, q, p); err != nil {
			return fmt.Errorf("save result: %w", err)
		}
	}
	r.setStep(ctx, p, e)
	r.recordDead(ctx, p, e)
	_ = p.DeleteCheckpoints(ctx, r.Submission.ID)
	if r.Submission.Network {
		_, _ = p.System.ReleaseHeld(ctx, releaseParams(r.Submission.SessionID))
	}
	if err := r.run(ctx, p, q, onboarding.ErrSuperseded); err != nil {
		return err
	}
	if r.Submission.Step != 0 && !status.CanBecome(e.stepStatus()) {
		return fmt.Errorf("set step %d: it is %s and can't become %s", r.Submission.Step, status, e.stepStatus())
	}
	if err := r.follow(ctx, tx, q, e); err != nil {
		return err
	}
	return e.EndJob(ctx, tx)
}

// follow queues the build that a result requires. The end of a build, even a failed one, queues
// the next if something has changed since it began.
func (r *Claim) follow(ctx context.Context, tx pgx.Tx, q *postgres.Queries, e Ending) error {
	c := r.newChange(tx, q, r.Submission.UserID, queue.FollowUp(r.Job.Queue))
	c.sessionID = r.Submission.SessionID
	switch {
	case e.Failure == nil && r.Submission.Kind.Info().RebuildsInputs:
		return c.wantInputs(ctx)
	case r.Submission.Kind == onboarding.KindPersonalizationInputs:
		wanted, err := q.WantsBuild(ctx, app.WantsBuildParams{SessionID: r.Submission.SessionID, ReadRevision: e.Revision})
		if err != nil {
			return fmt.Errorf("read wanted revision: %w", err)
		}
		if wanted {
			return c.build(ctx)
		}
	}
	return nil
}

// setSubmission adds the fence: it changes a row only if the submission is in progress and
// names the job.
func (r *Claim) setSubmission(ctx context.Context, p *postgres.Pipeline, e Ending, progress onboarding.Progress) {
	params := app.FinishSubmissionParams{
		ID: r.Submission.ID, JobID: r.Job.ID, Phase: onboarding.PhaseFinished.Name,
		Status: onboarding.SubmissionCompleted, Progress: 100, Message: r.Submission.Kind.Info().Done,
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
	return new(string(e.Failure.Code)), new(Storable(e.Failure.Sentence()))
}

// stepStatus returns the new status of the step.
func (e Ending) stepStatus() onboarding.StepStatus {
	if e.Failure != nil {
		return onboarding.StepFailed
	}
	return onboarding.StepCompleted
}

// setStep adds the new status of the step, if the submission has one.
func (r *Claim) setStep(ctx context.Context, p *postgres.Pipeline, e Ending) {
	s := r.Submission
	if s.Step == 0 {
		return
	}
	code, sentence := e.reason()
	_ = p.EndStep(ctx, app.EndStepParams{
		SessionID: s.SessionID, Step: s.Step, Status: e.stepStatus(), FailureCode: code, FailureMessage: sentence,
	})
	_, _ = p.RecordResult(ctx, app.RecordResultParams{SessionID: s.SessionID, Step: s.Step})
}

// recordDead adds the dead job of a submission whose failure its user can't fix.
func (r *Claim) recordDead(ctx context.Context, p *postgres.Pipeline, e Ending) {
	if e.Failure == nil || !e.Failure.Code.Dead() {
		return
	}
	s := r.Submission
	params := app.BuryJobParams{
		SubmissionID: s.ID, SessionID: s.SessionID, UserID: s.UserID, JobID: r.Job.ID, Kind: s.Kind, Code: e.Failure.Code,
		Attempts: r.Job.Attempts, Recoveries: r.Job.Recoveries,
	}
	if s.Step != 0 {
		params.Step = &s.Step
	}
	_ = p.BuryJob(ctx, params)
}
