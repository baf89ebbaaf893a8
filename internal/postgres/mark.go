package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Mark is comparable, and another whenever a session, or what its steps show, has changed.
type Mark struct {
	session            uuid.UUID
	version            int64
	updated, completed int64 // microseconds
}

// SessionMark returns the mark of a user's session, and whether one of some steps makes progress, which
// changes without a write. It wraps pgx.ErrNoRows if there is no session.
func SessionMark(
	ctx context.Context, pool *pgxpool.Pool, userID string, shown []onboarding.StepNumber,
) (mark Mark, running bool, err error) {
	s, err := AsUser(pool, userID).SessionMark(ctx, app.SessionMarkParams{Shown: shown, UserID: userID})
	if err != nil {
		return Mark{}, false, fmt.Errorf("read the session's mark: %w", err)
	}
	mark = Mark{session: s.ID, version: s.Version, updated: s.UpdatedAt.UnixMicro()}
	if s.CompletedAt != nil {
		mark.completed = s.CompletedAt.UnixMicro()
	}
	return mark, s.Running, nil
}
