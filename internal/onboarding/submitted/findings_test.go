package submitted_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

func posted(t *testing.T, body string) map[string]json.RawMessage {
	t.Helper()
	var data map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(body), &data))
	return data
}

func TestResearchFindings(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"nothing", `{}`, `{}`},
		{"null is left out", `{"competitors":null,"researchSummary":null,"userUrl":null}`, `{}`},
		{"so is an empty object where it can't be", `{"competitors":{},"userUrl":{}}`, `{}`},
		{
			"other fields are left out",
			`{"research_depth":"Deep","stepType":"research","completedAt":"x","api_key":"sk"}`, `{}`,
		},
		{"an empty list is kept", `{"competitors":[]}`, `{"competitors":[]}`},
		{
			"what the wizard posts",
			`{"competitors":[{"url":"https://a.example","domain":null,"relevance_score":0.5,"highlights":["x"],"favicon":7}],"researchSummary":{"total_competitors":1},
			  "sitemapAnalysis":{"structure_analysis":{}},"userUrl":"https://me.example","industryContext":"","analysisTimestamp":"2026-11-01T00:00:00Z",
			  "social_media_accounts":{"x":"https://x.example"},"socialMediaAccounts":{},"social_media_citations":[{"u":1}],"socialMediaCitations":[],"deepCompetitorAnalysis":{"a":[1]}}`,
			`{"competitors":[{"url":"https://a.example","domain":null,"relevance_score":0.5,"highlights":["x"],"favicon":7}],"researchSummary":{"total_competitors":1},
			  "sitemapAnalysis":{"structure_analysis":{}},"userUrl":"https://me.example","industryContext":"","analysisTimestamp":"2026-11-01T00:00:00Z",
			  "social_media_accounts":{"x":"https://x.example"},"socialMediaAccounts":{},"social_media_citations":[{"u":1}],"socialMediaCitations":[],"deepCompetitorAnalysis":{"a":[1]}}`,
		},
		{
			"long numbers keep their digits", `{"researchSummary":{"id":12345678901234567890}}`,
			`{"researchSummary":{"id":12345678901234567890}}`,
		},
		{"exponents are resolved", `{"researchSummary":{"a":1e-999999,"b":1e3}}`, `{"researchSummary":{"a":0,"b":1000}}`},
		{"half a surrogate pair is replaced", `{"researchSummary":{"a":"x\ud800y"}}`, `{"researchSummary":{"a":"x\ufffdy"}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := submitted.ResearchFindings(posted(t, test.body))
			require.NoError(t, err)
			raw, err := json.Marshal(got)
			require.NoError(t, err)
			assert.JSONEq(t, test.want, string(raw))
			if test.name == "long numbers keep their digits" {
				assert.Contains(t, string(raw), "12345678901234567890")
			}
		})
	}
}

func TestResearchFindingsRefuses(t *testing.T) {
	t.Parallel()
	many := "[" + strings.TrimSuffix(strings.Repeat("{},", 101), ",") + "]"
	deep := strings.Repeat("[", 70) + strings.Repeat("]", 70)
	tests := []struct{ name, body, field, code string }{
		{"competitors no list", `{"competitors":{"a":1}}`, "competitors", "invalid_field"},
		{"a competitor no object", `{"competitors":[{},"a"]}`, "competitors[1]", "invalid_field"},
		{"a competitor null", `{"competitors":[null]}`, "competitors[0]", "invalid_field"},
		{"too many competitors", `{"competitors":` + many + `}`, "competitors", "too_many"},
		{"a url no text", `{"competitors":[{"url":7}]}`, "competitors[0].url", "invalid_field"},
		{"a domain no text", `{"competitors":[{"domain":{}}]}`, "competitors[0].domain", "invalid_field"},
		{"a title no text", `{"competitors":[{},{"title":[]}]}`, "competitors[1].title", "invalid_field"},
		{"a long summary", `{"competitors":[{"summary":"` + strings.Repeat("x", 10_001) +
			`"}]}`, "competitors[0].summary", "too_long"},
		{"summary no object", `{"researchSummary":"x"}`, "researchSummary", "invalid_field"},
		{"sitemap no object", `{"sitemapAnalysis":[]}`, "sitemapAnalysis", "invalid_field"},
		{"deep analysis no object", `{"deepCompetitorAnalysis":1}`, "deepCompetitorAnalysis", "invalid_field"},
		{"accounts no object", `{"social_media_accounts":[]}`, "social_media_accounts", "invalid_field"},
		{"accounts no object either", `{"socialMediaAccounts":"x"}`, "socialMediaAccounts", "invalid_field"},
		{"citations no list", `{"social_media_citations":{"a":1}}`, "social_media_citations", "invalid_field"},
		{"a citation no object", `{"socialMediaCitations":[1]}`, "socialMediaCitations[0]", "invalid_field"},
		{"address no text", `{"userUrl":1}`, "userUrl", "invalid_field"},
		{"industry no text", `{"industryContext":{"a":1}}`, "industryContext", "invalid_field"},
		{"time no text", `{"analysisTimestamp":17}`, "analysisTimestamp", "invalid_field"},
		{"a long industry", `{"industryContext":"` + strings.Repeat("é", 2001) + `"}`, "industryContext", "too_long"},
		{"a finding too large", `{"researchSummary":{"a":"` + strings.Repeat("x", 600_000) +
			`"}}`, "researchSummary", "too_large"},
		{"U+0000 in a value", `{"researchSummary":{"a":["b","\u0000"]}}`, "researchSummary.a[1]", "invalid_character"},
		{"U+0000 in a name", `{"researchSummary":{"a\u0000":1}}`, "researchSummary", "invalid_character"},
		{"U+0000 in a text", `{"userUrl":"\u0000"}`, "userUrl", "invalid_character"},
		{"a number out of range", `{"sitemapAnalysis":{"n":1e999}}`, "sitemapAnalysis.n", "out_of_range"},
		{"a number of many digits", `{"sitemapAnalysis":{"n":` + strings.Repeat("9", 200) +
			`}}`, "sitemapAnalysis.n", "out_of_range"},
		{"too deep", `{"sitemapAnalysis":{"n":` + deep + `}}`, "sitemapAnalysis.n" + strings.Repeat("[0]", 64), "too_deep"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := submitted.ResearchFindings(posted(t, test.body))
			input := inputError(t, err)
			assert.Equal(t, test.field, input.Field)
			assert.Equal(t, test.code, input.Code)
		})
	}
}
