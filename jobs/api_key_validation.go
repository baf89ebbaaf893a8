package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// keyValidation makes one cheap live call with each stored key.
type keyValidation struct{ models *models }

// do checks all keys at once; a provider that can't be asked leaves its key unknown.
func (w *keyValidation) do(ctx context.Context, r *run) error {
	keys, err := r.keys(ctx)
	if err != nil {
		return err
	}
	if err := r.Enter(ctx, onboarding.PhaseCheckingKeys); err != nil {
		return err
	}
	var group sync.WaitGroup
	checks := make([]keyCheck, len(keys))
	for i, key := range keys {
		group.Go(func() { checks[i] = w.check(ctx, r.Submission.UserID, key) })
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	result, err := json.Marshal(checks)
	if err != nil {
		return fmt.Errorf("encode checks: %w", err)
	}
	r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
		for i, key := range keys {
			if err := checks[i].save(ctx, p.Queries, r.Submission, key); err != nil {
				return err
			}
		}
		return p.SetResult(ctx, app.SetResultParams{ID: r.Submission.ID, Result: result})
	}
	return nil
}

// keyCheck is what a live call said of a key.
type keyCheck struct {
	Provider onboarding.Provider    `json:"provider"`
	Status   onboarding.KeyStatus   `json:"status"`
	Code     onboarding.FailureCode `json:"code,omitempty"`
}

func (c keyCheck) save(ctx context.Context, q *postgres.Queries, s onboarding.Submission, key onboarding.StoredKey) error {
	params := app.SetKeyStatusParams{Status: c.Status, SessionID: s.SessionID, Provider: key.Provider, KeyUpdatedAt: key.UpdatedAt}
	if c.Code != "" {
		code := string(c.Code)
		params.CheckCode = &code
	}
	return q.SetKeyStatus(ctx, params)
}

func (w *keyValidation) check(ctx context.Context, userID string, key onboarding.StoredKey) keyCheck {
	out := keyCheck{Provider: key.Provider, Status: onboarding.KeyUnknown}
	if key.Provider.Info().Model == nil { // nothing to ask
		return out
	}
	credential, err := w.models.open(userID, key)
	if err == nil {
		err = protect(func() error { return w.models.check(ctx, key, credential) })
	}
	var (
		failure *onboarding.Failure
		limit   *onboarding.RateLimitError
	)
	switch {
	case err == nil:
		out.Status = onboarding.KeyValid
	case errors.As(err, &failure):
		out.Code = failure.Code
		if failure.Code == onboarding.FailureKeyRefused {
			out.Status = onboarding.KeyRefused
		}
	case errors.As(err, &limit):
		out.Code = onboarding.FailureProviderUnavailable
	default:
		w.models.log.WarnContext(ctx, "key not checked", "provider", string(key.Provider), "error", err)
		out.Code = onboarding.FailureInternal
	}
	return out
}
