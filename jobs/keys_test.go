package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const exa = onboarding.Provider("exa")

func (b *bundle) key(provider onboarding.Provider) onboarding.StoredKey {
	b.t.Helper()
	keys, err := postgres.Keys(b.t.Context(), postgres.AsUser(b.db.App, b.user), b.user)
	require.NoError(b.t, err)
	for _, key := range keys {
		if key.Provider == provider {
			return key
		}
	}
	return onboarding.StoredKey{}
}

func (b *bundle) providersStep() onboarding.StepStatus {
	b.t.Helper()
	return b.session().Step(onboarding.StepProviders).Status
}

// One key of a language model provider completes step 1, others stand beside it.
func TestKeysCompleteTheStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, exa)
	assert.Equal(t, onboarding.StepPending, b.providersStep())
	assert.EqualValues(t, 1, b.session().Version, "what is stored has changed")
	b.saveKeys(t, onboarding.ProviderMistral)
	assert.Equal(t, onboarding.StepCompleted, b.providersStep())
	b.saveKeys(t, exa)
	assert.Equal(t, onboarding.StepCompleted, b.providersStep())
	assert.EqualValues(t, 3, b.session().Version)
	assert.EqualValues(t, 3, b.events())
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from api_keys"))
}

func TestSkippedProvidersAreCompletedByAKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.submit.Skip(t.Context(), b.user, onboarding.StepProviders))
	b.saveKeys(t, exa)
	assert.Equal(t, onboarding.StepSkipped, b.providersStep())
	b.saveKeys(t, onboarding.ProviderAnthropic)
	assert.Equal(t, onboarding.StepCompleted, b.providersStep())
}

// A replaced key is unchecked again, and nothing of the former is left.
func TestReplacedKeyIsUnchecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, onboarding.ProviderOpenAI)
	b.db.Exec(b.t, "update api_keys set status = 'refused', check_code = 'key_refused', checked_at = now()")
	require.Equal(t, onboarding.KeyRefused, b.key(onboarding.ProviderOpenAI).Status)
	_, err := b.submit.SaveKeys(t.Context(), b.user, []onboarding.StoredKey{
		{
			Provider: onboarding.ProviderOpenAI, Sealed: []byte("other"), LastFour: "5678", Fingerprint: "other",
			Model: "small",
		},
	})
	require.NoError(t, err)
	key := b.key(onboarding.ProviderOpenAI)
	assert.Equal(t, onboarding.KeyUnchecked, key.Status)
	assert.Empty(t, key.CheckCode)
	assert.Nil(t, key.CheckedAt)
	assert.Equal(t, "other", string(key.Sealed))
	assert.Equal(t, "small", key.Model)
}

// The last key of a language model provider takes step 1 with it, and with that the
// finish; any other does not.
func TestRemoveKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, onboarding.ProviderOpenAI, onboarding.ProviderGemini, exa)
	b.done(2, 3, 4, 6)
	remove := func(provider onboarding.Provider) {
		require.NoError(t, b.submit.RemoveKey(t.Context(), b.user, provider))
	}

	version := b.session().Version
	remove(exa)
	remove(onboarding.ProviderOpenAI)
	assert.Equal(t, onboarding.StepCompleted, b.providersStep())
	assert.True(t, b.session().IsCompleted())
	assert.Equal(t, version+2, b.session().Version)
	require.ErrorIs(t, b.submit.RemoveKey(t.Context(), b.user, exa), onboarding.ErrNotFound)
	require.ErrorIs(t, b.submit.RemoveKey(t.Context(), "user_bob", onboarding.ProviderGemini), onboarding.ErrNotFound)

	remove(onboarding.ProviderGemini)
	assert.Equal(t, onboarding.StepPending, b.providersStep())
	assert.False(t, b.session().IsCompleted())
	assert.Equal(t, onboarding.StepPending, b.session().Step(onboarding.StepFinish).Status)
	assert.Equal(t, b.session().Version, pgtest.One[int64](b.t, b.db, "select max(seq) from step_events where user_id = $1", b.user))
}

// The removal of a key under a skipped step leaves it skipped.
func TestRemoveKeyOfASkippedStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, exa)
	require.NoError(t, b.submit.Skip(t.Context(), b.user, onboarding.StepProviders))
	require.NoError(t, b.submit.RemoveKey(t.Context(), b.user, exa))
	assert.Equal(t, onboarding.StepSkipped, b.providersStep())
}

// validate runs a validation of the stored keys with what the providers say.
func (b *bundle) validate(
	checks map[onboarding.Provider]error,
) (onboarding.Submission, map[onboarding.Provider]keyCheck) {
	b.t.Helper()
	cfg := b.config(nil)
	cfg.Models = &scriptedModels{checks: checks}
	b.start(cfg)
	submission, err := b.submit.ValidateKeys(b.t.Context(), b.user)
	require.NoError(b.t, err)
	submission = b.ended(submission.ID)
	require.Equal(b.t, onboarding.SubmissionCompleted, submission.Status)
	var list []keyCheck
	require.NoError(b.t, json.Unmarshal(submission.Result, &list))
	said := map[onboarding.Provider]keyCheck{}
	for _, check := range list {
		said[check.Provider] = check
	}
	require.Len(b.t, said, len(list))
	return submission, said
}

