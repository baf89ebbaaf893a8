package wizard

import (
	"context"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// MaskedKeys are the stored API keys by provider.
type MaskedKeys struct {
	APIKeys             map[string]string `json:"api_keys" example:"{\"openai\": \"****abcd\"}" doc:"The masked key of every provider that has one; keys shorter than 16 characters are **** alone."`
	TotalProviders      int               `json:"total_providers" example:"12" doc:"How many providers there are."`
	ConfiguredProviders []string          `json:"configured_providers" doc:"Those that have a key."`
}

// KeysBody lists the stored API keys, masked.
type KeysBody struct {
	MaskedKeys
	Keys []KeyDescription `json:"keys"`
}

// KeyDescription is what may be shown of a key.
type KeyDescription struct {
	Provider    string     `json:"provider" example:"openai"`
	Name        string     `json:"name" example:"OpenAI"`
	Value       string     `json:"value" example:"****abcd"`
	Fingerprint string     `json:"fingerprint" doc:"Equal for equal keys; the key cannot be derived from it."`
	BaseURL     *string    `json:"base_url" doc:"The address of an OpenAI-compatible server, null for the others."`
	Model       *string    `json:"model" doc:"The model to ask, null for the provider's default."`
	Description *string    `json:"description"`
	Status      string     `json:"status" enum:"unchecked,valid,refused,unknown" doc:"What the last live call said."`
	CheckedAt   *time.Time `json:"checked_at"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
}

// KeyRequest is an API key to be stored.
type KeyRequest struct {
	Provider    string  `json:"provider" example:"openai" doc:"GET /config lists the providers."`
	APIKey      string  `json:"api_key" doc:"The key; the mask of the stored key leaves that as it is."`
	BaseURL     string  `json:"base_url,omitempty" nullable:"true" doc:"The address of an OpenAI-compatible server; for that provider only."`
	Model       string  `json:"model,omitempty" nullable:"true" doc:"The model to ask, at most 200 characters."`
	Description *string `json:"description,omitempty" nullable:"true" doc:"A note of the user, at most 500 characters."`
}

// KeySavedBody is the response to a stored key.
type KeySavedBody struct {
	Message       string   `json:"message" example:"The key of OpenAI is stored."`
	Provider      string   `json:"provider" example:"openai"`
	Status        string   `json:"status" enum:"saved"`
	Value         string   `json:"value" example:"****abcd"`
	Fingerprint   string   `json:"fingerprint"`
	StepCompleted bool     `json:"step_completed" doc:"Whether step 1 is completed by what is stored now."`
	Warnings      []string `json:"warnings"`
}

// KeyRemovedBody is the response to the removal of a key.
type KeyRemovedBody struct {
	Message  string   `json:"message" example:"The key of OpenAI is removed."`
	Provider string   `json:"provider" example:"openai"`
	Status   string   `json:"status" enum:"removed"`
	Warnings []string `json:"warnings"`
}

type providerPath struct {
	Provider string `path:"provider" example:"openai" doc:"The name of the provider."`
}

func (h *Handlers) keys(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[KeysBody], error) {
	keys, err := h.storedKeys(ctx)
	return edge.Conditional(in, KeysBody{MaskedKeys: maskedKeys(keys), Keys: edge.Map(keys, describeKey)}, err)
}

func maskedKeys(keys []onboarding.StoredKey) MaskedKeys {
	masked := MaskedKeys{
		APIKeys: map[string]string{}, TotalProviders: len(onboarding.Providers()),
		ConfiguredProviders: []string{},
	}
	for _, key := range keys {
		masked.APIKeys[string(key.Provider)] = key.Mask()
		masked.ConfiguredProviders = append(masked.ConfiguredProviders, string(key.Provider))
	}
	return masked
}

func describeKey(key onboarding.StoredKey) KeyDescription {
	return KeyDescription{
		Provider: string(key.Provider), Name: key.Provider.Info().Name, Value: key.Mask(), Fingerprint: key.Fingerprint,
		BaseURL: edge.OrNil(key.BaseURL), Model: edge.OrNil(key.Model), Description: edge.OrNil(key.Description),
		Status: string(key.Status), CheckedAt: key.CheckedAt, CreatedAt: key.CreatedAt, UpdatedAt: key.UpdatedAt,
	}
}

func (h *Handlers) saveKey(ctx context.Context, in *edge.BodyInput[KeyRequest]) (*edge.Output[KeySavedBody], error) {
	stored, err := h.storedKeys(ctx)
	if err != nil {
		return nil, err
	}
	key, err := h.readKey(ctx, keyEntry{KeyRequest: in.Body}, stored)
	if err != nil {
		return nil, err
	}
	completed, warnings, err := h.storeKeys(ctx, []readKey{key})
	if err != nil {
		return nil, err
	}
	info := key.Provider.Info()
	return edge.OK(KeySavedBody{
		Message: "The key of " + info.Name + " is stored.", Provider: string(key.Provider), Status: "saved",
		Value: key.Mask(), Fingerprint: key.Fingerprint, StepCompleted: completed, Warnings: warnings,
	}), nil
}

func errNoKey(err error) error {
	return edge.Missing(err, "key_not_found", "You have stored no key of this provider.")
}

func (h *Handlers) removeKey(ctx context.Context, in *providerPath) (*edge.Output[KeyRemovedBody], error) {
	info, ok := onboarding.ProviderByName(in.Provider)
	if !ok {
		return nil, errNoKey(onboarding.ErrNotFound)
	}
	if err := h.cfg.Submitter.RemoveKey(ctx, edge.UserID(ctx), info.Provider); err != nil {
		return nil, errNoKey(err)
	}
	return edge.OK(KeyRemovedBody{
		Message: "The key of " + info.Name + " is removed.", Provider: string(info.Provider), Status: "removed",
		Warnings: h.updateEnv(ctx, info, ""),
	}), nil
}

// RefillBody lists the keys for the inputs of the wizard.
type RefillBody struct {
	MaskedKeys
	Masked bool `json:"masked" doc:"Whether the keys are masked. They are in full where the operator allows it."`
}

func (h *Handlers) refillKeys(ctx context.Context, _ *struct{}) (*edge.Unstored[RefillBody], error) {
	owner := edge.UserID(ctx)
	keys, err := h.storedKeys(ctx)
	out := edge.OKUnstored(RefillBody{MaskedKeys: maskedKeys(keys), Masked: true})
	if !h.cfg.ReadableKeys || len(keys) == 0 {
		return out, err
	}
	// A key is shown only if the audit log has it.
	if err := h.cfg.Submitter.Audit(ctx, owner, "api_keys.read", owner); err != nil {
		return nil, err
	}
	edge.Secret(ctx)
	for _, key := range keys {
		opened, err := h.cfg.Keys.Open(key.Sealed, owner, string(key.Provider))
		if err != nil {
			return nil, err
		}
		out.Body.APIKeys[string(key.Provider)] = string(opened)
		clear(opened)
	}
	out.Body.Masked = false
	return out, nil
}

// offersModels reports whether one of the keys is that of a language model provider.
func offersModels(keys []onboarding.StoredKey) bool {
	return slices.ContainsFunc(keys, func(k onboarding.StoredKey) bool { return k.Provider.Info().Model != nil })
}
