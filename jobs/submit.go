package jobs

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
	river   *river.Client[pgx.Tx]
	log     *slog.Logger
	counter *prometheus.CounterVec
	steps   *stepMetrics
	// Announce is told each session that a commit has changed, and must not wait; nil
	// tells nobody. It is set before the first use.
	Announce func(sessionID uuid.UUID)
}

// NewSubmitter returns a submitter that writes through pool, which must assume
// the app role.
func NewSubmitter(pool *pgxpool.Pool, reg prometheus.Registerer, log *slog.Logger) (*Submitter, error) {
	client, err := newInsertClient(pool, log)
	if err != nil {
		return nil, err
	}
	s := &Submitter{pool: pool, river: client, log: log, counter: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_submissions_total",
		Help: "Submissions by kind and result: accepted, or joined to an identical one that was running.",
	}, []string{"kind", "result"})}
	for kind := range timeouts {
		s.counter.WithLabelValues(string(kind), submitAccepted)
		s.counter.WithLabelValues(string(kind), submitJoined)
	}
	reg.MustRegister(s.counter)
	s.steps = newStepMetrics(reg)
	registerSchemaVersion(reg)
	return s, nil
}

// Trace has the jobs go on with the trace of the request that queued them. It is
// called before the first use; nil leaves everything as it is.
func (s *Submitter) Trace(provider trace.TracerProvider) (err error) {
	s.river, err = newInsertClient(s.pool, s.log, traced(provider)...)
	return err
}

// change runs do in one transaction under the lock of the user's session, which is
// created if there is none, and cancels the jobs that it made pointless after the
// commit.
func (s *Submitter) change(ctx context.Context, userID string, do func(*change) error) error {
	var c change
	err := postgres.InTx(ctx, s.pool, userID, func(tx pgx.Tx, q *postgres.Queries) error {
		sessionID, err := postgres.LockOrCreateSession(ctx, q, userID)
		if err != nil {
			return err
		}
		c = change{tx: tx, q: q, river: s.river, userID: userID, sessionID: sessionID}
		return do(&c)
	})
	if err != nil {
		return err
	}
	s.steps.changed(&c)
	if c.recorded {
		announce(s.Announce).changed(c.sessionID)
	}
	for _, job := range c.stopped {
		s.cancelJob(ctx, job)
	}
	return nil
}

// cancelJob tells the worker of a pointless job to stop. It may fail: the worker
// also learns it from its next beat.
func (s *Submitter) cancelJob(ctx context.Context, jobID int64) {
	if _, err := s.river.JobCancel(ctx, jobID); err != nil && !errors.Is(err, river.ErrNotFound) {
		s.log.WarnContext(ctx, "pointless job not cancelled", "job_id", jobID, "error", err)
	}
}

// submit accepts a piece of work, or joins it to the same one that is running;
// another one of the step is superseded. allow, if not nil, checks the state under
// the lock.
func (s *Submitter) submit(ctx context.Context, userID string, req request, allow func(*change) error) (onboarding.Submission, error) {
	submission, err := s.submitLocked(ctx, userID, func(c *change) (request, error) {
		if allow == nil {
			return req, nil
		}
		return req, allow(c)
	})
	if err != nil {
		return submission, fmt.Errorf("submit %s: %w", req.kind, err)
	}
	return submission, nil
}

// submitLocked is submit for a request that is only known under the lock.
func (s *Submitter) submitLocked(ctx context.Context, userID string, requested func(*change) (request, error)) (onboarding.Submission, error) {
	var (
		req        request
		submission onboarding.Submission
		joined     bool
	)
	err := s.change(ctx, userID, func(c *change) (err error) {
		if req, err = requested(c); err != nil {
			return err
		}
		submission, joined, err = c.submit(ctx, req)
		return err
	})
	if err != nil {
		return submission, err
	}
	result := submitAccepted
	if joined {
		result = submitJoined
	}
	s.counter.WithLabelValues(string(req.kind), result).Inc()
	return submission, nil
}

func (c *change) submit(ctx context.Context, req request) (submission onboarding.Submission, joined bool, err error) {
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
	submission, err = postgres.SubmissionByID(ctx, c.q, id)
	return submission, joined, err
}

// replaceRunning returns the id of the running submission that is the same work,
// uuid.Nil if there is none. Another one of the step is superseded.
func (c *change) replaceRunning(ctx context.Context, req request) (uuid.UUID, error) {
	if req.step == 0 {
		return c.findRunning(ctx, req)
	}
	step, err := c.lockStep(ctx, req.step)
	if err != nil {
		return uuid.Nil, err
	}
	if step.Status != onboarding.StepInProgress || step.SubmissionID == nil {
		return uuid.Nil, nil
	}
	running, err := c.q.LockRunning(ctx, postgres.LockRunningParams{Kind: req.kind, Input: req.input, ID: *step.SubmissionID})
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
func (c *change) findRunning(ctx context.Context, req request) (uuid.UUID, error) {
	id, err := c.q.FindRunning(ctx, postgres.FindRunningParams{SessionID: c.sessionID, Kind: req.kind, Input: req.input})
	if err == nil {
		return id, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("find running submission: %w", err)
	}
	running, err := c.q.CountRunning(ctx, c.sessionID)
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
