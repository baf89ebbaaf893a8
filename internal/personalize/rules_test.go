package personalize_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/personalize"
)

// change alters one source of the fixture.
type change func(in *onboarding.Sources)

func analysis(edit func(a *onboarding.Analysis)) change {
	return func(in *onboarding.Sources) { edit(&in.Analysis.Analysis) }
}

func finding(name, value string) change {
	return func(in *onboarding.Sources) { in.Preferences.Findings[name] = json.RawMessage(value) }
}

func core(value string) change {
	return func(in *onboarding.Sources) { in.Personas.Core = json.RawMessage(value) }
}

// Every value of a real document follows its source: each row changes one source and
// names the value that it becomes.
func TestEveryValueFollowsItsSource(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field  string
		change change
		want   string
	}{
		{
			"website_analysis.website_url", func(in *onboarding.Sources) { in.Analysis.Website = "https://new.example" },
			`"https://new.example"`,
		},
		{"website_analysis.website_url", func(in *onboarding.Sources) { in.Analysis.Website = "" }, `null`},
		{"website_analysis.content_types", analysis(func(
			a *onboarding.Analysis,
		) {
			a.Style.ContentType.PrimaryType = judged("Guides", "")
		}), `["Guides","service pages","landing page"]`},
		{"website_analysis.content_types", analysis(func(a *onboarding.Analysis) {
			a.Style.ContentType.SecondaryTypes = onboarding.List{"Blog Posts", "news"}
		}), `["blog posts","news"]`},
		{
			"website_analysis.content_types",
			analysis(func(a *onboarding.Analysis) { a.Style.ContentType = onboarding.ContentType[onboarding.Judged]{} }), `[]`,
		},
		{
			"website_analysis.writing_style",
			analysis(func(a *onboarding.Analysis) { a.Style.WritingStyle.Tone = judged("formal", "") }), `"formal"`,
		},
		{"website_analysis.target_audience", analysis(func(
			a *onboarding.Analysis,
		) {
			a.Style.TargetAudience.Demographics = onboarding.List{"chefs"}
		}), `["chefs"]`},
		{
			"website_analysis.target_audience",
			analysis(func(a *onboarding.Analysis) { a.Style.TargetAudience.Demographics = nil }), `["tourists"]`,
		},
		{"website_analysis.industry_focus", analysis(func(
			a *onboarding.Analysis,
		) {
			a.Style.TargetAudience.IndustryFocus = judged("retail", "list")
		}), `"retail"`},
		{
			"website_analysis.industry_focus",
			analysis(func(a *onboarding.Analysis) { a.Style.TargetAudience.IndustryFocus = nil }), `"hospitality"`,
		},
		{
			"website_analysis.expertise_level",
			analysis(func(a *onboarding.Analysis) { a.Style.TargetAudience.ExpertiseLevel = judged("expert", "") }), `"expert"`,
		},
		{
			"competitor_analysis.top_performers", finding("competitors", `[{"url":"https://rival.example"}]`),
			`["rival.example"]`,
		},
		{"competitor_analysis.industry", finding("industryContext", `"bread"`), `"bread"`},
		{"competitor_analysis.industry", finding("industryContext", `7`), `"food"`},
		{"competitor_analysis.target_demographics", finding("competitors",
			`[{"domain":"a.example","competitive_insights":{"target_audience":"schools"}}]`), `["schools"]`},
		{"competitor_analysis.key_findings", finding("researchSummary", `{"key_findings":["One."]}`), `["One."]`},
		{
			"gap_analysis.content_gaps",
			analysis(func(a *onboarding.Analysis) { a.Measured.PageTypes.Missing = onboarding.List{"blog", "pricing"} }),
			`["a blog or news","questions and answers (FAQ)","case studies","videos","seasonal recipes"]`,
		},
		{"gap_analysis.content_gaps", analysis(func(a *onboarding.Analysis) {
			a.Measured.PageTypes.Linked = onboarding.List{"portfolio"}
		}), `["questions and answers (FAQ)","videos","seasonal recipes"]`},
		{"gap_analysis.content_gaps", finding(
			"sitemapAnalysis", `{"analysis_data":{"onboarding_insights":{"content_gaps":["a shop"]}}}`,
		), `["questions and answers (FAQ)","case studies","videos","a shop"]`},
		{
			"gap_analysis.target_keywords", analysis(func(a *onboarding.Analysis) { a.Measured.Keywords[3].InTitles = 1 }),
			`["proofing basket"]`,
		},
		{"gap_analysis.content_opportunities", analysis(func(a *onboarding.Analysis) {
			a.Style.ContentStrategyInsights.Opportunities = nil
		}), `["Write more about “rye”, which stands on only 1 of 8 pages.","Write more about “proofing basket”, which stands on only 2 of 8 pages.","Open an events calendar.","Publish a rye course."]`},
		{
			"keyword_analysis.high_value_keywords",
			analysis(func(a *onboarding.Analysis) { a.Measured.Keywords[0].Text = "spelt" }), `["spelt","baking class"]`,
		},
		{
			"keyword_analysis.high_value_keywords",
			analysis(func(a *onboarding.Analysis) { a.Measured.Keywords[0].Text = "Qualität" }), `["baking class"]`,
		},
		{
			"keyword_analysis.content_topics",
			analysis(func(a *onboarding.Analysis) { a.Measured.Topics = a.Measured.Topics[1:2] }), `["rye"]`,
		},
		{
			"keyword_analysis.search_intent.focus",
			analysis(func(a *onboarding.Analysis) { a.Measured.Topics = a.Measured.Topics[1:2] }), `"rye"`,
		},
		{
			"keyword_analysis.search_intent.intent",
			analysis(func(a *onboarding.Analysis) { a.Measured.PageTypes.Found[1].Words = 100 }), `"transactional"`,
		},
		{"keyword_analysis.search_intent.evidence", analysis(func(
			a *onboarding.Analysis,
		) {
			a.Measured.Syntax.QuestionShare = nil
		}), `["50% of the words stand on pages that inform (post)."]`},
		{
			"research_preferences.research_depth",
			func(in *onboarding.Sources) { in.Preferences.ResearchDepth = "Basic" }, `"Basic"`,
		},
		{
			"research_preferences.content_types",
			func(in *onboarding.Sources) { in.Preferences.ContentTypes = onboarding.List{"News"} }, `["News"]`,
		},
		{"research_preferences.auto_research", func(in *onboarding.Sources) { in.Preferences.AutoResearch = false }, `false`},
		{
			"research_preferences.factual_content",
			func(in *onboarding.Sources) { in.Preferences.FactualContent = true }, `true`,
		},
		{"research_preferences", func(in *onboarding.Sources) { in.Preferences = nil }, `null`},
		{"persona.persona_name", core(`{"identity":{"persona_name":"Ada"}}`), `"Ada"`},
		{"persona.archetype", core(`{"identity":{"archetype":"Sage"}}`), `"Sage"`},
		{"persona.default_tone", core(`{"tonal_range":{"default_tone":"dry"}}`), `"dry"`},
		{"persona.persona_name", core(`[]`), `null`},
		{
			"persona.platforms", func(in *onboarding.Sources) { delete(in.Personas.Platforms, onboarding.PlatformBlog) },
			`["linkedin"]`,
		},
		{
			"persona.based_on.analysis_id", func(in *onboarding.Sources) { in.Personas.BasedOn.AnalysisID = 8 }, `8`,
		},
		{"persona.based_on.version", func(in *onboarding.Sources) { in.Personas.BasedOn.Version = 1 }, `1`},
		{
			"persona.based_on.website_url",
			func(in *onboarding.Sources) { in.Personas.BasedOn.Website = "https://new.example" }, `"https://new.example"`,
		},
		{
			"warnings", func(in *onboarding.Sources) {
				in.Personas.BasedOn = &onboarding.BasedOn{Website: "https://new.example"}
			},
			`[{"code":"personas_of_another_website","message":"The personas were made from the analysis of ` +
				`https://new.example, but what counts now is the analysis of https://crumb.example. Generate the personas again."}]`,
		},
		{"persona", func(in *onboarding.Sources) { in.Personas = nil }, `null`},
		{"built_from.analysis_id", func(in *onboarding.Sources) { in.Analysis.ID = 8 }, `8`},
		{"built_from.analysis_version", func(in *onboarding.Sources) { in.Analysis.Version = 3 }, `3`},
		{
			"built_from.website_url", func(in *onboarding.Sources) { in.Analysis.Website = "https://new.example" },
			`"https://new.example"`,
		},
		{"built_from.analysis_updated_at", func(
			in *onboarding.Sources,
		) {
			in.Analysis.UpdatedAt = in.Analysis.UpdatedAt.AddDate(0, 0, 1)
		}, `"2026-11-02T09:00:00Z"`},
		{"built_from.preferences_updated_at", func(in *onboarding.Sources) { in.Preferences = nil }, `null`},
		{"built_from.personas_updated_at", func(in *onboarding.Sources) { in.Personas = nil }, `null`},
		{"built_from.business_updated_at", func(in *onboarding.Sources) { in.Business = nil }, `null`},
	}
	before := valuesOf(t, bakery())
	traced := map[string]bool{}
	for _, test := range tests {
		traced[test.field] = true
		t.Run(test.field, func(t *testing.T) {
			t.Parallel()
			in := bakery()
			test.change(&in)
			got := valuesOf(t, in)
			assert.Equal(t, test.want, got[test.field])
			assert.NotEqual(t, before[test.field], got[test.field])
		})
	}
	for field := range before {
		if !strings.HasPrefix(field, "meta.") && field != "is_default" && field != "default_reason" {
			assert.True(t, traced[field], "%s has a row", field)
		}
	}
}

