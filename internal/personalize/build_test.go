package personalize_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/personalize"
)

var update = flag.Bool("update", false, "rewrite the golden document")

func TestGoldenDocument(t *testing.T) {
	t.Parallel()
	const path = "testdata/bakery.json"
	got, err := json.MarshalIndent(personalize.Build(bakery()), "", "  ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got)+"\n")
}

func TestSameSourcesSameBytes(t *testing.T) {
	t.Parallel()
	encode := func() string {
		raw, err := json.Marshal(personalize.Build(bakery()))
		require.NoError(t, err)
		return string(raw)
	}
	first := encode()
	for range 20 {
		assert.Equal(t, first, encode())
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	full := bakery()
	tests := []struct {
		name string
		in   onboarding.Sources
	}{
		{"nothing", onboarding.Sources{}},
		{"preferences", onboarding.Sources{Preferences: full.Preferences}},
		{"personas", onboarding.Sources{Personas: full.Personas}},
		{"business", onboarding.Sources{Business: full.Business}},
	}
	bare := personalize.Build(onboarding.Sources{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := personalize.Build(test.in)
			assert.True(t, got.IsDefault)
			require.NotNil(t, got.DefaultReason)
			assert.Contains(t, *got.DefaultReason, "step 2")
			assert.Nil(t, got.WebsiteAnalysis.WebsiteURL)
			assert.Empty(t, got.CompetitorAnalysis.TopPerformers, "no competitor is invented, and none mixed in")
			assert.Equal(t, bare.WebsiteAnalysis, got.WebsiteAnalysis)
			assert.Equal(t, bare.CompetitorAnalysis, got.CompetitorAnalysis)
			assert.Equal(t, bare.GapAnalysis, got.GapAnalysis)
			assert.Equal(t, bare.KeywordAnalysis, got.KeywordAnalysis)
			assert.Equal(t, test.in.Preferences != nil, got.ResearchPreferences != nil)
			assert.Equal(t, test.in.Personas != nil, got.Persona != nil)
			assertUncertainty(t, got)
		})
	}
	assert.Equal(t, onboarding.List{"blog", "article"}, bare.WebsiteAnalysis.ContentTypes)
	assert.Equal(t, "professional", *bare.WebsiteAnalysis.WritingStyle)
	assert.Equal(t, onboarding.List{"professionals"}, bare.WebsiteAnalysis.TargetAudience)
}

// An analysis without a single value must show no value of the default set.
func TestDefaultsAreNeverMixed(t *testing.T) {
	t.Parallel()
	got := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{ID: 1}})
	assert.False(t, got.IsDefault)
	assert.Nil(t, got.DefaultReason)
	assert.Equal(t, onboarding.InputsWebsite{ContentTypes: onboarding.List{}, TargetAudience: onboarding.List{}},
		got.WebsiteAnalysis)
	raw, err := json.Marshal([]any{got.CompetitorAnalysis, got.GapAnalysis, got.KeywordAnalysis})
	require.NoError(t, err)
	assert.NotRegexp(t, `:"[^"]`, string(raw), "no text at all")
	assertUncertainty(t, got)
}

func TestReasonsOfTheAnalysisAreKept(t *testing.T) {
	t.Parallel()
	in := bakery()
	in.Business = nil
	style := &in.Analysis.Analysis.Style
	style.TargetAudience.IndustryFocus = nil
	style.Meta.Uncertainty.Reasons["target_audience.industry_focus"] = "No industry's words lead."
	got := personalize.Build(in)
	assert.Nil(t, got.WebsiteAnalysis.IndustryFocus)
	assert.Equal(t, "No industry's words lead.", got.Meta.Uncertainty.Reasons["website_analysis.industry_focus"])
	assertUncertainty(t, got)
}

func TestEmptyValuesHaveReasons(t *testing.T) {
	t.Parallel()
	assertUncertainty(t, personalize.Build(bakery()))
	in := bakery()
	in.Preferences.ContentTypes, in.Preferences.ResearchDepth = nil, ""
	in.Personas.Core = json.RawMessage(`{"identity":[1],"tonal_range":{"default_tone":3}}`)
	in.Personas.Platforms = nil
	got := personalize.Build(in)
	require.NotNil(t, got.Persona)
	assert.Nil(t, got.Persona.PersonaName)
	assertUncertainty(t, got)
}

// assertUncertainty checks that the document names exactly its empty values.
func assertUncertainty(t *testing.T, inputs onboarding.Inputs) {
	t.Helper()
	raw, err := json.Marshal(inputs)
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, json.Unmarshal(raw, &document))
	delete(document, "built_from")
	delete(document, "warnings")
	if persona, ok := document["persona"].(map[string]any); ok {
		delete(persona, "based_on")
	}
	delete(document, "default_reason")
	delete(document, "meta")
	var empty []string
	findEmpty(document, "", &empty)
	assert.True(t, slices.IsSorted(inputs.Meta.Uncertainty.Fields))
	assert.ElementsMatch(t, empty, inputs.Meta.Uncertainty.Fields)
	assert.ElementsMatch(t, empty, slices.Collect(maps.Keys(inputs.Meta.Uncertainty.Reasons)))
	for path, reason := range inputs.Meta.Uncertainty.Reasons {
		assert.Regexp(t, `^[A-Z].*\.$`, reason, path)
	}
}

