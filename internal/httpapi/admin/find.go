package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// walkPage is how many users one statement reads to find those whose steps match.
	walkPage = 2000
	// listTime bounds the search for one page of users, bulkTime that for the users of an operation.
	listTime = 100 * time.Millisecond
	bulkTime = 8 * time.Second
)

// findUsers returns the ids of the next users whom a filter finds, at most limit, in the order of their bytes, and
// after whom to go on, nil at the end. Where few users match a filter that has no index, it stops after the time with
// those that it has found.
func findUsers(
	ctx context.Context, q *system.Queries, f UserFilter, limit int, within time.Duration,
) (ids []string, next *string, err error) {
	most := int32(limit) + 1 //nolint:gosec // a page
	switch {
	case f.FailureCode != "" && f.Status != "" && f.Status != string(onboarding.StepFailed):
		return nil, nil, nil // only what failed has a code
	case f.FailureCode != "" || f.Status == string(onboarding.StepFailed):
		ids, err = q.FindFailedUsers(ctx, system.FindFailedUsersParams{
			Codes: failureCodes(f.FailureCode), After: f.After, Prefix: f.Prefix, Step: f.Step, MaxRows: most,
		})
	case f.Status == string(onboarding.StepInProgress):
		ids, err = q.FindWorkingUsers(ctx, system.FindWorkingUsersParams{
			After: f.After, Prefix: f.Prefix, Step: f.Step, MaxRows: most,
		})
	case f.Status != "":
		return walkUsers(ctx, q, f, limit, within)
	default: // every user has every step
		ids, err = q.ListUserIDs(ctx, system.ListUserIDsParams{After: f.After, Prefix: f.Prefix, MaxRows: most})
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find users: %w", err)
	}
	ids, next = edge.Page(ids, limit, func(id string) string { return id })
	return ids, next, nil
}

// failureCodes returns the code, or all for "".
func failureCodes(code string) []string {
	if code != "" {
		return []string{code}
	}
	return edge.Map(slices.Sorted(maps.Keys(onboarding.FailureCodes())),
		func(code onboarding.FailureCode) string { return string(code) })
}

// walkUsers reads user after user, for statuses that many have.
func walkUsers(
	ctx context.Context, q *system.Queries, f UserFilter, limit int, within time.Duration,
) (ids []string, next *string, err error) {
	after := f.After
	for began := time.Now(); ; {
		rows, err := q.WalkUsers(ctx, system.WalkUsersParams{
			After: after, Prefix: f.Prefix, Step: f.Step, Status: f.Status, MaxRows: walkPage,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("walk through the users: %w", err)
		}
		for _, row := range rows {
			if row.Matches && len(ids) == limit {
				return ids, &after, nil
			}
			if after = row.UserID; row.Matches {
				ids = append(ids, row.UserID)
			}
		}
		switch {
		case len(rows) < walkPage:
			return ids, nil, nil
		case time.Since(began) > within:
			return ids, &after, nil
		}
	}
}
