package jobs

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// modelScript is the model of a test: calls counts the calls with the same prompt
// from 1.
type modelScript func(
	ctx context.Context, calls int, provider onboarding.Provider, prompt string,
) (onboarding.Answer, error)

// scriptedModels follow a script and remember the calls.
type scriptedModels struct {
	script modelScript
	checks map[onboarding.Provider]error
	mu     sync.Mutex
	calls  map[string]int
}

func (m *scriptedModels) Ask(
	ctx context.Context, credential onboarding.Credential, prompt onboarding.Prompt,
) (onboarding.Answer, error) {
	m.mu.Lock()
	if m.calls == nil {
		m.calls = map[string]int{}
	}
	m.calls[prompt.Name]++
	calls := m.calls[prompt.Name]
	m.mu.Unlock()
	return m.script(ctx, calls, credential.Provider, prompt.Name)
}

func (m *scriptedModels) Check(_ context.Context, credential onboarding.Credential) error {
	return m.checks[credential.Provider]
}

// count returns the number of calls with a prompt.
func (m *scriptedModels) count(prompt string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[prompt]
}

// answered is an answer of a model with its charge.
func answered(model string) onboarding.Answer {
	cost := int64(7)
	return onboarding.Answer{
		Value: json.RawMessage(`{}`), Model: model,
		Usage: onboarding.Usage{InputTokens: 100, OutputTokens: 10, CostMicros: &cost},
	}
}

// plainKeys takes keys as they are: sealing is not this package's.
type plainKeys struct{}

func (plainKeys) Fingerprint(text []byte) string { return "print of " + string(text) }

func (plainKeys) Open(sealed []byte, _, _ string) ([]byte, error) { return sealed, nil }

// scriptedPersonas makes personas that name what they were made of.
type scriptedPersonas struct {
	// fail, if not nil, is what Platform returns in the call of that number.
	fail func(name onboarding.Platform, calls int) error
	mu   sync.Mutex
	made map[onboarding.Platform]int
}

func (*scriptedPersonas) Core(in onboarding.PersonaSources) onboarding.CorePersona {
	return onboarding.CorePersona{Identity: onboarding.PersonaIdentity{PersonaName: &in.Website}}
}

func (*scriptedPersonas) CorePrompt(onboarding.PersonaSources, onboarding.CorePersona) onboarding.Prompt {
	return onboarding.Prompt{Name: "core"}
}

func (*scriptedPersonas) MergeCore(
	_ onboarding.PersonaSources, core onboarding.CorePersona, answer onboarding.Answer,
) (onboarding.CorePersona, error) {
	core.Identity.Archetype = &answer.Model
	return core, nil
}

func (p *scriptedPersonas) Platform(
	_ onboarding.PersonaSources, _ onboarding.CorePersona, name onboarding.Platform,
) (onboarding.PlatformPersona, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil {
		p.made = map[onboarding.Platform]int{}
	}
	p.made[name]++
	var err error
	if p.fail != nil {
		err = p.fail(name, p.made[name])
	}
	return onboarding.PlatformPersona{PlatformType: name}, err
}

func (*scriptedPersonas) PlatformPrompt(
	_ onboarding.PersonaSources, _ onboarding.CorePersona, _ onboarding.PlatformPersona, name onboarding.Platform,
) onboarding.Prompt {
	return onboarding.Prompt{Name: "platform_" + string(name)}
}

func (*scriptedPersonas) MergePlatform(
	_ onboarding.PersonaSources, _ onboarding.CorePersona, persona onboarding.PlatformPersona, _ onboarding.Platform,
	_ onboarding.Answer,
) (onboarding.PlatformPersona, []onboarding.Warning, error) {
	return persona, nil, nil
}

func (*scriptedPersonas) Quality(
	onboarding.PersonaSources, onboarding.CorePersona, map[onboarding.Platform]onboarding.PlatformPersona,
) onboarding.QualityMetrics {
	return onboarding.QualityMetrics{}
}

// count returns how often a platform was made.
func (p *scriptedPersonas) count(name onboarding.Platform) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.made[name]
}

// countSources builds inputs that tell what they were built from.
func countSources(sources onboarding.Sources) onboarding.Inputs {
	inputs := onboarding.Inputs{IsDefault: sources.Analysis == nil}
	if sources.Analysis != nil {
		inputs.WebsiteAnalysis.WebsiteURL = &sources.Analysis.Website
	}
	if sources.Preferences != nil {
		inputs.GapAnalysis.ContentGaps = sources.Preferences.ContentTypes
	}
	return inputs
}

// saveKeys stores keys that are not sealed.
func (b *bundle) saveKeys(t *testing.T, providers ...onboarding.Provider) {
	t.Helper()
	var keys []onboarding.StoredKey
	for _, provider := range providers {
		keys = append(keys, onboarding.StoredKey{
			Provider: provider, Sealed: []byte("key of " + provider), LastFour: "1234",
			Fingerprint: string(provider),
		})
	}
	_, err := b.submit.SaveKeys(t.Context(), b.user, keys)
	require.NoError(t, err)
}
