package style

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

var update = flag.Bool("update", false, "rewrite the table in docs/analysis.md")

const (
	docFile  = "../../docs/analysis.md"
	tableTop = "| field | local rule | languages |\n|---|---|---|\n"
	// modelTableTop begins the second table, which follows the first.
	modelTableTop = "\n## What a model may change\n\nEverything that is not listed here stays as measured.\n\n| field | with a model |\n|---|---|\n"
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
	"punctuation_per_1000", "function_words", "consistency", "page_types.found",
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
	want := jsonPaths(reflect.TypeFor[onboarding.Analysis](), "")
	for _, name := range groupFields {
		want = append(want, "measurements."+name)
	}
	slices.Sort(documented)
	slices.Sort(want)
	assert.Equal(t, want, documented)
}

func TestDocumentHoldsTheRules(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString(tableTop)
	for _, r := range Rules() {
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", r.Field, r.Method, r.Languages)
	}
	table.WriteString(modelTableTop)
	for _, r := range ModelRules() {
		fmt.Fprintf(&table, "| `%s` | %s |\n", r.Field, r.Method)
	}
	raw, err := os.ReadFile(docFile)
	require.NoError(t, err)
	before, _, found := strings.Cut(string(raw), tableTop)
	require.True(t, found, "docs/analysis.md has no table")
	if *update {
		require.NoError(t, os.WriteFile(docFile, []byte(before+table.String()), 0o644))
		return
	}
	want, got := strings.Split(before+table.String(), "\n"), strings.Split(string(raw), "\n")
	for i := range min(len(want), len(got)) {
		require.Equal(t, want[i], got[i], "run go test ./internal/style -run TestDocumentHoldsTheRules -update")
	}
	assert.Len(t, got, len(want))
}

// Every judged value has a line in the table of what a model may change, once and in
// the same order, and what local rules tell of websites only is not missing there.
func TestEveryJudgedFieldHasAMergeRule(t *testing.T) {
	t.Parallel()
	var judged, merged []string
	for _, r := range judgedRules() {
		judged = append(judged, r.path)
		lists := r.list != nil || r.path == "content_strategy_insights.threats"
		if i := slices.IndexFunc(mergeRules(), func(m mergeRule) bool { return m.path == r.path }); assert.GreaterOrEqual(t, i, 0, r.path) {
			rule := mergeRules()[i]
			assert.False(t, rule.siteOnly && !r.siteOnly, "%s: a text shows it", r.path)
			assert.False(t, rule.share == shareMore && !lists, "%s is no list", r.path)
			assert.False(t, rule.share == shareWhole && lists, "%s is a list", r.path)
		}
	}
	for _, r := range ModelRules() {
		merged = append(merged, r.Field)
		assert.NotEmpty(t, r.Method, r.Field)
	}
	assert.Equal(t, judged, merged)
}

// Every judged value has a rule that can run, or is left to a model, and says why
// it may be empty.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	var analysis onboarding.Analysis
	judged := leaves(reflect.ValueOf(&analysis).Elem(), "")
	for _, r := range judgedRules() {
		target, ok := judged[r.path]
		require.True(t, ok, r.path)
		switch {
		case r.method == ModelOnly:
			assert.True(t, r.text == nil && r.list == nil, r.path)
		case r.text != nil:
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
	analysis := analyze(t, potterySite())
	values := Values(analysis)
	assert.GreaterOrEqual(t, len(values), 50)
	var tone string
	require.NoError(t, json.Unmarshal([]byte(values["writing_style.tone"]), &tone))
	assert.Equal(t, *analysis.Style.WritingStyle.Tone, tone)
	assert.NotContains(t, values, "content_strategy_insights.threats")
	assert.Empty(t, Values(onboarding.Analysis{}))
}
