package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// personalizationInputsWorker builds the personalization inputs from what is held.
type personalizationInputsWorker struct {
	river.WorkerDefaults[personalizationInputsArgs]
	// build is pure.
	build func(onboarding.Sources) onboarding.Inputs
}

// Timeout implements river.Worker.
func (*personalizationInputsWorker) Timeout(*river.Job[personalizationInputsArgs]) time.Duration {
	return riverTimeout(onboarding.KindPersonalizationInputs)
}

// Work implements river.Worker. Every change takes the session's lock and raises the
// wanted revision, so what is read under that lock is the whole of the revision.
func (w *personalizationInputsWorker) Work(ctx context.Context, _ *river.Job[personalizationInputsArgs]) error {
	r := runFrom(ctx)
	var (
		sources  onboarding.Sources
		revision int64
	)
	err := r.EnterWith(ctx, onboarding.PhaseBuilding, 0, func(q *postgres.Queries, _ *postgres.Pipeline) (err error) {
		if revision, err = q.BeginBuild(ctx, r.Submission.SessionID); err != nil {
			return fmt.Errorf("begin build: %w", err)
		}
		sources, err = postgres.Sources(ctx, q, r.Submission.UserID)
		return err
	})
	if err != nil {
		return err
	}
	document, err := json.Marshal(w.build(sources))
	if err != nil {
		return fmt.Errorf("encode inputs: %w", err)
	}
	r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
		return p.SaveInputs(ctx, postgres.SaveInputsParams{Inputs: document, Revision: revision, SessionID: r.Submission.SessionID})
	}
	return nil
}
