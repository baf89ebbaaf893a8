package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// SaveKeys stores sealed keys, each in place of its provider's former one. It completes step
// 1 if the user then has the key of a language model provider, and reports whether it did.
func (s *Submitter) SaveKeys(
	ctx context.Context, userID string, keys []onboarding.StoredKey,
) (completed bool, err error) {
	err = s.changeStep(ctx, userID, onboarding.StepProviders, func(c *change, _ app.LockStepRow) error {
		for _, key := range keys {
			if err := c.saveKey(ctx, key); err != nil {
				return err
			}
		}
		stored, err := postgres.Keys(ctx, c.q, userID)
		if err != nil {
			return err
		}
		if completed = slices.ContainsFunc(stored, offersModels); !completed {
			return c.record(ctx, onboarding.StepProviders)
		}
		return c.settle(ctx, onboarding.StepProviders, onboarding.StepCompleted, nil)
	})
	return completed, err
}

func offersModels(key onboarding.StoredKey) bool { return key.Provider.Info().Model != nil }

func (c *change) saveKey(ctx context.Context, key onboarding.StoredKey) error {
	if err := c.q.SaveKey(ctx, saveKeyParams(c, key)); err != nil {
		return fmt.Errorf("save key of %s: %w", key.Provider, err)
	}
	return nil
}

func saveKeyParams(c *change, key onboarding.StoredKey) app.SaveKeyParams {
	return app.SaveKeyParams{
		SessionID: c.sessionID, UserID: c.userID, Provider: key.Provider, Sealed: key.Sealed, LastFour: key.LastFour,
		Fingerprint: key.Fingerprint, BaseUrl: key.BaseURL, Model: key.Model, Description: key.Description,
	}
}

// RemoveKey deletes the key of a provider. Step 1 is reset when it was the last one
// of a language model provider. It returns onboarding.ErrNotFound if there is none.
func (s *Submitter) RemoveKey(ctx context.Context, userID string, provider onboarding.Provider) error {
	return s.changeSteps(ctx, userID, func(c *change, steps steps) error {
		deleted, err := c.q.DeleteKey(ctx, app.DeleteKeyParams{SessionID: c.sessionID, Provider: provider})
		if err != nil {
			return fmt.Errorf("delete key of %s: %w", provider, err)
		}
		if deleted == 0 {
			return onboarding.ErrNotFound
		}
		stored, err := postgres.Keys(ctx, c.q, userID)
		if err != nil {
			return err
		}
		step := steps[onboarding.StepProviders-1]
		if step.Status != onboarding.StepCompleted || slices.ContainsFunc(stored, offersModels) {
			return c.record(ctx, onboarding.StepProviders)
		}
		if err := c.reset(ctx, step); err != nil {
			return err
		}
		return c.reopen(ctx, steps[onboarding.StepFinish-1])
	})
}

// Audit notes in the audit log what an actor did with a user's data, see postgres.NoteRepeated.
func (s *Submitter) Audit(ctx context.Context, actor, action, userID string) error {
	return postgres.NoteRepeated(ctx, postgres.AsUser(s.Pool, userID), actor, action, map[string]any{})
}
