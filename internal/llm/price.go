package llm

import (
	"math"
	"regexp"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// price is what a provider charges, in US dollars per million tokens.
type price struct{ input, cached, output float64 }

// prices are the list prices of the default models for text, standard tier, as of
// November 2026. Sources: https://openai.com/api/pricing,
// https://ai.google.dev/gemini-api/docs/pricing, https://mistral.ai/pricing (no discount
// for cached tokens), https://www.anthropic.com/pricing#api.
var prices = map[onboarding.Provider]map[string]price{
	onboarding.ProviderOpenAI:    {"gpt-4.1-mini": {0.40, 0.10, 1.60}},
	onboarding.ProviderGemini:    {"gemini-2.5-flash": {0.30, 0.03, 2.50}},
	onboarding.ProviderMistral:   {"mistral-small-latest": {0.10, 0.10, 0.30}},
	onboarding.ProviderAnthropic: {"claude-haiku-4-5": {1.00, 0.10, 5.00}},
}

// snapshot is the date by which providers name the version of a model that answered.
var snapshot = regexp.MustCompile(`-(\d{8}|\d{4}-\d{2}-\d{2})$`)

// costOf returns the price of a call in millionths of a US dollar, rounded; nil for a
// model whose price is not known. Prices are per million tokens, so that tokens times
// price are millionths.
func costOf(provider onboarding.Provider, model string, usage onboarding.Usage) *int64 {
	p, ok := prices[provider][snapshot.ReplaceAllString(model, "")]
	if !ok {
		return nil
	}
	micros := float64(usage.InputTokens-usage.CachedTokens)*p.input + float64(usage.CachedTokens)*p.cached + float64(usage.OutputTokens)*p.output
	cost := int64(math.Round(micros))
	return &cost
}

// maxTokensTold bounds a count of tokens that a server tells.
const maxTokensTold = 100_000_000

// usageOf returns counts that make sense, whatever a user's own server told.
func usageOf(input, cached, output int64) onboarding.Usage {
	input = min(max(input, 0), maxTokensTold)
	return onboarding.Usage{
		InputTokens:  input,
		CachedTokens: min(max(cached, 0), input),
		OutputTokens: min(max(output, 0), maxTokensTold),
	}
}
