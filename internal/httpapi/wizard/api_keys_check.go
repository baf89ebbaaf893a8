package wizard

import (
	"context"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// checkWait bounds the wait for the live calls, checkDeadline the whole request.
const (
	checkWait     = 10 * time.Second
	checkDeadline = 20 * time.Second
)

// KeyChecksBody says what the providers said of the stored keys.
type KeyChecksBody struct {
	MaskedKeys
	ValidationResults map[string]KeyCheck `json:"validation_results" doc:"Every provider that has a key, and gemini and exa."`
	AllValid          bool                `json:"all_valid" doc:"True unless a provider refused its key."`
	Finished          bool                `json:"finished" doc:"Whether every provider has been asked; false when that takes longer than ten seconds."`
	Message           string              `json:"message" example:"The keys were checked." doc:"How it went, in one sentence."`
	MissingKeys       []string            `json:"missing_keys" doc:"Always empty: no single key is required."`
}

// KeyCheck is what a provider said of a key.
type KeyCheck struct {
	Valid  bool   `json:"valid" doc:"Whether the provider accepted the key."`
	Status string `json:"status" enum:"configured,missing,invalid,unknown" doc:"unknown: the provider could not be asked (yet), or offers nothing to ask."`
	Error  string `json:"error,omitempty" doc:"Why it is not valid, in one sentence."`
}

func (h *Handlers) checkKeys(ctx context.Context, _ *struct{}) (*edge.Output[KeyChecksBody], error) {
	keys, err := h.storedKeys(ctx)
	if err != nil || len(keys) == 0 {
		return edge.OK(keyChecksBody(nil, true, "No API keys are stored.")), err
	}
	submission, err := h.cfg.Submitter.ValidateKeys(ctx, edge.UserID(ctx))
	ended, err := h.awaitContent(ctx, submission, err, checkWait)
	if err != nil {
		return nil, err
	}
	if keys, err = h.storedKeys(ctx); err != nil {
		return nil, err
	}
	finished, message := true, "The keys were checked."
	if ended.Status != onboarding.SubmissionCompleted {
		finished, message = false, ended.NoResult("The check of the keys")
	}
	return edge.OK(keyChecksBody(keys, finished, message)), nil
}

func keyChecksBody(keys []onboarding.StoredKey, finished bool, message string) KeyChecksBody {
	body := KeyChecksBody{
		MaskedKeys: maskedKeys(keys), ValidationResults: map[string]KeyCheck{}, MissingKeys: []string{}, Finished: finished,
		Message:  message,
		AllValid: !slices.ContainsFunc(keys, func(k onboarding.StoredKey) bool { return k.Status == onboarding.KeyRefused }),
	}
	for _, name := range []string{"gemini", "exa"} { // the wizard looks at these two
		body.ValidationResults[name] = KeyCheck{Status: "missing", Error: "No key is stored."}
	}
	for _, key := range keys {
		body.ValidationResults[string(key.Provider)] = checkOf(key)
	}
	return body
}

func checkOf(key onboarding.StoredKey) KeyCheck {
	check := KeyCheck{Status: "unknown"}
	switch key.Status {
	case onboarding.KeyValid:
		return KeyCheck{Valid: true, Status: "configured"}
	case onboarding.KeyRefused:
		check.Status = "invalid"
	case onboarding.KeyUnchecked, onboarding.KeyUnknown:
	}
	if key.CheckCode != "" {
		failure := onboarding.Failure{Code: key.CheckCode, Subject: key.Provider.Info().Name}
		check.Error = failure.Sentence()
	}
	return check
}
