package style

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

func analyze(t testing.TB, site onboarding.Site) onboarding.Analysis {
	t.Helper()
	analysis, err := newAnalyzer(t).Analyze(t.Context(), site)
	require.NoError(t, err)
	return analysis
}

func TestAnalyzeBusiness(t *testing.T) {
	t.Parallel()
	got := analyze(t, styletest.PotterySite())
	s := got.Style
	assert.Contains(t, s.WritingStyle.Tone.Text(), "neutral and positive")
	assert.Contains(t, s.WritingStyle.Voice.Text(), "first person plural, addressing the reader")
	assert.Contains(t, s.ContentCharacteristics.ReadabilityScore.Text(), "Flesch reading ease")
	assert.Subset(t, s.TargetAudience.Demographics, []string{"beginners", "families", "busy parents"})
	assert.Equal(t, "arts and photography (words used: pottery, studio, ceramics; structured data of type artgallery)", s.TargetAudience.IndustryFocus.Text())
	assert.Equal(t, "Leeds, United Kingdom (address in the structured data)", s.TargetAudience.GeographicFocus.Text())
	assert.Contains(t, s.TargetAudience.PainPoints[0], "stressed, tired and stuck")
	assert.Contains(t, s.TargetAudience.Motivations[0], "calm, clear and happy")
	assert.Nil(t, s.TargetAudience.PsychographicProfile)
	assert.Equal(t, "“Book a class” (on 2 pages)", s.ContentType.CallToAction.Text())
	assert.Equal(t, "blog posts", s.RecommendedSettings.ContentType.Text())
	assert.Equal(t, "Leeds, United Kingdom", s.RecommendedSettings.GeographicLocation.Text())
	assert.Subset(t, s.BrandAnalysis.BrandValues, []string{"patience", "honesty", "craft", "care"})
	assert.Contains(t, s.BrandAnalysis.BrandPositioning.Text(), "Small pottery classes in Leeds")
	assert.Contains(t, s.BrandAnalysis.CompetitiveDifferentiation.Text(), "Unlike most studios")
	assert.Equal(t, "rated 4.9 by 127 reviews (structured data)", s.BrandAnalysis.TrustSignals[0])
	assert.Contains(t, strings.Join(s.BrandAnalysis.TrustSignals, " "), "since 2009")
	assert.Contains(t, strings.Join(s.BrandAnalysis.AuthorityIndicators, " "), "certified ceramics teacher")
	assert.Contains(t, strings.Join(got.Guidelines.CompetitiveAdvantages, " "), "guarantee every pot")
	assert.Contains(t, s.ContentStrategyInsights.ContentGaps, "questions and answers (FAQ)")
	assert.Contains(t, strings.Join(s.ContentStrategyInsights.Weaknesses, " "),
		"2 of 3 pages have no meta description: /about, /blog/centre-clay")
	assert.Contains(t, got.Patterns.Patterns.TransitionPhrases, "for example")
	assert.Contains(t, keywordTexts(got.Measured), "pottery classes")
	assert.Equal(t, "local", s.Meta.Engine)
	assert.Positive(t, s.Meta.Confidence)
}

func TestAnalyzeCrawlResult(t *testing.T) {
	t.Parallel()
	got := analyze(t, styletest.PotterySite()).Crawl
	assert.True(t, got.Success)
	assert.Equal(t, "clay.example", got.Content.DomainInfo.DomainName)
	assert.True(t, got.Content.DomainInfo.HasAboutPage)
	assert.True(t, got.Content.DomainInfo.HasBlogSection)
	assert.True(t, got.Content.DomainInfo.HasContactPage)
	assert.Equal(t, "Clay Street Studio", *got.Content.BrandInfo.CompanyName)
	assert.Equal(t, onboarding.List{"hello@clay.example"}, got.Content.BrandInfo.ContactInfo.Email)
	require.Len(t, got.Pages, 3)
	assert.Equal(t, "post", got.Pages[2].Type)
	assert.Positive(t, got.Pages[2].Words)
	assert.Equal(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), got.Timestamp)
}

func TestAnalyzeIsDeterministic(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	results := make([]string, 8)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			analysis, err := a.Analyze(context.Background(), styletest.PotterySite())
			assert.NoError(t, err)
			raw, err := json.Marshal(analysis)
			assert.NoError(t, err)
			results[i] = string(raw)
		})
	}
	group.Wait()
	for _, result := range results[1:] {
		require.Equal(t, results[0], result)
	}
}

func TestAnalyzeWithoutText(t *testing.T) {
	t.Parallel()
	a := newAnalyzer(t)
	for _, site := range []onboarding.Site{
		{},
		{URL: "https://x.example", Pages: []onboarding.Page{{URL: "https://x.example", Title: "Only a title"}}},
		{URL: "https://x.example", Pages: []onboarding.Page{{Blocks: []onboarding.Block{{
			Kind: onboarding.BlockCode,
			Text: "x = 1",
		}, {Kind: onboarding.BlockParagraph, Text: " … "}}}}},
	} {
		_, err := a.Analyze(t.Context(), site)
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, onboarding.FailureEmptyPage, failure.Code)
		assert.False(t, failure.Temporary())
	}
}

