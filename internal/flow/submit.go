package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// What became of a submission.
const (
	submitAccepted = "accepted"
	submitJoined   = "joined"
)

// Submitter changes a user's onboarding: it writes the state and queues the work
// that follows from it in one transaction.
type Submitter struct {
	pool    *pgxpool.Pool
	River   *river.Client[pgx.Tx]
	Log     *slog.Logger
	counter *prometheus.CounterVec
	Steps   *StepMetrics
	// Announce is told each session that a commit has changed, and must not wait; nil
	// tells nobody. It is set before the first use.
	Announce func(sessionID uuid.UUID)
}

// NewSubmitter returns a submitter that writes through pool, which must assume
// the app role.
func NewSubmitter(pool *pgxpool.Pool, reg prometheus.Registerer, log *slog.Logger) (*Submitter, error) {
	client, err := queue.NewClient(pool, log)
	if err != nil {
		return nil, err
	}
	s := &Submitter{pool: pool, River: client, Log: log, counter: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_submissions_total",
		Help: "Submissions by kind and result: accepted, or joined to an identical one that was running.",
	}, []string{"kind", "result"})}
	for kind := range Timeouts {
		s.counter.WithLabelValues(string(kind), submitAccepted)
		s.counter.WithLabelValues(string(kind), submitJoined)
	}
	reg.MustRegister(s.counter)
	s.Steps = newStepMetrics(reg)
	registerSchemaVersion(reg)
	return s, nil
}

// Trace has the jobs go on with the trace of the request that queued them. It is
// called before the first use; nil leaves everything as it is.
func (s *Submitter) Trace(provider trace.TracerProvider) (err error) {
	s.River, err = queue.NewClient(s.pool, s.Log, queue.Traced(provider)...)
	return err
}

// Change runs do in one transaction under the lock of the user's session, which is
// created if there is none, and cancels the jobs that it made pointless after the
// commit.
func (s *Submitter) Change(ctx context.Context, userID string, do func(*Change) error) error {
	var c Change
	err := postgres.InTx(ctx, s.pool, userID, func(tx pgx.Tx, q *postgres.Queries) error {
		sessionID, err := postgres.LockOrCreateSession(ctx, q, userID)
		if err != nil {
			return err
		}
		c = Change{Tx: tx, Q: q, River: s.River, UserID: userID, SessionID: sessionID}
		return do(&c)
	})
	if err != nil {
		return err
	}
	s.Steps.Changed(&c)
	if c.recorded {
		Announce(s.Announce).Changed(c.SessionID)
	}
	for _, job := range c.Stopped {
		s.cancelJob(ctx, job)
	}
	return nil
}

// cancelJob tells the worker of a pointless job to stop. It may fail: the worker
// also learns it from its next beat.
func (s *Submitter) cancelJob(ctx context.Context, jobID int64) {
	if _, err := s.River.JobCancel(ctx, jobID); err != nil && !errors.Is(err, river.ErrNotFound) {
		s.Log.WarnContext(ctx, "pointless job not cancelled", "job_id", jobID, "error", err)
	}
}

// submit accepts a piece of work, or joins it to the same one that is running;
// another one of the step is superseded. allow, if not nil, checks the state under
// the lock.
func (s *Submitter) submit(ctx context.Context, userID string, req Request, allow func(*Change) error) (onboarding.Submission, error) {
	submission, err := s.submitLocked(ctx, userID, func(c *Change) (Request, error) {
		if allow == nil {
			return req, nil
		}
		return req, allow(c)
	})
	if err != nil {
		return submission, fmt.Errorf("submit %s: %w", req.Kind, err)
	}
	return submission, nil
}

// submitLocked is submit for a request that is only known under the lock.
func (s *Submitter) submitLocked(ctx context.Context, userID string, requested func(*Change) (Request, error)) (onboarding.Submission, error) {
	var (
		req        Request
		submission onboarding.Submission
		joined     bool
	)
	err := s.Change(ctx, userID, func(c *Change) (err error) {
		if req, err = requested(c); err != nil {
			return err
		}
		submission, joined, err = c.Submit(ctx, req)
		return err
	})
	if err != nil {
		return submission, err
	}
	result := submitAccepted
	if joined {
		result = submitJoined
	}
	s.counter.WithLabelValues(string(req.Kind), result).Inc()
	return submission, nil
}

func (c *Change) Submit(ctx context.Context, req Request) (submission onboarding.Submission, joined bool, err error) {
	id, err := c.replaceRunning(ctx, req)
	if err != nil {
		return submission, false, err
	}
	joined = id != uuid.Nil
	if !joined {
		if id, err = c.enqueue(ctx, req); err != nil {
			return submission, false, err
		}
	}
	submission, err = postgres.SubmissionByID(ctx, c.Q, id)
	return submission, joined, err
}

// replaceRunning returns the id of the running submission that is the same work,
// uuid.Nil if there is none. Another one of the step is superseded.
func (c *Change) replaceRunning(ctx context.Context, req Request) (uuid.UUID, error) {
	if req.Step == 0 {
		return c.findRunning(ctx, req)
	}
	step, err := c.lockStep(ctx, req.Step)
	if err != nil {
		return uuid.Nil, err
	}
	if step.Status != onboarding.StepInProgress || step.SubmissionID == nil {
		return uuid.Nil, nil
	}
	running, err := c.Q.LockRunning(ctx, postgres.LockRunningParams{Kind: req.Kind, Input: req.Input, ID: *step.SubmissionID})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return uuid.Nil, nil
	case err != nil:
		return uuid.Nil, fmt.Errorf("lock running submission: %w", err)
	case running.Identical:
		return running.ID, nil
	}
	return uuid.Nil, c.stop(ctx, running.ID, onboarding.SubmissionSuperseded)
}

// maxStepLess is how much work without a step one user may have running. It replaces no
// other, so that nothing else bounds it.
const maxStepLess = 5

// findRunning is replaceRunning for work without a step, which supersedes nothing. It
// returns *onboarding.RateLimitError when too much of it is running.
func (c *Change) findRunning(ctx context.Context, req Request) (uuid.UUID, error) {
	id, err := c.Q.FindRunning(ctx, postgres.FindRunningParams{SessionID: c.SessionID, Kind: req.Kind, Input: req.Input})
	if err == nil {
		return id, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("find running submission: %w", err)
	}
	running, err := c.Q.CountRunning(ctx, c.SessionID)
	switch {
	case err != nil:
		return uuid.Nil, fmt.Errorf("count running submissions: %w", err)
	case running >= maxStepLess:
		return uuid.Nil, &onboarding.RateLimitError{RetryAfter: 5 * time.Second, Subject: "work of one user"}
	}
	return uuid.Nil, nil
}

// encode returns the input of a submission.
func encode(input any) ([]byte, error) {
	document, err := json.Marshal(input)
	if err != nil {
		return nil, fmt.Errorf("encode input: %w", err)
	}
	return document, nil
}
