package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// request is a request for a piece of work.
type request struct {
	kind  onboarding.Kind
	input []byte
}

// step is the step that the work completes, 0 if it belongs to none.
func (r request) step() onboarding.StepNumber { return r.kind.Info().Step }

// Changer makes changes of users' onboardings, each in one transaction.
type Changer struct {
	// Pool assumes the app role.
	Pool  *pgxpool.Pool
	River *river.Client[pgx.Tx]
	Log   *slog.Logger
	// Metrics may be nil, but for a Recovery.
	Metrics *Metrics
	// Announce, if not nil, is called with each session whose version a commit has raised, or
	// whose work it has ended, after that commit and outside of any transaction. It must not block, and must be set
	// before the first use.
	Announce func(sessionID uuid.UUID)
	// Loads and Endings group the begins and the ends of work; with nil each is alone.
	Loads   *Loads
	Endings *Endings
	// Wakings bound how often workers are woken, nil for no bound.
	Wakings *queue.Wakings
	// BuildInputs builds the personalization inputs with a result that they are built from; it is pure. With
	// nil a job builds them.
	BuildInputs func(onboarding.Sources) onboarding.Inputs
}

// announce reports that a commit has changed a session.
func (s *Changer) announce(sessionID uuid.UUID) {
	if s.Announce != nil {
		s.Announce(sessionID)
	}
}

// change runs do, which locks the user's session first, in one transaction. After the
// commit it counts and announces what has changed, and cancels the jobs that have become
// pointless.
func (s *Changer) change(ctx context.Context, userID, queue string, do func(*change) error) error {
	var c *change
	err := postgres.InTx(ctx, s.Pool, userID, func(tx pgx.Tx, q *postgres.Queries) error {
		c = s.newChange(tx, q, userID, queue)
		if err := do(c); err != nil {
			return err
		}
		return c.release(ctx)
	})
	if err != nil {
		return err
	}
	s.Metrics.changed(c)
	if c.recorded || len(c.stopped) > 0 {
		s.announce(c.sessionID)
	}
	for _, job := range c.stopped {
		// its worker learns of it with its next heartbeat
		if _, err := s.River.JobCancel(ctx, job); err != nil && !errors.Is(err, river.ErrNotFound) {
			s.Log.WarnContext(ctx, "pointless job not cancelled", "job_id", job, "error", err)
		}
	}
	return nil
}

// newChange is the only constructor of a change. queue takes the jobs that it inserts.
func (s *Changer) newChange(tx pgx.Tx, q *postgres.Queries, userID, queue string) *change {
	return &change{
		tx: tx, q: q, wakings: s.Wakings, userID: userID, queue: queue,
		held: map[onboarding.StepNumber]onboarding.StepStatus{},
	}
}

// change is a transaction on one user's onboarding, whose session it has locked.
// Locks follow in the order step, submission, job.
type change struct {
	tx        pgx.Tx
	q         *postgres.Queries
	wakings   *queue.Wakings
	userID    string
	sessionID uuid.UUID
	// queue takes the jobs that the change inserts.
	queue string
	// detail stands in the audit log, nil for nothing.
	detail map[string]any
	// stopped are the jobs that are no longer needed. They are cancelled after the commit.
	stopped []int64
	// recorded is set once the session's version was raised.
	recorded bool
	// used is what the user has used of the quotas today, as JSON; changes counts the step events
	// of today. limits bound them.
	used    []byte
	changes int64
	limits  onboarding.Limits
	// ahead is what was read, with the lock of the session, for the request that is submitted; nil if it was not.
	ahead *app.LockStepToSubmitRow
	// demand is set before work is queued that may wait for the network.
	demand *demand
	// ends is set before the last work is queued: nothing is written after it, but what is held may be released.
	ends bool
	// freed is set once work was stopped that other work may be held for.
	freed bool
	// held are the statuses of the steps whose locks the change has taken.
	held map[onboarding.StepNumber]onboarding.StepStatus
	// counts count what has changed, after the commit.
	counts []func(*Metrics)
}

// lockSession takes the lock of the user's session. It returns onboarding.ErrNotFound if
// there is none.
func (c *change) lockSession(ctx context.Context) error {
	session, err := c.q.LockSession(ctx, c.userID)
	if err != nil {
		return postgres.NotFound("session", err)
	}
	c.locked(session)
	return nil
}

// locked keeps what was read with the lock of the session.
func (c *change) locked(session app.LockSessionRow) {
	c.sessionID, c.used, c.changes = session.ID, session.Used, session.Changes
}

// lockSteps takes the locks of all steps and returns the number, status, submission and
// result of each.
func (c *change) lockSteps(ctx context.Context) (steps [onboarding.StepCount]onboarding.Step, err error) {
	rows, err := c.q.LockSteps(ctx, c.sessionID)
	if err != nil {
		return steps, fmt.Errorf("lock steps: %w", err)
	}
	for _, row := range rows {
		steps[row.Step-1] = onboarding.Step{
			Number: row.Step, Status: row.Status, SubmissionID: row.SubmissionID, ResultSubmissionID: row.ResultSubmissionID,
		}
		c.held[row.Step] = row.Status
	}
	return steps, nil
}

