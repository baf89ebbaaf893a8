package question

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/drift"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/webpage"
)

// languageWords are the names of sets of languages in docs/analysis.md.
var languageWords = map[string]string{
	"en, de, fr, es, it, pt, nl, pl, sv, ru": "listed", "all with an alphabet": "alphabetic", "all that separate words by spaces": "spaced",
	"en, de, fr, es, nl, pl, ru": "English, polite", "de, fr, es, nl, pl, ru": "polite", textstat.English: "English",
}

// documentRow is a row of docs/analysis.md: the fields that have the same rule.
type documentRow struct {
	fields                   []string
	method, languages, model string
}

// The judged values of docs/analysis.md, and those that are measured or recorded.
func TestAnalysisDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	const path = "../../../docs/analysis.md"
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
	for _, r := range mergeRules() {
		model[r.path] = methodOf(r)
	}
	for _, r := range style.Rules() {
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

// methodOf is what a model may do with a value, in the words of docs/analysis.md.
func methodOf(r mergeRule) string {
	text := map[share]string{shareGap: "fills", shareWhole: "replaces", shareMore: "extends"}[r.share]
	if r.siteOnly {
		text += ", websites only"
	}
	return text
}

// languageWord names the languages of a rule; a part of a value has those of the whole.
func languageWord(r style.Rule) string {
	part := slices.ContainsFunc(style.Rules(), func(whole style.Rule) bool {
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
// the same order, and the table takes for shown by a website only what a text does not show.
func TestEveryJudgedFieldHasAMergeRule(t *testing.T) {
	t.Parallel()
	text := analyze(t, webpage.FromText(onboarding.WebsiteInput{TextSample: "I bake bread at night."}, time.Time{}))
	values := onboarding.ValuesOf(&text)
	var merged []string
	for _, r := range mergeRules() {
		merged = append(merged, r.path)
		list := values[r.path].Kind() == reflect.Slice
		assert.False(t, r.share == shareMore && !list, "%s is no list", r.path)
		assert.False(t, r.share == shareWhole && list, "%s is a list", r.path)
		if r.siteOnly {
			assert.Contains(t, text.Style.Meta.Uncertainty.Reasons[r.path], "Only a website shows this", "%s: a text shows it", r.path)
		}
	}
	assert.Equal(t, judgedPaths(), merged)
}
