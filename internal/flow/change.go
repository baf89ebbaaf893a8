package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// Request is a piece of work that is asked for.
type Request struct {
	Kind  onboarding.Kind
	Step  onboarding.StepNumber // 0 for work without a step
	Input []byte
}

// Change is a transaction on one user's onboarding, whose session it has locked.
// Locks follow in the order step, submission, job.
type Change struct {
	Tx        pgx.Tx
	Q         *postgres.Queries
	River     *river.Client[pgx.Tx]
	UserID    string
	SessionID uuid.UUID
	// queue takes the jobs that the change inserts, the interactive one if "".
	queue string
	// detail stands in the audit log, nil for nothing.
	detail []byte
	// Stopped are the jobs that the change made pointless. They are cancelled after
	// the commit.
	Stopped []int64
	// recorded says that the session's version was raised.
	recorded bool
	// held are the statuses of the steps whose locks the change has taken.
	held map[onboarding.StepNumber]onboarding.StepStatus
	// moves and ended are counted after the commit.
	moves []stepMove
	ended []workEnd
}

// hold notes the status of a step that is locked.
func (c *Change) hold(n onboarding.StepNumber, status onboarding.StepStatus) {
	if c.held == nil {
		c.held = make(map[onboarding.StepNumber]onboarding.StepStatus, onboarding.StepCount)
	}
	c.held[n] = status
}

// lockSteps takes the locks of all steps and returns the number, status, submission and
// result of each.
func (c *Change) lockSteps(ctx context.Context) (steps [onboarding.StepCount]onboarding.Step, err error) {
	rows, err := c.Q.LockSteps(ctx, c.SessionID)
	if err != nil {
		return steps, fmt.Errorf("lock steps: %w", err)
	}
	for _, row := range rows {
		steps[row.Step-1] = onboarding.Step{
			Number: row.Step, Status: row.Status, SubmissionID: row.SubmissionID, ResultSubmissionID: row.ResultSubmissionID,
		}
		c.hold(row.Step, row.Status)
	}
	return steps, nil
}

// lockStep takes the lock of a step.
func (c *Change) lockStep(ctx context.Context, n onboarding.StepNumber) (postgres.LockStepRow, error) {
	step, err := c.Q.LockStep(ctx, postgres.LockStepParams{SessionID: c.SessionID, Step: n})
	if err != nil {
		return step, fmt.Errorf("lock step %d: %w", n, err)
	}
	c.hold(n, step.Status)
	return step, nil
}

// record raises the session's version for a step that changed.
func (c *Change) record(ctx context.Context, n onboarding.StepNumber) error {
	recorded, err := c.Q.RecordResult(ctx, postgres.RecordResultParams{SessionID: c.SessionID, Step: n})
	if err != nil {
		return fmt.Errorf("record step %d: %w", n, err)
	}
	c.moved(n, onboarding.StepStatus(recorded))
	return nil
}

// moved notes what a step was recorded as.
func (c *Change) moved(n onboarding.StepNumber, status onboarding.StepStatus) {
	c.recorded = true
	if from, ok := c.held[n]; ok && from != status {
		c.moves = append(c.moves, stepMove{step: n, from: from, to: status})
	}
	c.hold(n, status)
}

// settle sets a step that needs no work completed or skipped.
func (c *Change) settle(ctx context.Context, n onboarding.StepNumber, status onboarding.StepStatus, data []byte) error {
	p := postgres.NewPipeline()
	_ = p.SettleStep(ctx, postgres.SettleStepParams{SessionID: c.SessionID, Step: n, Status: status, Data: data})
	_, _ = p.RecordStep(ctx, postgres.RecordStepParams{SessionID: c.SessionID, Step: n})
	if _, err := p.Run(ctx, c.Q); err != nil {
		return fmt.Errorf("set step %d: %w", n, err)
	}
	c.moved(n, status)
	return nil
}

