package rollup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// CohortWeek makes a cohort of each week (Monday to Sunday, UTC) in which sessions began.
const CohortWeek = "week"

// Dimensions are what sessions are told apart by: the week, what made the newest analysis, its language, what was
// submitted for it, and the variant of the user's first token.
var Dimensions = []string{CohortWeek, "engine", "language", "input", "variant"}

// mostCohorts is how many cohorts are told apart.
const mostCohorts = 100

// Cohort is a group of sessions.
type Cohort struct {
	// Value is the Monday of the week, or what the sessions have in common: "" where that is not known, as of the
	// language before an analysis.
	Value  string
	Funnel onboarding.Funnel
}

// ReadCohorts reads the funnel of each cohort of a dimension: weeks in their order, others by how many sessions began,
// the largest 100. The engine of the range counts for nothing.
func ReadCohorts(ctx context.Context, q *system.Queries, r Range, dimension string) ([]Cohort, error) {
	rows, err := q.ReadPlaces(ctx, system.ReadPlacesParams{By: dimension, FirstDay: r.First, LastDay: r.Last})
	if err != nil {
		return nil, fmt.Errorf("read the cohorts: %w", err)
	}
	funnels := map[string]*onboarding.Funnel{}
	for _, row := range rows {
		if funnels[row.Value] == nil {
			funnels[row.Value] = &onboarding.Funnel{}
		}
		funnels[row.Value].Add(row.Reached, row.Passed, row.Count)
	}
	cohorts := make([]Cohort, 0, len(funnels))
	for value, funnel := range funnels {
		funnel.Derive()
		cohorts = append(cohorts, Cohort{Value: value, Funnel: *funnel})
	}
	slices.SortFunc(cohorts, func(a, b Cohort) int {
		if dimension == CohortWeek {
			return cmp.Compare(a.Value, b.Value)
		}
		return cmp.Or(cmp.Compare(b.Funnel.Started, a.Funnel.Started), cmp.Compare(a.Value, b.Value))
	})
	return cohorts[:min(len(cohorts), mostCohorts)], nil
}

// Stopped is a user who has come to a step and no further.
type Stopped = system.ListStoppedRow

// Place says where the users of a list have stopped.
type Place struct {
	Step onboarding.StepNumber
	// Begun reports whether they have begun the step: FunnelStep.Lost counts those who have, NotBegun the others.
	Begun bool
}

// ReadStopped reads the users of sessions that began in a range and have stopped at a place, in the order of the
// sessions' ids, after that of a session.
func ReadStopped(
	ctx context.Context, q *system.Queries, r Range, at Place, after uuid.UUID, limit int,
) ([]Stopped, error) {
	reached := at.Step
	if !at.Begun {
		reached--
	}
	rows, err := q.ListStopped(ctx, system.ListStoppedParams{
		Step: at.Step, Reached: &reached, Begun: at.Begun, AfterID: after,
		Since: r.First, Until: r.Last.AddDate(0, 0, 1),
		MaxRows: int32(limit), //nolint:gosec // a page
	})
	if err != nil {
		return nil, fmt.Errorf("list who has stopped: %w", err)
	}
	return rows, nil
}

// StoppedHead are the columns of a list of users who have stopped.
func StoppedHead() []string {
	return []string{
		"user_id", "step", "place", "status", "failure_code", "started_at", "last_change_at", "variant", "input", "language",
		"engine",
	}
}

// StoppedRecord is one line of the list.
func StoppedRecord(s Stopped, at Place) []string {
	place := "not_begun"
	if at.Begun {
		place = "lost"
	}
	return []string{
		s.UserID, fmt.Sprint(at.Step), place, string(s.Status), s.FailureCode, s.StartedAt.UTC().Format(time.RFC3339),
		s.UpdatedAt.UTC().Format(time.RFC3339), s.Variant, s.Input, s.Language, s.Engine,
	}
}
