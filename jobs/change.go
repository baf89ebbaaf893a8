package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// fetchCooldown is River's debounce. On an insert-only client it bounds the rate of
// notifications, which serialise commits; on workers the wait before a fetch.
const fetchCooldown = 5 * time.Millisecond

// newInsertClient returns a queue client that only inserts and cancels.
func newInsertClient(pool *pgxpool.Pool, log *slog.Logger, middleware ...rivertype.Middleware) (*river.Client[pgx.Tx], error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		FetchCooldown:       fetchCooldown,
		Logger:              log,
		Middleware:          middleware,
		SkipUnknownJobCheck: true, // it has no workers
	})
	if err != nil {
		return nil, fmt.Errorf("make the queue client: %w", err)
	}
	return client, nil
}

// request is a piece of work that is asked for.
type request struct {
	kind  onboarding.Kind
	step  onboarding.StepNumber // 0 for work without a step
	input []byte
}

// change is a transaction on one user's onboarding, whose session it has locked.
// Locks follow in the order step, submission, job.
type change struct {
	tx        pgx.Tx
	q         *postgres.Queries
	river     *river.Client[pgx.Tx]
	userID    string
	sessionID uuid.UUID
	// queue takes the jobs that the change inserts, the interactive one if "".
	queue string
	// detail stands in the audit log, nil for nothing.
	detail []byte
	// stopped are the jobs that the change made pointless. They are cancelled after
	// the commit.
	stopped []int64
	// recorded says that the session's version was raised.
	recorded bool
	// held are the statuses of the steps whose locks the change has taken.
	held map[onboarding.StepNumber]onboarding.StepStatus
	// moves and ended are counted after the commit.
	moves []stepMove
	ended []workEnd
}

// hold notes the status of a step that is locked.
func (c *change) hold(n onboarding.StepNumber, status onboarding.StepStatus) {
	if c.held == nil {
		c.held = make(map[onboarding.StepNumber]onboarding.StepStatus, onboarding.StepCount)
	}
	c.held[n] = status
}

// lockSteps takes the locks of all steps.
func (c *change) lockSteps(ctx context.Context) ([]postgres.LockStepsRow, error) {
	steps, err := c.q.LockSteps(ctx, c.sessionID)
	if err != nil {
		return nil, fmt.Errorf("lock steps: %w", err)
	}
	for _, step := range steps {
		c.hold(step.Step, step.Status)
	}
	return steps, nil
}

// lockStep takes the lock of a step.
func (c *change) lockStep(ctx context.Context, n onboarding.StepNumber) (postgres.LockStepRow, error) {
	step, err := c.q.LockStep(ctx, postgres.LockStepParams{SessionID: c.sessionID, Step: n})
	if err != nil {
		return step, fmt.Errorf("lock step %d: %w", n, err)
	}
	c.hold(n, step.Status)
	return step, nil
}

// record raises the session's version for a step that changed.
func (c *change) record(ctx context.Context, n onboarding.StepNumber) error {
	recorded, err := c.q.RecordResult(ctx, postgres.RecordResultParams{SessionID: c.sessionID, Step: n})
	if err != nil {
		return fmt.Errorf("record step %d: %w", n, err)
	}
	c.moved(n, onboarding.StepStatus(recorded))
	return nil
}

// moved notes what a step was recorded as.
func (c *change) moved(n onboarding.StepNumber, status onboarding.StepStatus) {
	c.recorded = true
	if from, ok := c.held[n]; ok && from != status {
		c.moves = append(c.moves, stepMove{step: n, from: from, to: status})
	}
	c.hold(n, status)
}

// settle sets a step that needs no work completed or skipped.
func (c *change) settle(ctx context.Context, n onboarding.StepNumber, status onboarding.StepStatus, data []byte) error {
	p := postgres.NewPipeline()
	_ = p.SettleStep(ctx, postgres.SettleStepParams{SessionID: c.sessionID, Step: n, Status: status, Data: data})
	_, _ = p.RecordStep(ctx, postgres.RecordStepParams{SessionID: c.sessionID, Step: n})
	if _, err := p.Run(ctx, c.q); err != nil {
		return fmt.Errorf("set step %d: %w", n, err)
	}
	c.moved(n, status)
	return nil
}

