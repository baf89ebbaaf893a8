package wizard

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// The bounds of what stands beside a key, in characters.
const (
	maxModelName      = 200
	maxKeyDescription = 500
)

// keyEntry is a key as it was submitted.
type keyEntry struct {
	KeyRequest

	field string // the path before the names of its fields
}

// readKey is a submitted key ready to be stored.
type readKey struct {
	onboarding.StoredKey

	key onboarding.Secret
	// unchanged says that only the mask of the stored key was submitted.
	unchanged bool
}

// readKey checks a submitted key and seals it. The mask of the stored key stands for that key, unless
// the address or model beside it differ: a request could otherwise send the key to another server.
func (h *Handlers) readKey(ctx context.Context, entry keyEntry, stored []onboarding.StoredKey) (readKey, error) {
	info, ok := onboarding.ProviderByName(entry.Provider)
	if !ok {
		return readKey{}, &onboarding.InputError{
			Field: entry.field + "provider", Code: "unknown_provider",
			Reason: "This provider is not known. Use one of " + onboarding.ProviderNames() + ".",
		}
	}
	entry.APIKey = strings.TrimSpace(entry.APIKey)
	if entry.APIKey == "" {
		return readKey{}, &onboarding.InputError{
			Field: entry.field + "api_key", Code: "required",
			Reason: "Enter the API key of " + info.Name + ".",
		}
	}
	description, err := entry.checkTexts()
	if err != nil {
		return readKey{}, err
	}
	if held := storedKeyOf(stored, info.Provider); held != nil && entry.APIKey == held.Mask() {
		return entry.unchanged(*held, description)
	}
	// another tab's, of a key that was replaced or removed
	if strings.HasPrefix(entry.APIKey, (onboarding.StoredKey{}).Mask()) {
		return readKey{}, &onboarding.InputError{
			Field: entry.field + "api_key", Code: "invalid_key",
			Reason: "This is the mask of a key that is not stored any more. Enter the key of " + info.Name + ".",
		}
	}
	credential, err := onboarding.NewCredential(entry.field, entry.Provider, entry.APIKey, entry.BaseURL, entry.Model)
	if err != nil {
		return readKey{}, err
	}
	edge.Secret(ctx)
	plain := []byte(credential.Key)
	defer clear(plain)
	sealed, err := h.cfg.Keys.Seal(plain, edge.UserID(ctx), string(info.Provider))
	if err != nil {
		return readKey{}, fmt.Errorf("seal key of %s: %w", info.Provider, err)
	}
	return readKey{key: credential.Key, StoredKey: onboarding.StoredKey{
		Provider: info.Provider, Sealed: sealed, LastFour: onboarding.LastFourOf(credential.Key),
		Fingerprint: h.cfg.Keys.Fingerprint(plain),
		BaseURL:     credential.BaseURL, Model: credential.Model, Description: description,
	}}, nil
}

func (e *keyEntry) checkTexts() (description string, err error) {
	if e.Model, err = onboarding.CheckedText(e.Model, e.field+"model", maxModelName); err != nil || e.Description == nil {
		return "", err
	}
	return onboarding.CheckedText(*e.Description, e.field+"description", maxKeyDescription)
}

// unchanged returns the held key, for whose mask the entry stands.
func (e *keyEntry) unchanged(held onboarding.StoredKey, description string) (readKey, error) {
	baseURL := strings.TrimRight(strings.TrimSpace(e.BaseURL), "/")
	if (baseURL != "" && baseURL != held.BaseURL) || (e.Model != "" && e.Model != held.Model) {
		return readKey{}, &onboarding.InputError{
			Field: e.field + "api_key", Code: "required", Reason: "Enter the API key again to change what stands beside it.",
		}
	}
	if e.Description == nil || description == held.Description {
		return readKey{StoredKey: held, unchanged: true}, nil
	}
	held.Description = description
	return readKey{StoredKey: held}, nil
}

func storedKeyOf(stored []onboarding.StoredKey, provider onboarding.Provider) *onboarding.StoredKey {
	i := slices.IndexFunc(stored, func(k onboarding.StoredKey) bool { return k.Provider == provider })
	if i < 0 {
		return nil
	}
	return &stored[i]
}

// storeKeys stores the changed keys and reports whether step 1 is completed then. The warnings are
// never nil.
func (h *Handlers) storeKeys(ctx context.Context, keys []readKey) (completed bool, warnings []string, err error) {
	var changed []onboarding.StoredKey
	for _, key := range keys {
		if !key.unchanged {
			changed = append(changed, key.StoredKey)
		}
	}
	if completed, err = h.cfg.Submitter.SaveKeys(ctx, edge.UserID(ctx), changed); err != nil {
		return false, nil, err
	}
	warnings = []string{}
	for _, key := range keys {
		if key.key != "" {
			warnings = append(warnings, h.updateEnv(ctx, key.Provider.Info(), key.key)...)
		}
	}
	return completed, warnings, nil
}