// valuesOf maps the path of every value of the document, and of its optional parts, to
// its JSON.
func valuesOf(t *testing.T, in onboarding.Sources) map[string]string {
	t.Helper()
	raw, err := json.Marshal(personalize.Build(in))
	require.NoError(t, err)
	values := map[string]string{}
	collect(t, raw, "", values)
	return values
}

func collect(t *testing.T, raw json.RawMessage, path string, values map[string]string) {
	t.Helper()
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		values[path] = string(raw)
		return
	}
	for name, value := range object {
		collect(t, value, strings.TrimPrefix(path+"."+name, "."), values)
	}
}

func TestTwoSitesHaveTwoDocuments(t *testing.T) {
	t.Parallel()
	other := bakery()
	var a onboarding.Analysis
	a.Style.WritingStyle.Tone = judged("formal", "formality 66 of 100")
	a.Style.ContentType.PrimaryType = judged("help pages", "")
	a.Measured.Pages = 3
	a.Measured.Keywords = []onboarding.Keyword{{Text: "audit", Count: 9, Pages: 3, InTitles: 3}}
	a.Measured.Topics = []onboarding.Topic{{Name: "audit", Pages: onboarding.List{"/a", "/b"}}}
	a.Measured.PageTypes.Found = []onboarding.PageType{{Type: "docs", Pages: 3, Words: 900}}
	a.Crawl.Pages = []onboarding.CrawledPage{{Title: "Audits"}}
	other.Analysis = &onboarding.StoredAnalysis{ID: 9, Website: "https://audit.example", Analysis: a}
	other.Business, other.Preferences.Findings = nil, nil
	one, two := personalize.Build(bakery()), personalize.Build(other)
	assert.NotEqual(t, one.WebsiteAnalysis, two.WebsiteAnalysis)
	assert.NotEqual(t, one.CompetitorAnalysis, two.CompetitorAnalysis)
	assert.NotEqual(t, one.GapAnalysis, two.GapAnalysis)
	assert.NotEqual(t, one.KeywordAnalysis, two.KeywordAnalysis)
	assert.Equal(t, onboarding.List{"audit"}, two.KeywordAnalysis.HighValueKeywords)
	assertUncertainty(t, two)
}

