package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Mark is comparable, and another whenever what it stands for has changed.
type Mark struct {
	session            uuid.UUID
	version            int64
	updated, completed int64 // microseconds
	rows               string
}

// SessionMark returns the mark of a user's session and the statuses of its steps. It wraps
// pgx.ErrNoRows if there is none.
func SessionMark(ctx context.Context, pool *pgxpool.Pool, userID string) (Mark, error) {
	s, err := AsUser(pool, userID).SessionMark(ctx, userID)
	if err != nil {
		return Mark{}, fmt.Errorf("read the session's mark: %w", err)
	}
	return newMark(s.ID, s.Version, s.UpdatedAt, s.CompletedAt, ""), nil
}

// StepsMark returns the mark of a user's session and all that its steps show, and whether one of some
// steps makes progress, which changes without a write.
func StepsMark(
	ctx context.Context, pool *pgxpool.Pool, userID string, shown []onboarding.StepNumber,
) (mark Mark, running bool, err error) {
	s, err := AsUser(pool, userID).StepsMark(ctx, app.StepsMarkParams{Shown: shown, UserID: userID})
	if err != nil {
		return Mark{}, false, fmt.Errorf("read the steps' mark: %w", err)
	}
	return newMark(s.ID, s.Version, s.UpdatedAt, s.CompletedAt, s.Rows), s.Running, nil
}

func newMark(id uuid.UUID, version int64, updated time.Time, completed *time.Time, rows string) Mark {
	m := Mark{session: id, version: version, updated: updated.UnixMicro(), rows: rows}
	if completed != nil {
		m.completed = completed.UnixMicro()
	}
	return m
}
