package persona

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestMatchTellsSitesApart(t *testing.T) {
	t.Parallel()
	g := newGenerator(t)
	crumb, cycleways := sourcesOf(t, "crumb"), sourcesOf(t, "cycleways")
	assert.InDelta(t, 100, LinguisticMatch(g.Core(crumb), crumb.Analysis.Measured), 1)
	assert.Less(t, LinguisticMatch(g.Core(crumb), cycleways.Analysis.Measured), 20.0)
	assert.Less(t, LinguisticMatch(g.Core(cycleways), crumb.Analysis.Measured), 20.0)
}

func TestMatchWithoutNumbers(t *testing.T) {
	t.Parallel()
	crumb := sourcesOf(t, "crumb").Analysis.Measured
	assert.Zero(t, LinguisticMatch(onboarding.CorePersona{}, crumb))
	assert.Zero(t, LinguisticMatch(onboarding.CorePersona{}, onboarding.Measurements{}))

	near, far := onboarding.CorePersona{}, onboarding.CorePersona{}
	near.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords = ptr(crumb.SentenceWords.Mean)
	near.LinguisticFingerprint.LexicalFeatures.GoToWords = onboarding.List{"Bread", "gerald", "flour"}
	far.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords = ptr(3 * crumb.SentenceWords.Mean)
	far.LinguisticFingerprint.LexicalFeatures.GoToWords = onboarding.List{"synergy"}
	assert.Greater(t, LinguisticMatch(near, crumb), 90.0)
	assert.Zero(t, LinguisticMatch(far, crumb))
}

func TestRatesOf(t *testing.T) {
	t.Parallel()
	// √9 - √4 = 1 over √(250/1000 + 250/1000 + 0) is a distance of √2: with near 1 and
	// far 2 the closeness is 2 - √2.
	compare := ratesOf(0, 1, 2, func(f onboarding.Fingerprint) map[string]float64 { return f.FunctionWords })
	core := onboarding.CorePersona{}
	core.LinguisticFingerprint.Measured = &onboarding.Fingerprint{
		ProseWords:    1000,
		FunctionWords: map[string]float64{"the": 9},
	}
	got, ok := compare(core, onboarding.Fingerprint{ProseWords: 1000, FunctionWords: map[string]float64{"the": 4}})
	assert.True(t, ok)
	assert.InDelta(t, 2-math.Sqrt2, got, 1e-9)
	_, ok = compare(core, onboarding.Fingerprint{ProseWords: 1000})
	assert.False(t, ok)
	_, ok = compare(onboarding.CorePersona{},
		onboarding.Fingerprint{ProseWords: 1000, FunctionWords: map[string]float64{"the": 4}})
	assert.False(t, ok)
}

func TestAreaBetween(t *testing.T) {
	t.Parallel()
	buckets := func(counts ...int) (out []onboarding.Bucket) {
		for _, n := range counts {
			out = append(out, onboarding.Bucket{Count: n})
		}
		return out
	}
	assert.Zero(t, areaBetween(buckets(1, 2, 1), buckets(2, 4, 2)))
	assert.InDelta(t, 1, areaBetween(buckets(4, 0, 0), buckets(0, 4, 0)), 1e-9)
	assert.InDelta(t, 2, areaBetween(buckets(4, 0, 0), buckets(0, 0, 1)), 1e-9)
	assert.InDelta(t, 0, areaBetween(buckets(0), buckets(0)), 1e-9)
}

func TestMatchTerms(t *testing.T) {
	t.Parallel()
	core := onboarding.CorePersona{}
	core.LinguisticFingerprint.Measured = &onboarding.Fingerprint{Terms: onboarding.List{"rye bread", "oven", "crust"}}
	all := 1 + 1/math.Sqrt2 + 1/math.Sqrt(3)
	got, ok := matchTerms(core, onboarding.Fingerprint{Terms: onboarding.List{"oven door"}})
	assert.True(t, ok)
	assert.InDelta(t, 1/math.Sqrt2/all/0.4, got, 1e-9)
	got, _ = matchTerms(core, onboarding.Fingerprint{Terms: onboarding.List{"rye bread", "crust"}})
	assert.InDelta(t, 1, got, 1e-9, "no more than all that can be expected")
	_, ok = matchTerms(core, onboarding.Fingerprint{})
	assert.False(t, ok)
}
