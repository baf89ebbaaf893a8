package style

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

// jsonPaths returns the dotted path of every JSON value of a type, as Rule.Field
// writes it.
func jsonPaths(t reflect.Type, path string) []string {
	switch {
	case t.Kind() == reflect.Pointer:
		return jsonPaths(t.Elem(), path)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return jsonPaths(t.Elem(), path+"[]")
	case t.Kind() == reflect.Map:
		return []string{path + ".*"}
	case t.Kind() != reflect.Struct || t.PkgPath() == "time":
		return []string{path}
	}
	var out []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		switch {
		case name == "style_analysis":
			name = ""
		case path != "":
			name = path + "." + name
		}
		out = append(out, jsonPaths(t.Field(i).Type, name)...)
	}
	return out
}

// groups are values that are documented as a whole beside their parts.
var groupFields = []string{
	"sentence_words", "paragraph_words", "word_letters", "sentiment", "keywords", "phrases", "topics", "transitions", "devices", "audience",
	"punctuation_per_1000", "function_words", "consistency", "page_types.found", "visuals",
}

func TestEveryFieldIsDocumented(t *testing.T) {
	t.Parallel()
	var documented []string
	for _, r := range Rules() {
		documented = append(documented, r.Field)
		assert.NotEmpty(t, r.Method, r.Field)
		assert.NotEmpty(t, r.Languages, r.Field)
		assert.NotContains(t, r.Method, "|", r.Field)
	}
	want := jsonPaths(reflect.TypeFor[onboarding.ShownAnalysis](), "")
	for _, name := range groupFields {
		want = append(want, "measurements."+name)
	}
	slices.Sort(documented)
	slices.Sort(want)
	assert.Equal(t, want, documented)
}

// Every judged value has a rule that can run, or is left to a model, and says why
// it may be empty.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	var analysis onboarding.Analysis
	judged := onboarding.ValuesOf(&analysis)
	for _, r := range judgedRules() {
		target, ok := judged[r.path]
		require.True(t, ok, r.path)
		switch {
		case r.method == ModelOnly:
			assert.True(t, r.value == nil && r.list == nil, r.path)
		case r.value != nil:
			assert.Equal(t, reflect.Pointer, target.Kind(), r.path)
		default:
			assert.NotNil(t, r.list, r.path)
			assert.Equal(t, reflect.Slice, target.Kind(), r.path)
		}
		assert.True(t, strings.HasSuffix(r.missing, "."), r.path)
	}
	for _, r := range measuredRules() {
		assert.Contains(t, judged, r.path)
		assert.True(t, strings.HasSuffix(r.missing, "."), r.path)
	}
	assert.Len(t, judgedRules(), len(LocalRules())+2)
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
