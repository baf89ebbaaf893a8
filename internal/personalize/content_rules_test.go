package personalize_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/personalize"
)

func TestCompetitors(t *testing.T) {
	t.Parallel()
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf(`{"domain":"c%02d.example"}`, i)
	}
	tests := []struct {
		name, findings string
		want           onboarding.List
	}{
		{
			"by score, the rest behind in order",
			`[{"domain":"a.example"},{"domain":"b.example","relevance_score":0.1},{"domain":"c.example","relevance_score":0.9},{"domain":"d.example"}]`,
			onboarding.List{"c.example", "b.example", "a.example", "d.example"},
		},
		{
			"the own site is left out", `[{"url":"http://WWW.crumb.example/x"},{"domain":"www.loaf.example"}]`,
			onboarding.List{"loaf.example"},
		},
		{"equal hosts count once", `[{"url":"https://a.example/x"},{"domain":"A.example"}]`, onboarding.List{"a.example"}},
		{"titles where there is no address", `[{"title":"The Old Mill"}]`, onboarding.List{"The Old Mill"}},
		{"other shapes say nothing", `[1,"a.example",{},{"domain":5},null]`, nil},
		{"no list", `{"domain":"a.example"}`, nil},
		{"broken", `[{`, nil},
		{"at most ten", "[" + strings.Join(many, ",") + "]", onboarding.List{
			"c00.example", "c01.example", "c02.example",
			"c03.example", "c04.example", "c05.example", "c06.example", "c07.example", "c08.example", "c09.example",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := bakery()
			in.Preferences.Findings = map[string]json.RawMessage{
				"competitors":     json.RawMessage(test.findings),
				"industryContext": json.RawMessage(`"bread"`),
			}
			inputs := personalize.Build(in)
			got := inputs.CompetitorAnalysis
			assert.ElementsMatch(t, test.want, got.TopPerformers)
			if test.want == nil {
				assert.Nil(t, got.Industry, "without competitors nothing is said")
			} else {
				assert.Equal(t, test.want, got.TopPerformers)
				assert.Equal(t, "bread", *got.Industry)
			}
			assertUncertainty(t, inputs)
		})
	}
}

func TestLongTextsOfOthersAreCut(t *testing.T) {
	t.Parallel()
	in := bakery()
	long := strings.Repeat("é", 5000)
	in.Preferences.Findings["researchSummary"] = json.RawMessage(`{"market_insights":"` + long +
		`","recommendations":["` + long + `"]}`)
	in.Preferences.Findings["industryContext"] = json.RawMessage(`"` + long + `"`)
	in.Preferences.Findings["sitemapAnalysis"] = json.RawMessage(`{"onboarding_insights":{"content_gaps":"` + long + `"}}`)
	cut := strings.Repeat("é", 299) + "…"
	got := personalize.Build(in)
	assert.Equal(t, onboarding.List{cut}, got.CompetitorAnalysis.KeyFindings)
	assert.Equal(t, cut, *got.CompetitorAnalysis.Industry)
	assert.Contains(t, got.GapAnalysis.ContentGaps, cut, "a single text is a list of one")
	assert.Contains(t, got.GapAnalysis.ContentOpportunities, cut)
}

func TestFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		found   []onboarding.PageType
		linked  onboarding.List
		visuals *onboarding.Visuals
		social  map[string]string
		want    []string
	}{
		{"one page says nothing", []onboarding.PageType{{Type: "services", Pages: 1}}, nil, &onboarding.Visuals{}, nil, nil},
		{
			"an offer without proof",
			[]onboarding.PageType{{Type: "services", Pages: 2}, {Type: "post", Pages: 1}},
			nil, nil,
			nil,
			[]string{"case studies"},
		},
		{
			"nothing to learn",
			[]onboarding.PageType{{Type: "home", Pages: 1}, {Type: "about", Pages: 1}},
			nil, nil,
			nil,
			[]string{"guides and answers"},
		},
		{
			"a linked guide",
			[]onboarding.PageType{{Type: "home", Pages: 1}, {Type: "about", Pages: 1}},
			onboarding.List{"docs"},
			nil, nil, nil,
		},
		{"no video", []onboarding.PageType{{Type: "post", Pages: 2}}, nil, &onboarding.Visuals{}, nil, []string{"videos"}},
		{
			"no video among images",
			[]onboarding.PageType{{Type: "post", Pages: 2}},
			nil,
			&onboarding.Visuals{Images: 9, Tables: 1}, nil,
			[]string{"videos"},
		},
		{
			"ten videos",
			[]onboarding.PageType{{Type: "post", Pages: 2}},
			nil,
			&onboarding.Visuals{Images: 9, Videos: 10}, nil, nil,
		},
		{
			"a channel",
			[]onboarding.PageType{{Type: "post", Pages: 2}},
			nil, &onboarding.Visuals{Images: 9, Tables: 1},
			map[string]string{"youtube": "https://youtube.example/c"},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var a onboarding.Analysis
			a.Measured.PageTypes = onboarding.PageTypes{Found: test.found, Linked: test.linked}
			a.Measured.Visuals, a.Crawl.Content.SocialMedia = test.visuals, test.social
			got := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{Analysis: a}})
			assert.ElementsMatch(t, test.want, got.GapAnalysis.ContentGaps)
		})
	}
}

func TestKeywordRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		pages        int
		title        string
		keyword      onboarding.Keyword
		high, target bool
	}{
		{"in titles on many pages", 8, "t", onboarding.Keyword{Pages: 3, InTitles: 1, Count: 2}, true, false},
		{"in titles on a quarter of the pages", 8, "t", onboarding.Keyword{Pages: 2, InTitles: 1, Count: 2}, false, true},
		{"in no title", 8, "t", onboarding.Keyword{Pages: 8, Count: 20}, false, true},
		{"two pages of three", 3, "t", onboarding.Keyword{Pages: 2, InTitles: 1, Count: 1}, true, false},
		{"one page of three", 3, "t", onboarding.Keyword{Pages: 1, InTitles: 1, Count: 3}, false, false},
		{"a page: twice in the text", 1, "t", onboarding.Keyword{Pages: 1, InTitles: 1, Count: 2}, true, false},
		{"a page: in no title", 1, "t", onboarding.Keyword{Pages: 1, Count: 5}, false, true},
		{"a text: three times", 1, "", onboarding.Keyword{Pages: 1, Count: 3}, true, false},
		{"a text: twice", 1, "", onboarding.Keyword{Pages: 1, Count: 2}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var a onboarding.Analysis
			test.keyword.Text = "rye"
			a.Measured.Pages, a.Measured.Keywords = test.pages, []onboarding.Keyword{test.keyword}
			a.Crawl.Pages = []onboarding.CrawledPage{{Title: test.title}}
			got := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{Analysis: a}})
			assert.Equal(t, test.high, len(got.KeywordAnalysis.HighValueKeywords) == 1, "high value")
			assert.Equal(t, test.target, len(got.GapAnalysis.TargetKeywords) == 1, "target")
		})
	}
}

// A topic that no post is about is left to the opportunities of the analysis only where one names it.
func TestThinTopicsThatNoOpportunityNames(t *testing.T) {
	t.Parallel()
	var a onboarding.Analysis
	a.Measured.Pages = 6
	a.Measured.Topics = []onboarding.Topic{
		{Name: "rye", Pages: onboarding.List{"/a"}, Uncovered: true},
		{Name: "spelt", Pages: onboarding.List{"/b"}, Uncovered: true},
	}
	a.Style.ContentStrategyInsights.Opportunities = onboarding.List{"No post that was read is about “rye”."}
	got := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{Analysis: a}})
	opportunities := strings.Join(got.GapAnalysis.ContentOpportunities, "\n")
	assert.Contains(t, opportunities, "Write more about “spelt”")
	assert.NotContains(t, opportunities, "Write more about “rye”")
}

func TestThinTopics(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		pages, named int
		thin         bool
	}{
		{"a third of the pages", 6, 2, true},
		{"more than a third", 6, 3, false},
		{"one of three", 3, 1, true},
		{"too few pages to tell", 2, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var a onboarding.Analysis
			a.Measured.Pages = test.pages
			a.Measured.Topics = []onboarding.Topic{{Name: "rye", Pages: make(onboarding.List, test.named)}}
			got := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{Analysis: a}})
			assert.Equal(t, test.thin, len(got.GapAnalysis.ContentOpportunities) == 1)
		})
	}
}
