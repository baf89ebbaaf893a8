package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// SavePreferences updates the research preferences and completes step 3 by it. It
// returns them and, in sentences, the defaults that were taken; errors are
// *onboarding.InputError for what can't be taken.
func (s *Submitter) SavePreferences(ctx context.Context, userID string, update onboarding.PreferencesUpdate) (
	saved onboarding.ResearchPreferences, warnings []string, err error,
) {
	err = s.changeStep(ctx, userID, onboarding.StepResearch, func(c *change, _ app.LockStepRow) (err error) {
		if warnings, err = c.savePreferences(ctx, update); err != nil {
			return err
		}
		if err := c.settle(ctx, onboarding.StepResearch, onboarding.StepCompleted, nil); err != nil {
			return err
		}
		if saved, err = postgres.Preferences(ctx, c.q, userID); err != nil {
			return err
		}
		return c.wantInputs(ctx)
	})
	return saved, warnings, err
}

func (c *change) savePreferences(
	ctx context.Context, update onboarding.PreferencesUpdate,
) (warnings []string, err error) {
	var former *onboarding.ResearchPreferences
	switch stored, err := postgres.Preferences(ctx, c.q, c.userID); {
	case err == nil:
		former = &stored
	case !errors.Is(err, onboarding.ErrNotFound):
		return nil, err
	}
	next, warnings, err := update.Apply(former)
	if err != nil {
		return nil, err
	}
	params, err := savePreferencesParams(c, next)
	if err != nil {
		return nil, err
	}
	if err := c.q.SavePreferences(ctx, params); err != nil {
		return nil, fmt.Errorf("save research preferences: %w", err)
	}
	return warnings, nil
}

func savePreferencesParams(c *change, p onboarding.ResearchPreferences) (app.SavePreferencesParams, error) {
	findings, err := encode(p.Findings)
	return app.SavePreferencesParams{
		SessionID: c.sessionID, UserID: c.userID, ResearchDepth: p.ResearchDepth, ContentTypes: p.ContentTypes,
		AutoResearch: p.AutoResearch, FactualContent: p.FactualContent, Findings: findings,
	}, err
}
