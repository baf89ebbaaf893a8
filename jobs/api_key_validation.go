package jobs

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// keyCheck is the outcome of a live call with a key.
type keyCheck struct {
	Provider onboarding.Provider    `json:"provider"`
	Status   onboarding.KeyStatus   `json:"status"`
	Code     onboarding.FailureCode `json:"code,omitempty"`
}

// checkKeys makes one cheap live call with each stored key, all at once; a provider that can't
// be asked leaves its key unknown.
func (m *models) checkKeys(ctx context.Context, r *run, _ struct{}) error {
	keys, err := r.keys(ctx)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	checks := make([]keyCheck, len(keys))
	for i, key := range keys {
		group.Go(func() { checks[i] = m.checkKey(ctx, r.Submission.UserID, key) })
	}
	group.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, key := range keys {
		r.result.Keys = append(r.result.Keys, keyStatus(r.Submission, key, checks[i].Status, checks[i].Code))
	}
	return r.answerWith(checks)
}

// keyStatus returns the update of a key's status, which changes nothing if the key was replaced since.
func keyStatus(
	s onboarding.Submission, key onboarding.StoredKey, status onboarding.KeyStatus, code onboarding.FailureCode,
) app.SetKeyStatusParams {
	params := app.SetKeyStatusParams{
		Status: status, SessionID: s.SessionID, Provider: key.Provider,
		KeyUpdatedAt: key.UpdatedAt,
	}
	if code != "" {
		params.CheckCode = new(string(code))
	}
	return params
}

func (m *models) checkKey(ctx context.Context, userID string, key onboarding.StoredKey) keyCheck {
	out := keyCheck{Provider: key.Provider, Status: onboarding.KeyUnknown}
	if key.Provider.Info().Model == nil { // nothing to ask
		return out
	}
	credential, err := m.open(userID, key)
	if err == nil {
		err = protect(func() error {
			return m.permitted(ctx, key, "model check",
				func(ctx context.Context, _ trace.Span) error { return m.client.Check(ctx, credential) })
		})
	}
	failure, failed := errors.AsType[*onboarding.Failure](err)
	_, limited := errors.AsType[*onboarding.RateLimitError](err)
	switch {
	case err == nil:
		out.Status = onboarding.KeyValid
	case failed:
		out.Code = failure.Code
		if failure.Code == onboarding.FailureKeyRefused {
			out.Status = onboarding.KeyRefused
		}
	case limited:
		out.Code = onboarding.FailureProviderUnavailable
	case errors.Is(err, errSealed): // the ring that sealed it is not that of this process
		m.log.WarnContext(ctx, "key not opened", "provider", string(key.Provider), "error", err)
		out.Code = onboarding.FailureKeyUnreadable
	default:
		m.log.WarnContext(ctx, "key not checked", "provider", string(key.Provider), "error", err)
		out.Code = onboarding.FailureInternal
	}
	return out
}