// updateEnv writes the user's key of a provider into the developer's .env file, or removes it if key is "".
// The warnings are never nil.
func (h *Handlers) updateEnv(ctx context.Context, info onboarding.ProviderInfo, key onboarding.Secret) []string {
	var err error
	switch {
	case h.cfg.EnvFile == "":
	case key == "":
		err = config.RemoveEnv(h.cfg.EnvFile, edge.UserID(ctx), info.Variable)
	default:
		err = config.WriteEnv(h.cfg.EnvFile, edge.UserID(ctx), info.Variable, string(key))
	}
	if err == nil {
		return []string{}
	}
	h.edge.Log.LogAttrs(ctx, slog.LevelWarn, "environment file not changed",
		slog.String("provider", string(info.Provider)), slog.String("error", err.Error()))
	return []string{info.Variable + " could not be changed in the environment file; the stored key is not affected."}
}

// completeProviders submits step 1: keys by provider, blank ones ignored.
func (h *Handlers) completeProviders(ctx context.Context, data edge.Fields) (*submittedOutput, error) {
	entries, err := keyEntries(data)
	if err != nil {
		return nil, err
	}
	stored, err := h.storedKeys(ctx)
	if err != nil {
		return nil, err
	}
	after, keys := slices.Clone(stored), make([]readKey, len(entries))
	for i, entry := range entries {
		if keys[i], err = h.readKey(ctx, entry, stored); err != nil {
			return nil, err
		}
		after = append(after, keys[i].StoredKey)
	}
	if !offersModels(after) {
		return nil, noModelKey()
	}
	completed, warnings, err := h.storeKeys(ctx, keys)
	switch {
	case err != nil:
		return nil, err
	case !completed: // the last one was removed meanwhile
		return nil, noModelKey()
	}
	out := stepDone(onboarding.StepProviders, onboarding.StepCompleted, "Your API keys are stored.")
	return with(out, SubmittedData{"api_keys": maskedKeys(after).APIKeys}, warnings...), nil
}

func noModelKey() error {
	return &onboarding.InputError{
		Field: "data.api_keys", Code: "language_model_key_missing",
		Reason: "Enter the key of at least one language model provider: " +
			strings.Join(onboarding.Texts(onboarding.ModelProviders()), ", ") + ". Or skip this step.",
	}
}

// keyEntries reads the keys of step 1, each a text or an object. Names that are no
// provider's are not repeated: they may be keys in the wrong place.
func keyEntries(data edge.Fields) ([]keyEntry, error) {
	const path = "data.api_keys"
	submitted, err := edge.DecodeField[edge.Fields](data, "data.", "api_keys", "an object: the keys by provider")
	if err != nil {
		return nil, err
	}
	var entries []keyEntry
	seen := map[onboarding.Provider]bool{}
	for _, name := range slices.Sorted(maps.Keys(submitted)) {
		info, ok := onboarding.ProviderByName(name)
		if !ok {
			return nil, &onboarding.InputError{
				Field: path, Code: "unknown_provider",
				Reason: "A provider is not known. Use " + onboarding.ProviderNames() + ".",
			}
		}
		entry, err := readEntry(submitted, name, path+"."+string(info.Provider))
		switch {
		case err != nil:
			return nil, err
		case entry.APIKey == "":
			continue
		case seen[info.Provider]:
			return nil, &onboarding.InputError{
				Field: path + "." + string(info.Provider), Code: "duplicate_provider",
				Reason: "There are two keys of " + info.Name + "; send one.",
			}
		}
		seen[info.Provider] = true
		entries = append(entries, entry)
	}
	return entries, nil
}

func readEntry(submitted edge.Fields, name, path string) (keyEntry, error) {
	entry := keyEntry{KeyRequest: KeyRequest{Provider: name}, field: path + "."}
	if !submitted.Has(name) {
		return entry, nil
	}
	if !strings.HasPrefix(strings.TrimSpace(string(submitted[name])), "{") {
		key, err := edge.DecodeField[string](submitted, "", name, "")
		if err != nil {
			return entry, edge.InvalidField(path, "The key must be text, or an object of api_key, base_url and model.")
		}
		entry.APIKey = strings.TrimSpace(key)
		return entry, nil
	}
	parts, err := edge.DecodeField[edge.Fields](submitted, "", name, "an object")
	if err != nil {
		return entry, edge.InField(path, err)
	}
	for field, value := range map[string]*string{
		"api_key": &entry.APIKey, "base_url": &entry.BaseURL,
		"model": &entry.Model,
	} {
		if *value, err = parts.Text(entry.field, field); err != nil {
			return entry, err
		}
	}
	entry.APIKey = strings.TrimSpace(entry.APIKey)
	return entry, nil
}