func findEmpty(value any, path string, empty *[]string) {
	switch value := value.(type) {
	case nil:
		*empty = append(*empty, path)
	case string:
		if value == "" {
			*empty = append(*empty, path)
		}
	case []any:
		if len(value) == 0 {
			*empty = append(*empty, path)
		}
	case map[string]any:
		for name, element := range value {
			findEmpty(element, strings.TrimPrefix(path+"."+name, "."), empty)
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	for _, in := range []onboarding.Sources{
		{},
		{Analysis: &onboarding.StoredAnalysis{}},
		{Personas: &onboarding.StoredPersonas{}},
		bakery(),
	} {
		raw, err := json.Marshal(personalize.Build(in))
		require.NoError(t, err)
		assert.NotRegexp(t,
			`"(content_types|target_audience|top_performers|target_demographics|key_findings|content_gaps|target_keywords|content_opportunities|high_value_keywords|content_topics|evidence|platforms|fields)":null`, string(raw))
	}
}

func TestDocumentIsNotAliased(t *testing.T) {
	t.Parallel()
	in := bakery()
	before, err := json.Marshal(in.Analysis)
	require.NoError(t, err)
	got := personalize.Build(in)
	got.WebsiteAnalysis.TargetAudience[0] = "changed"
	got.GapAnalysis.ContentGaps[0] = "changed"
	after, err := json.Marshal(in.Analysis)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

// The documentation lists exactly the fields that there are.
func TestDocumentedFields(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/personalization.md")
	require.NoError(t, err)
	var documented []string
	_, list, _ := strings.Cut(string(page), "## Every field\n")
	list, _, _ = strings.Cut(list, "\n## ")
	for _, item := range regexp.MustCompile("(?m)^- (?:`[a-z_.]+`,?\\s*)+: ").FindAllString(list, -1) {
		for _, field := range regexp.MustCompile("`([a-z_.]+)`").FindAllStringSubmatch(item, -1) {
			documented = append(documented, field[1])
		}
	}
	assert.ElementsMatch(t, fieldsOf(reflect.TypeFor[onboarding.StoredInputs](), ""), documented)
	for _, words := range []onboarding.List{
		personalize.Build(onboarding.Sources{}).WebsiteAnalysis.ContentTypes,
		personalize.Build(onboarding.Sources{}).GapAnalysis.ContentGaps,
		personalize.Build(onboarding.Sources{}).GapAnalysis.TargetKeywords,
	} {
		assert.Contains(t, string(page), strings.Join(words, ", "), "the default set is documented")
	}
}

func fieldsOf(of reflect.Type, prefix string) []string {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || of.PkgPath() == "time" || of == reflect.TypeFor[onboarding.Uncertainty]() {
		return []string{strings.TrimSuffix(prefix, ".")}
	}
	var fields []string
	for i := range of.NumField() {
		field := of.Field(i)
		name := field.Tag.Get("json") + "."
		if field.Anonymous {
			name = ""
		}
		fields = append(fields, fieldsOf(field.Type, prefix+name)...)
	}
	return fields
}

// Personas of another analysis than the rest are named, with what they were made from.
func TestPersonasOfAnotherAnalysis(t *testing.T) {
	t.Parallel()
	crumb := onboarding.BasedOn{AnalysisID: 7, Version: 2, Website: "https://www.crumb.example"}
	toys := onboarding.BasedOn{AnalysisID: 8, Version: 1, Website: "https://toys.example"}
	older := crumb
	older.Version = 1
	tests := []struct {
		name         string
		basedOn      *onboarding.BasedOn
		restoredFrom int
		code         string
	}{
		{"the same", &crumb, 0, ""},
		{"not known", nil, 0, ""},
		{"another website", &toys, 0, "personas_of_another_website"},
		{"an older version", &older, 0, "personas_of_older_analysis"},
		{"a version that counts again", &older, 1, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := bakery()
			in.Analysis.ID, in.Analysis.Version, in.Analysis.Website = crumb.AnalysisID, crumb.Version, crumb.Website
			in.Analysis.RestoredFrom, in.Personas.BasedOn = test.restoredFrom, test.basedOn
			got := personalize.Build(in)
			assert.Equal(t, test.basedOn, got.Persona.BasedOn)
			assert.Equal(t, crumb.Version, *got.BuiltFrom.AnalysisVersion)
			if test.code == "" {
				assert.Equal(t, []onboarding.Warning{}, got.Warnings)
				return
			}
			require.Len(t, got.Warnings, 1)
			assert.Equal(t, test.code, got.Warnings[0].Code)
			assert.Regexp(t, `^[A-Z].*\.$`, got.Warnings[0].Message)
		})
	}
	in := bakery()
	in.Analysis, in.Personas.BasedOn = nil, &crumb
	assert.Equal(t, "personas_without_analysis", personalize.Build(in).Warnings[0].Code)
}