// An almost empty site must give nothing that its one sentence does not show.
func TestAnalyzeInventsNothing(t *testing.T) {
	t.Parallel()
	site := onboarding.Site{
		URL:   "https://x.example",
		Pages: []onboarding.Page{styletest.Page("https://x.example", "", "Welcome to our new page.")},
	}
	got := analyze(t, site)
	values := Values(got)
	allowed := []string{
		"content_characteristics.content_density", "content_characteristics.visual_elements_usage",
		"content_type.primary_type", "recommended_settings.content_type",
		"content_strategy_insights.weaknesses", "content_strategy_insights.recommended_improvements",
		"style_guidelines.guidelines.seo_optimization", "style_guidelines.guidelines.conversion_optimization",
	}
	for field, value := range values {
		assert.Contains(t, allowed, field, value)
	}
	for _, field := range LocalPaths() {
		if values[field] == "" {
			assert.NotEmpty(t, got.Style.Meta.Uncertainty.Reasons[field], field)
		}
	}
	assert.Less(t, got.Style.Meta.Confidence, 0.05)
}

func TestUncertaintyListsExactlyWhatIsEmpty(t *testing.T) {
	t.Parallel()
	german := styletest.PotterySite()
	german.Pages = []onboarding.Page{styletest.Page("https://ton.example", "Töpferei",
		"Wir töpfern mit Ihnen in Leipzig, und Sie nehmen Ihre Schale mit nach Hause. Das macht Freude und kostet "+
			"wenig Zeit.")}
	german.Pages[0].Lang = "de"
	for name, site := range map[string]onboarding.Site{
		"business": styletest.PotterySite(),
		"german":   german,
		"text":     {Pages: []onboarding.Page{{Blocks: blocksOf("I write short stories for children. I love them.")}}},
	} {
		got := analyze(t, site)
		var empty []string
		for path, v := range onboarding.ValuesOf(&got) {
			covered := !strings.HasPrefix(path, "crawl_result.") && !strings.HasPrefix(path, "meta.") ||
				strings.HasSuffix(path, "company_name") || strings.HasSuffix(path, "tagline")
			if onboarding.IsEmpty(v) && covered {
				empty = append(empty, path)
			}
		}
		slices.Sort(empty)
		assert.Equal(t, empty, []string(got.Style.Meta.Uncertainty.Fields), name)
		for _, field := range empty {
			assert.NotEmpty(t, got.Style.Meta.Uncertainty.Reasons[field], field)
		}
		assert.Len(t, got.Style.Meta.Uncertainty.Reasons, len(empty), name)
	}
}

func TestAnalyzeGerman(t *testing.T) {
	t.Parallel()
	p := styletest.Page("https://rad.example", "Radwerkstatt", "# Ihre Werkstatt in Leipzig",
		"Wir reparieren Ihr Fahrrad in zwei Tagen, und Sie bekommen vorher einen Preis von uns. Außerdem holen wir Ihr Rad "+
			"bei Ihnen ab, wenn Sie keine Zeit haben.",
		"Seit 2011 schrauben wir in der Altstadt. Zum Beispiel bauen wir Laufräder, jedoch nur von Hand. Haben Sie Fragen "+
			"zu Ihrem Fahrrad? Dann rufen Sie uns einfach an, denn wir helfen Ihnen gern weiter.")
	p.Lang = "de-DE"
	p.Contacts.Phones = []string{"+49 341 000000"}
	got := analyze(t, onboarding.Site{URL: "https://rad.example", Pages: []onboarding.Page{p}})
	assert.Equal(t, "de", got.Measured.Language.Code)
	assert.Nil(t, got.Measured.Readability.FleschReadingEase)
	assert.NotNil(t, got.Measured.Readability.LIX)
	assert.Contains(t, got.Style.ContentCharacteristics.ReadabilityScore.Text(), "LIX")
	assert.Contains(t, got.Style.WritingStyle.FormalityLevel.Text(), "formal")
	assert.Contains(t, got.Style.WritingStyle.Voice.Text(), "first person plural, addressing the reader")
	assert.Equal(t, "Leipzig, Germany (named in the title, description or first headings)",
		got.Style.TargetAudience.GeographicFocus.Text())
	assert.Contains(t, got.Patterns.Patterns.TransitionPhrases, "zum beispiel")
	assert.Contains(t, got.Style.WritingStyle.Tone.Text(), "formal and positive")
	assert.Equal(t, "This takes at least 100 words of running text; there are 62.",
		got.Style.Meta.Uncertainty.Reasons["writing_style.brand_personality"])
}

func TestAnalyzeLeavesOtherLanguagesOut(t *testing.T) {
	t.Parallel()
	site := styletest.PotterySite()
	german := styletest.Page("https://clay.example/de", "Töpferei",
		"Wir töpfern mit Ihnen in Leeds, und Sie nehmen Ihre Schale mit nach Hause. Das macht Freude und kostet wenig Zeit.")
	german.Lang = "de"
	site.Pages = append(site.Pages, german)
	with, without := analyze(t, site), analyze(t, styletest.PotterySite())
	assert.Equal(t, without.Measured.ProseWords, with.Measured.ProseWords)
	assert.Equal(t, without.Measured.Keywords, with.Measured.Keywords)
	assert.Positive(t, with.Crawl.Pages[3].Words)
	assert.Contains(t, with.Style.Meta.Notes, "1 page in another language left out.")
}

