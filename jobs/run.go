package jobs

import (
	"context"
	"log/slog"
	"sync"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/queue"
)

// run is one run of a job. The middleware puts it into the context of the worker, which
// reads its input from it, reports progress through it and leaves its result in it.
type run struct {
	flow.Claim
	// kind, work and user, a fingerprint of the id, are what is logged of the job.
	kind string
	work queue.Work
	user string
	// attempts counts the attempts at the submission, this one included.
	attempts int
	// keeping makes parts that are made at once count one after the other.
	keeping sync.Mutex
	// save writes the result within the completion transaction.
	save flow.Save
}

type runKey struct{}

func runFrom(ctx context.Context) *run { return ctx.Value(runKey{}).(*run) }

// LogAttrs returns what a line that is logged within a job says of it, for
// ops.NewLogger. The user is named by a fingerprint.
func LogAttrs(ctx context.Context) []slog.Attr {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return nil
	}
	return []slog.Attr{
		slog.String("kind", r.kind), slog.Int64("job_id", r.JobID), slog.Int("attempt", r.attempts), slog.String("user", r.user),
		slog.String("submission_id", r.work.SubmissionID.String()), slog.String("session_id", r.Submission.SessionID.String()),
	}
}
