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

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// Outcome is what an operation did to one user.
type Outcome string

// The outcomes of an operation that did not fail.
const (
	OutcomeDone      Outcome = "done"
	OutcomeUnchanged Outcome = "unchanged"
	// OutcomeMissing means that there is no such user. Looking for a user creates none.
	OutcomeMissing Outcome = "missing"
)

// ErrBusy means that another transaction held a user's session for too long.
var ErrBusy = errors.New("another transaction holds the session")

// errDryRun rolls back a dry run.
var errDryRun = errors.New("dry run")

const (
	// operatorLocks is how long each lock is waited for.
	operatorLocks = 5 * time.Second
	// operatorTimeout bounds an operation on one user.
	operatorTimeout = 30 * time.Second
)

// Operator changes users' onboardings on behalf of the operators of the system, each user in one
// transaction with one row in the audit log. Its work goes to the bulk queue, so that it
// delays no work that users wait for.
//
// Once begun, an operation is completed even if its context ends, so that its outcome is known.
type Operator struct {
	*Changer
	// Actor stands in the audit log.
	Actor string
	// DryRun rolls every operation back after its outcome is known.
	DryRun bool
	// Locks is how long each lock is waited for, Timeout bounds the operation on one user.
	Locks, Timeout time.Duration
	// Settle, if not nil, records the outcome in the same transaction.
	Settle func(ctx context.Context, tx pgx.Tx, q *postgres.Queries, outcome Outcome) error
}

// Operator returns the operator whose actor stands in the audit log.
func (s *Changer) Operator(actor string) *Operator {
	return &Operator{Changer: s, Actor: actor, Locks: operatorLocks, Timeout: operatorTimeout}
}

// Open returns what a command changes and finds users with: a changer, and a pool that sees all
// users, each with up to conns connections. closePools must be called. It returns postgres.ErrOutdated
// for a database whose schema is older than this program.
func Open(
	ctx context.Context, server postgres.Server, name string, conns int, log *slog.Logger,
) (s *Changer, all *pgxpool.Pool, closePools func(), err error) {
	pool, err := postgres.OpenPool(ctx,
		postgres.PoolConfig{Server: server, Name: name, Role: postgres.RoleApp, MaxConns: conns})
	if err != nil {
		return nil, nil, nil, err
	}
	all, err = postgres.OpenPool(ctx,
		postgres.PoolConfig{Server: server, Name: name, Role: postgres.RoleSystem, MaxConns: conns})
	if err != nil {
		pool.Close()
		return nil, nil, nil, err
	}
	client, err := queue.NewClient(all, log)
	if err == nil {
		err = postgres.Ready(ctx, pool)
	}
	if err != nil {
		pool.Close()
		all.Close()
		return nil, nil, nil, err
	}
	return &Changer{Pool: pool, River: client, Log: log}, all, func() { pool.Close(); all.Close() }, nil
}

// Reset makes all steps of a user pending again and cancels running work, as
// Submitter.ResetAll does that keeps the data.
func (o *Operator) Reset(ctx context.Context, userID string) (Outcome, error) {
	return o.change(ctx, userID, "onboarding.reset", func(ctx context.Context, c *change) (bool, error) {
		steps, err := c.lockSteps(ctx)
		if err != nil {
			return false, err
		}
		finished, err := c.q.SessionFinishedAt(ctx, c.sessionID)
		if err != nil {
			return false, fmt.Errorf("read session: %w", err)
		}
		if finished == nil && untouched(steps) {
			return false, nil
		}
		return true, c.resetAll(ctx, steps, false)
	})
}

// Cancel stops all running work of a user. Each step is then completed if it holds a result, else pending.
func (o *Operator) Cancel(ctx context.Context, userID string) (Outcome, error) {
	return o.change(ctx, userID, "onboarding.cancel", func(ctx context.Context, c *change) (cancelled bool, err error) {
		steps, err := c.lockSteps(ctx)
		if err != nil {
			return false, err
		}
		for _, step := range steps {
			if step.Status != onboarding.StepInProgress || step.SubmissionID == nil {
				continue
			}
			if err := c.cancel(ctx, step.Number, *step.SubmissionID); err != nil {
				return false, err
			}
			cancelled = true
		}
		others, err := c.q.ListDetached(ctx, c.sessionID)
		if err != nil {
			return false, fmt.Errorf("find work without a step: %w", err)
		}
		for _, id := range others {
			if err := c.stop(ctx, id, onboarding.SubmissionCancelled); err != nil {
				return false, err
			}
		}
		return cancelled || len(others) > 0, nil
	})
}

// untouched reports whether a reset would change none of the steps.
func untouched(steps steps) bool {
	for _, step := range steps {
		if step.Status != onboarding.StepPending || step.ResultSubmissionID != nil {
			return false
		}
	}
	return true
}

