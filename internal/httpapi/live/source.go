package live

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Source is what the streams are fed from. Without Changes no stream is opened.
type Source struct {
	// Changes returns what happened to sessions after the version that is named for
	// each, for all streams of the process at once.
	Changes func(ctx context.Context, seen map[uuid.UUID]int64) ([]onboarding.Change, error)
	// Listen tells what has changed until ctx ends. It only makes streams faster.
	Listen func(ctx context.Context, l postgres.Listener)
	// StepVersions returns the versions at which steps of a user's session came to be
	// as they are.
	StepVersions func(ctx context.Context, session onboarding.Session, steps []onboarding.StepNumber) (map[onboarding.StepNumber]int64, error)
	// IssueTicket stores a ticket for validity; tokenExpires is when the token ends
	// that it was issued for. RedeemTicket takes it, once.
	IssueTicket  func(ctx context.Context, ticket, userID string, validity time.Duration, tokenExpires time.Time) error
	RedeemTicket func(ctx context.Context, ticket string) (userID string, tokenExpires time.Time, err error)
}

// NewSource returns streams that are fed from the database. app must assume the app
// role, reader the system role: it has one connection for listening and one for
// reading.
func NewSource(app, reader *postgres.Pool, log *slog.Logger) Source {
	return Source{
		Changes: func(ctx context.Context, seen map[uuid.UUID]int64) ([]onboarding.Change, error) {
			return system.Changes(ctx, reader, seen)
		},
		Listen: func(ctx context.Context, l postgres.Listener) { postgres.Listen(ctx, reader, log, l) },
		StepVersions: func(ctx context.Context, session onboarding.Session, steps []onboarding.StepNumber) (map[onboarding.StepNumber]int64, error) {
			return postgres.StepVersions(ctx, app, session, steps)
		},
		IssueTicket: func(ctx context.Context, ticket, userID string, validity time.Duration, tokenExpires time.Time) error {
			return postgres.IssueTicket(ctx, app, ticket, userID, validity, tokenExpires)
		},
		RedeemTicket: func(ctx context.Context, ticket string) (string, time.Time, error) {
			return postgres.RedeemTicket(ctx, app, ticket)
		},
	}
}
