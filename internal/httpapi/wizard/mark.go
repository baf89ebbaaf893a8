package wizard

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// sessionMark is the mark of responses that show the steps' statuses.
func (h *Handlers) sessionMark(ctx huma.Context) (edge.Mark, error) {
	return postgres.SessionMark(ctx.Context(), h.cfg.Pool, edge.UserID(ctx.Context()))
}

// stepsMark is the mark of responses that show the step of the path, or all, with progress and results.
// There is none while one of them makes progress.
func (h *Handlers) stepsMark(ctx huma.Context) (edge.Mark, error) {
	shown := onboarding.StepsWhere(func(n onboarding.StepNumber) bool {
		param := ctx.Param("n")
		return param == "" || param == strconv.Itoa(int(n))
	})
	if len(shown) == 0 {
		return nil, nil
	}
	mark, running, err := postgres.StepsMark(ctx.Context(), h.cfg.Pool, edge.UserID(ctx.Context()), shown)
	if err != nil || running {
		return nil, err
	}
	return mark, nil
}
