package rollup

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Uncounted is a session with events that the rollups do not count yet: those after
// FromVersion, which is -1 where the session itself is not counted, up to ToVersion. Placed reports whether the cohorts
// count it.
type Uncounted = system.ListNextSessionsRow

// UncountedIn returns sessions that changed or began at a time from since until until and are not counted
// up to their version, at most limit.
func UncountedIn(ctx context.Context, q *system.Queries, since, until time.Time, limit int) ([]Uncounted, error) {
	rows, err := q.ListChangedSessions(ctx, system.ListChangedSessionsParams{
		Since: since, Until: until, SinceID: FirstID(since), UntilID: FirstID(until),
		MaxRows: int32(limit), //nolint:gosec // a batch
	})
	if err != nil {
		return nil, fmt.Errorf("list changed sessions: %w", err)
	}
	sessions := make([]Uncounted, len(rows))
	for i, row := range rows {
		sessions[i] = Uncounted(row)
	}
	return sessions, nil
}

// FirstID returns the lowest id (UUIDv7) of a session that began at a time.
func FirstID(at time.Time) (id uuid.UUID) {
	var milliseconds [8]byte
	binary.BigEndian.PutUint64(milliseconds[:], uint64(max(at.UnixMilli(), 0)))
	copy(id[:6], milliseconds[2:])
	return id
}

// clockSlack is how much earlier than its session an event may seem to be, where
// the clock was set back.
const clockSlack = 24 * time.Hour

// CountSessions adds what the new events of sessions say to the rollups, each event
// once. The caller holds the lock of the rollups.
func CountSessions(ctx context.Context, q *system.Queries, sessions []Uncounted) error {
	if len(sessions) == 0 {
		return nil
	}
	params := system.RollUpParams{
		Growth: growth, Oldest: sessions[0].StartedAt, Queued: onboarding.StepsWhere(onboarding.StepNumber.Queued),
	}
	for _, s := range sessions {
		params.Ids = append(params.Ids, s.ID)
		params.FromVersions = append(params.FromVersions, s.FromVersion)
		params.ToVersions = append(params.ToVersions, s.ToVersion)
		if s.StartedAt.Before(params.Oldest) {
			params.Oldest = s.StartedAt
		}
	}
	params.Oldest = params.Oldest.Add(-clockSlack)
	if err := q.RollUp(ctx, params); err != nil {
		return fmt.Errorf("count sessions: %w", err)
	}
	err := q.PlaceSessions(ctx, system.PlaceSessionsParams{
		Ids: params.Ids, FromVersions: params.FromVersions, ToVersions: params.ToVersions, Oldest: params.Oldest,
	})
	if err != nil {
		return fmt.Errorf("place sessions: %w", err)
	}
	return nil
}
