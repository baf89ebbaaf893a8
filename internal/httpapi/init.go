package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// InitBody is everything that the wizard starts from.
type InitBody struct {
	User       InitUser     `json:"user"`
	Onboarding ProgressBody `json:"onboarding"`
	Session    InitSession  `json:"session"`
}

// InitUser is who asks, as far as the token says.
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

func (s *Server) registerInit() {
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/init", OperationID: "getInit", Tags: []string{"onboarding"},
		Summary: "All that the wizard starts from, in one call", Metadata: map[string]any{conditional: true},
		Description: "The user, every step with its data, and the session. API keys are never part of it.",
	}, nil, s.initial)
}

func (s *Server) initial(ctx context.Context, in *StateInput) (*stateOutput[InitBody], error) {
	asking := user(ctx)
	session, err := s.cfg.State.Session(ctx, asking.ID)
	if err != nil {
		return nil, err
	}
	results, err := s.allResults(ctx)
	if err != nil {
		return nil, err
	}
	return answerContent(in, InitBody{
		User: InitUser{
			ID: asking.ID, ClerkUserID: asking.ID,
			Email: textOrNil(asking.Email), FirstName: textOrNil(asking.FirstName), LastName: textOrNil(asking.LastName),
		},
		Onboarding: ProgressBody{StatusBody: statusBody(session), Steps: stepBodies(session, results)},
		Session: InitSession{
			SessionID: session.ID.String(), InitializedAt: session.StartedAt.UTC(), LastActivity: session.UpdatedAt.UTC(),
		},
	})
}
