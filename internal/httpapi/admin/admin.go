package admin

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	adminPath = edge.BasePath + "/admin"

	// adminActions begin the actions of operators' calls in the audit log; the id of
	// the operation follows.
	adminActions = "admin."
)

// register adds an operation below adminPath. Only operators reach it, and each call is written to the
// audit log. The path parameter user_id names the user whom it concerns.
func register[I, O any](
	h *Handlers, route, id, summary string, handle func(context.Context, *I) (*O, error), options ...edge.Option,
) {
	route = strings.Replace(route, " ", " "+adminPath, 1)
	options = append(options, edge.Guard(h.authorization, h.admit), edge.Refuses(http.StatusForbidden))
	edge.Register(h.edge, route, id, "admin", summary, handle, options...)
}

// admit lets only operators through to the operations that are theirs. The call is written to the audit
// log first; if that fails, it is refused.
func (h *Handlers) admit(ctx huma.Context, next func(huma.Context)) {
	c := humafiber.Unwrap(ctx)
	caller := edge.User(ctx.Context())
	allowed := caller.Role == auth.RoleAdmin
	err := h.note(ctx.Context(), c, caller, adminActions+
		ctx.Operation().OperationID, edge.PathUserID(ctx.Param("user_id")),
		map[string]any{"allowed": allowed})
	switch {
	case err != nil:
		edge.Refuse(c, err)
	case !allowed:
		edge.Refuse(c, errNoOperator())
	default:
		next(ctx)
	}
}

// checkTexts refuses texts, by field, that no stored value can equal.
func checkTexts(texts map[string]string) error {
	for field, text := range texts {
		if text != "" && !auth.IsUserID(text) {
			return edge.InvalidField(field, "Use at most 255 printable characters.")
		}
	}
	return nil
}

// note writes an operator's action to the audit log. If that fails, the action must not be done.
func (h *Handlers) note(
	ctx context.Context, c *fiber.Ctx, actor auth.User, action, about string, detail map[string]any,
) error {
	detail["request_id"] = edge.RequestID(c)
	err := system.New(h.cfg.Pool).RecordAdminCall(ctx, system.RecordAdminCallParams{
		Actor: actor.ID, Action: action, UserID: about, Detail: detail,
	})
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}
