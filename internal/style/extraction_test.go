package style

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestAnUncertainMainTextLowersTheConfidence(t *testing.T) {
	t.Parallel()
	analyzer, err := New(prometheus.NewRegistry(), Config{})
	require.NoError(t, err)
	analyze := func(confidence float64) onboarding.Analysis {
		page := onboarding.Page{
			URL: "https://mill.example/", Lang: "en",
			Extraction: onboarding.Extraction{Type: "service", Confidence: confidence},
		}
		for range 10 {
			page.Blocks = append(page.Blocks, onboarding.Block{Kind: onboarding.BlockParagraph, Text: "We mill our flour on the " +
				"river and bake it on stone, which takes two days, and then we deliver it to your door by cart."})
		}
		analysis, err := analyzer.Analyze(t.Context(), onboarding.Site{URL: page.URL, Pages: []onboarding.Page{page}})
		require.NoError(t, err)
		return analysis
	}
	const path = "crawl_result.pages"
	sure, unsure := analyze(1), analyze(0.5)
	assert.InDelta(t, sure.Style.Meta.Confidence/2, unsure.Style.Meta.Confidence, 0.011)
	assert.NotContains(t, sure.Style.Meta.Uncertainty.Fields, path)
	assert.Contains(t, unsure.Style.Meta.Uncertainty.Fields, path)
	assert.Contains(t, unsure.Style.Meta.Uncertainty.Reasons[path], "https://mill.example/")
	require.Len(t, unsure.Crawl.Pages, 1)
	assert.InDelta(t, 0.5, *unsure.Crawl.Pages[0].ExtractionConfidence, 1e-9)
}

func TestTextsThatAModelChoseAreNoted(t *testing.T) {
	t.Parallel()
	analyzer, err := New(prometheus.NewRegistry(), Config{})
	require.NoError(t, err)
	page := onboarding.Page{
		URL:        "https://mill.example/",
		Blocks:     []onboarding.Block{{Kind: onboarding.BlockParagraph, Text: "We mill our flour on the river."}},
		Extraction: onboarding.Extraction{Type: "service", Confidence: 0.8, Model: "gpt"},
	}
	analysis, err := analyzer.Analyze(t.Context(), onboarding.Site{URL: page.URL, Pages: []onboarding.Page{page}})
	require.NoError(t, err)
	assert.Contains(t, analysis.Style.Meta.Notes, "A language model chose the main text of 1 page.")
	assert.NotContains(t, analysis.Style.Meta.Notes, WithoutModel)
}
