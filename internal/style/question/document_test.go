package question

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
	"github.com/alwrity/onboarding/internal/webpage"
)

// rules.txt says of each judged value, and of no other, what a model may do with it.
func TestMergeRulesAreDocumented(t *testing.T) {
	t.Parallel()
	documented := styletest.Documented(t, "../rules.txt")
	words := map[string]string{}
	for path, value := range onboarding.ValuesOf(&onboarding.Analysis{}) {
		if !slices.Contains(newAnalyzer(t).JudgedPaths(), path) {
			continue
		}
		list := value.Kind() == reflect.Slice
		switch {
		case ruleOf(path, list).fills:
			words[path] = "fills"
		case list:
			words[path] = "extends"
		default:
			words[path] = "replaces"
		}
		if slices.Contains(pageValues, path) {
			words[path] += ", websites only"
		}
	}
	for path, brackets := range documented {
		if words[path] == "" {
			assert.Empty(t, brackets, path)
			continue
		}
		assert.Regexp(t, "(^|; )"+words[path]+"$", brackets, path)
	}
}

// The lists name values that there are, and take for shown by a website only what a text does not show.
func TestMergeRulesNameJudgedValues(t *testing.T) {
	t.Parallel()
	text := analyze(t, webpage.FromText(onboarding.WebsiteInput{TextSample: "I bake bread at night."}, time.Time{}))
	values := onboarding.ValuesOf(&text)
	for _, path := range slices.Concat(replaced, countedLists, pageValues) {
		assert.Contains(t, newAnalyzer(t).JudgedPaths(), path)
	}
	for _, path := range replaced {
		assert.NotEqual(t, reflect.Slice, values[path].Kind(), "%s is a list", path)
	}
	for _, path := range countedLists {
		assert.Equal(t, reflect.Slice, values[path].Kind(), "%s is no list", path)
	}
	for _, path := range pageValues {
		assert.Contains(t, text.Style.Meta.Uncertainty.Reasons[path], "Only a website shows this",
			"%s: a text shows it", path)
	}
}
