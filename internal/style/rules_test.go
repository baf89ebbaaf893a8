package style

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

// rules.txt has every judged value, and no other. The Go types document what is measured.
func TestEveryJudgedValueIsDocumented(t *testing.T) {
	t.Parallel()
	documented := styletest.Documented(t, "rules.txt")
	var judged []string
	for _, r := range judgedRules {
		judged = append(judged, r.path)
	}
	assert.ElementsMatch(t, judged, slices.Collect(maps.Keys(documented)))
}

// rules.txt names the languages that the rule of a judged value is valid for.
func TestLanguagesAreDocumented(t *testing.T) {
	t.Parallel()
	names := map[string]string{"": ""}
	for name, set := range map[string]condition{
		"English": english, "spaced": spaced, "alphabetic": alphabetic, "listed": listed, "polite": polite, "voiced": voiced,
		"six": sixLanguages,
	} {
		names[unjudged("", "", set).languages.reason] = name
	}
	documented := styletest.Documented(t, "rules.txt")
	for _, r := range judgedRules {
		languages, _, found := strings.Cut(documented[r.path], "; ")
		if !found {
			languages = ""
		}
		assert.Equal(t, names[r.languages.reason], languages, r.path)
	}
}

// Every judged value has a rule that can run, or is left to a model, and says why
// it may be empty.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	var analysis onboarding.Analysis
	judged := onboarding.ValuesOf(&analysis)
	for _, r := range judgedRules {
		target, ok := judged[r.path]
		require.True(t, ok, r.path)
		switch {
		case r.missing == NoModel:
			assert.True(t, r.value == nil && r.list == nil, r.path)
		case r.value != nil:
			assert.Equal(t, reflect.Pointer, target.Kind(), r.path)
		default:
			assert.NotNil(t, r.list, r.path)
			assert.Equal(t, reflect.Slice, target.Kind(), r.path)
		}
		assert.True(t, strings.HasSuffix(r.missing, "."), r.path)
	}
	for _, r := range measuredRules {
		assert.Contains(t, judged, r.path)
		assert.True(t, strings.HasSuffix(r.missing, "."), r.path)
	}
	assert.Len(t, judgedRules, len(LocalPaths())+2)
}

func TestValuesAreTheFilledLocalRules(t *testing.T) {
	t.Parallel()
	analysis := analyze(t, styletest.PotterySite())
	values := Values(analysis)
	assert.GreaterOrEqual(t, len(values), 50)
	var tone onboarding.Judged
	require.NoError(t, json.Unmarshal([]byte(values["writing_style.tone"]), &tone))
	assert.Equal(t, *analysis.Style.WritingStyle.Tone, tone)
	assert.NotContains(t, values, "content_strategy_insights.threats")
	assert.Empty(t, Values(onboarding.Analysis{}))
}
