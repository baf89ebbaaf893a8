package style

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

func TestCompanyName(t *testing.T) {
	t.Parallel()
	const path = "crawl_result.content.brand_info.company_name"
	site := onboarding.Site{
		URL:   host,
		Pages: []onboarding.Page{styletest.Page(host, "Home - Contact us", "Welcome to our new page.")},
	}
	got := analyze(t, site)
	assert.Nil(t, got.Crawl.Content.BrandInfo.CompanyName)
	assert.Contains(t, got.Style.Meta.Uncertainty.Fields, path)
	assert.Contains(t, got.Style.Meta.Uncertainty.Reasons[path], "no part of the page titles recurs")

	site.Pages = []onboarding.Page{
		styletest.Page(host, "Pots | Mudlark",
			"Our kiln is hot, and you can watch it from the door while we work. We are glad to show you each pot that comes "+
				"out of it, and how the glaze turned out."),
		styletest.Page(host+"/pots", "Mugs | Mudlark",
			"We make mugs by hand, and no two of them look the same. You may hold them before you choose one. Most people "+
				"take the one that they held first."),
	}
	got = analyze(t, site)
	if assert.NotNil(t, got.Crawl.Content.BrandInfo.CompanyName) {
		assert.Equal(t, "Mudlark", *got.Crawl.Content.BrandInfo.CompanyName)
	}
	assert.NotContains(t, got.Style.Meta.Uncertainty.Fields, path)
	assert.Contains(t, got.Style.BrandAnalysis.BrandVoice.Text(), "Mudlark sounds")
	assert.NotContains(t, keywordTexts(got.Measured), "mudlark", "a name is no keyword")
	assert.Empty(t, site.Pages[0].Brand.Name, "the caller's pages stay as they are")

	site.Pages[0].Brand.Claims = []onboarding.NameClaim{{Source: onboarding.NameOfSite, Name: "Mudlark Ceramics Ltd"}}
	site.Pages[1].Brand.Claims = []onboarding.NameClaim{{Source: onboarding.NameOfOwner, Name: "Mudlark Ceramics"}}
	assert.Equal(t, "Mudlark Ceramics", *analyze(t, site).Crawl.Content.BrandInfo.CompanyName,
		"what pages state goes first, without the legal form")
}