func TestSearchIntent(t *testing.T) {
	t.Parallel()
	found := func(types ...onboarding.PageType) onboarding.PageTypes { return onboarding.PageTypes{Found: types} }
	page := func(kind string, words int) onboarding.PageType {
		return onboarding.PageType{Type: kind, Pages: 1, Words: words}
	}
	share := func(value float64) *float64 { return &value }
	tests := []struct {
		name      string
		pages     onboarding.PageTypes
		questions *float64
		asks      string
		purpose   string
		intent    string
		evidence  int
	}{
		{"posts lead", found(page("home", 100), page("post", 300)), nil, "", "", "informational", 1},
		{"posts and questions", found(page("post", 100)), share(0.2), "", "", "informational", 2},
		{"services to compare", found(page("services", 300), page("about", 100)), nil, "", "", "commercial", 1},
		{
			"services with contact", found(page("services", 300), page("about", 100)), nil, "contact (contact 2)", "",
			"commercial", 2,
		},
		{"services to book", found(page("services", 300), page("about", 100)), nil, "booking", "", "transactional", 2},
		{"a shop", found(page("shop", 300), page("post", 100)), nil, "", "", "transactional", 1},
		{"proof", found(page("portfolio", 300), page("testimonials", 100)), nil, "booking", "", "commercial", 1},
		{"the owner beside offers", found(page("about", 300), page("services", 100)), nil, "", "", "commercial", 1},
		{"the owner", found(page("about", 300), page("home", 100)), nil, "", "", "navigational", 1},
		{"the first of equal ones", found(page("post", 100), page("shop", 100)), nil, "", "", "informational", 1},
		{"only a call", found(page("home", 100)), nil, "purchase", "", "transactional", 1},
		{"only learn more", found(page("home", 100)), nil, "learn more", "", "informational", 1},
		{"only questions", onboarding.PageTypes{}, share(0.3), "", "", "informational", 1},
		{"few questions", onboarding.PageTypes{}, share(0.04), "", "", "", 0},
		{"a client's purpose", onboarding.PageTypes{}, nil, "", "Educate readers", "informational", 1},
		{"a client's promotion", onboarding.PageTypes{}, nil, "Lead generation", "promotional", "commercial", 2},
		{"the purpose does not count beside pages", found(page("home", 100)), nil, "", "informational", "", 0},
		{"pages without words", found(page("post", 0)), nil, "", "", "", 0},
		{"nothing", onboarding.PageTypes{}, nil, "", "", "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var a onboarding.Analysis
			a.Measured.PageTypes, a.Measured.Syntax.QuestionShare = test.pages, test.questions
			a.Style.ContentType.ConversionFocus, a.Style.ContentType.Purpose = judged(test.asks, ""), judged(test.purpose, "")
			inputs := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{Analysis: a}})
			got := inputs.KeywordAnalysis.SearchIntent
			if test.intent == "" {
				assert.Nil(t, got.Intent)
			} else {
				require.NotNil(t, got.Intent)
				assert.Equal(t, test.intent, *got.Intent)
			}
			assert.Len(t, got.Evidence, test.evidence)
			assertUncertainty(t, inputs)
		})
	}
}

func TestFocusOfTheOwner(t *testing.T) {
	t.Parallel()
	var a onboarding.Analysis
	a.Measured.PageTypes.Found = []onboarding.PageType{{Type: "about", Pages: 1, Words: 10}}
	a.Crawl.Content.DomainInfo.Domain = "ada.example"
	in := onboarding.Sources{Analysis: &onboarding.StoredAnalysis{Analysis: a}}
	assert.Equal(t, "ada.example", *personalize.Build(in).KeywordAnalysis.SearchIntent.Focus)
	in.Analysis.Analysis.Crawl.Content.BrandInfo.CompanyName = text("Ada Ltd")
	assert.Equal(t, "Ada Ltd", *personalize.Build(in).KeywordAnalysis.SearchIntent.Focus)
}