// stop ends a running submission as superseded or cancelled, with its checkpoints.
// Nothing if it has ended already.
func (c *change) stop(ctx context.Context, id uuid.UUID, status onboarding.SubmissionStatus) error {
	stopped, err := c.q.StopSubmission(ctx, postgres.StopSubmissionParams{ID: id, Status: status})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stop submission %s: %w", id, err)
	}
	c.stopped = append(c.stopped, stopped.JobID)
	if stopped.Step != nil {
		c.ended = append(c.ended, workEnd{step: *stopped.Step, outcome: status, since: stopped.CreatedAt})
	}
	if err := c.q.DeleteCheckpoints(ctx, id); err != nil {
		return fmt.Errorf("delete checkpoints of submission %s: %w", id, err)
	}
	return nil
}

// enqueue inserts a job and the submission that it belongs to, and sets the step of
// that submission in progress.
func (c *change) enqueue(ctx context.Context, req request) (uuid.UUID, error) {
	return c.enqueueWith(ctx, postgres.NewPipeline(), req)
}

// enqueueWith is enqueue with what is to be written before the submission.
func (c *change) enqueueWith(ctx context.Context, p *postgres.Pipeline, req request) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, fmt.Errorf("make submission id: %w", err)
	}
	args := kindArgs{kind: string(req.kind), Work: Work{SubmissionID: id, UserID: c.userID}}
	job, err := c.river.InsertTx(ctx, c.tx, args, insertOpts(cmp.Or(c.queue, QueueInteractive)))
	if err != nil {
		return id, fmt.Errorf("queue job: %w", err)
	}
	phase := onboarding.QueuedPhase(req.kind)
	params := postgres.CreateSubmissionParams{
		ID: id, SessionID: c.sessionID, UserID: c.userID, Kind: req.kind, Input: req.input, JobID: job.Job.ID,
		ProgressCeiling: phase.To, Phase: phase.Name, Message: phase.Message,
	}
	if req.step != 0 {
		params.Step = &req.step
	}
	_ = p.CreateSubmission(ctx, params)
	if req.step != 0 {
		_ = p.SetStepInProgress(ctx, postgres.SetStepInProgressParams{SubmissionID: &id, SessionID: c.sessionID, Step: req.step})
		_, _ = p.RecordStep(ctx, postgres.RecordStepParams{SessionID: c.sessionID, Step: req.step})
	}
	if _, err := p.Run(ctx, c.q); err != nil {
		return id, fmt.Errorf("write submission: %w", err)
	}
	if req.step != 0 {
		c.moved(req.step, onboarding.StepInProgress)
	}
	return id, nil
}

// wantInputs notes that something changed that the personalization inputs are built
// from, and queues a build unless one is running: that one's end queues the next.
func (c *change) wantInputs(ctx context.Context) error {
	var running uuid.UUID
	want := func(q *postgres.Queries) (err error) {
		if err = q.WantInputs(ctx, postgres.WantInputsParams{SessionID: c.sessionID, UserID: c.userID}); err != nil {
			return fmt.Errorf("want inputs: %w", err)
		}
		running, err = findBuild(ctx, q, c.sessionID)
		return err
	}
	p := postgres.NewPipeline()
	_ = want(p.Queries)
	if err := p.Read(ctx, c.q, want); err != nil || running != uuid.Nil {
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
func (c *change) build(ctx context.Context) error {
	p := postgres.NewPipeline()
	_, _ = p.BeginBuild(ctx, c.sessionID)
	_, err := c.enqueueWith(ctx, p, request{kind: onboarding.KindPersonalizationInputs, input: []byte("{}")})
	return err
}
