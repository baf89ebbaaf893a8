package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// CompetitorFinder asks the search provider Exa. It returns *onboarding.RateLimitError
// or *onboarding.Failure, and repeats nothing.
type CompetitorFinder interface {
	Similar(ctx context.Context, key onboarding.Secret,
		asked onboarding.CompetitorSearch) ([]onboarding.FoundCompetitor, error)
}

// competitorDiscovery asks Exa with the user's key.
type competitorDiscovery struct {
	finder CompetitorFinder
	models *models
}

// do leaves a list of onboarding.FoundCompetitor, null if the key was removed meanwhile.
func (w *competitorDiscovery) do(ctx context.Context, r *run, input onboarding.CompetitorSearch) error {
	keys, err := r.keys(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k onboarding.StoredKey) bool { return k.Provider == onboarding.ProviderExa })
	if i < 0 {
		r.answer([]byte("null"))
		return nil
	}
	found, err := w.find(ctx, r, keys[i], input)
	if err != nil {
		return fmt.Errorf("find competitors: %w", err)
	}
	return r.answerWith(found)
}

func (w *competitorDiscovery) find(
	ctx context.Context, r *run, key onboarding.StoredKey, input onboarding.CompetitorSearch,
) (found []onboarding.FoundCompetitor, err error) {
	credential, err := w.models.open(r.Submission.UserID, key)
	if errors.Is(err, errSealed) {
		return nil, &onboarding.Failure{Code: onboarding.FailureKeyUnreadable, Subject: key.Provider.Info().Name, Err: err}
	}
	if err != nil {
		return nil, err
	}
	err = w.models.permitted(ctx, key, "competitor search", func(ctx context.Context, _ trace.Span) (err error) {
		found, err = w.finder.Similar(ctx, credential.Key, input)
		return err
	})
	w.models.noteRefusal(ctx, r, key, err)
	return found, err
}
