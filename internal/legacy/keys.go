package legacy

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/legacy/store"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// keys takes the newest API key of each provider that has the form of one, sealed.
func (w *mapping) keys() error {
	taken := map[onboarding.Provider]bool{}
	for _, i := range w.rows(store.Keys) {
		columns := w.columns(i)
		provider := providerName(columns["provider"])
		credential, err := onboarding.NewCredential("", provider, columns["key"], "", "")
		if err != nil {
			code, reason := why(err)
			w.refuse(i, code, reason)
			continue
		}
		if taken[credential.Provider] {
			w.refuseOlder(i)
			continue
		}
		taken[credential.Provider] = true
		sealed, err := w.Keys.Seal([]byte(credential.Key), w.user.ID, string(credential.Provider))
		if err != nil {
			return fmt.Errorf("seal a key: %w", err)
		}
		w.take(flow.FormerKey{At: w.at(columns["completed_at"]), StoredKey: onboarding.StoredKey{
			Provider: credential.Provider, Sealed: sealed, LastFour: onboarding.LastFourOf(credential.Key),
			Fingerprint: w.Keys.Fingerprint([]byte(credential.Key)),
		}}, nil, i)
	}
	return nil
}

// providerName returns the name of a provider that may be spelled as the variable of its key.
func providerName(spelled string) string {
	name := strings.ToLower(strings.TrimSpace(spelled))
	for _, suffix := range []string{"_api_key", "-api-key", "apikey", "_key"} {
		name = strings.TrimSuffix(name, suffix)
	}
	return strings.Trim(name, "_- ")
}
