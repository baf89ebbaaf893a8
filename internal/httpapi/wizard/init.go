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
	session, progress, err := h.progressBody(ctx)
	return edge.Conditional(in, InitBody{
		User: InitUser{
			ID: asking.ID, ClerkUserID: asking.ID,
			Email: edge.OrNil(asking.Email), FirstName: edge.OrNil(asking.FirstName), LastName: edge.OrNil(asking.LastName),
		},
		Onboarding: progress,
		Session: InitSession{
			SessionID: session.ID.String(), InitializedAt: session.StartedAt, LastActivity: session.UpdatedAt,
		},
	}, err)
}
