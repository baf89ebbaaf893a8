package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// StepVersions returns the versions of session at which the steps came to be as the
// session has them. A step without history is left out.
func StepVersions(
	ctx context.Context, pool *pgxpool.Pool, session onboarding.Session, steps []onboarding.StepNumber,
) (map[onboarding.StepNumber]int64, error) {
	params := app.NewestStepVersionsParams{SessionID: session.ID, Steps: steps, Version: session.Version}
	rows, err := AsUser(pool, session.UserID).NewestStepVersions(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("read versions of steps: %w", err)
	}
	versions := make(map[onboarding.StepNumber]int64, len(rows))
	for _, row := range rows {
		versions[row.Step] = row.Version
	}
	return versions, nil
}