// stop ends a running submission as superseded or cancelled, with its checkpoints.
// Nothing if it has ended already.
func (c *Change) stop(ctx context.Context, id uuid.UUID, status onboarding.SubmissionStatus) error {
	stopped, err := c.Q.StopSubmission(ctx, postgres.StopSubmissionParams{ID: id, Status: status})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stop submission %s: %w", id, err)
	}
	c.Stopped = append(c.Stopped, stopped.JobID)
	if stopped.Step != nil {
		c.ended = append(c.ended, workEnd{step: *stopped.Step, outcome: status, since: stopped.CreatedAt})
	}
	if err := c.Q.DeleteCheckpoints(ctx, id); err != nil {
		return fmt.Errorf("delete checkpoints of submission %s: %w", id, err)
	}
	return nil
}

// enqueue inserts a job and the submission that it belongs to, and sets the step of
// that submission in progress.
func (c *Change) enqueue(ctx context.Context, req Request) (uuid.UUID, error) {
	return c.enqueueWith(ctx, postgres.NewPipeline(), req)
}

// enqueueWith is enqueue with what is to be written before the submission.
func (c *Change) enqueueWith(ctx context.Context, p *postgres.Pipeline, req Request) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("make submission id: %w", err)
	}
	args := queue.Args{Name: string(req.Kind), Work: queue.Work{SubmissionID: id, UserID: c.UserID}}
	job, err := c.River.InsertTx(ctx, c.Tx, args, queue.InsertOpts(cmp.Or(c.queue, queue.Interactive)))
	if err != nil {
		return id, fmt.Errorf("queue job: %w", err)
	}
	phase := onboarding.QueuedPhase(req.Kind)
	params := postgres.CreateSubmissionParams{
		ID: id, SessionID: c.SessionID, UserID: c.UserID, Kind: req.Kind, Input: req.Input, JobID: job.Job.ID,
		ProgressCeiling: phase.To, Phase: phase.Name, Message: phase.Message,
	}
	if req.Step != 0 {
		params.Step = &req.Step
	}
	_ = p.CreateSubmission(ctx, params)
	if req.Step != 0 {
		_ = p.SetStepInProgress(ctx, postgres.SetStepInProgressParams{SubmissionID: &id, SessionID: c.SessionID, Step: req.Step})
		_, _ = p.RecordStep(ctx, postgres.RecordStepParams{SessionID: c.SessionID, Step: req.Step})
	}
	if _, err := p.Run(ctx, c.Q); err != nil {
		return id, fmt.Errorf("write submission: %w", err)
	}
	if req.Step != 0 {
		c.moved(req.Step, onboarding.StepInProgress)
	}
	return id, nil
}

// wantInputs notes that something changed that the personalization inputs are built
// from, and queues a build unless one is running: that one's end queues the next.
func (c *Change) wantInputs(ctx context.Context) error {
	var running uuid.UUID
	want := func(q *postgres.Queries) (err error) {
		if err = q.WantInputs(ctx, postgres.WantInputsParams{SessionID: c.SessionID, UserID: c.UserID}); err != nil {
			return fmt.Errorf("want inputs: %w", err)
		}
		running, err = findBuild(ctx, q, c.SessionID)
		return err
	}
	p := postgres.NewPipeline()
	_ = want(p.Queries)
	if err := p.Read(ctx, c.Q, want); err != nil || running != uuid.Nil {
		return err
	}
	return c.build(ctx)
}

// findBuild returns a session's running build, uuid.Nil if there is none.
func findBuild(ctx context.Context, q *postgres.Queries, sessionID uuid.UUID) (uuid.UUID, error) {
	id, err := q.FindBuild(ctx, sessionID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("find running build: %w", err)
	}
	return id, nil
}

// build queues a build. What has changed until it begins is part of it.
func (c *Change) build(ctx context.Context) error {
	p := postgres.NewPipeline()
	_, _ = p.BeginBuild(ctx, c.SessionID)
	_, err := c.enqueueWith(ctx, p, Request{Kind: onboarding.KindPersonalizationInputs, Input: []byte("{}")})
	return err
}
