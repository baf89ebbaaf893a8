package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// once returns the checkpoint of that name, or makes the part and stores it as a checkpoint, so
// that a repeated run does not make it again. after returns the phase that the submission enters
// in the same transaction.
func once[T any](
	ctx context.Context, r *run, kept map[string]json.RawMessage, name string, after func() onboarding.Phase, do func(
		context.Context,
	) (T, error),
) (part T, err error) {
	if document, ok := kept[name]; ok {
		if err := json.Unmarshal(document, &part); err != nil {
			return part, fmt.Errorf("decode checkpoint %s: %w", name, err)
		}
		return part, nil
	}
	if part, err = do(ctx); err != nil {
		return part, err
	}
	document, err := json.Marshal(part)
	if err != nil {
		return part, fmt.Errorf("encode checkpoint %s: %w", name, err)
	}
	r.keeping.Lock()
	defer r.keeping.Unlock()
	// The part is kept even if the run was cancelled meanwhile: a model's answer is paid for.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flow.WriteTimeout)
	defer cancel()
	return part, r.Enter(ctx, after(), func(p *postgres.Pipeline) error {
		return p.KeepCheckpoint(ctx, app.KeepCheckpointParams{
			SubmissionID: r.Submission.ID, JobID: r.Job.ID, Name: name, Document: document,
		})
	})
}