// Only a provider that refuses a key makes it refused; whatever else goes wrong
// leaves it unknown.
func TestKeyValidation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	wants := map[onboarding.Provider]struct {
		err    error
		status onboarding.KeyStatus
		code   onboarding.FailureCode
	}{
		onboarding.ProviderOpenAI: {nil, onboarding.KeyValid, ""},
		onboarding.ProviderAnthropic: {
			&onboarding.Failure{Code: onboarding.FailureKeyRefused, Subject: "Anthropic"},
			onboarding.KeyRefused, onboarding.FailureKeyRefused,
		},
		onboarding.ProviderGemini: {
			&onboarding.Failure{Code: onboarding.FailureProviderUnavailable, Subject: "Gemini"},
			onboarding.KeyUnknown, onboarding.FailureProviderUnavailable,
		},
		onboarding.ProviderMistral: {
			&onboarding.RateLimitError{Subject: "Mistral"}, onboarding.KeyUnknown,
			onboarding.FailureProviderUnavailable,
		},
		onboarding.ProviderCompatible: {errors.New("boom"), onboarding.KeyUnknown, onboarding.FailureInternal},
		exa:                           {onboarding.ErrNotFound, onboarding.KeyUnknown, ""},
	}
	checks := map[onboarding.Provider]error{}
	for provider, want := range wants {
		b.saveKeys(t, provider)
		checks[provider] = want.err
	}
	submission, said := b.validate(checks)
	assert.Zero(t, submission.Step)
	assert.Len(t, said, len(wants))
	for provider, want := range wants {
		assert.Equal(t, keyCheck{provider, want.status, want.code}, said[provider])
		key := b.key(provider)
		assert.Equal(t, want.status, key.Status, provider)
		assert.Equal(t, want.code, key.CheckCode, provider)
		assert.NotNil(t, key.CheckedAt, provider)
	}
	assert.Equal(t, onboarding.StepCompleted, b.providersStep(), "a validation changes no step")
}

// A key whose ring is lost is kept as it is, and its user is told to store it again.
func TestKeyValidationWithALostRing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI)
	before := b.key(openAI).Sealed
	cfg := b.config(nil)
	cfg.Models, cfg.Keys = &scriptedModels{}, brokenKeys{}
	b.start(cfg)
	submission, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	require.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
	key := b.key(openAI)
	assert.Equal(t, onboarding.KeyUnknown, key.Status)
	assert.Equal(t, onboarding.FailureKeyUnreadable, key.CheckCode)
	assert.Equal(t, before, key.Sealed, "nothing is overwritten: the ring may come back")
	failure := onboarding.Failure{Code: key.CheckCode, Subject: "OpenAI"}
	assert.Equal(t, "The stored API key of OpenAI can't be opened any more. Store it again in step 1.", failure.Sentence())
}

func TestKeyValidationWithoutKeys(t *testing.T) {
	t.Parallel()
	submission, _ := setup(t).validate(nil)
	assert.JSONEq(t, "[]", string(submission.Result))
}

// checkedModels are models whose check does something first.
type checkedModels struct {
	scriptedModels
	check func(onboarding.Provider) error
}

func (m *checkedModels) Check(_ context.Context, credential onboarding.Credential) error {
	return m.check(credential.Provider)
}

// What was said of a key that was replaced during the check is not said of the new
// one; a provider's client that panics leaves its key unknown and the worker alive.
func TestKeyReplacedDuringTheCheck(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, onboarding.ProviderOpenAI, onboarding.ProviderAnthropic, onboarding.ProviderGemini)
	cfg := b.config(nil)
	cfg.Models = &checkedModels{check: func(provider onboarding.Provider) error {
		switch provider {
		case onboarding.ProviderOpenAI:
			_, err := b.submit.SaveKeys(b.t.Context(), b.user,
				[]onboarding.StoredKey{{Provider: provider, Sealed: []byte("new"), Fingerprint: "new"}})
			return err
		case onboarding.ProviderAnthropic:
			panic("boom")
		default:
			return nil
		}
	}}
	b.start(cfg)
	submission, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
	assert.Equal(t, onboarding.KeyUnchecked, b.key(onboarding.ProviderOpenAI).Status)
	assert.Equal(t, onboarding.KeyUnknown, b.key(onboarding.ProviderAnthropic).Status)
	assert.Equal(t, onboarding.KeyValid, b.key(onboarding.ProviderGemini).Status)
}

// A validation that is running is joined, one that ended is made again.
func TestKeyValidationIsJoined(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	second, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	assert.Equal(t, first.ID, second.ID)
	b.end(first, nil)
	third, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	assert.NotEqual(t, first.ID, third.ID)
}
