package llm

import (
	"math"
	"regexp"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// snapshot is the date by which providers name the version of a model that answered.
var snapshot = regexp.MustCompile(`-(\d{8}|\d{4}-\d{2}-\d{2})$`)

// costOf returns the price of a call in millionths of a US dollar, rounded; nil for a model whose price is not known,
// which is any but the provider's default one. Prices are per million tokens, so that tokens times price are
// millionths.
func costOf(provider onboarding.Provider, model string, usage onboarding.Usage) *int64 {
	api := provider.Info().Model
	if model == "" || snapshot.ReplaceAllString(model, "") != api.Model {
		return nil
	}
	p := api.Price
	micros := float64(usage.InputTokens-usage.CachedTokens)*p.Input + float64(usage.CachedTokens)*p.Cached +
		float64(usage.OutputTokens)*p.Output
	cost := int64(math.Round(micros))
	return &cost
}

// maxReportedTokens bounds a count of tokens that a server sends.
const maxReportedTokens = 100_000_000

// usageOf bounds the counts, as a user's own server may send anything.
func usageOf(input, cached, output int64) onboarding.Usage {
	input = min(max(input, 0), maxReportedTokens)
	return onboarding.Usage{
		InputTokens:  input,
		CachedTokens: min(max(cached, 0), input),
		OutputTokens: min(max(output, 0), maxReportedTokens),
	}
}