// lockStep takes the lock of a step.
func (c *change) lockStep(ctx context.Context, n onboarding.StepNumber) (app.LockStepRow, error) {
	step, err := c.q.LockStep(ctx, app.LockStepParams{SessionID: c.sessionID, Step: n})
	if err != nil {
		return step, fmt.Errorf("lock step %d: %w", n, err)
	}
	c.held[n] = step.Status
	return step, nil
}

// record raises the session's version for a step that changed.
func (c *change) record(ctx context.Context, n onboarding.StepNumber) error {
	recorded, err := c.q.RecordResult(ctx, app.RecordResultParams{SessionID: c.sessionID, Step: n})
	if err != nil {
		return fmt.Errorf("record step %d: %w", n, err)
	}
	c.moved(n, onboarding.StepStatus(recorded))
	return nil
}

// moved keeps the status that was recorded for a step.
func (c *change) moved(n onboarding.StepNumber, status onboarding.StepStatus) {
	c.recorded = true
	if from, ok := c.held[n]; ok && from != status {
		c.counts = append(c.counts, func(m *Metrics) { m.moved(n, from, status) })
	}
	c.held[n] = status
}

// settle marks a step that needs no work as completed or skipped.
func (c *change) settle(ctx context.Context, n onboarding.StepNumber, status onboarding.StepStatus, data []byte) error {
	p := postgres.NewPipeline()
	_ = p.SettleStep(ctx, app.SettleStepParams{SessionID: c.sessionID, Step: n, Status: status, Data: data})
	_, _ = p.RecordStep(ctx, app.RecordStepParams{SessionID: c.sessionID, Step: n})
	if _, err := p.Run(ctx, c.q); err != nil {
		return fmt.Errorf("set step %d: %w", n, err)
	}
	c.moved(n, status)
	return nil
}

// stop ends a running submission as superseded or cancelled and deletes its checkpoints.
// It does nothing if the submission has ended already.
func (c *change) stop(ctx context.Context, id uuid.UUID, status onboarding.SubmissionStatus) error {
	stopped, err := c.q.StopSubmission(ctx, app.StopSubmissionParams{ID: id, Status: status})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stop submission %s: %w", id, err)
	}
	c.stopped = append(c.stopped, stopped.JobID)
	c.freed = c.freed || stopped.Network
	if stopped.Step != nil {
		c.counts = append(c.counts, func(m *Metrics) { m.ended(*stopped.Step, status, stopped.CreatedAt) })
	}
	if err := c.q.DeleteCheckpoints(ctx, []uuid.UUID{id}); err != nil {
		return fmt.Errorf("delete checkpoints of submission %s: %w", id, err)
	}
	return nil
}

// enqueue inserts a job and the submission that it belongs to, and sets the step of
// that submission in progress.
func (c *change) enqueue(ctx context.Context, req request) (onboarding.Submission, error) {
	return c.enqueueWith(ctx, postgres.NewPipeline(), req)
}

// enqueueWith is enqueue; p holds what is to be written before the submission.
func (c *change) enqueueWith(
	ctx context.Context, p *postgres.Pipeline, req request,
) (submission onboarding.Submission, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return submission, fmt.Errorf("make submission id: %w", err)
	}
	place := c.place(req)
	job, err := c.wakings.Job(ctx, string(req.kind), queue.Work{SubmissionID: id}, place.queue, place.held)
	if err != nil {
		return submission, err
	}
	phase := onboarding.QueuedPhase(req.kind, place.held)
	params := app.SubmitParams{
		ID: id, SessionID: c.sessionID, UserID: c.userID, Kind: req.kind, Input: req.input,
		ProgressCeiling: phase.To, Phase: phase.Name, Message: phase.Message,
		Network: place.network, Held: place.held,
	}
	if c.queue != queue.Bulk { // the user asks for it
		params.Quota = string(req.kind.Info().Quota)
	}
	step := req.step()
	if step != 0 {
		params.Step = &step
	}
	_, _ = p.QueueJob(ctx, job)
	_, _ = p.Submit(ctx, params)
	if c.ends && !c.freed {
		p.ThenCommit()
	}
	err = p.RunToLast(ctx, c.q, func(q *postgres.Queries) error {
		row, err := q.Submit(ctx, params)
		submission = postgres.NewSubmission(row)
		return err
	})
	if err != nil {
		return submission, fmt.Errorf("write submission: %w", err)
	}
	if step != 0 {
		c.moved(step, onboarding.StepInProgress)
	}
	return submission, nil
}

// wantInputs records a change of what the personalization inputs are built from, and queues
// a build unless one is running, whose end queues the next.
func (c *change) wantInputs(ctx context.Context) error {
	var running uuid.UUID
	want := func(q *postgres.Queries) (err error) {
		if err = q.WantInputs(ctx, app.WantInputsParams{SessionID: c.sessionID, UserID: c.userID}); err != nil {
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

// build queues a build, which includes every change up to its start.
func (c *change) build(ctx context.Context) error { return c.buildWith(ctx, postgres.NewPipeline()) }

// buildWith is build; p holds what is to be written before.
func (c *change) buildWith(ctx context.Context, p *postgres.Pipeline) error {
	_ = p.QueueBuild(ctx, c.sessionID)
	_, err := c.enqueueWith(ctx, p, request{kind: onboarding.KindPersonalizationInputs, input: []byte("{}")})
	return err
}
