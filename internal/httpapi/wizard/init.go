package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// InitBody is everything that the wizard starts from.
type InitBody struct {
	User       InitUser     `json:"user"`
	Onboarding ProgressBody `json:"onboarding"`
	Session    InitSession  `json:"session"`
}

// InitUser is the user, as far as the token describes them.
type InitUser struct {
	ID          string  `json:"id" doc:"The claim sub."`
	Email       *string `json:"email"`
	FirstName   *string `json:"first_name"`
	LastName    *string `json:"last_name"`
	ClerkUserID string  `json:"clerk_user_id" doc:"The same as id."`
}

// InitSession is the user's session.
type InitSession struct {
	SessionID     string    `json:"session_id" format:"uuid"`
	InitializedAt time.Time `json:"initialized_at"`
	LastActivity  time.Time `json:"last_activity" doc:"When a step changed last."`
}

func (h *Handlers) initial(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[InitBody], error) {
	asking := edge.User(ctx)
	session, results, err := h.state(ctx, stepsWithResults...)
	if err != nil {
		return nil, err
	}
	return edge.ConditionalContent(in, InitBody{
		User: InitUser{
			ID: asking.ID, ClerkUserID: asking.ID,
			Email: edge.TextOrNil(asking.Email), FirstName: edge.TextOrNil(asking.FirstName), LastName: edge.TextOrNil(asking.LastName),
		},
		Onboarding: ProgressBody{StatusBody: statusBody(session), Steps: stepBodies(session, results)},
		Session: InitSession{
			SessionID: session.ID.String(), InitializedAt: session.StartedAt.UTC(), LastActivity: session.UpdatedAt.UTC(),
		},
	})
}
