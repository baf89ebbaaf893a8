package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// run is one run of a job that works on a submission. The middleware puts it into the
// context of the worker, which leaves its result in it.
type run struct {
	flow.Claim
	row  *rivertype.JobRow
	work queue.Work
	// cpus are the permits to compute, of all runs of the worker.
	cpus *cpus
	// user is a fingerprint of the user's id, for the logs.
	user string
	// keeping serialises the progress of parts that are made concurrently.
	keeping sync.Mutex
	// result is what the work leaves.
	result flow.Result
	// revision is what a build of the inputs has read. Abandoned work may still set it.
	revision atomic.Int64
}

type runKey struct{}

func runFrom(ctx context.Context) *run { return ctx.Value(runKey{}).(*run) }

// errNeedsNetwork means that a job of the interactive queue would wait for the network.
var errNeedsNetwork = errors.New("the work waits for the network")

// keys returns the user's stored keys. It returns errNeedsNetwork in the interactive queue, where
// nothing may wait for a provider, if the user has stored the first one since the submission.
func (r *run) keys(ctx context.Context) ([]onboarding.StoredKey, error) {
	keys, err := postgres.Keys(ctx, postgres.AsUser(r.Pool, r.Submission.UserID), r.Submission.UserID)
	if err == nil && len(keys) > 0 && r.Job.Queue == queue.Interactive {
		err = errNeedsNetwork
	}
	return keys, err
}

// answer leaves a document as the result of a submission that belongs to no step: the
// request that waits for it reads it there.
func (r *run) answer(document []byte) {
	r.result.Answer = document
}

// answerWith is answer for a value whose texts come from a third party.
func (r *run) answerWith(value any) error {
	document, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	kept, err := storableAnswer(onboarding.Answer{Value: document})
	if err != nil {
		return err
	}
	r.answer(kept.Value)
	return nil
}

// on returns work that first decodes the input of its submission.
func on[T any](do func(ctx context.Context, r *run, input T) error) work {
	return func(ctx context.Context, r *run) error {
		var input T
		if err := r.Input(&input); err != nil {
			return err
		}
		return do(ctx, r, input)
	}
}

// in is on for work that then enters a phase.
func in[T any](phase onboarding.Phase, do func(ctx context.Context, r *run, input T) error) work {
	return on(func(ctx context.Context, r *run, input T) error {
		if err := r.Enter(ctx, phase); err != nil {
			return err
		}
		return do(ctx, r, input)
	})
}

// LogAttrs returns the attributes of lines that are logged within a job, for ops.NewLogger. The
// user is named by a fingerprint.
func LogAttrs(ctx context.Context) []slog.Attr {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return nil
	}
	return []slog.Attr{
		slog.String("kind", r.row.Kind), slog.Int64("job_id", r.row.ID), slog.Int("attempt",
			r.Job.Attempts), slog.String("user", r.user),
		slog.String("submission_id", r.work.SubmissionID.String()), slog.String("session_id",
			r.Submission.SessionID.String()),
	}
}
