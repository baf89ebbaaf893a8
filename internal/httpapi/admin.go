package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	adminPath = basePath + "/admin"

	// forOperators marks an operation that needs the role of an operator.
	forOperators = "for operators"

	// adminActions begin the actions of operators' calls in the audit log; the id of
	// the operation follows.
	adminActions = "admin."
)

// registerAdmin adds an operation below adminPath. Only operators reach it, and each
// call stands in the audit log. A user whom it is about is its path parameter user_id.
func registerAdmin[I, O any](s *Server, op huma.Operation, statuses []int, handle func(context.Context, *I) (*O, error)) {
	metadata := map[string]any{forOperators: true}
	for name, value := range op.Metadata {
		metadata[name] = value
	}
	op.Metadata, op.Tags = metadata, []string{"admin"}
	register(s, op, append([]int{http.StatusForbidden}, statuses...), handle)
}

// admitOperator lets only operators through to the operations that are theirs. The
// audit log has the call before anything of it happens: what can't be noted isn't done.
func (s *Server) admitOperator(ctx huma.Context, next func(huma.Context)) {
	if ctx.Operation().Metadata[forOperators] != true {
		next(ctx)
		return
	}
	c := humafiber.Unwrap(ctx)
	caller := user(ctx.Context())
	allowed := caller.Role == auth.RoleAdmin
	err := s.noteAdminCall(ctx, caller, allowed)
	switch {
	case err != nil:
		refuse(c, problemOf(err))
	case !allowed:
		refuse(c, errNoOperator())
	default:
		next(ctx)
	}
}

// checkTexts refuses texts of a request, by field, that nothing stored can be equal to.
func checkTexts(texts map[string]string) error {
	for field, text := range texts {
		if text != "" && !auth.IsUserID(text) {
			return invalidField(field, "Use at most 255 printable characters.")
		}
	}
	return nil
}

// adminCall is the detail of an operator's call in the audit log.
type adminCall struct {
	Allowed   bool   `json:"allowed"`
	RequestID string `json:"request_id"`
}

func (s *Server) noteAdminCall(ctx huma.Context, caller auth.User, allowed bool) error {
	detail, err := json.Marshal(adminCall{Allowed: allowed, RequestID: exchangeOf(humafiber.Unwrap(ctx)).requestID})
	if err != nil {
		return fmt.Errorf("encode audit detail: %w", err)
	}
	about := pathUserID(ctx.Param("user_id"))
	err = system.New(s.cfg.Admin).RecordAdminCall(ctx.Context(), system.RecordAdminCallParams{
		Actor: caller.ID, Action: adminActions + ctx.Operation().OperationID, UserID: about, Detail: detail,
	})
	if err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}
