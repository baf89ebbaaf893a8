package persona

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func newGenerator(t testing.TB) *Generator {
	t.Helper()
	return New(prometheus.NewRegistry())
}

// sourcesOf reads the analysis of a site in testdata.
func sourcesOf(t testing.TB, name string) onboarding.PersonaSources {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(t, err)
	in := onboarding.PersonaSources{Website: "https://" + name + ".example"}
	require.NoError(t, json.Unmarshal(raw, &in.Analysis))
	return in
}

func text(value *string) string {
	if value == nil {
		return "<nil>"
	}
	return *value
}

func ptr[T any](value T) *T { return &value }

func TestCoreOfALivelyVoice(t *testing.T) {
	t.Parallel()
	core := newGenerator(t).Core(sourcesOf(t, "crumb"))
	assert.Equal(t, "The voice of Crumb Street Bakery", text(core.Identity.PersonaName))
	assert.Equal(t, "“Big loaves, tiny shop, very early mornings” (slogan of the site)", text(core.Identity.CoreBelief))
	assert.Contains(t, text(core.Identity.BrandVoiceDescription), "first person singular")

	print := core.LinguisticFingerprint
	assert.InDelta(t, 9, *print.SentenceMetrics.AverageSentenceLengthWords, 2)
	assert.Contains(t, text(print.SentenceMetrics.PreferredSentenceType), "short statements")
	assert.Contains(t, text(print.LexicalFeatures.Contractions), "often (")
	assert.Contains(t, print.LexicalFeatures.GoToWords, "bread")
	assert.Contains(t, text(print.LexicalFeatures.FillerWords), "honestly")
	assert.Contains(t, text(print.RhetoricalDevices.RhetoricalQuestions), "questions, for example “")
	assert.Nil(t, print.RhetoricalDevices.Metaphors)

	marks := core.StylisticConstraints.Punctuation
	assert.Contains(t, text(marks.ExclamationPoints), "often (")
	assert.Contains(t, text(marks.EmDash), "often (")
	assert.Contains(t, core.TonalRange.ForbiddenTones[0], "stiff")
	assert.Equal(t, "local", core.Meta.Engine)
}

func TestCoreOfAFormalVoice(t *testing.T) {
	t.Parallel()
	core := newGenerator(t).Core(sourcesOf(t, "cycleways"))
	print := core.LinguisticFingerprint
	assert.Greater(t, *print.SentenceMetrics.AverageSentenceLengthWords, 22.0)
	assert.Contains(t, text(print.SentenceMetrics.PreferredSentenceType), "long statements")
	assert.Equal(t, "almost never (0 in 1,000 words)", text(print.LexicalFeatures.Contractions))
	assert.Contains(t, text(core.StylisticConstraints.Punctuation.ExclamationPoints), "never (none in 1,")
	assert.Contains(t, strings.Join(core.TonalRange.ForbiddenTones, "; "), "chatty")
	assert.Contains(t, strings.Join(core.StyleGuide.Traits, " "), "We are thorough, not clipped (")
}

func TestSameSourcesGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	in := sourcesOf(t, "crumb")
	first, err := json.Marshal(newGenerator(t).Core(in))
	require.NoError(t, err)
	for range 5 {
		again, err := json.Marshal(newGenerator(t).Core(in))
		require.NoError(t, err)
		assert.Equal(t, string(first), string(again))
	}
}

// emptyPaths are the paths of the empty values in the JSON of a persona.
func emptyPaths(object map[string]any, prefix string) onboarding.List {
	empty := onboarding.List{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		path := prefix + name
		switch value := object[name].(type) {
		case map[string]any:
			if path != "meta" && path != "linguistic_fingerprint.measured" && path != "validation_results" &&
				path != "sample_post" {
				empty = append(empty, emptyPaths(value, path+".")...)
			}
		case []any:
			if len(value) == 0 {
				empty = append(empty, path)
			}
		case nil:
			if path != "linguistic_fingerprint.measured" {
				empty = append(empty, path)
			}
		}
	}
	return empty
}

// requireExplained checks that exactly the empty values have reasons.
func requireExplained(t *testing.T, document any, u onboarding.Uncertainty) {
	t.Helper()
	raw, err := json.Marshal(document)
	require.NoError(t, err)
	empty := emptyPaths(decode(t, raw), "")
	assert.Equal(t, empty, u.Fields)
	assert.Len(t, u.Reasons, len(empty))
	for _, path := range empty {
		assert.NotEmpty(t, u.Reasons[path], path)
	}
}

func TestEveryEmptyValueHasAReason(t *testing.T) {
	t.Parallel()
	g := newGenerator(t)
	german := sourcesOf(t, "crumb")
	german.Analysis.Measured.Language = onboarding.TextLanguage{Code: "de", Name: "German"}
	german.Analysis.Measured.Syntax.PassiveShare, german.Analysis.Measured.Syntax.ContractionsPer1000 = nil, nil
	sources := map[string]onboarding.PersonaSources{
		"rich":   sourcesOf(t, "crumb"),
		"german": german,
		"empty":  {},
		"tiny":   {Analysis: onboarding.Analysis{Measured: onboarding.Measurements{ProseWords: 12, Sentences: 1}}},
		"business": {Business: &onboarding.BusinessInfo{
			BusinessDescription: "We restore violins for orchestras.", Industry: "music", TargetAudience: "orchestras",
		}},
		"client": {Analysis: onboarding.Analysis{Style: onboarding.StyleAnalysis[onboarding.Judged]{
			WritingStyle: onboarding.WritingStyle[onboarding.Judged]{Tone: judged("dry and witty", "")},
		}}},
	}
	for name, in := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core := g.Core(in)
			requireExplained(t, core, core.Meta.Uncertainty)
			for _, p := range onboarding.Platforms() {
				persona, err := g.Platform(in, core, p)
				require.NoError(t, err)
				requireExplained(t, persona, persona.Meta.Uncertainty)
			}
		})
	}
}

