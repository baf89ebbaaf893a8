package style

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/drift"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
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

// languageWords are the names of sets of languages in docs/analysis.md.
var languageWords = map[string]string{
	listedLanguages: "listed", "all with an alphabet": "alphabetic", "all that separate words by spaces": "spaced",
	forPolite().name: "English, polite", forPoliteOnly().name: "polite", textstat.English: "English",
}

// documentRow is a row of docs/analysis.md: the fields that have the same rule.
type documentRow struct {
	fields                   []string
	method, languages, model string
}

// The judged values of docs/analysis.md, and those that are measured or recorded.
func TestAnalysisDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	const path = "../../docs/analysis.md"
	judged, others := drift.Head("field", "local rule", "languages", "model"), drift.Head("field", "rule")
	for _, row := range documentRows() {
		fields := "`" + strings.Join(braced(row.fields), "`, `") + "`"
		switch {
		case row.model != "":
			judged += drift.Row(fields, row.method, row.languages, row.model)
		case row.languages != "":
			others += drift.Row(fields, row.method+" ("+row.languages+")")
		default:
			others += drift.Row(fields, row.method)
		}
	}
	drift.Block(t, path, "judged", judged)
	drift.Block(t, path, "measured", others)
}

func documentRows() (rows []documentRow) {
	model := map[string]string{}
	for _, r := range ModelRules() {
		model[r.Field] = r.Method
	}
	for _, r := range Rules() {
		next := documentRow{[]string{r.Field}, r.Method, languageWord(r), model[r.Field]}
		i := slices.IndexFunc(rows, func(row documentRow) bool {
			return row.method == next.method && row.languages == next.languages && row.model == next.model
		})
		if i < 0 {
			rows = append(rows, next)
			continue
		}
		rows[i].fields = append(rows[i].fields, r.Field)
	}
	return rows
}

// languageWord names the languages of a rule; a part of a value has those of the whole.
func languageWord(r Rule) string {
	part := slices.ContainsFunc(Rules(), func(whole Rule) bool {
		rest, ok := strings.CutPrefix(r.Field, whole.Field)
		return ok && rest != "" && (rest[0] == '.' || rest[0] == '[')
	})
	if part || r.Languages == "all" {
		return ""
	}
	if word, ok := languageWords[r.Languages]; ok {
		return word
	}
	return r.Languages
}

// braced joins paths that differ in one segment, as a shell would expand them.
func braced(paths []string) (joined []string) {
	for len(paths) > 0 {
		first := strings.Split(paths[0], ".")
		best, bestAt := []string{paths[0]}, 0
		for at := range first {
			if like := alike(paths, first, at); len(like) > len(best) {
				best, bestAt = like, at
			}
		}
		if len(best) > 1 {
			var words []string
			for _, path := range best {
				words = append(words, strings.Split(path, ".")[bestAt])
			}
			first[bestAt] = "{" + strings.Join(words, ",") + "}"
		}
		joined = append(joined, strings.Join(first, "."))
		paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return slices.Contains(best, path) })
	}
	return joined
}

// alike returns the paths that differ from first in the segment at most.
func alike(paths, first []string, at int) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		parts := strings.Split(path, ".")
		return len(parts) != len(first) || !slices.Equal(parts[:at], first[:at]) || !slices.Equal(parts[at+1:], first[at+1:])
	})
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
	analysis := analyze(t, potterySite())
	values := Values(analysis)
	assert.GreaterOrEqual(t, len(values), 50)
	var tone onboarding.Judged
	require.NoError(t, json.Unmarshal([]byte(values["writing_style.tone"]), &tone))
	assert.Equal(t, *analysis.Style.WritingStyle.Tone, tone)
	assert.NotContains(t, values, "content_strategy_insights.threats")
	assert.Empty(t, Values(onboarding.Analysis{}))
}