// The words of a page that is left out count, so that it is not called short.
func TestWordsOfPagesInOtherLanguages(t *testing.T) {
	t.Parallel()
	text := "Wir töpfern mit Ihnen in Leeds, und Sie nehmen Ihre Schale mit nach Hause. Das macht Freude und " +
		"kostet wenig Zeit. "
	site := styletest.PotterySite()
	german := styletest.Page("https://clay.example/blog/deutsch", "Töpferei", "# Töpferei", strings.Repeat(text, 6))
	german.Lang = "de"
	japanese := styletest.Page("https://clay.example/faq", "陶芸", "私たちは毎週土曜日に陶芸教室を開いています。初心者の方も歓迎します。作品は後日お渡しします。")
	japanese.Lang = "ja"
	site.Pages = append(site.Pages, german, japanese)
	for i := range 3 {
		site.Pages[i].Blocks = append(site.Pages[i].Blocks, onboarding.Block{Kind: onboarding.BlockCode, Text: "x = 1"})
	}
	got := analyze(t, site)
	words := got.Crawl.Pages[3].Words
	assert.Equal(t, 1+6*21, words)
	assert.Greater(t, got.Crawl.Pages[4].Words, 20, "by the segments of the page's own language")
	said := strings.Join(append(got.Style.ContentStrategyInsights.Weaknesses,
		got.Style.ContentStrategyInsights.Strengths...), "\n")
	assert.NotRegexp(t, `fewer than 100 words:.*(/blog/deutsch|/faq)`, said)
	assert.Contains(t, got.Style.ContentType.PrimaryType.Text(), "blog posts (2 of 5 pages")
	total := 0
	for _, p := range got.Crawl.Pages {
		total += p.Words
	}
	share := fmt.Sprintf("%.0f%% of the words", 100*float64(words+got.Crawl.Pages[2].Words)/float64(total))
	assert.Contains(t, got.Style.ContentType.PrimaryType.Text(), share)
	assert.Contains(t, got.Style.ContentCharacteristics.ContentDensity.Text(), "on 3 pages",
		"lengths in other languages compare with nothing")

	site.Pages = site.Pages[2:4]
	site.Pages[0].Blocks = append(site.Pages[0].Blocks, onboarding.Block{
		Kind: onboarding.BlockParagraph,
		Text: strings.Repeat("You centre the clay on the wheel, and you do it again and again. ", 100),
	})
	assert.Contains(t, analyze(t, site).Style.ContentStrategyInsights.Strengths[3:],
		"Every fully measured page has something to read (1 of 2, "+strconv.Itoa(got.Crawl.Pages[2].Words+1400)+
			" words on average).")
}

func TestAnalyzeTextWithoutWebsite(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"I bake sourdough bread for busy families, and I love what slow bread does for you.",
		"You can order your bread by noon. I bake it at night, so that it is warm when you come. However, I never bake " +
			"on a Sunday, because you and I both need the sleep.",
	}, "\n\n")
	got := analyze(t, onboarding.Site{Pages: []onboarding.Page{{Blocks: blocksOf(text)}}})
	assert.NotNil(t, got.Style.WritingStyle.Tone)
	assert.NotNil(t, got.Style.WritingStyle.Voice)
	assert.Contains(t, got.Style.TargetAudience.Demographics, "busy families")
	assert.Nil(t, got.Style.ContentCharacteristics.VisualElementsUsage)
	assert.Nil(t, got.Style.ContentType.PrimaryType)
	assert.Empty(t, got.Guidelines.Guidelines.SEOOptimization)
	assert.Empty(t, got.Style.ContentStrategyInsights.ContentGaps)
	assert.Empty(t, got.Measured.PageTypes.Found)
}

func TestAnalyzeStopsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	reg := prometheus.NewRegistry()
	a, err := New(reg, Config{Brand: true})
	require.NoError(t, err)
	_, err = a.Analyze(ctx, styletest.PotterySite())
	require.ErrorIs(t, err, context.Canceled)
	c, err := a.meter.NewCorpus(t.Context(), nil, onboarding.TextLanguage{})
	require.NoError(t, err)
	_, err = a.meter.MeasureCorpus(ctx, c, nil, nil, nil, nil)
	require.ErrorIs(t, err, context.Canceled)
	_, err = a.Analyze(t.Context(), styletest.PotterySite())
	require.NoError(t, err)
	_, err = a.Analyze(t.Context(), onboarding.Site{})
	require.Error(t, err)
	for outcome, want := range map[string]float64{"done": 1, "stopped": 1, "empty": 1} {
		assert.InDelta(t, want, testutil.ToFloat64(a.metrics.analyses.WithLabelValues(outcome)), 0, outcome)
	}
}
