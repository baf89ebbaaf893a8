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
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// The results of a submission request.
const (
	submitAccepted = "accepted"
	submitJoined   = "joined"
)

// Submitter changes a user's onboarding at the request of that user.
type Submitter struct {
	Changer
	// Limits bound what a user may submit. They must be set before the first use.
	Limits  onboarding.Limits
	waits   *waits
	counter *prometheus.CounterVec
}

// NewSubmitter returns a submitter that writes through pool, which must assume the app role. Through
// system, which must assume the system role, it reads what has ended of what is waited for, and
// cancels jobs.
// With middleware of queue.Traced, jobs continue the trace of the request that queued them.
func NewSubmitter(
	pool, system *pgxpool.Pool, reg prometheus.Registerer, log *slog.Logger, middleware ...rivertype.Middleware,
) (*Submitter, error) {
	client, err := queue.NewClient(system, log, middleware...)
	if err != nil {
		return nil, err
	}
	var kinds []onboarding.Kind
	for _, info := range onboarding.Kinds() {
		kinds = append(kinds, info.Kind)
	}
	s := &Submitter{waits: newWaits(system, log), counter: metric.Counters(reg, "onboarding_submissions_total",
		"Submissions by kind and result: accepted, or joined to an identical one that was running.",
		metric.By("kind", kinds...), metric.By("result", submitAccepted, submitJoined))}
	s.Changer = Changer{
		Pool: pool, River: client, Log: log, Metrics: newStepMetrics(reg), Wakings: &queue.Wakings{},
	}
	return s, nil
}

// change runs do in one transaction under the lock of the user's session, which is
// created if there is none.
func (s *Submitter) change(ctx context.Context, userID string, do func(*change) error) error {
	return s.changeFor(ctx, userID, request{}, do)
}

// changeFor is change for a request, whose step it locks and reads in the same round trip.
func (s *Submitter) changeFor(ctx context.Context, userID string, req request, do func(*change) error) error {
	return s.Changer.change(ctx, userID, queue.Interactive, func(c *change) error {
		var ahead func(*postgres.Queries) error
		if req.kind != "" && req.step() != 0 {
			ahead = func(q *postgres.Queries) error { return c.lockStepFor(ctx, q, req) }
		}
		session, err := postgres.LockOrCreateSession(ctx, c.q, userID, ahead)
		if err != nil {
			return err
		}
		c.locked(session)
		c.limits = s.Limits
		if err := c.mayChange(); err != nil {
			return err
		}
		return do(c)
	})
}

// changeStep is change with the lock of one step.
func (s *Submitter) changeStep(
	ctx context.Context, userID string, n onboarding.StepNumber, do func(*change, app.LockStepRow) error,
) error {
	return s.change(ctx, userID, func(c *change) error {
		step, err := c.lockStep(ctx, n)
		if err != nil {
			return err
		}
		return do(c, step)
	})
}

// steps are the steps of a session, of which number, status, submission and result are read.
type steps = [onboarding.StepCount]onboarding.Step

// changeSteps is change with the locks of all steps.
func (s *Submitter) changeSteps(ctx context.Context, userID string, do func(*change, steps) error) error {
	return s.change(ctx, userID, func(c *change) error {
		steps, err := c.lockSteps(ctx)
		if err != nil {
			return err
		}
		return do(c, steps)
	})
}

// submit accepts a piece of work, or joins the request to the same work if that is running.
// Other running work of the step is superseded. prepare, if not nil, runs first, under the lock.
func (s *Submitter) submit(
	ctx context.Context, userID string, kind onboarding.Kind, input any, prepare func(*change, request) error,
) (onboarding.Submission, error) {
	document, err := encode(input)
	if err != nil {
		return onboarding.Submission{}, err
	}
	req := request{kind: kind, input: document}
	submission, err := s.submitLocked(ctx, userID, req, func(c *change) (request, error) {
		if prepare == nil {
			return req, nil
		}
		return req, prepare(c, req)
	})
	if err != nil {
		return submission, fmt.Errorf("submit %s: %w", kind, err)
	}
	return submission, nil
}

// submitLocked is submit for a request that requested returns under the lock. expected is that request, empty if it
// is not known before.
func (s *Submitter) submitLocked(
	ctx context.Context, userID string, expected request, requested func(*change) (request, error),
) (onboarding.Submission, error) {
	var (
		req        request
		submission onboarding.Submission
		joined     bool
	)
	err := s.changeFor(ctx, userID, expected, func(c *change) (err error) {
		if req, err = requested(c); err != nil {
			return err
		}
		c.ends = true
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
	if id != uuid.Nil {
		submission, err = postgres.SubmissionByID(ctx, c.q, id)
		return submission, true, err
	}
	if err := c.maySubmit(req.kind); err != nil {
		return submission, false, err
	}
	submission, err = c.enqueue(ctx, req)
	return submission, false, err
}

// replaceRunning returns the id of the running submission of the same work, or uuid.Nil. It
// supersedes a running submission of other work for the step.
func (c *change) replaceRunning(ctx context.Context, req request) (uuid.UUID, error) {
	if req.step() == 0 {
		return c.findRunning(ctx, req)
	}
	if c.ahead == nil {
		if err := c.lockStepFor(ctx, c.q, req); err != nil {
			return uuid.Nil, err
		}
	}
	step := c.ahead
	c.held[req.step()] = step.Status
	c.demand = &demand{network: int(step.Network), hasKeys: step.HasKeys}
	switch {
	case step.Running == uuid.Nil:
		return uuid.Nil, nil
	case step.Identical:
		return step.Running, nil
	}
	return uuid.Nil, c.stop(ctx, step.Running, onboarding.SubmissionSuperseded)
}

// lockStepFor locks the step of a request and reads what decides what becomes of the request.
func (c *change) lockStepFor(ctx context.Context, q *postgres.Queries, req request) error {
	step, err := q.LockStepToSubmit(ctx, app.LockStepToSubmitParams{
		Kind: req.kind, Input: req.input, UserID: c.userID, Step: req.step(),
	})
	if err != nil {
		return fmt.Errorf("lock step %d: %w", req.step(), err)
	}
	c.ahead = &step
	return nil
}

// MaxDetached is how many submissions without a step one user may have running. They replace
// no others, so that nothing else bounds them.
const MaxDetached = 5

// findRunning is replaceRunning for work without a step, which supersedes nothing. It returns
// *onboarding.RateLimitError if too much of it is running.
func (c *change) findRunning(ctx context.Context, req request) (uuid.UUID, error) {
	id, err := c.q.FindRunning(ctx, app.FindRunningParams{SessionID: c.sessionID, Kind: req.kind, Input: req.input})
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
	case running.Detached >= MaxDetached:
		return uuid.Nil, &onboarding.RateLimitError{RetryAfter: 5 * time.Second, Subject: "work of one user"}
	}
	c.demand = &demand{network: int(running.Network), hasKeys: running.HasKeys}
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
