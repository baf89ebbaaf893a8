package wizard

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// statusMark is the mark of responses that show the steps' statuses.
func (h *Handlers) statusMark(ctx huma.Context) (edge.Mark, error) { return h.mark(ctx, nil) }

// stepMark is the mark of responses that show one step with its progress and result.
func (h *Handlers) stepMark(ctx huma.Context) (edge.Mark, error) {
	for n := range allSteps {
		if ctx.Param("n") == strconv.Itoa(n+1) {
			return h.mark(ctx, allSteps[n:n+1])
		}
	}
	return nil, nil
}

// progressMark is the mark of responses that show all steps so.
func (h *Handlers) progressMark(ctx huma.Context) (edge.Mark, error) { return h.mark(ctx, allSteps) }

var allSteps = onboarding.StepsWhere(func(onboarding.StepNumber) bool { return true })

// mark returns nil while one of the shown steps makes progress.
func (h *Handlers) mark(ctx huma.Context, shown []onboarding.StepNumber) (edge.Mark, error) {
	mark, running, err := postgres.SessionMark(ctx.Context(), h.cfg.Pool, edge.UserID(ctx.Context()), shown)
	if err != nil || running {
		return nil, err
	}
	return mark, nil
}
