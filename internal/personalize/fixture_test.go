package personalize_test

import (
	"encoding/json"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func text(s string) *string { return &s }

func judged(value, evidence string) *onboarding.Judged {
	return &onboarding.Judged{Value: value, Evidence: evidence}
}

// bakery is what is known of a user with a small site and all steps done.
func bakery() onboarding.Sources {
	questions := 0.05
	var a onboarding.Analysis
	a.Style.WritingStyle.Tone = judged("warm and informal", "formality 48 of 100")
	a.Style.TargetAudience.Demographics = onboarding.List{"home bakers", "families"}
	a.Style.TargetAudience.ExpertiseLevel = judged("beginner", "words used: how to 3")
	a.Style.TargetAudience.IndustryFocus = judged("food", "structured data of type bakery")
	a.Style.ContentType.PrimaryType = judged("blog posts", "3 of 8 pages, 50% of the words")
	a.Style.ContentType.SecondaryTypes = onboarding.List{"service pages", "landing page"}
	a.Style.ContentType.ConversionFocus = judged("booking", "kinds of call to action: booking 3")
	a.Measured.Visuals = &onboarding.Visuals{Images: 30}
	a.Style.ContentStrategyInsights.ContentGaps = onboarding.List{"questions and answers (FAQ)"}
	a.Style.ContentStrategyInsights.Opportunities = onboarding.List{
		"No post that was read is about “rye”, a topic of the site (5% of the text blocks).",
	}
	a.Style.Meta.Uncertainty = onboarding.Uncertainty{Reasons: map[string]string{}}
	a.Measured.Pages = 8
	a.Measured.Syntax.QuestionShare = &questions
	a.Measured.Keywords = []onboarding.Keyword{
		{Text: "sourdough", Count: 20, Pages: 7, InTitles: 4},
		{Text: "baking class", Count: 9, Pages: 4, InTitles: 2},
		{Text: "proofing basket", Count: 5, Pages: 2, InTitles: 1},
		{Text: "rye", Count: 6, Pages: 4},
	}
	a.Measured.Topics = []onboarding.Topic{
		{Name: "sourdough", Pages: onboarding.List{"/", "/a", "/b", "/c", "/d"}, Share: 0.4},
		{Name: "rye", Pages: onboarding.List{"/a"}, Share: 0.05, Uncovered: true},
		{Name: "proofing basket", Pages: onboarding.List{"/a", "/b"}, Share: 0.04},
	}
	a.Measured.PageTypes = onboarding.PageTypes{
		Found: []onboarding.PageType{
			{Type: "home", Pages: 1, Words: 100},
			{Type: "post", Pages: 3, Words: 500},
			{Type: "services", Pages: 2, Words: 300},
			{Type: "about", Pages: 2, Words: 100},
		},
		Linked: onboarding.List{"legal"}, Missing: onboarding.List{"faq", "testimonials"},
	}
	a.Crawl.Pages = []onboarding.CrawledPage{{URL: "https://crumb.example", Title: "Crumb"}}
	a.Crawl.Content.BrandInfo.CompanyName = text("Crumb")
	day := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	return onboarding.Sources{
		Analysis: &onboarding.StoredAnalysis{ID: 7, Version: 2, Website: "https://crumb.example", Analysis: a, UpdatedAt: day},
		Preferences: &onboarding.ResearchPreferences{
			ResearchDepth: "Deep", ContentTypes: onboarding.List{"Blog Posts"}, AutoResearch: true,
			UpdatedAt: day.Add(time.Hour),
			Findings: map[string]json.RawMessage{
				"competitors": json.RawMessage(`[
					{"url":"https://crumb.example/about","title":"Crumb"},
					{"url":"https://www.loaf.example/x","title":"Loaf","relevance_score":0.6,"competitive_insights":{"target_audience":"restaurants"}},
					{"domain":"oven.example","relevance_score":0.9,"competitive_insights":{"target_audience":"home bakers"}},
					{"title":"The Old Mill"}]`),
				"researchSummary": json.RawMessage(
					`{"market_insights":"Classes sell out.","key_findings":["Nobody writes about rye."],"recommendations":["Publish a rye course."]}`,
				),
				"sitemapAnalysis": json.RawMessage(
					`{"onboarding_insights":{"content_gaps":["seasonal recipes"],"growth_opportunities":["Open an events calendar."]}}`,
				),
				"industryContext": json.RawMessage(`"artisan baking"`),
			},
		},
		Personas: &onboarding.StoredPersonas{
			BasedOn: &onboarding.BasedOn{AnalysisID: 7, Version: 2, Website: "https://crumb.example"},
			Personas: onboarding.Personas{
				Core: json.RawMessage(
					`{"identity":{"persona_name":"The patient baker","archetype":"Teacher"},"tonal_range":{"default_tone":"warm"}}`,
				),
				Platforms: map[onboarding.Platform]json.RawMessage{
					onboarding.PlatformBlog:     json.RawMessage(`{"platform_type":"blog"}`),
					onboarding.PlatformLinkedIn: json.RawMessage(`{"platform_type":"linkedin"}`),
					onboarding.PlatformMedium:   json.RawMessage(`{"error":"timed out"}`),
				},
			},
			UpdatedAt: day.Add(2 * time.Hour),
		},
		Business: &onboarding.BusinessInfo{
			Industry: "hospitality", TargetAudience: "tourists",
			UpdatedAt: day.Add(3 * time.Hour),
		},
	}
}
