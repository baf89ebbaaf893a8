package admin

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres"
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
	err := h.note(ctx.Context(), c, call{
		by: caller, allowed: allowed, action: adminActions + ctx.Operation().OperationID,
		about: edge.PathUserID(ctx.Param("user_id")),
	})
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

// call is a call of an operator, or of somebody who is none.
type call struct {
	by      auth.User
	allowed bool
	action  string
	about   string // the user whom it concerns, "" if that is nobody or many
	detail  map[string]any
}

// note writes a call to the audit log. If that fails, the call must not be answered. A refused one
// stands in the history of who made it, not of whom it concerns.
func (h *Handlers) note(ctx context.Context, c *fiber.Ctx, call call) error {
	detail := map[string]any{"request_id": edge.RequestID(c), "allowed": call.allowed}
	maps.Copy(detail, call.detail)
	if !call.allowed {
		if call.about != "" && h.edge.Fingerprint != nil {
			detail["about"] = h.edge.Fingerprint([]byte(call.about))
		}
		return postgres.NoteRepeated(ctx, postgres.AsUser(h.cfg.Pool, call.by.ID), call.by.ID, call.action, detail)
	}
	err := system.New(h.cfg.Pool).RecordAdminCall(ctx, system.RecordAdminCallParams{
		Actor: call.by.ID, Action: call.action, UserID: call.about, Detail: detail,
	})
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}
