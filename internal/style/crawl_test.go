package style

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

func TestPageFacts(t *testing.T) {
	t.Parallel()
	site := styletest.PotterySite()
	home := &site.Pages[0]
	home.Charset, home.Canonical = "utf-8", "https://clay.example/"
	home.Meta = map[string]string{"twitter:card": "summary"}
	home.OpenGraph = map[string]string{"og:title": "Clay", "og:image": "", "twitter:site": "@clay"}
	site.Sitemap, site.HasRobots = &onboarding.SitemapReport{SitemapURL: "https://clay.example/sitemap.xml"}, new(false)
	analysis, err := newAnalyzer(t).Analyze(t.Context(), site)
	require.NoError(t, err)
	assert.Equal(t, &onboarding.PageFacts{
		Charset: "utf-8", Language: "en", Canonical: "https://clay.example/", OpenGraph: onboarding.List{"og:title"},
		TwitterCard: "summary", StructuredData: onboarding.List{"artgallery"}, ImagesWithoutAlt: 1, InternalLinks: 1,
		HasRobots: new(false), HasSitemap: new(true),
	}, analysis.Crawl.Facts)
	assert.Equal(t, site.Sitemap, analysis.Crawl.Sitemap)
}
