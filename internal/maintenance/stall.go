package maintenance

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// taskStalls is the watermark: until when the last changes of sessions were looked at.
	taskStalls = "stalls"
	// stallSlice is the time whose changes one transaction looks at.
	stallSlice = 15 * time.Minute
	// stallTime is how long one run goes on while there is more to look at.
	stallTime = 2 * time.Second
)

// Stalls announces, once a stall, the users in whose onboarding nothing has changed for
// onboarding.StalledAfter. A stall is no state: it is seen from the time of the session's last change.
type Stalls struct {
	pool   *pgxpool.Pool // sees all users
	stalls *prometheus.CounterVec
}

// NewStalls returns the announcer of a database. pool must assume the system role.
func NewStalls(pool *pgxpool.Pool, reg prometheus.Registerer) *Stalls {
	var steps []string
	for n := onboarding.StepNumber(1); n.Valid(); n++ {
		steps = append(steps, stepLabel(n))
	}
	return &Stalls{pool: pool, stalls: metric.Counters(reg, "onboarding_stalls_total",
		"Users in whose onboarding nothing has changed for 24 hours, by the step that they stand at; once a stall.",
		metric.By("step", steps...))}
}

func stepLabel(n onboarding.StepNumber) string { return strconv.Itoa(int(n)) }

// Run looks at the changes that have become so old since the last run. The first run of a database begins with what
// becomes so old now.
func (s *Stalls) Run(ctx context.Context) error {
	for end, more := time.Now().Add(stallTime), true; more && time.Now().Before(end); {
		var found []system.AnnounceStallsRow
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
			found, more, err = s.slice(ctx, system.New(tx))
			return err
		})
		if err != nil {
			return fmt.Errorf("announce stalls: %w", err)
		}
		for _, at := range found {
			s.stalls.WithLabelValues(stepLabel(at.Step)).Add(float64(at.Sessions))
		}
	}
	return nil
}

// slice announces the stalls of the next stretch of time, and reports whether there are more.
func (s *Stalls) slice(
	ctx context.Context, q *system.Queries,
) (found []system.AnnounceStallsRow, more bool, err error) {
	mine, err := q.TakeStallLock(ctx)
	if err != nil || !mine {
		return nil, false, err
	}
	progress, err := q.GetProgress(ctx, taskStalls)
	if err != nil {
		return nil, false, err
	}
	since, until := progress.At, progress.Now.Add(-onboarding.StalledAfter)
	if since.Unix() <= 0 { // never run
		since = until
	}
	if more = until.Sub(since) > stallSlice; more {
		until = since.Add(stallSlice)
	}
	if until.After(since) {
		found, err = q.AnnounceStalls(ctx, system.AnnounceStallsParams{
			Since: since, Until: until, SinceID: rollup.FirstID(since), UntilID: rollup.FirstID(until),
		})
	}
	if err == nil {
		err = q.SetProgress(ctx, system.SetProgressParams{Task: taskStalls, At: until})
	}
	return found, more, err
}