func TestCoreWithoutMeasurements(t *testing.T) {
	t.Parallel()
	in := onboarding.PersonaSources{
		Analysis: onboarding.Analysis{Style: onboarding.StyleAnalysis[onboarding.Judged]{
			WritingStyle: onboarding.WritingStyle[onboarding.Judged]{
				Tone: judged("warm and wry", "formality 40 of 100"), Complexity: judged("simple", ""),
			},
			ContentCharacteristics: onboarding.ContentCharacteristics[onboarding.Judged]{
				SentenceStructure: judged("short", ""),
				VocabularyLevel:   judged("plain", ""),
			},
		}},
		Business: &onboarding.BusinessInfo{BusinessDescription: "We restore violins for orchestras.", Industry: "music"},
	}
	core := newGenerator(t).Core(in)
	assert.Equal(t, "A voice for music", text(core.Identity.PersonaName))
	assert.Equal(t, "“We restore violins for orchestras.” (description of the business)", text(core.Identity.CoreBelief))
	assert.Equal(t, "warm and wry", text(core.TonalRange.DefaultTone))
	assert.Equal(t, onboarding.List{"warm", "wry"}, core.TonalRange.PermissibleTones)
	assert.Equal(t, "short", text(core.LinguisticFingerprint.SentenceMetrics.PreferredSentenceType))
	assert.Nil(t, core.LinguisticFingerprint.Measured)
	assert.Nil(t, core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords)
	assert.Empty(t, core.LinguisticFingerprint.LexicalFeatures.AvoidWords)
}

func TestOwner(t *testing.T) {
	t.Parallel()
	for website, want := range map[string]string{
		"https://www.loaf.example/a?b=c": "loaf.example", "http://127.0.0.1:8080": "", "http://localhost:1": "", "": "",
		"http://[::1]/": "",
	} {
		assert.Equal(t, want, newSource(onboarding.PersonaSources{Website: website}).owner(), website)
	}
}

func TestArchetype(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ personality, want string }{
		"one":     {"sincere", "The Everyman (brand personality: sincere)"},
		"two":     {"rugged and sincere", "<nil>"},
		"none":    {"", "<nil>"},
		"unknown": {"pensive", "<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSource(onboarding.PersonaSources{})
			if test.personality != "" {
				s.style.WritingStyle.BrandPersonality = judged(test.personality, "")
			}
			assert.Equal(t, test.want, text(s.archetype()))
			assert.NotEmpty(t, s.archetypeReason())
		})
	}
	s := newSource(onboarding.PersonaSources{})
	s.style.Meta.Uncertainty.Reasons = map[string]string{"writing_style.brand_personality": "Two are near each other."}
	assert.Equal(t, "Two are near each other.", s.archetypeReason(), "the candidates")
}

func TestAvoidedWordsComeFromContrast(t *testing.T) {
	t.Parallel()
	in := sourcesOf(t, "crumb")
	s := newSource(in)
	assert.NotContains(t, s.avoidWords(), "amazing", "too rare in the language to be missed")
	in.Analysis.Measured.Voice.Profile.Avoided = []onboarding.VoiceWord{{Text: "however", Count: 0, Expected: 9.5, Score: -2.4}}
	assert.Equal(t, onboarding.List{"however"}, newSource(in).avoidWords())
	in.Analysis.Measured.Voice = nil
	assert.Empty(t, newSource(in).avoidWords())
	assert.Contains(t, newSource(in).avoidReason(), "was not measured")
}

func TestStyleGuideQuotesTheSite(t *testing.T) {
	t.Parallel()
	in := sourcesOf(t, "crumb")
	guide := newGenerator(t).Core(in).StyleGuide
	assert.NotEmpty(t, guide.Passages)
	assert.LessOrEqual(t, len(guide.Passages), 5)
	for _, p := range guide.Passages {
		assert.Contains(t, p.URL, "https://crumb.example")
	}
	assert.NotEmpty(t, guide.Traits)
	assert.Contains(t, text(guide.House.Reader), "addressed as you")
	assert.NotEmpty(t, guide.Everywhere)
}

func TestMarkHabits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		words int
		rates map[string]float64
		want  string
	}{
		"often":             {1000, map[string]float64{"dash": 8}, "often (8 in 1,000 words)"},
		"sometimes":         {1000, map[string]float64{"dash": 2}, "sometimes (2 in 1,000 words)"},
		"rarely":            {1000, map[string]float64{"dash": 1.9}, "rarely (1.9 in 1,000 words)"},
		"never":             {500, map[string]float64{"comma": 3}, "never (none in 500 words)"},
		"too short to tell": {499, map[string]float64{"comma": 3}, "<nil>"},
		"not measured":      {1000, nil, "<nil>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSource(onboarding.PersonaSources{})
			s.m.ProseWords, s.m.PunctuationPer1000 = test.words, test.rates
			assert.Equal(t, test.want, text(s.mark("dash", 8)))
		})
	}
}

func judged(value, evidence string) *onboarding.Judged {
	return &onboarding.Judged{Value: value, Evidence: evidence}
}
