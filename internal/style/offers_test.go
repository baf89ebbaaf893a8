package style

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

func TestPagesNamedAfterTheTradeAreOffers(t *testing.T) {
	t.Parallel()
	const host, text = "https://walsh.example", "We repair boilers, drains and every kind of plumbing in your home, and we " +
		"answer the phone ourselves at any hour of the day and of the night."
	page := func(path, heading, kind string, probability float64) onboarding.Page {
		p := styletest.Page(host+path, heading+" | Walsh Plumbing", "# "+heading, text)
		p.Headings = []onboarding.Heading{{Level: 1, Text: heading}}
		p.Brand = onboarding.Brand{Name: "Walsh Plumbing"}
		p.Extraction = onboarding.Extraction{Type: kind, TypeProbability: probability, Confidence: 1}
		return p
	}
	pages := []onboarding.Page{
		page("/", "Plumber in Leeds", "service", 0.5),
		page("/bathroom-fitting", "A new start in the morning", "listing", 0.4),
		page("/leeds", "Your plumber in Leeds", "listing", 0.4),
		page("/morning", "Before you call", "service", 0.4),
		page("/partners", "Friends of Walsh Plumbing", "listing", 0.4),
		page("/drains-in-winter", "Why drains freeze", "article", 0.7),
		page("/drains-in-summer", "Why drains smell", "article", 0.3),
	}
	analysis, err := newAnalyzer(t).Analyze(t.Context(), onboarding.Site{URL: host + "/", Pages: pages})
	require.NoError(t, err)
	var kinds []string
	for _, p := range analysis.Crawl.Pages {
		kinds = append(kinds, p.Type)
	}
	assert.Equal(t, []string{
		"home", "services", "services", "services", pagetype.Other, pagetype.Other, "services",
	}, kinds, "by the address, the heading and the text; not by the name of the business, and never a sure article")
}
