package wizard

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// How long an operation waits for the work that it queued: longWait for content that
// has to be fetched or written first, within the 60 s after which browsers give up;
// shortWait for what only has to be stored.
const (
	longWait  = 50 * time.Second
	shortWait = 2 * time.Second
)

// await waits for what was submitted for the user, at most bound. err is that of submitting it.
func (h *Handlers) await(
	ctx context.Context, submission onboarding.Submission, err error, bound time.Duration,
) (onboarding.Submission, error) {
	if err != nil {
		return submission, err
	}
	return h.cfg.Submitter.Wait(ctx, edge.UserID(ctx), submission.ID, bound)
}

// awaitShortly is await in an operation that need not wait: it does not if the user has as many
// calls that wait as one may.
func (h *Handlers) awaitShortly(
	ctx context.Context, submission onboarding.Submission, err error,
) (onboarding.Submission, error) {
	bound := shortWait
	if done, ok := h.edge.Waiting(edge.UserID(ctx)); ok {
		defer done()
	} else {
		bound = 0
	}
	return h.await(ctx, submission, err, bound)
}

// awaitContent is await for responses with content. One that only says that work goes on is not
// replayed under an idempotency key.
func (h *Handlers) awaitContent(
	ctx context.Context, submission onboarding.Submission, err error, bound time.Duration,
) (onboarding.Submission, error) {
	submission, err = h.await(ctx, submission, err, min(bound, h.cfg.Patience))
	if submission.Status == onboarding.SubmissionInProgress {
		edge.MarkUnfinished(ctx)
	}
	return submission, err
}

// awaitResult waits for work without a step, which was submitted with err, and decodes its result into
// result. Without a result short says why.
func (h *Handlers) awaitResult(
	ctx context.Context, submission onboarding.Submission, err error, work string, result any,
) (short string, _ error) {
	submission, err = h.awaitContent(ctx, submission, err, longWait)
	if err != nil {
		return "", err
	}
	if short = submission.NoResult(work); short != "" {
		return short, nil
	}
	if err := json.Unmarshal(submission.Result, result); err != nil {
		return "", fmt.Errorf("decode result of submission %s: %w", submission.ID, err)
	}
	return "", nil
}