// RetryFailed submits the last input of every failed step again. A step that can't
// be retried is left out; if none can, it returns the *onboarding.ConflictError of the last.
func (o *Operator) RetryFailed(ctx context.Context, userID string) (Outcome, error) {
	return o.change(ctx, userID, "onboarding.retry_failed", func(
		ctx context.Context, c *change,
	) (retried bool, err error) {
		steps, err := c.lockSteps(ctx)
		if err != nil {
			return false, err
		}
		var refused *onboarding.ConflictError
		for _, step := range steps {
			if step.Status != onboarding.StepFailed {
				continue
			}
			_, err := c.retry(ctx, step)
			switch {
			case err == nil:
				retried = true
			case !errors.As(err, &refused):
				return false, err
			}
		}
		if refused != nil && !retried {
			return false, refused
		}
		return retried, nil
	})
}

// retry submits the last input of a step again and returns the new submission. The
// caller has locked all of them.
func (c *change) retry(ctx context.Context, step onboarding.Step) (uuid.UUID, error) {
	req, err := c.lastRequest(ctx, step)
	if err != nil {
		return uuid.Nil, err
	}
	submission, err := c.enqueue(ctx, req)
	return submission.ID, err
}

// RebuildInputs queues a build of a user's personalization inputs, after the one that is
// running, if any. It does nothing for users who have nothing to build inputs from.
func (o *Operator) RebuildInputs(ctx context.Context, userID string) (Outcome, error) {
	return o.change(ctx, userID, "inputs.rebuild", func(ctx context.Context, c *change) (bool, error) {
		_, err := c.q.GetInputs(ctx, userID)
		if errors.Is(err, pgx.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read inputs: %w", err)
		}
		return true, c.wantInputs(ctx)
	})
}

// DeleteAccount deletes everything that is stored about a user and cancels running work,
// whose jobs no longer name the user. The audit log is kept, and so is the item of a bulk
// operation that deleted the account.
func (o *Operator) DeleteAccount(ctx context.Context, userID string) (Outcome, error) {
	return o.change(ctx, userID, "account.delete", func(ctx context.Context, c *change) (bool, error) {
		if _, err := c.lockSteps(ctx); err != nil {
			return false, err
		}
		running, err := c.q.LockWork(ctx, c.sessionID)
		if err != nil {
			return false, fmt.Errorf("lock running submissions: %w", err)
		}
		c.stopped = running
		// The used quota carries over to the user's next account.
		c.detail = map[string]any{"used": json.RawMessage(c.used), "changes": c.changes}
		return true, c.forget(ctx)
	})
}

// forget deletes the session with everything that references it, and what else is stored
// about the user.
func (c *change) forget(ctx context.Context) error {
	p := postgres.NewPipeline()
	_ = p.ForgetOwnJobs(ctx) // the submissions name them
	_ = p.DeleteSession(ctx, c.sessionID)
	_ = p.DeleteStreamTickets(ctx, c.userID)
	_ = p.ForgetOwnBulkItems(ctx)
	if _, err := p.Run(ctx, c.q); err != nil {
		return fmt.Errorf("delete the account: %w", err)
	}
	return nil
}

// change runs do in one transaction under the lock of the user's session, with the
// audit log if do changed something.
func (o *Operator) change(
	ctx context.Context, userID, action string, do func(context.Context, *change) (bool, error),
) (outcome Outcome, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Timeout)
	defer cancel()
	err = o.Changer.change(ctx, userID, queue.Bulk, func(c *change) (err error) {
		outcome, err = o.changeTx(ctx, c, action, do)
		if err == nil && o.Settle != nil {
			err = o.Settle(ctx, c.tx, c.q, outcome)
		}
		if err == nil && o.DryRun {
			err = errDryRun
		}
		return err
	})
	switch {
	case err == nil, errors.Is(err, errDryRun):
		return outcome, nil
	case postgres.HasState(err, lockNotAvailable):
		return "", fmt.Errorf("%s: %w", action, ErrBusy)
	}
	return "", fmt.Errorf("%s: %w", action, err)
}

// lockNotAvailable is the SQLSTATE of a lock that was waited for too long.
const lockNotAvailable = "55P03"

func (o *Operator) changeTx(
	ctx context.Context, c *change, action string, do func(context.Context, *change) (bool, error),
) (Outcome, error) {
	if err := c.q.BoundLocks(ctx, fmt.Sprintf("%dms", o.Locks.Milliseconds())); err != nil {
		return "", fmt.Errorf("bound the locks: %w", err)
	}
	if err := c.lockSession(ctx); errors.Is(err, onboarding.ErrNotFound) {
		return OutcomeMissing, nil
	} else if err != nil {
		return "", err
	}
	changed, err := do(ctx, c)
	if err != nil || !changed {
		return OutcomeUnchanged, err
	}
	if c.detail == nil {
		c.detail = map[string]any{}
	}
	if err := o.audit(ctx, c, action); err != nil {
		return "", fmt.Errorf("write audit log: %w", err)
	}
	return OutcomeDone, nil
}

// audit notes an action, what users do to themselves as Submitter.Audit does.
func (o *Operator) audit(ctx context.Context, c *change, action string) error {
	if o.Actor == c.userID {
		return postgres.NoteRepeated(ctx, c.q, o.Actor, action, c.detail)
	}
	return c.q.RecordAudit(ctx, app.RecordAuditParams{Actor: o.Actor, Action: action, UserID: c.userID, Detail: c.detail})
}
