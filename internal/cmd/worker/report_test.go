package worker

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func ptr[T any](v T) *T { return &v }

// sampleAnalysis has something in every section and something missing in each.
func sampleAnalysis() onboarding.ShownAnalysis {
	a := onboarding.ShownAnalysis{}
	a.Crawl.URL = "https://bakery.example"
	a.Crawl.Pages = []onboarding.CrawledPage{
		{URL: "https://bakery.example", Title: "Rye & Shine", Type: "home", Words: 1234},
		{URL: "https://bakery.example/about", Title: "パン屋について", Type: "about", Words: 1},
	}
	a.Crawl.Content.BrandInfo.CompanyName = ptr("Rye & Shine")
	a.Crawl.Content.BrandInfo.ContactInfo.Email = onboarding.List{"hello@bakery.example"}
	a.Crawl.Content.SocialMedia = map[string]string{"youtube": "https://y.example", "instagram": "https://i.example"}
	a.Crawl.Warnings = []onboarding.Warning{{Code: "page_skipped", Message: "One page could not be read."}}
	a.Style.WritingStyle.Tone = ptr(
		"warm and direct, with many questions and a habit of running on well beyond what a single line of " +
			"a terminal can hold",
	)
	a.Style.TargetAudience.Demographics = onboarding.List{"home bakers", "parents"}
	a.Patterns.StyleConsistency = ptr("even across pages")
	a.Guidelines.Guidelines.SEOOptimization = onboarding.List{"Name the bread in the title."}
	a.Guidelines.AIGenerationTips = onboarding.List{"Write short sentences."}
	a.Style.Meta = onboarding.Meta{
		Engine: "local", Confidence: 0.75,
		Uncertainty: onboarding.Uncertainty{
			Fields:  onboarding.List{"brand_analysis.brand_positioning"},
			Reasons: map[string]string{"brand_analysis.brand_positioning": "No page says how the owner differs from others."},
		},
	}
	a.Measured = onboarding.Measurements{
		Language: onboarding.TextLanguage{Code: "en", Name: "English"}, Words: 1235, Sentences: 90,
		SentenceWords: &onboarding.Distribution{
			Mean: 12.34, Median: 11, P10: 4, P90: 21,
			Histogram: []onboarding.Bucket{
				{From: 1, To: ptr(5), Count: 20},
				{From: 6, To: ptr(10), Count: 40},
				{From: 11, Count: 30},
			},
		},
		Readability: onboarding.Readability{FleschReadingEase: ptr(71.25)},
		Person:      onboarding.Person{Second: ptr(0.0412)},
		Sentiment:   &onboarding.Sentiment{Mean: 0.31},
		Keywords:    []onboarding.Keyword{{Text: "sourdough", Count: 12, Pages: 2}, {Text: "rye bread", Count: 1, Pages: 1}},
		Topics:      []onboarding.Topic{{Name: "sourdough", Terms: onboarding.List{"starter", "flour"}, Share: 0.25}},
		Phrases:     []onboarding.Term{{Text: "bake at home", Count: 3}},
	}
	return a
}

func TestWriteReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, WriteReport(&out, sampleAnalysis()))

	golden, err := os.ReadFile("testdata/report.txt")
	require.NoError(t, err)
	assert.Equal(t, string(golden), out.String())
}

func TestWriteReportOfNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, WriteReport(&out, onboarding.ShownAnalysis{}))
	assert.Equal(t, 2, strings.Count(out.String(), "\n"), "an empty analysis has a head and no sections")
}

func TestReportFitsTheWidth(t *testing.T) {
	t.Parallel()
	a := sampleAnalysis()
	a.Style.WritingStyle.Voice = ptr(strings.Repeat("x", 500) + " " + strings.Repeat("語", 300))
	a.Measured.Keywords[0].Text = strings.Repeat("very long ", 20)
	var out bytes.Buffer
	require.NoError(t, WriteReport(&out, a))
	for line := range strings.Lines(out.String()) {
		assert.LessOrEqual(t, columns.StringWidth(strings.TrimSuffix(line, "\n")), 100, line)
	}
}

func TestReportIsSafeForTerminals(t *testing.T) {
	t.Parallel()
	a := sampleAnalysis()
	hostile := "a\x1b[2Jb\u202ec\u009bd\r\ne\x00"
	a.Style.WritingStyle.Tone = &hostile
	a.Crawl.Pages[0].Title, a.Crawl.Content.BrandInfo.CompanyName = hostile, &hostile
	a.Measured.Keywords[0].Text = hostile
	a.Style.Meta.Uncertainty.Reasons["brand_analysis.brand_positioning"] = hostile
	var out bytes.Buffer
	require.NoError(t, WriteReport(&out, a))
	bad := strings.IndexFunc(out.String(), func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
	})
	assert.Equal(t, -1, bad)
	assert.Contains(t, out.String(), "a[2Jbcd e")
}

func TestWrap(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{""}, wrap("", 10))
	assert.Equal(t, []string{"one two", "three"}, wrap("one two three", 9))
	assert.Equal(t, []string{"abcde", "fgh"}, wrap("abcdefgh", 5))
	assert.Equal(t, []string{"語語", "語"}, wrap("語語語", 5), "an ideograph takes two columns")
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		assert.Equal(t, want, thousands(n))
	}
	assert.Equal(t, "1 page", plural(1, "page"))
	assert.Equal(t, "0 pages", plural(0, "page"))
}
